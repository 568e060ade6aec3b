"""How the product finds the sandbox: over HTTP only, as it would find the real world."""

import asyncio
from typing import Any

import httpx

from core.kernel.settings import Settings, environment

# Everything that leads out of this machine. With the sandbox on, none of it may come from outside.
OUTSIDE = (
    "TELEGRAM_BOT_TOKEN",
    "TELEGRAM_API_BASE",
    "TELEGRAM_API_ID",
    "TELEGRAM_API_HASH",
    "TELEGRAM_MODE",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "OPENAI_CHAT_MODEL",
    "OPENAI_PRICE_MODEL",
    "OPENAI_EMBEDDING_MODEL",
    "CRYPTO_PAY_TOKEN",
    "CRYPTO_PAY_BASE_URL",
    "WHATSAPP_GRAPH_BASE",
    "MAX_API_BASE",
    "MAX_WEB_URL",
    "SMTP_URL",
    "MEDIA_URL",
)
_TIMEOUT = 2.0
_POLL = 0.05


def sandbox_address(settings: Settings) -> str:
    return f"http://127.0.0.1:{settings.sandbox_port}"


async def ask_sandbox(settings: Settings) -> dict[str, str] | None:
    """The variables that point a product at the sandbox; None if none answers on its port."""
    url = f"{sandbox_address(settings)}/sandbox/environment"
    try:
        async with httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False) as client:
            answer = (await client.get(url)).raise_for_status()
            given: dict[str, str] = answer.json()["environment"]
    except (httpx.HTTPError, ValueError, KeyError):
        return None
    return given


async def wait_for_sandbox(settings: Settings, seconds: float) -> dict[str, str]:
    """As `ask_sandbox`, but give it time to start; TimeoutError if it does not answer."""
    async with asyncio.timeout(seconds):
        while (given := await ask_sandbox(settings)) is None:  # noqa: ASYNC110 another process
            await asyncio.sleep(_POLL)
    return given


def inside_sandbox(settings: Settings, given: dict[str, str]) -> dict[str, str]:
    """The environment of a product whose whole outside world is the sandbox."""
    kept = {name: value for name, value in environment(settings).items() if name not in OUTSIDE}
    return kept | given | {"SANDBOX": "1"}


async def demo_cast(settings: Settings) -> tuple[list[dict[str, Any]], str]:
    """The people of the sandbox, and the token of the demo store's bot."""
    url = f"{sandbox_address(settings)}/sandbox"
    async with httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False) as client:
        people = (await client.get(f"{url}/people")).raise_for_status().json()["people"]
        bots = (await client.get(f"{url}/telegram/bots")).raise_for_status().json()["bots"]
    return people, next(bot["token"] for bot in bots if bot["store"] == "demo")
