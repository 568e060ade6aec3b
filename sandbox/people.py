"""The people of the demo world: who may be played, and which bots they have started."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.shapes import Json

CUSTOMER, OPERATOR, OWNER = "customer", "operator", "owner"
FIRST_ADDED_ID = 5_300_000_001


@dataclass(slots=True)
class Person:
    """A person with a Telegram account; ids exceed 32 bits, as real ones do."""

    user_id: int
    name: str
    role: str
    last_name: str = ""
    username: str = ""
    language: str = "ru"
    started: set[int] = field(default_factory=set)
    blocked: set[int] = field(default_factory=set)

    @property
    def is_staff(self) -> bool:
        return self.role != CUSTOMER

    def user(self) -> Json:
        """The Bot API's User."""
        user: Json = {"id": self.user_id, "is_bot": False, "first_name": self.name}
        if self.last_name:
            user["last_name"] = self.last_name
        if self.username:
            user["username"] = self.username
        user["language_code"] = self.language
        return user

    def chat(self) -> Json:
        """The Bot API's Chat for this person's private chat."""
        chat: Json = {"id": self.user_id, "first_name": self.name}
        if self.last_name:
            chat["last_name"] = self.last_name
        if self.username:
            chat["username"] = self.username
        chat["type"] = "private"
        return chat


class People:
    """Everyone, by id and by name."""

    def __init__(self) -> None:
        self._by_id: dict[int, Person] = {}
        self._by_name: dict[str, Person] = {}

    def __iter__(self) -> Iterator[Person]:
        return iter(self._by_id.values())

    def add(self, person: Person) -> Person:
        self._by_id[person.user_id] = person
        self._by_name.setdefault(person.name.casefold(), person)
        return person

    def by_id(self, user_id: int) -> Person | None:
        return self._by_id.get(user_id)

    def named(self, name: str) -> Person | None:
        """Find by first name, by full name, or by id written as digits."""
        found = self._by_name.get(name.casefold())
        if found is None and name.isdigit():
            found = self._by_id.get(int(name))
        if found is None:
            full = name.casefold()
            found = next(
                (p for p in self if f"{p.name} {p.last_name}".strip().casefold() == full), None
            )
        return found

    def free_id(self) -> int:
        return max([FIRST_ADDED_ID - 1, *self._by_id]) + 1


def demo_people(operators_bot: int, store_bot: int) -> list[Person]:
    """The demo store's people; customers started its bot, staff the operators' bot."""
    customers = [
        Person(5_200_000_001, "Иван", CUSTOMER, "Петров", "ivan_petrov"),
        Person(5_200_000_002, "Светлана", CUSTOMER, "Орлова", "sveta_orlova"),
        Person(5_200_000_003, "Дмитрий", CUSTOMER, "Ким", "dim_kim"),
        Person(5_200_000_004, "John", CUSTOMER, "Smith", "john_smith", "en"),
    ]
    staff = [
        Person(5_100_000_001, "Анна", OPERATOR, "Белова", "anna_belova"),
        Person(5_100_000_002, "Мария", OPERATOR, "Седова", "maria_sedova"),
        Person(5_100_000_003, "Олег", OWNER, "Громов", "oleg_gromov"),
    ]
    for person in customers:
        person.started.add(store_bot)
    for person in staff:
        person.started.add(operators_bot)
    return customers + staff
