"""Routes that play the people: write, read, change, take back, press, block."""

from typing import Annotated

from fastapi import FastAPI, HTTPException, Query

from sandbox.control.desk import Desk
from sandbox.control.shapes import (
    BlockIn,
    InitDataIn,
    MessageIn,
    PressIn,
    ReadIn,
    TextIn,
)
from sandbox.shapes import Json
from sandbox.telegram import person_acts
from sandbox.telegram.callbacks import press
from sandbox.telegram.initdata import init_data
from sandbox.telegram.person_acts import CannotError
from sandbox.telegram.settings import commands_for, menu_for
from sandbox.telegram.state import Chat
from sandbox.telegram.view import message_view

BotKey = Annotated[str | None, Query(description="a bot's username, id or token")]
Channel = Annotated[str | None, Query(description="telegram_bot")]
ReadQuery = Annotated[ReadIn, Query()]


def chat_routes(app: FastAPI, desk: Desk) -> None:
    _customer_routes(app, desk)
    _chat_routes(app, desk)
    _person_routes(app, desk)


def _customer_routes(app: FastAPI, desk: Desk) -> None:
    @app.post("/sandbox/customers/{name}/messages", status_code=201)
    async def customer_writes(
        name: str, message: MessageIn, bot: BotKey = None, channel: Channel = None
    ) -> Json:
        """Write to the store as a customer. `{"message_id", "message_ids", "messages"}`."""
        return _write(desk, desk.named_chat(name, bot, channel), message)

    @app.get("/sandbox/customers/{name}/messages")
    async def customer_reads(name: str, query: ReadQuery) -> Json:
        """What the customer has received. `{"messages", "version", "action"}`."""
        chat = desk.named_chat(name, query.bot, query.channel)
        return await desk.read(chat, query, from_bot=None if query.own else True)

    @app.patch("/sandbox/customers/{name}/messages/{message_id}")
    async def customer_edits(
        name: str, message_id: int, change: TextIn, bot: BotKey = None, channel: Channel = None
    ) -> Json:
        return _edit(desk, desk.named_chat(name, bot, channel), message_id, change.text)

    @app.delete("/sandbox/customers/{name}/messages/{message_id}")
    async def customer_takes_back(
        name: str, message_id: int, bot: BotKey = None, channel: Channel = None
    ) -> Json:
        return _take_back(desk, desk.named_chat(name, bot, channel), message_id)


def _chat_routes(app: FastAPI, desk: Desk) -> None:
    @app.get("/sandbox/telegram/chats/{chat_id}/messages")
    async def chat_reads(chat_id: int, query: ReadQuery) -> Json:
        """What the chat shows, both sides. `{"messages", "version", "action"}`."""
        return await desk.read(desk.chat(chat_id, query.bot), query, from_bot=query.from_bot)

    @app.post("/sandbox/telegram/chats/{chat_id}/messages", status_code=201)
    async def chat_writes(chat_id: int, message: MessageIn, bot: BotKey = None) -> Json:
        return _write(desk, desk.chat(chat_id, bot), message)

    @app.patch("/sandbox/telegram/chats/{chat_id}/messages/{message_id}")
    async def chat_edits(chat_id: int, message_id: int, change: TextIn, bot: BotKey = None) -> Json:
        return _edit(desk, desk.chat(chat_id, bot), message_id, change.text)

    @app.delete("/sandbox/telegram/chats/{chat_id}/messages/{message_id}")
    async def chat_takes_back(chat_id: int, message_id: int, bot: BotKey = None) -> Json:
        return _take_back(desk, desk.chat(chat_id, bot), message_id)

    @app.get("/sandbox/telegram/chats/{chat_id}")
    async def chat_settings(chat_id: int, bot: BotKey = None) -> Json:
        """The bot's commands and menu button as this person sees them."""
        chat = desk.chat(chat_id, bot)
        person = chat.person
        return {
            "bot": chat.bot.username,
            "bot_name": chat.bot.name,
            "started": chat.bot.id in person.started,
            "blocked": chat.bot.id in person.blocked,
            "commands": commands_for(chat.bot, chat.id, person.language),
            "menu_button": menu_for(chat.bot, chat.id),
            "action": chat.acting(),
        }


def _person_routes(app: FastAPI, desk: Desk) -> None:
    @app.post("/sandbox/telegram/callbacks")
    async def presses(given: PressIn) -> Json:
        """Press a button; `{"answer": {"text", "alert"}}`, or null when the bot kept silent."""
        chat = desk.chat(given.chat_id, given.bot)
        message = chat.messages.get(given.message_id)
        if message is None:
            raise HTTPException(404, f"no message {given.message_id} in chat {given.chat_id}")
        presser = desk.person(given.user_id or given.chat_id)
        answer = await press(
            desk.world.telegram, chat, message, presser, given.data, seconds=given.wait
        )
        return {"answer": answer}

    @app.post("/sandbox/telegram/blocks")
    async def blocks(given: BlockIn) -> Json:
        """Block or unblock a bot as a person."""
        chat = desk.chat(given.user_id, given.bot)
        person_acts.set_blocked(desk.world.telegram, chat, blocked=given.blocked)
        return {"blocked": given.blocked}

    @app.post("/sandbox/telegram/init-data")
    async def signs(given: InitDataIn) -> Json:
        """Mini App init data signed with the bot's token (the operators' bot by default)."""
        person = desk.person(given.user_id)
        key = given.bot
        bot = desk.bot(key, person) if key else desk.world.telegram.bot_of_kind("operator")
        signed = init_data(bot, person, start_param=given.start_param, auth_date=given.auth_date)
        return {"init_data": signed}


def _write(desk: Desk, chat: Chat, message: MessageIn) -> Json:
    try:
        sent = person_acts.write(
            desk.world.telegram,
            chat,
            message.text,
            [item.attachment() for item in message.files],
            message.reply_to,
        )
    except CannotError as error:
        raise HTTPException(400, str(error)) from None
    ids = [item.data["message_id"] for item in sent]
    views = [message_view(chat, item) for item in sent]
    return {"message_id": ids[0], "message_ids": ids, "messages": views}


def _edit(desk: Desk, chat: Chat, message_id: int, text: str) -> Json:
    try:
        message = person_acts.edit(desk.world.telegram, chat, message_id, text)
    except CannotError as error:
        raise HTTPException(400, str(error)) from None
    return {"message": message_view(chat, message)}


def _take_back(desk: Desk, chat: Chat, message_id: int) -> Json:
    try:
        person_acts.take_back(desk.world.telegram, chat, message_id)
    except CannotError as error:
        raise HTTPException(400, str(error)) from None
    return {"deleted": message_id}
