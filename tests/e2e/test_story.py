"""What a newcomer sees in a browser: Иван asks, Анна taps, Иван reads; then everything else."""

import re
import sys

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.conftest import ARTIFACTS, Shoot
from tests.support.product import Started

pytestmark = pytest.mark.e2e
QUESTION = "Есть АКПП на Camry 40, сколько стоит?"
PRICE = re.compile(r"45\s000\s₽")
expect.set_options(timeout=20_000)


async def ask(page: Page, text: str) -> None:
    await page.locator("#customer textarea").fill(text)
    await page.locator("#customer textarea").press("Enter")


def card(page: Page, *texts: str) -> Locator:
    """The newest card in the operator's chat with these words."""
    found = page.locator("#staff .msg")
    for text in texts:
        found = found.filter(has_text=text)
    return found.last


async def tap(shown: Locator, label: str) -> None:
    """As a person: find the button under the message, and click it."""
    await shown.get_by_role("button", name=label, exact=True).click()


async def play(page: Page, name: str) -> None:
    await page.locator("#people").get_by_title(re.compile(f"^{name} ")).click()


async def test_it_starts_and_starts_again(product: Started, times: dict[str, float]) -> None:
    said = f"ready: first start {times['first']:.1f} s, second {times['second']:.1f} s\n"
    sys.stdout.write(f"\n{said}")
    ARTIFACTS.mkdir(exist_ok=True)
    (ARTIFACTS / "start-times.txt").write_text(said)
    assert product.process.poll() is None


async def test_the_main_story(page: Page, shoot: Shoot) -> None:
    await shoot(page, "01-first-visit")
    await ask(page, QUESTION)
    shown = card(page, QUESTION, "Черновик")
    await expect(shown).to_contain_text(PRICE)
    await expect(shown).to_contain_text("Источники")
    await shoot(page, "02-card-with-draft")
    await tap(shown, "Отправить")
    await expect(page.locator("#customer .msg").last).to_contain_text(PRICE)
    await expect(card(page, QUESTION)).to_contain_text("Отправлено в")
    await shoot(page, "03-ivan-reads")


async def test_edit_reject_and_escalate_do_what_they_say(page: Page, shoot: Shoot) -> None:
    await play(page, "Светлана")
    await ask(page, "Сколько стоит вариатор на Qashqai?")
    shown = card(page, "вариатор на Qashqai", "Черновик")
    await tap(shown, "Править")
    question = card(page, "Правка ответа")
    await expect(question).to_be_visible()
    await shoot(page, "04-edit-asks")
    await page.locator("#staff textarea").fill("Есть два, скажите VIN — подберу.")
    await page.locator("#staff textarea").press("Enter")
    await expect(page.locator("#customer .msg").last).to_contain_text("скажите VIN")
    await shoot(page, "05-edited")

    await play(page, "Дмитрий")
    await ask(page, "Доставите в Казань?")
    shown = card(page, "Доставите в Казань?", "Черновик")
    await tap(shown, "Отклонить")
    await tap(card(page, "Доставите в Казань?"), "Неверно")
    shown = card(page, "Доставите в Казань?", "Черновик отклонён")
    await expect(shown).to_be_visible()
    await shoot(page, "06-rejected")
    await shown.dblclick(position={"x": 20, "y": 10})
    await page.locator("#staff textarea").fill("Да, пять дней.")
    await page.locator("#staff textarea").press("Enter")
    await expect(page.locator("#customer .msg").last).to_contain_text("Да, пять дней.")

    await play(page, "Иван")
    await ask(page, "Коробка пришла битая, верните деньги!")
    shown = card(page, "битая")
    await tap(shown, "Эскалировать")
    await tap(card(page, "битая"), "Жалоба")
    await expect(card(page, "битая")).to_contain_text("Эскалация")
    await shoot(page, "07-escalated")
    await play(page, "Олег")
    await expect(card(page, "битая")).to_contain_text("Жалоба")
    await shoot(page, "08-owner-is-called")


async def test_the_mini_app_inside_the_page_is_live_and_changes_a_setting(
    page: Page, shoot: Shoot
) -> None:
    await play(page, "Олег")
    await page.locator("#staff textarea").fill("/settings")
    await page.locator("#staff textarea").press("Enter")
    await tap(card(page, "Настройки магазина"), "Открыть приложение")
    frame = page.frame_locator(".app iframe")
    await expect(frame.locator(".shell")).to_be_visible()
    await expect(frame.get_by_text("Ждут")).to_be_visible()
    await shoot(page, "09-mini-app-conversations")
    await play(page, "Светлана")
    await ask(page, "Вы ещё работаете?")
    await expect(frame.get_by_text("Вы ещё работаете?").first).to_be_visible()
    await shoot(page, "10-mini-app-live")
    await frame.get_by_text("Настройки", exact=True).first.click()
    await frame.get_by_text("Официальный", exact=True).click()
    await shoot(page, "11-mini-app-setting-changed")
    await page.locator(".app").get_by_role("button", name="Сохранить").click()
    await expect(frame.get_by_text("Сохранено")).to_be_visible()
    await shoot(page, "12-mini-app-saved")


async def test_the_mini_app_as_a_plain_page_by_a_one_time_link(page: Page, shoot: Shoot) -> None:
    await play(page, "Анна")
    await page.locator("#staff textarea").fill("/settings")
    await page.locator("#staff textarea").press("Enter")
    told = card(page, "ссылка одноразовая")
    link = re.search(r"http\S+#login=\S+", await told.inner_text())
    assert link is not None
    alone = await page.context.new_page()
    await alone.goto(link[0])
    await expect(alone.locator(".shell")).to_be_visible()
    await expect(alone.get_by_text("Светлана").first).to_be_visible()
    assert "login=" not in alone.url
    await shoot(alone, "13-plain-page")
    await alone.get_by_text("Светлана").first.click()
    await expect(alone.get_by_text("Вы ещё работаете?").first).to_be_visible()
    await shoot(alone, "14-plain-page-conversation")
    phone = await page.context.new_page()
    await phone.set_viewport_size({"width": 390, "height": 844})
    await phone.goto(link[0])
    await expect(phone.locator("body")).to_contain_text(re.compile("ссылк", re.IGNORECASE))
    await shoot(phone, "15-link-used-twice")
