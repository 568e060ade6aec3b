"""One product for the browser's stories, started twice: the second start is the one that counts."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, async_playwright

from tests.support.product import Started, place

ARTIFACTS = Path(__file__).parents[2] / "test-artifacts"
_NAMES = ("chromium", "chromium-browser", "google-chrome")

Shoot = Callable[[Page, str], Awaitable[None]]


@pytest.fixture(scope="package")
def times() -> dict[str, float]:
    return {}


@pytest.fixture(scope="package")
def product(times: dict[str, float]) -> Iterator[Started]:
    with place() as its:
        with its.started() as first:
            times["first"] = first.seconds
        with its.started() as second:
            times["second"] = second.seconds
            yield second


@pytest.fixture(scope="session")
def shoot() -> Shoot:
    """Keep a picture of the page under test-artifacts/."""
    ARTIFACTS.mkdir(exist_ok=True)

    async def take(page: Page, name: str) -> None:
        await page.screenshot(path=ARTIFACTS / f"{name}.png")

    return take


@pytest_asyncio.fixture(loop_scope="session")
async def page(product: Started, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """The sandbox's page in a fresh browser; a script error on it fails the test."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=arguments)
        context = await browser.new_context(
            viewport={"width": 1440, "height": 900},
            locale="ru-RU",
            timezone_id="Europe/Moscow",
        )
        opened = await context.new_page()
        opened.set_default_timeout(20_000)
        problems: list[str] = []
        opened.on("pageerror", lambda error: problems.append(str(error)))
        await opened.goto(product.page)
        yield opened
        ARTIFACTS.mkdir(exist_ok=True)
        await opened.screenshot(path=ARTIFACTS / f"{request.node.name}-end.png")
        assert problems == []
        await browser.close()
