"""What the real server refuses is refused here, in the same words."""

import httpx
import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramUnauthorizedError,
)
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, WebAppInfo

from sandbox.telegram.errors import BotApiError
from sandbox.telegram.markup import formatted
from sandbox.testing import Sandbox
from tests.sandbox.conftest import bot_of


def keyboard(**button: object) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton.model_validate({"text": "Да", **button})]]
    )


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("цена < 5", 'Unsupported start tag "" at byte offset 9'),
        ("a <", "Unclosed start tag at byte offset 2"),
        ("<div>x</div>", 'Unsupported start tag "div" at byte offset 0'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        (
            "<b><i>x</b></i>",
            'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"',
        ),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<a href>x</a>", "Expected equal sign in declaration of an attribute"),
    ],
)
def test_bad_markup_is_named(source: str, reason: str) -> None:
    with pytest.raises(BotApiError) as refusal:
        formatted(source, "HTML")
    assert refusal.value.description.startswith("Bad Request: can't parse entities: ")
    assert reason in refusal.value.description


def test_markup_becomes_entities_in_utf16_units() -> None:
    text, entities = formatted(
        "😀 <b>жир <i>и</i></b> &lt;ok&gt; <pre><code class='language-py'>x=1</code></pre>"
        "<blockquote expandable>длинно</blockquote><a href='https://a.ru/'>сюда</a> /start",
        "HTML",
    )
    assert text == "😀 жир и <ok> x=1длинносюда /start"
    units = text.encode("utf-16-le")
    seen = {
        e["type"]: units[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le")
        for e in entities
    }
    assert seen == {
        "bold": "жир и",
        "italic": "и",
        "pre": "x=1",
        "expandable_blockquote": "длинно",
        "text_link": "сюда",
        "bot_command": "/start",
    }
    assert next(e for e in entities if e["type"] == "pre")["language"] == "py"


@pytest.mark.asyncio
async def test_texts_have_their_limits(sandbox: Sandbox, store: Bot) -> None:
    chat = (await sandbox.people())["Иван"]["chat_id"]
    await store.send_message(chat, "<b>" + "я" * 4096 + "</b>", parse_mode="HTML")
    for text, reason in (
        ("я" * 4097, "message is too long"),
        ("😀" * 2049, "message is too long"),
        ("  \n ", "message text is empty"),
    ):
        with pytest.raises(TelegramBadRequest, match=reason):
            await store.send_message(chat, text)


@pytest.mark.asyncio
async def test_buttons_have_their_limits(sandbox: Sandbox, store: Bot) -> None:
    chat = (await sandbox.people())["Иван"]["chat_id"]
    sent = await store.send_message(chat, "?", reply_markup=keyboard(callback_data="ж" * 32))
    assert sent.reply_markup is not None
    for button, reason in (
        ({"callback_data": "ж" * 33}, "BUTTON_DATA_INVALID"),
        ({}, "Text buttons are unallowed"),
        ({"web_app": WebAppInfo(url="http://shop.ru")}, "Only HTTPS links are allowed"),
        ({"callback_data": "x", "style": "pink"}, "invalid button style"),
    ):
        with pytest.raises(TelegramBadRequest, match=reason):
            await store.send_message(chat, "?", reply_markup=keyboard(**button))


@pytest.mark.asyncio
async def test_edits_that_change_nothing_or_meet_nothing(sandbox: Sandbox, store: Bot) -> None:
    chat = (await sandbox.people())["Иван"]["chat_id"]
    sent = await store.send_message(chat, "раз", reply_markup=keyboard(callback_data="x"))
    edited = await store.edit_message_text("два", chat_id=chat, message_id=sent.message_id)
    assert not isinstance(edited, bool)
    assert edited.edit_date is not None
    assert edited.reply_markup is None
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await store.edit_message_text("два", chat_id=chat, message_id=sent.message_id)
    with pytest.raises(TelegramBadRequest, match="there is no caption in the message to edit"):
        await store.edit_message_caption(chat_id=chat, message_id=sent.message_id, caption="x")
    said = await sandbox.writes("Иван", "моё")
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await store.edit_message_text("твоё", chat_id=chat, message_id=said["message_id"])
    assert await store.delete_message(chat, sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await store.edit_message_text("три", chat_id=chat, message_id=sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await store.delete_message(chat, sent.message_id)


@pytest.mark.asyncio
async def test_strangers_the_blocked_and_the_unstarted(sandbox: Sandbox, store: Bot) -> None:
    people = await sandbox.people()
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await store.send_message(42, "?")
    with pytest.raises(TelegramForbiddenError, match="can't initiate conversation"):
        await store.send_message(people["Анна"]["chat_id"], "?")
    ivan = people["Иван"]["user_id"]
    await sandbox.call("POST", "telegram/blocks", {"user_id": ivan})
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await store.send_message(ivan, "?")
    (update,) = await store.get_updates()
    assert update.my_chat_member is not None
    assert update.my_chat_member.new_chat_member.status == "kicked"
    await sandbox.call("POST", "telegram/blocks", {"user_id": ivan, "blocked": False})
    again = await store.send_message(ivan, "с возвращением")
    assert again.text == "с возвращением"


@pytest.mark.asyncio
async def test_foreign_tokens_open_nothing(sandbox: Sandbox) -> None:
    async with bot_of(sandbox, "123456789:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") as stranger:
        with pytest.raises(TelegramUnauthorizedError):
            await stranger.get_me()
    answer = await sandbox.http.post(f"{sandbox.telegram_base}/bot{sandbox.store_token}/fly")
    assert (answer.status_code, answer.json()["error_code"]) == (404, 404)
    assert sandbox.store_token not in str(await sandbox.requests())


@pytest.mark.asyncio
async def test_control_refuses_by_name(sandbox: Sandbox) -> None:
    async def status(path: str, body: object) -> tuple[int, str]:
        answer = await sandbox.http.post(f"{sandbox.url}/sandbox/{path}", json=body)
        return answer.status_code, answer.text

    assert (await status("customers/Нет/messages", {"text": "?"}))[0] == 404
    assert (await status("customers/Иван/messages", {"text": "  "}))[0] == 400
    assert (await status("customers/Иван/messages", {"txt": "опечатка"}))[0] == 422
    assert (await status("faults", {"target": "telegram", "kind": "unknown"}))[0] == 422
    code, text = await status(
        "customers/Иван/messages",
        {"files": [{"kind": "photo", "name": "a.png", "base64": "AAAA"}]},
    )
    assert code == 400
    assert "not a picture" in text


@pytest.mark.asyncio
async def test_the_control_api_describes_itself(sandbox: Sandbox) -> None:
    async with httpx.AsyncClient() as http:
        described = (await http.get(f"{sandbox.url}/sandbox/openapi.json")).json()
    assert "/sandbox/customers/{name}/messages" in described["paths"]
    assert "/sandbox/faults" in described["paths"]
