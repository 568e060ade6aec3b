"""Bots, chats and messages, kept in the Bot API's own JSON."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from sandbox.archive import Archive
from sandbox.faults import Faults
from sandbox.live import Live, Signal
from sandbox.people import People, Person
from sandbox.sequence import Sequence
from sandbox.shapes import Json, now
from sandbox.telegram.files import Files
from sandbox.telegram.updates import UpdateQueue, Webhook

OPERATOR_KIND, STORE_KIND = "operator", "store"
MAX_MESSAGES = 20_000
ACTION_SECONDS = 5.0
_TOKEN = re.compile(r"^(\d{6,12}):[A-Za-z0-9_-]{6,}$")


@dataclass(slots=True)
class Message:
    """`data` is the Bot API's Message; `keyboard` a markup shown by the client only."""

    data: Json
    at: float
    edited_at: float | None = None
    keyboard: Json | None = None
    reactions: list[Json] = field(default_factory=list)


@dataclass(slots=True)
class Bot:
    """A bot account. `commands` by scope and language, `menu` by chat (0 is the default)."""

    id: int
    token: str
    username: str
    name: str
    kind: str
    store: str | None = None
    updates: UpdateQueue = field(default_factory=UpdateQueue)
    messages: Sequence = field(default_factory=Sequence)
    chats: dict[int, "Chat"] = field(default_factory=dict)
    commands: dict[str, list[Json]] = field(default_factory=dict)
    menu: dict[int, Json] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    user: Json = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.user = {
            "id": self.id,
            "is_bot": True,
            "first_name": self.name,
            "username": self.username,
        }


@dataclass(slots=True)
class Chat:
    """A person's private chat with one bot. `version` grows with every change."""

    bot: Bot
    person: Person
    info: Json
    messages: dict[int, Message] = field(default_factory=dict)
    version: int = 0
    changed: Signal = field(default_factory=Signal)
    action: tuple[str, float] | None = None

    @property
    def id(self) -> int:
        return self.person.user_id

    def touch(self) -> None:
        self.version += 1
        self.changed.send()

    def acting(self) -> str | None:
        """The chat action on show just now."""
        if self.action and self.action[1] > now():
            return self.action[0]
        return None


class Telegram:
    """All bots and chats; every change goes through here, into the log and to the pages."""

    def __init__(self, archive: Archive, live: Live, faults: Faults, people: People) -> None:
        self.archive = archive
        self.live = live
        self.faults = faults
        self.people = people
        self.files = Files(archive)
        self.by_token: dict[str, Bot] = {}
        self.by_id: dict[int, Bot] = {}
        self.queries: dict[str, object] = {}

    # bots and chats

    def add_bot(
        self, token: str, username: str, name: str, kind: str, store: str | None = None
    ) -> Bot:
        match = _TOKEN.match(token)
        if match is None:
            raise ValueError(token)
        bot = Bot(int(match.group(1)), token, username, name, kind, store)
        self.by_token[token] = bot
        self.by_id[bot.id] = bot
        self.archive.record(bot_fact(bot))
        return bot

    def find_bot(self, key: str) -> Bot | None:
        """By username, with or without @, by id or by token."""
        if key in self.by_token:
            return self.by_token[key]
        if key.isdigit():
            return self.by_id.get(int(key))
        name = key.removeprefix("@").lower()
        return next((b for b in self.by_id.values() if b.username.lower() == name), None)

    def bot_of_kind(self, kind: str) -> Bot:
        return next(b for b in self.by_id.values() if b.kind == kind)

    def chat(self, bot: Bot, person: Person) -> Chat:
        chat = bot.chats.get(person.user_id)
        if chat is None:
            chat = bot.chats[person.user_id] = Chat(bot, person, person.chat())
        return chat

    def start(self, person: Person, bot: Bot) -> None:
        if bot.id not in person.started:
            person.started.add(bot.id)
            self.archive.record(person_fact(person))

    # messages

    def post(self, chat: Chat, message: Message) -> None:
        chat.messages[message.data["message_id"]] = message
        if len(chat.messages) > MAX_MESSAGES:
            for old in list(islice(chat.messages, len(chat.messages) - MAX_MESSAGES)):
                del chat.messages[old]
        chat.action = None
        self._changed(chat, message, "message")

    def edited(self, chat: Chat, message: Message) -> None:
        self._changed(chat, message, "edit")

    def delete(self, chat: Chat, message_id: int) -> None:
        del chat.messages[message_id]
        chat.touch()
        self.archive.record({"e": "gone", "b": chat.bot.id, "c": chat.id, "m": message_id})
        if self.live.watched:
            self.tell(chat, "delete", message_id=message_id)

    def act(self, chat: Chat, action: str) -> None:
        chat.action = (action, now() + ACTION_SECONDS)
        chat.changed.send()
        if self.live.watched:
            self.tell(chat, "action", action=action)

    def tell(self, chat: Chat, kind: str, **more: object) -> None:
        self.live.tell({"type": kind, "bot": chat.bot.username, "chat_id": chat.id, **more})

    def _changed(self, chat: Chat, message: Message, kind: str) -> None:
        chat.touch()
        if self.archive.keeps:
            self.archive.record(message_fact(chat, message))
        if self.live.watched:
            from sandbox.telegram.view import message_view  # noqa: PLC0415

            self.tell(chat, kind, message=message_view(chat, message))

    # updates

    def queue(self, bot: Bot, kind: str, payload: Json) -> None:
        twice = bool(self.faults) and (
            self.faults.take("telegram", kind, kinds=("duplicate_updates",), bot=bot.username)
            is not None
        )
        update = bot.updates.put(kind, payload, twice=twice)
        if update is not None and self.archive.keeps:
            self.archive.record({"e": "update", "b": bot.id, "u": update})

    def confirmed(self, bot: Bot, gone: list[int]) -> None:
        if gone and self.archive.keeps:
            self.archive.record({"e": "confirmed", "b": bot.id, "ids": gone})

    # the log

    def restore(self, fact: Json) -> None:
        """Replay one fact of the log."""
        kind = fact["e"]
        if kind == "file":
            self.files.restore(fact)
        elif kind == "person":
            person = Person(**{**fact["person"], "started": set(), "blocked": set()})
            person.started.update(fact["person"]["started"])
            person.blocked.update(fact["person"]["blocked"])
            known = self.people.by_id(person.user_id)
            if known is None:
                self.people.add(person)
            else:
                known.started, known.blocked = person.started, person.blocked
        elif kind == "bot":
            if fact["token"] not in self.by_token:
                self.add_bot(
                    fact["token"], fact["username"], fact["name"], fact["kind"], fact["store"]
                )
            self._restore_settings(self.by_token[fact["token"]], fact)
        else:
            self._restore_chat(fact)

    def _restore_settings(self, bot: Bot, fact: Json) -> None:
        bot.commands = fact["commands"]
        bot.menu = {int(key): value for key, value in fact["menu"].items()}
        bot.texts = fact["texts"]
        bot.updates.allowed = fact["allowed"]
        hook = fact["webhook"]
        bot.updates.webhook = Webhook(*hook) if hook else None
        bot.messages.seen(fact["last_message"])
        bot.updates.sequence.seen(fact["last_update"])

    def _restore_chat(self, fact: Json) -> None:
        bot = self.by_id[fact["b"]]
        if fact["e"] == "update":
            bot.updates.pending[fact["u"]["update_id"]] = fact["u"]
            bot.updates.sequence.seen(fact["u"]["update_id"])
            return
        if fact["e"] == "confirmed":
            for update_id in fact["ids"]:
                bot.updates.pending.pop(update_id, None)
            return
        person = self.people.by_id(fact["c"])
        if person is None:
            return
        chat = self.chat(bot, person)
        if fact["e"] == "gone":
            chat.messages.pop(fact["m"], None)
        else:
            message = Message(fact["m"], fact["at"], fact["ea"], fact["k"], fact["r"])
            chat.messages[message.data["message_id"]] = message
            bot.messages.seen(message.data["message_id"])
        chat.version += 1

    def facts(self) -> Iterator[Json]:
        """The whole state, as the log would have told it."""
        yield from (bot_fact(bot) for bot in self.by_id.values())
        yield from (person_fact(person) for person in self.people)
        yield from self.files.facts()
        for bot in self.by_id.values():
            for chat in bot.chats.values():
                yield from (message_fact(chat, message) for message in chat.messages.values())
            for update in bot.updates.pending.values():
                yield {"e": "update", "b": bot.id, "u": update}


def bot_fact(bot: Bot) -> Json:
    hook = bot.updates.webhook
    return {
        "e": "bot",
        "token": bot.token,
        "username": bot.username,
        "name": bot.name,
        "kind": bot.kind,
        "store": bot.store,
        "commands": bot.commands,
        "menu": {str(key): value for key, value in bot.menu.items()},
        "texts": bot.texts,
        "allowed": bot.updates.allowed,
        "webhook": [hook.url, hook.secret, hook.max_connections] if hook else None,
        "last_message": bot.messages.last,
        "last_update": bot.updates.sequence.last,
    }


def person_fact(person: Person) -> Json:
    return {
        "e": "person",
        "person": {
            "user_id": person.user_id,
            "name": person.name,
            "role": person.role,
            "last_name": person.last_name,
            "username": person.username,
            "language": person.language,
            "started": sorted(person.started),
            "blocked": sorted(person.blocked),
        },
    }


def message_fact(chat: Chat, message: Message) -> Json:
    return {
        "e": "message",
        "b": chat.bot.id,
        "c": chat.id,
        "m": message.data,
        "at": message.at,
        "ea": message.edited_at,
        "k": message.keyboard,
        "r": message.reactions,
    }
