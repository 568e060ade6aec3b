"""Cards, presses, and what the bot says of itself."""

import asyncio
import hashlib
import hmac
import time
from urllib.parse import parse_qsl

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BotCommand,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MenuButtonWebApp,
    ReactionTypeEmoji,
    WebAppInfo,
)
from init_data_py import validate_by_hash

from sandbox.testing import Sandbox

pytestmark = pytest.mark.asyncio
CARD = InlineKeyboardMarkup(
    inline_keyboard=[
        [InlineKeyboardButton(text="Отправить", callback_data="ok:1", style="success")]
    ]
)


async def test_a_press_waits_for_the_bots_answer(sandbox: Sandbox, operators: Bot) -> None:
    people = await sandbox.people()
    anna = people["Анна"]["chat_id"]
    card = await operators.send_message(anna, "Черновик", reply_markup=CARD)
    (shown,) = await sandbox.shown(anna)
    assert shown["buttons"] == [
        [{"text": "Отправить", "callback_data": "ok:1", "style": "success"}]
    ]
    pressing = asyncio.create_task(
        sandbox.presses(anna, card.message_id, "ok:1", user_id=people["Мария"]["user_id"])
    )
    (update,) = await operators.get_updates(timeout=5)
    query = update.callback_query
    assert query is not None
    assert (query.data, query.from_user.first_name) == ("ok:1", "Мария")
    assert query.message is not None
    assert query.message.message_id == card.message_id
    await operators.answer_callback_query(query.id, "Уже отправила Анна", show_alert=True)
    assert await pressing == {"text": "Уже отправила Анна", "alert": True}
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await operators.answer_callback_query(query.id)


async def test_a_silent_bot_leaves_a_press_unanswered(sandbox: Sandbox, operators: Bot) -> None:
    anna = (await sandbox.people())["Анна"]["chat_id"]
    card = await operators.send_message(anna, "Черновик", reply_markup=CARD)
    press = {"chat_id": anna, "message_id": card.message_id, "data": "ok:1", "wait": 0.05}
    assert await sandbox.call("POST", "telegram/callbacks", press) == {"answer": None}


async def test_an_edited_card_is_seen_by_version(sandbox: Sandbox, operators: Bot) -> None:
    anna = (await sandbox.people())["Анна"]["chat_id"]
    card = await operators.send_message(anna, "Черновик готовится…", reply_markup=CARD)
    path = f"telegram/chats/{anna}/messages"
    before = await sandbox.call("GET", path)
    waiting = asyncio.create_task(sandbox.call("GET", path, version=before["version"], wait=5))
    await operators.edit_message_text("Готово", chat_id=anna, message_id=card.message_id)
    after = await waiting
    assert [m["text"] for m in after["messages"]] == ["Готово"]
    assert after["messages"][0]["edited_at"] is not None
    await operators.set_message_reaction(anna, card.message_id, [ReactionTypeEmoji(emoji="👀")])
    (shown,) = await sandbox.shown(anna)
    assert shown["reactions"][0]["emoji"] == "👀"


async def test_a_bot_shows_commands_menu_and_typing(sandbox: Sandbox, operators: Bot) -> None:
    anna = (await sandbox.people())["Анна"]["chat_id"]
    await operators.set_my_commands([BotCommand(command="inbox", description="Диалоги")])
    app = WebAppInfo(url="http://127.0.0.1:8080/app/")
    await operators.set_chat_menu_button(
        chat_id=anna, menu_button=MenuButtonWebApp(text="Открыть", web_app=app)
    )
    await operators.send_message(anna, "Ваш ответ?", reply_markup=ForceReply(selective=True))
    await operators.send_chat_action(anna, "typing")
    seen = await sandbox.call("GET", f"telegram/chats/{anna}")
    assert seen["commands"] == [{"command": "inbox", "description": "Диалоги"}]
    assert seen["menu_button"]["web_app"]["url"] == app.url
    assert seen["action"] == "typing"
    (shown,) = await sandbox.shown(anna)
    assert shown["keyboard"]["force_reply"] is True
    assert (await operators.get_my_commands())[0].command == "inbox"


async def test_init_data_is_signed_as_telegram_signs_it(sandbox: Sandbox) -> None:
    anna = (await sandbox.people())["Анна"]["user_id"]
    raw = await sandbox.init_data(anna, start_param="conv_1")
    parsed = validate_by_hash(raw, sandbox.operator_token)
    assert parsed.user is not None
    assert (parsed.user.id, parsed.start_param) == (anna, "conv_1")
    old = await sandbox.init_data(anna, auth_date=int(time.time()) - 90_000)
    fields = dict(parse_qsl(old, keep_blank_values=True))
    given = fields.pop("hash")
    check = "\n".join(f"{k}={v}" for k, v in sorted(fields.items()))
    key = hmac.new(b"WebAppData", sandbox.operator_token.encode(), hashlib.sha256).digest()
    assert hmac.new(key, check.encode(), hashlib.sha256).hexdigest() == given
    assert int(fields["auth_date"]) < time.time() - 86_400
