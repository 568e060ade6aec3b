"""A sandbox's OpenAI, and the drafter that asks it."""

from collections.abc import AsyncIterator

import pytest

from core.adapters.openai_chat import OpenAiDrafter
from core.adapters.openai_client import open_client
from sandbox.testing import Sandbox, running_sandbox


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with running_sandbox() as running:
        yield running


@pytest.fixture
async def drafter(sandbox: Sandbox) -> AsyncIterator[OpenAiDrafter]:
    made = OpenAiDrafter(open_client(sandbox.openai_key, sandbox.openai_base), "gpt-4.1")
    yield made
    await made.close()
