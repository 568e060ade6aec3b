"""Ways to reach or pay somebody, found in a text: links, e-mails, phones, cards, handles."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote


class ContactKind(StrEnum):
    LINK = "link"
    EMAIL = "email"
    PHONE = "phone"
    CARD = "card"
    HANDLE = "handle"


@dataclass(frozen=True, slots=True)
class Contact:
    """`key` is the same for every way of writing it."""

    kind: ContactKind
    text: str
    key: str
    start: int
    end: int


_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ZONES = (
    "ru|com|org|net|рф|su|io|me|info|biz|pro|shop|store|site|online|top|xyz|app|dev|co|cc|tk|ly|gl"
    "|link|click|ua|kz|by|de|uk|us|cn|moscow|москва"
)
_LINK = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,15}://|www\.)[^\s<>«»\"'()\[\]]+"
    rf"|(?<![\w@.-])(?:[\w-]+\.)+(?:{_ZONES})(?![\w-])(?:[/?#][^\s<>«»\"'()\[\]]*)?",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w@/.])@[A-Za-z]\w{3,31}\b")
_GAP = "[\u00a0\u202f .-]{0,2}"
_PHONE = re.compile(
    rf"(?<![\w.,+-])(?:\+\d{{1,3}}|[78])?{_GAP}\(?\d{{3}}\)?{_GAP}\d{{3}}{_GAP}\d{{2}}{_GAP}\d{{2}}(?![\w-])"
    rf"|\+\d(?:{_GAP}[()]?{_GAP}\d){{8,14}}(?![\w-])"
)
_LONG = re.compile(r"(?<![\w.,-])\d(?:[\u00a0\u202f -]?\d){13,24}(?![\w-])")
_CARD = re.compile(r"(?<!\d)\d{4}([\u00a0\u202f -]?)\d{4}\1\d{4}\1\d{4}(?:\1\d{1,3})?(?!\d)")
_NOT_DIGITS = re.compile(r"\D+")
_END = ".,;:!?)»\"'…"
_BARE = 10
_RUSSIAN = 11  # digits with the 7 or 8 in front


def contacts_in(text: str) -> list[Contact]:
    """In the order they stand; a stretch of text is one contact only."""
    found: list[Contact] = []
    for contact in _all(text):
        if not any(contact.start < one.end and one.start < contact.end for one in found):
            found.append(contact)
    return sorted(found, key=lambda one: one.start)


def masked(text: str, kinds: frozenset[ContactKind] | None = None) -> str:
    """Each replaced by what it is: «[телефон]»; all of them where `kinds` is not said."""
    parts, at = [], 0
    for contact in contacts_in(text):
        if kinds is None or contact.kind in kinds:
            parts += [text[at : contact.start], _NAMES[contact.kind]]
            at = contact.end
    return "".join([*parts, text[at:]])


def without(text: str) -> str:
    """The text with a blank in the place of each."""
    for contact in reversed(contacts_in(text)):
        text = f"{text[: contact.start]} {text[contact.end :]}"
    return text


PERSONAL = frozenset({ContactKind.EMAIL, ContactKind.PHONE, ContactKind.CARD})
_NAMES = {
    ContactKind.LINK: "[ссылка]",
    ContactKind.EMAIL: "[почта]",
    ContactKind.PHONE: "[телефон]",
    ContactKind.CARD: "[карта]",
    ContactKind.HANDLE: "[имя]",
}


def _all(text: str) -> Iterator[Contact]:
    for match in _EMAIL.finditer(text):
        yield _contact(ContactKind.EMAIL, match[0].casefold(), match)
    for match in _LINK.finditer(text):
        yield _contact(ContactKind.LINK, _address(match[0]), match)
    for match in _HANDLE.finditer(text):
        yield _contact(ContactKind.HANDLE, match[0].casefold(), match)
    for match in _CARD.finditer(text):
        yield _contact(ContactKind.CARD, _NOT_DIGITS.sub("", match[0]), match)
    for match in _LONG.finditer(text):  # an account, a card grouped in some way of its own
        yield _contact(ContactKind.CARD, _NOT_DIGITS.sub("", match[0]), match)
    for match in _PHONE.finditer(text):
        digits = _NOT_DIGITS.sub("", match[0])
        # Makers number their parts with ten digits too.
        if digits == match[0] and len(digits) == _BARE and digits[0] != "9":
            continue
        yield _contact(ContactKind.PHONE, _phone(digits), match)


def _contact(kind: ContactKind, key: str, match: re.Match[str]) -> Contact:
    text = match[0].rstrip(_END)
    return Contact(kind, text, key, match.start(), match.start() + len(text))


def _address(link: str) -> str:
    link = unquote(link).rstrip(_END).casefold()
    for prefix in ("https://", "http://", "www."):
        link = link.removeprefix(prefix)
    return link.rstrip("/")


def _phone(digits: str) -> str:
    if len(digits) == _RUSSIAN and digits[0] in "78":
        return digits[1:]
    return digits
