"""A price list from the owner's own Excel, step by step, until the AI names a price out of it."""

import re

import pytest
from playwright.async_api import FrameLocator, Page, expect

from tests.e2e.conftest import Shoot
from tests.e2e.test_story import ask, card, play, tap

pytestmark = pytest.mark.e2e
expect.set_options(timeout=20_000)

# As Excel saves it in Russia: semicolons, cp1251, a price in words, an article twice.
PRICE_LIST = """\
Артикул;Наименование;Цена, руб;Остаток
TF-81SC;АКПП TF-81SC, Mazda 6 GH 2.5;63 500;2
AW55-51;АКПП AW55-51SN, Volvo S60;41 000;1
AW55-51;АКПП AW55-51SN, повтор;41 000;1
6T30-CRZ;АКПП 6T30, Chevrolet Cruze;договорная цена?;1
;;12 000;1
""".replace("\n", "\r\n").encode("cp1251")


async def open_app(page: Page, name: str) -> FrameLocator:
    """The Mini App in the sandbox's Telegram, opened by the button under /settings."""
    # The page first chooses a customer and an operator of its own.
    await expect(page.locator("#people [aria-pressed=true]")).to_have_count(2)
    await play(page, name)
    person = page.locator("#people").get_by_title(re.compile(f"^{name} "))
    await expect(person).to_have_attribute("aria-pressed", "true")
    await page.locator("#staff textarea").fill("/settings")
    await page.locator("#staff textarea").press("Enter")
    await tap(card(page, "Настройки магазина"), "Открыть приложение")
    frame = page.frame_locator(".app iframe")
    await expect(frame.locator(".shell")).to_be_visible()
    return frame


async def test_a_price_list_goes_in_and_is_answered_from(page: Page, shoot: Shoot) -> None:
    frame = await open_app(page, "Олег")
    await frame.get_by_role("link", name="Знания").click()
    await frame.get_by_role("link", name="Товары").click()
    await frame.get_by_role("button", name="Из файла").click()
    await frame.locator("input[type=file]").set_input_files(
        {"name": "прайс.csv", "mimeType": "text/csv", "buffer": PRICE_LIST}
    )
    await expect(frame.get_by_role("combobox", name=re.compile("Наименование"))).to_have_value(
        "name"
    )
    await expect(frame.get_by_role("combobox", name=re.compile("Цена"))).to_have_value("price")
    await shoot(page, "20-import-columns")
    await frame.get_by_role("button", name="Проверить").click()
    await expect(frame.get_by_text("Всего в файле: 5 строк")).to_be_visible()
    numbers = frame.locator(".ui-figures dd")
    await expect(numbers).to_have_count(4)
    assert sum([int(text) for text in await numbers.all_inner_texts()]) == 5
    await shoot(page, "21-import-check")
    await frame.get_by_role("button", name=re.compile("Загрузить годные")).click()
    await expect(frame.get_by_text("Загрузка закончена")).to_be_visible()
    await shoot(page, "22-import-done")
    await frame.get_by_role("button", name="К товарам").click()
    await frame.get_by_role("searchbox").fill("tf81sc")
    await expect(frame.get_by_role("link", name=re.compile("Mazda 6"))).to_be_visible()
    await shoot(page, "23-found-however-typed")

    # Search takes the new rows within seconds; the AI answers from them.
    await play(page, "Дмитрий")
    await ask(page, "Сколько стоит TF-81SC на Мазду 6?")
    shown = card(page, "TF-81SC на Мазду 6", "Черновик")
    await expect(shown).to_contain_text(re.compile(r"63\s500\s₽"))
    await shoot(page, "24-answered-from-the-file")


async def test_a_scan_without_text_is_refused_in_words(page: Page, shoot: Shoot) -> None:
    frame = await open_app(page, "Олег")
    await frame.get_by_role("link", name="Знания").click()
    await frame.get_by_role("button", name="Из файла").click()
    await frame.locator("input[type=file]").set_input_files(
        {"name": "скан.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF"}
    )
    await expect(frame.get_by_role("alert")).to_be_visible()
    await expect(frame.get_by_text("В магазине ничего не изменилось.")).to_be_visible()
    await shoot(page, "25-scan-refused")
