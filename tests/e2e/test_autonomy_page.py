"""What goes out by itself, as the owner sees and sets it."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import Shoot
from tests.e2e.test_import_wizard import open_app
from tests.e2e.test_story import ask, card, play, tap

pytestmark = pytest.mark.e2e
expect.set_options(timeout=20_000)


async def test_the_owner_sees_what_is_missing_and_asks_once(page: Page, shoot: Shoot) -> None:
    frame = await open_app(page, "Олег")
    await frame.get_by_role("link", name="Автоответы").click()
    await expect(frame.get_by_text("Сейчас всё отправляют люди")).to_be_visible()
    await expect(frame.locator(".lock-shut").first).to_be_visible()
    await shoot(page, "30-autosend-overview")
    switch = frame.get_by_role("switch", name=re.compile("Автоответ разрешён"))
    if not await switch.is_checked():
        await switch.click()
        await frame.get_by_role("dialog").get_by_role("button", name="Разрешить").click()
        await page.locator(".app").get_by_role("button", name="Сохранить").click()
        await expect(frame.get_by_text("Сохранено")).to_be_visible()
    await expect(switch).to_be_checked()
    await frame.locator("button.ui-row").filter(has_text="доставка").click()
    sheet = frame.get_by_role("dialog")
    await expect(sheet).to_contain_text(re.compile("оцен"))
    await shoot(page, "31-one-kind-of-question")


async def test_the_past_is_replayed_and_the_threshold_slides(page: Page, shoot: Shoot) -> None:
    # Something to replay: a draft that a person has answered.
    await play(page, "Светлана")
    await ask(page, "Сколько стоит АКПП на Camry 40, ещё есть?")
    await tap(card(page, "ещё есть?", "Черновик"), "Отправить")
    await expect(card(page, "ещё есть?")).to_contain_text("Отправлено в")

    frame = await open_app(page, "Олег")
    await frame.get_by_role("link", name="Автоответы").click()
    await frame.get_by_role("link", name="Порог").click()
    await frame.get_by_role("button", name=re.compile("^Проиграть")).click()
    slider = frame.get_by_role("slider", name="Порог")
    await expect(slider).to_be_visible()
    await shoot(page, "32-replay")
    figures = frame.locator(".ui-figures")
    await slider.fill("0")
    await expect(figures).to_contain_text(re.compile(r"[1-9]\d* из \d+"))
    await slider.fill("1")
    await expect(figures).to_contain_text(re.compile(r"^0 из \d+|Ушло бы само"))
    await shoot(page, "33-replay-at-one")


async def test_hours_that_make_no_sense_are_told_by_their_day(page: Page, shoot: Shoot) -> None:
    frame = await open_app(page, "Олег")
    await frame.get_by_role("link", name="Автоответы").click()
    await frame.get_by_role("link", name="Часы").click()
    around = frame.get_by_role("switch", name="Круглосуточно")
    await expect(around).to_be_visible()
    if await around.is_checked():
        await around.click()
    await frame.get_by_label("Понедельник: открытие").fill("19:00")
    await frame.get_by_label("Понедельник: закрытие").fill("09:00")
    save = page.locator(".app").get_by_role("button", name="Сохранить")
    await save.click()
    await expect(frame.locator(".day").first.get_by_role("alert")).to_be_visible()
    await shoot(page, "34-hours-refused")
    await frame.get_by_label("Понедельник: открытие").fill("10:00")
    await frame.get_by_label("Понедельник: закрытие").fill("20:00")
    await save.click()
    await expect(frame.get_by_text("Сохранено")).to_be_visible()
