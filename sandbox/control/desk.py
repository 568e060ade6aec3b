"""Finding the person, bot and chat a control request means."""

import time

from fastapi import HTTPException

from sandbox.control.shapes import ReadIn
from sandbox.people import Person
from sandbox.shapes import Json
from sandbox.telegram.state import OPERATOR_KIND, STORE_KIND, Bot, Chat
from sandbox.telegram.view import message_view
from sandbox.world import World

CHANNELS = ("telegram", "telegram_bot")


class Desk:
    """Look-ups over the world that refuse by name."""

    def __init__(self, world: World) -> None:
        self.world = world

    def bot(self, key: str | None, person: Person) -> Bot:
        """The bot named, else the operators' one for staff and the demo store's for customers."""
        if key is None:
            kind = OPERATOR_KIND if person.is_staff else STORE_KIND
            return self.world.telegram.bot_of_kind(kind)
        bot = self.world.telegram.find_bot(key)
        if bot is None:
            raise HTTPException(404, f"no bot {key}")
        return bot

    def named_chat(self, name: str, bot: str | None, channel: str | None) -> Chat:
        if channel is not None and channel not in CHANNELS:
            raise HTTPException(404, f"no channel {channel}: {', '.join(CHANNELS)}")
        person = self.world.people.named(name)
        if person is None:
            raise HTTPException(404, f"no person {name}")
        return self.world.telegram.chat(self.bot(bot, person), person)

    def person(self, user_id: int) -> Person:
        person = self.world.people.by_id(user_id)
        if person is None:
            raise HTTPException(404, f"no person with id {user_id}")
        return person

    def chat(self, chat_id: int, bot: str | None) -> Chat:
        person = self.person(chat_id)
        return self.world.telegram.chat(self.bot(bot, person), person)

    @staticmethod
    async def read(chat: Chat, query: ReadIn, *, from_bot: bool | None) -> Json:
        """The chat's messages that fit, newest `limit`, oldest first.

        With `wait`, holds until one fits and the chat is past `version`, or time is up.
        """
        end = time.monotonic() + query.wait
        while True:
            found: list[Json] = []
            if chat.version > query.version:
                found = _fitting(chat, query, from_bot=from_bot)
            left = end - time.monotonic()
            if found or left <= 0:
                return {"messages": found, "version": chat.version, "action": chat.acting()}
            await chat.changed.wait(left)


def _fitting(chat: Chat, query: ReadIn, *, from_bot: bool | None) -> list[Json]:
    found: list[Json] = []
    for message_id in reversed(chat.messages):
        if message_id <= query.after or len(found) >= query.limit:
            break
        message = chat.messages[message_id]
        if from_bot is not None and message.data["from"]["is_bot"] is not from_bot:
            continue
        shown = message.data.get("text") or message.data.get("caption") or ""
        if query.contains is None or query.contains in shown:
            found.append(message_view(chat, message))
    found.reverse()
    return found
