"""One Bot API call: who calls, with which parameters, on which chat."""

from dataclasses import dataclass
from typing import Any

import orjson

from sandbox.shapes import Json
from sandbox.telegram.body import Upload
from sandbox.telegram.errors import bad_request, forbidden
from sandbox.telegram.state import Bot, Chat, Message, Telegram


@dataclass(slots=True)
class Call:
    """Typed access to the parameters, with the server's refusals."""

    telegram: Telegram
    bot: Bot
    params: Json
    files: dict[str, Upload]

    def text(self, name: str, default: str = "") -> str:
        value = self.params.get(name)
        return default if value is None else str(value)

    def integer(self, name: str, default: int = 0) -> int:
        value = self.params.get(name)
        if value in (None, ""):
            return default
        try:
            return int(str(value))
        except ValueError:
            raise bad_request(f"invalid {name} specified") from None

    def flag(self, name: str) -> bool:
        return str(self.params.get(name, "")).lower() in ("true", "1", "yes")

    def json(self, name: str) -> Any:
        value = self.params.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def given(self, name: str) -> bool:
        return self.params.get(name) not in (None, "")

    def chat(self, name: str = "chat_id") -> Chat:
        """A chat the bot knows; being blocked does not hide it."""
        value = self.text(name)
        if not value:
            raise bad_request("chat_id is empty")
        person = None
        if value.lstrip("-").isdigit():
            person = self.telegram.people.by_id(int(value))
        if person is None:
            raise bad_request("chat not found")
        return self.telegram.chat(self.bot, person)

    def writable_chat(self) -> Chat:
        """A chat the bot may write to: its person pressed Start and did not block it."""
        if self.given("business_connection_id"):
            raise bad_request("business connection not found")
        chat = self.chat()
        if self.bot.id not in chat.person.started:
            raise forbidden("bot can't initiate conversation with a user")
        if self.bot.id in chat.person.blocked:
            raise forbidden("bot was blocked by the user")
        return chat

    def message(self, chat: Chat, missing: str, name: str = "message_id") -> Message:
        message = chat.messages.get(self.integer(name))
        if message is None:
            raise bad_request(missing)
        return message
