"""Presses of inline buttons and the bot's answers to them."""

import asyncio
import secrets
from dataclasses import dataclass, field

from sandbox.people import Person
from sandbox.shapes import Json, now
from sandbox.telegram.call import Call
from sandbox.telegram.errors import bad_request
from sandbox.telegram.markup import utf16
from sandbox.telegram.state import Chat, Message, Telegram

ANSWER_SECONDS = 15.0
ANSWER_LIMIT = 200


@dataclass(slots=True)
class Query:
    """A press that waits for answerCallbackQuery."""

    chat: Chat
    person: Person
    at: float
    answer: asyncio.Future[Json] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


async def press(
    telegram: Telegram,
    chat: Chat,
    message: Message,
    person: Person,
    data: str,
    *,
    seconds: float = ANSWER_SECONDS,
) -> Json | None:
    """Press a button; the bot's answer, or None when none came in time."""
    query_id = str(secrets.randbits(62))
    query = Query(chat, person, now())
    _forget_old(telegram)
    telegram.queries[query_id] = query
    telegram.queue(
        chat.bot,
        "callback_query",
        {
            "id": query_id,
            "from": person.user(),
            "message": message.data,
            "chat_instance": str(chat.id * 31),
            "data": data,
        },
    )
    try:
        async with asyncio.timeout(seconds):
            return await asyncio.shield(query.answer)
    except TimeoutError:
        return None


def answer_callback_query(call: Call) -> bool:
    query = call.telegram.queries.get(call.text("callback_query_id"))
    if (
        not isinstance(query, Query)
        or query.chat.bot is not call.bot
        or query.answer.done()
        or query.at < now() - ANSWER_SECONDS
    ):
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = call.text("text")
    if utf16(text) > ANSWER_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    answer: Json = {"text": text, "alert": call.flag("show_alert")}
    if call.given("url"):
        answer["url"] = call.text("url")
    query.answer.set_result(answer)
    if call.telegram.live.watched:
        call.telegram.tell(query.chat, "answer", user_id=query.person.user_id, answer=answer)
    return True


def _forget_old(telegram: Telegram) -> None:
    limit = now() - 10 * ANSWER_SECONDS
    for query_id, query in list(telegram.queries.items()):
        if not isinstance(query, Query) or query.at > limit:
            break
        del telegram.queries[query_id]
