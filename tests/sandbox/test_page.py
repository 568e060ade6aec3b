"""The page in a browser: Иван writes, the card is tapped, the Mini App opens."""

import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiogram import Bot
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, MenuButtonWebApp, WebAppInfo
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from init_data_py import validate_by_hash
from playwright.async_api import Page, async_playwright, expect
from uvicorn import Config

from sandbox.main import address, listen
from sandbox.testing import Sandbox, serving

pytestmark = pytest.mark.asyncio
CHROMIUM = shutil.which("chromium")
MINI_APP = """<!doctype html><body><pre id=data></pre><pre id=heard></pre><script>
const hash = new URLSearchParams(location.hash.slice(1));
data.textContent = hash.get("tgWebAppData");
const say = (eventType, eventData = {}) =>
  parent.postMessage(JSON.stringify({eventType, eventData}), "*");
addEventListener("message", (event) => {
  const heardOne = JSON.parse(event.data);
  heard.textContent += heardOne.eventType + " ";
  if (heardOne.eventType === "main_button_pressed") say("web_app_close");
});
say("web_app_ready");
say("web_app_request_theme");
say("web_app_setup_main_button", {is_visible: true, is_active: true, text: "Сохранить"});
say("web_app_setup_back_button", {is_visible: true});
</script>"""


@pytest_asyncio.fixture
async def page(sandbox: Sandbox) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 1440, "height": 900}, locale="ru-RU")
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        await page.goto(sandbox.url)
        await expect(page.locator("#customer .hint")).to_contain_text("Напишите как Иван")
        yield page
        assert problems == []
        await browser.close()


async def test_ivan_writes_anna_taps(
    sandbox: Sandbox, store: Bot, operators: Bot, page: Page
) -> None:
    await page.get_by_role("button", name="Есть АКПП на Camry 40, сколько стоит?").click()
    await page.locator("#customer textarea").press("Enter")
    (update,) = await store.get_updates(timeout=5)
    assert update.message is not None
    assert update.message.text == "Есть АКПП на Camry 40, сколько стоит?"
    anna = (await sandbox.people())["Анна"]["chat_id"]
    tap = InlineKeyboardButton(text="Отправить", callback_data="ok:1", style="success")
    card = await operators.send_message(
        anna,
        "🟡 <b>Иван &lt;script&gt;</b>\n<blockquote>45 000 ₽</blockquote>",
        parse_mode="HTML",
        reply_markup=InlineKeyboardMarkup(inline_keyboard=[[tap]]),
    )
    shown = page.locator("#staff .msg")
    await expect(shown.locator("b").first).to_have_text("Иван <script>")
    await expect(shown.locator("blockquote")).to_contain_text("45 000 ₽")
    await shown.get_by_role("button", name="Отправить").click()
    (update,) = await operators.get_updates(timeout=5)
    assert update.callback_query is not None
    assert update.callback_query.data == "ok:1"
    await operators.answer_callback_query(update.callback_query.id, "Отправлено")
    await expect(page.locator(".toast")).to_have_text("Отправлено")
    await operators.edit_message_text("🟢 Отправлено", chat_id=anna, message_id=card.message_id)
    await expect(shown.locator(".key")).to_have_count(0)
    await expect(shown).to_contain_text("изменено")
    await store.send_chat_action(5_200_000_001, "typing")
    await expect(page.locator("#customer .sub")).to_contain_text("печатает")
    await store.send_message(5_200_000_001, "Есть, 45 000 ₽")
    await expect(page.locator("#customer .msg").last).to_contain_text("Есть, 45 000 ₽")


async def test_the_mini_app_opens_signed_and_speaks(
    sandbox: Sandbox, operators: Bot, page: Page
) -> None:
    app = FastAPI()
    app.get("/app/")(lambda: HTMLResponse(MINI_APP))
    sock = listen("127.0.0.1", 0)
    url = f"{address(sock)}/app/"
    async with serving(Config(app, log_level="critical"), sock):
        await operators.set_chat_menu_button(
            menu_button=MenuButtonWebApp(text="Открыть", web_app=WebAppInfo(url=url))
        )
        await page.get_by_role("button", name="Открыть").click()
        frame = page.frame_locator(".app iframe")
        await expect(frame.locator("#heard")).to_contain_text("theme_changed")
        raw = await frame.locator("#data").inner_text()
        who = validate_by_hash(raw, sandbox.operator_token).user
        assert who is not None
        assert who.id == (await sandbox.people())["Анна"]["user_id"]
        await page.locator(".app .top button").nth(1).click()
        await expect(frame.locator("#heard")).to_contain_text("back_button_pressed")
        await page.get_by_role("button", name="Сохранить").click()
        await expect(page.locator(".app")).to_have_count(0)
