"""Before autosend is switched on: what it would have sent, against what the people did."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from core.kernel.errors import DomainError, Kind
from core.notifications.models import Notice
from core.replay import run
from core.replay.models import Replay
from core.replay.run import replay_due
from core.replay.service import ask_replay, cases_at, replay_of, replays
from core.suggestions.models import Suggestion
from tests.core.decision.autonomy import past
from tests.support.examples import examples
from tests.support.shop import Shop, open_shop

AVAILABLE = {"intents_autosend_allowed": ["availability"], "t_auto": 0.8}


async def ask(shop: Shop, days: int = 14, who: str = "Олег", **changes: Any) -> UUID:
    async with shop.app.uow(shop.tenant_id) as uow:
        asked = await ask_replay(uow, shop.staff[who], days=days, changes={**AVAILABLE, **changes})
    return asked.id


async def done(shop: Shop, replay_id: UUID) -> Replay:
    async with shop.app.uow(shop.tenant_id) as uow:
        return await replay_of(uow, shop.staff["Олег"], replay_id)


async def history(shop: Shop) -> None:
    """Each draft on a turn of its own: 40 good ones, five edited, three of another intent."""
    rows = [
        *[("approved", 0.9, "availability", None, None)] * 40,
        *[("edited", 0.85, "availability", "Нет, закончились.", 0.1)] * 5,
        ("rejected", 0.5, "availability", None, None),
        *[("approved", 0.95, "complaint", None, None)] * 3,
    ]
    for number, (outcome, score, intent, final, similarity) in enumerate(rows):
        await shop.writes(f"К{number}", "Есть в наличии?")
        await past(
            shop,
            f"К{number}",
            1,
            outcome=outcome,
            score=score,
            intent=intent,
            final=final,
            similarity=similarity,
            by=shop.staff["Анна"].user_id,
            ago=timedelta(days=2, minutes=-number * 2),
        )


async def test_it_counts_what_would_have_gone_out_and_names_the_conversations_at_risk(
    shop: Shop,
) -> None:
    await history(shop)
    replay_id = await ask(shop)
    assert await replay_due(shop.app) == 1
    replay = await done(shop, replay_id)
    assert (replay.state, replay.done, replay.total) == ("done", 49, 49)
    result = replay.result
    assert result is not None
    chosen = result["chosen"]
    assert (chosen["threshold"], chosen["sent"], chosen["judged"], chosen["wrong"]) == (
        0.8, 45, 45, 5,
    )  # fmt: skip
    assert 0.03 < chosen["low"] < 5 / 45 < chosen["high"] < 0.25
    assert chosen["waiting_hours"] == pytest.approx(45 / 60, abs=0.01)
    assert 0 < chosen["operator_hours"] <= chosen["waiting_hours"]
    assert result["held"] == {"intent_not_allowed": 3}
    assert result["curve"][90]["sent"] == 40
    assert result["curve"][90]["wrong"] == 0
    assert result["curve"][0]["sent"] == 46
    async with shop.app.uow(shop.tenant_id) as uow:
        risky = await cases_at(uow, shop.staff["Олег"], replay_id, threshold=0.8)
        all_risky = await cases_at(uow, shop.staff["Олег"], replay_id, threshold=0)
        [told] = list(await uow.session.scalars(select(Notice)))
    assert [(one.why, one.asked, one.final) for one in risky] == [
        ("edited", "Есть в наличии?", "Нет, закончились.")
    ] * 5
    assert [one.why for one in all_risky][-1] == "rejected"
    assert (told.key, told.user_id) == ("notice.replay", shop.staff["Олег"].user_id)


async def test_the_candidates_policies_hold_drafts_and_so_does_what_was_amiss_then(
    shop: Shop,
) -> None:
    await shop.writes("Иван", "Подам в суд, есть в наличии?")
    await past(shop, "Иван", 1)
    await shop.writes("Пётр", "Есть?")
    [amiss] = await past(shop, "Пётр", 1)
    async with shop.app.uow(shop.tenant_id) as uow:
        row = await uow.get(Suggestion, amiss)
        row.reasons = ["unbound_facts", "learning_mode", "no_licence"]
    first = await ask(shop)
    second = await ask(shop, forbidden_topics=["суд"], intents_force_handoff=["shipping"])
    assert [await replay_due(shop.app), await replay_due(shop.app)] == [1, 1]
    assert (await done(shop, first)).result["chosen"]["sent"] == 1  # type: ignore[index]
    result = (await done(shop, second)).result
    assert result is not None
    assert result["chosen"]["sent"] == 0
    assert result["held"] == {"forbidden_topic": 1, "unbound_facts": 1}


async def test_only_the_days_asked_for_and_the_first_draft_of_a_turn_count(shop: Shop) -> None:
    await shop.writes("Иван", "Есть?")
    await past(shop, "Иван", 3)
    await shop.writes("Пётр", "Есть?")
    await past(shop, "Пётр", 1, ago=timedelta(days=8))
    replay_id = await ask(shop, days=7)
    await replay_due(shop.app)
    assert (await done(shop, replay_id)).result["drafts"] == 1  # type: ignore[index]


async def test_a_worker_that_dies_leaves_it_to_the_next(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await history(shop)
    replay_id = await ask(shop)

    async def dies(*_: object, **__: object) -> list[object]:
        raise asyncio.CancelledError

    with monkeypatch.context() as broken:
        broken.setattr(run, "page_of_past", dies)
        with pytest.raises(asyncio.CancelledError):
            await replay_due(shop.app)
    assert await replay_due(shop.app) == 0, "its lease still runs"
    async with shop.app.db.hot_platform() as sql:
        await sql.execute("UPDATE replays SET lease_until = now() - interval '1 second'")
    assert await replay_due(shop.app) == 1
    assert (await done(shop, replay_id)).state == "done"


async def test_one_that_keeps_failing_is_given_up_with_its_reason(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    replay_id = await ask(shop)

    async def breaks(*_: object, **__: object) -> int:
        raise RuntimeError("the past is unreadable")

    monkeypatch.setattr(run, "count_past", breaks)
    for _ in range(3):
        assert await replay_due(shop.app) == 1
        async with shop.app.db.hot_platform() as sql:
            await sql.execute("UPDATE replays SET lease_until = NULL")
    replay = await done(shop, replay_id)
    assert (replay.state, replay.problem) == ("failed", "replay.broke")
    assert await replay_due(shop.app) == 0


async def test_two_workers_take_two_replays(shop: Shop) -> None:
    await history(shop)
    ids = [await ask(shop), await ask(shop)]
    await asyncio.gather(replay_due(shop.app), replay_due(shop.app))
    assert {(await done(shop, one)).state for one in ids} == {"done"}


@examples(
    ("changes", "days", "field"),
    [
        ({"t_auto": 0.2, "t_escale": 0.5}, 14, "t_escale"),
        ({"t_auto": 1.5}, 14, "t_auto"),
        ({"intents_autosend_allowed": ["weather"]}, 14, "intents_autosend_allowed"),
        ({"autosend_allowed": True}, 14, "autosend_allowed"),
        ({}, 0, "days"),
        ({}, 91, "days"),
    ],
)
async def test_candidates_that_make_no_sense_are_refused_by_field(
    shop: Shop, changes: dict[str, Any], days: int, field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        await ask(shop, days, **changes)
    assert (refused.value.kind, refused.value.field) == (Kind.INVALID, field)


async def test_operators_may_not_ask_nor_may_anybody_for_too_many(shop: Shop) -> None:
    with pytest.raises(DomainError) as forbidden:
        await ask(shop, who="Анна")
    assert forbidden.value.kind == Kind.FORBIDDEN
    for _ in range(3):
        await ask(shop)
    with pytest.raises(DomainError) as limited:
        await ask(shop)
    assert limited.value.key == "replay.too_many"


async def test_another_stores_past_is_not_in_it_nor_its_replay_readable(shop: Shop) -> None:
    other = await open_shop(shop.app, "Другой")
    await other.change(t_auto=Decimal("0.5"))
    await history(other)
    replay_id = await ask(shop)
    await replay_due(shop.app)
    assert (await done(shop, replay_id)).result["drafts"] == 0  # type: ignore[index]
    async with other.app.uow(other.tenant_id) as uow:
        assert await replays(uow, other.staff["Олег"]) == []
        with pytest.raises(DomainError) as foreign:
            await replay_of(uow, other.staff["Олег"], replay_id)
    assert foreign.value.kind == Kind.NOT_FOUND
