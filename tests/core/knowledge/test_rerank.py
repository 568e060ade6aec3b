import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from core.knowledge.search import rerank
from core.ports.ai import AiFailure, Reranked, Usage
from tests.core.knowledge.shop import Shop, part


@dataclass
class Judge:
    """Turns the order round, fails, or never answers."""

    model: str = "gpt-4.1-mini"
    fails: bool = False
    sleeps: bool = False
    asked: int = 0

    async def rerank(self, question: str, passages: Sequence[str]) -> Reranked:
        self.asked += 1
        if self.fails:
            raise AiFailure("ai.unavailable", again=True)
        if self.sleeps:
            await asyncio.Event().wait()
        return Reranked(tuple(reversed(range(len(passages)))), Usage(self.model, 100, 10))

    async def close(self) -> None:
        return None


@pytest.fixture
async def usual(shop: Shop) -> list[str]:
    """What is found without a judge, in that order."""
    await shop.sells(*(part(f"Стартер Camry {n}", f"2810{n}-11111") for n in range(3)))
    await shop.app.index()
    found = [one.title for one in await shop.asks("стартер camry")]
    assert len(found) == 3
    return found


async def test_a_judge_orders_what_was_found_and_is_paid(shop: Shop, usual: list[str]) -> None:
    shop.app.reranker = Judge()
    assert [one.title for one in await shop.asks("стартер camry")] == usual[::-1]
    (spent,) = await shop.sql("SELECT settled_usd, model FROM ai_spend")
    assert spent["settled_usd"] > 0


async def test_a_judge_that_fails_changes_nothing(shop: Shop, usual: list[str]) -> None:
    shop.app.reranker = Judge(fails=True)
    assert [one.title for one in await shop.asks("стартер camry")] == usual


async def test_a_judge_that_is_late_is_not_waited_for(
    shop: Shop, usual: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rerank, "TIME_LIMIT_SECONDS", 0.05)
    shop.app.reranker = Judge(sleeps=True)
    assert [one.title for one in await shop.asks("стартер camry")] == usual


async def test_without_money_nobody_is_asked(shop: Shop, usual: list[str]) -> None:
    await shop.sql("UPDATE tenant_settings SET ai_daily_budget_usd = 0 RETURNING 1")
    shop.app.reranker = judge = Judge()
    assert [one.title for one in await shop.asks("стартер camry")] == usual
    assert judge.asked == 0
