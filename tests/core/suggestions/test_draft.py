"""The worker drafts what is due; a provider in trouble keeps nobody from seeing the customer."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from core.app import App, open_app
from core.conversations.models import Turn
from core.flags.names import Flag
from core.flags.service import turn
from core.kernel.clock import HeldClock, SystemClock
from core.kernel.settings import Settings
from core.kernel.transaction import refuse_inside_transaction
from core.ports.ai import AiFailure, Draft, DraftRequest, Intent, Usage
from core.suggestions import turns
from core.suggestions.draft import Draftsman
from core.suggestions.models import Suggestion
from tests.support.shop import Shop, open_shop


class Model:
    """A provider of the test's own: keeps what it was asked, answers as it is told."""

    model = "stand-in"
    prompt_hash = "hash"

    def __init__(self) -> None:
        self.asked: list[DraftRequest] = []
        self.answers: list[str | Exception] = []
        self.gate: asyncio.Event | None = None

    async def close(self) -> None: ...

    async def draft(self, request: DraftRequest) -> Draft:
        refuse_inside_transaction("the model")
        self.asked.append(request)
        if self.gate is not None:
            await self.gate.wait()
        answer = self.answers.pop(0) if self.answers else "Есть в наличии"
        if isinstance(answer, Exception):
            raise answer
        return Draft(
            reply=answer,
            intent=Intent.PRICE,
            confidence=0.8,
            used=(),
            facts=(),
            needs_human=False,
            reason=None,
            usage=Usage(self.model, 9, 9),
        )


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
async def shop(app: App, model: Model) -> Shop:
    opened = await open_shop(replace(app, drafter=model))
    await opened.change(quiet_milliseconds=0)
    return opened


async def drafts(shop: Shop) -> None:
    """Until nothing is due."""
    draftsman = Draftsman(shop.app, wake=lambda: None)
    while await draftsman.once():
        await asyncio.gather(*draftsman._at_work)


async def made(shop: Shop) -> list[Suggestion]:
    async with shop.app.uow(shop.tenant_id) as uow:
        return list(await uow.session.scalars(select(Suggestion).order_by(Suggestion.id)))


async def again_now(shop: Shop) -> None:
    async with shop.app.uow(shop.tenant_id) as uow:
        await uow.session.execute(update(Turn).values(due_at=shop.app.clock.now()))


async def test_a_burst_is_asked_about_once_with_what_was_said_before(
    shop: Shop, model: Model
) -> None:
    await shop.writes("Иван", "Здравствуйте", "Есть АКПП?")
    await drafts(shop)
    [draft] = await made(shop)
    assert (draft.status, draft.text, draft.model) == ("pending", "Есть в наличии", "stand-in")
    [request] = model.asked
    assert request.turn == ("Здравствуйте", "Есть АКПП?")
    assert (request.language, request.address_form) == ("ru", "vy")


async def test_nothing_is_drafted_before_the_customer_is_quiet(shop: Shop, model: Model) -> None:
    await shop.change(quiet_milliseconds=60_000)
    await shop.writes("Иван", "Есть АКПП?")
    await drafts(shop)
    assert model.asked == []


async def test_a_draft_overtaken_by_the_customer_is_thrown_away(shop: Shop, model: Model) -> None:
    await shop.writes("Иван", "Есть АКПП?")
    model.gate = asyncio.Event()
    draftsman = Draftsman(shop.app, wake=lambda: None)
    await draftsman.once()
    await shop.writes("Иван", "Нет, двигатель!")
    model.gate.set()
    await asyncio.gather(*draftsman._at_work)
    assert await made(shop) == []
    await drafts(shop)
    [draft] = await made(shop)
    assert model.asked[-1].turn == ("Есть АКПП?", "Нет, двигатель!")
    assert draft.status == "pending"


async def test_a_provider_that_stumbles_is_asked_again(shop: Shop, model: Model) -> None:
    model.answers = [AiFailure("ai.unavailable", again=True)]
    await shop.writes("Иван", "Есть АКПП?")
    await drafts(shop)
    assert await made(shop) == [], "later, not at once"
    await again_now(shop)
    await drafts(shop)
    assert [draft.status for draft in await made(shop)] == ["pending"]


async def test_a_provider_that_is_down_leaves_the_reason_on_the_card(
    shop: Shop, model: Model
) -> None:
    model.answers = [AiFailure("ai.unavailable", again=True)] * 9
    await shop.writes("Иван", "Есть АКПП?")
    for _ in range(6):
        await drafts(shop)
        await again_now(shop)
    [nothing] = await made(shop)
    assert (nothing.status, nothing.failure) == ("failed", "ai.unavailable")
    assert len(model.asked) == 4


async def test_rubbish_is_not_asked_for_twice_when_it_would_not_help(
    shop: Shop, model: Model
) -> None:
    model.answers = [AiFailure("ai.refused", again=False)]
    await shop.writes("Иван", "Есть АКПП?")
    await drafts(shop)
    assert [draft.failure for draft in await made(shop)] == ["ai.refused"]


async def test_a_bug_of_ours_is_no_reason_to_leave_the_operator_without_a_word(
    shop: Shop, model: Model
) -> None:
    model.answers = [ZeroDivisionError("bug")] * 9
    await shop.writes("Иван", "Есть АКПП?")
    for _ in range(6):
        await drafts(shop)
        await again_now(shop)
    assert [draft.failure for draft in await made(shop)] == ["ai.broke"]


async def test_with_the_flag_off_or_no_key_nobody_is_asked(shop: Shop, model: Model) -> None:
    async with shop.app.uow(shop.tenant_id) as uow:
        await turn(uow, shop.staff["Олег"], Flag.AI_SUGGESTIONS_ENABLED, enabled=False)
    shop.app.flags._read_at -= 2
    await shop.writes("Иван", "Есть АКПП?")
    await drafts(shop)
    keyless = replace(shop.app, drafter=None)
    other = await open_shop(keyless, "Без ключа")
    await other.change(quiet_milliseconds=0)
    await other.writes("Пётр", "Есть АКПП?")
    await drafts(other)
    assert model.asked == []
    assert [draft.failure for draft in await made(shop)] == ["ai.off"]
    assert [draft.failure for draft in await made(other)] == ["ai.no_key"]


async def test_a_photo_without_words_waits_for_a_person(shop: Shop, model: Model) -> None:
    await shop.writes("Иван", "")
    await drafts(shop)
    assert [draft.failure for draft in await made(shop)] == ["ai.no_words"]


async def test_two_workers_draft_a_turn_once(shop: Shop, model: Model) -> None:
    await shop.writes("Иван", "Есть АКПП?")
    await asyncio.gather(drafts(shop), drafts(shop), drafts(shop))
    assert len(model.asked) == 1


async def test_a_stopped_worker_gives_its_turn_back_at_once(shop: Shop, model: Model) -> None:
    model.gate = asyncio.Event()
    await shop.writes("Иван", "Есть АКПП?")
    stopped = Draftsman(shop.app, wake=lambda: None)
    await stopped.once()
    await stopped.finish()
    model.gate.set()
    await drafts(shop)
    assert [draft.status for draft in await made(shop)] == ["pending"]


async def wanted(shop: Shop) -> list[int]:
    async with shop.app.uow(shop.tenant_id) as uow:
        rows = await (await uow.sql()).fetch("SELECT wanted FROM cards")
    return [row["wanted"] for row in rows]


async def turned_off(shop: Shop, *, long_ago: bool) -> None:
    async with shop.app.uow(shop.tenant_id) as uow:
        await turn(uow, shop.staff["Олег"], Flag.AI_SUGGESTIONS_ENABLED, enabled=False)
        if long_ago:
            sql = await uow.sql()
            await sql.execute("UPDATE tenant_flags SET changed_at = now() - interval '1 minute'")
    shop.app.flags._read_at = float("-inf")


async def test_a_card_that_says_from_the_first_that_the_ai_is_off_is_not_drawn_again(
    shop: Shop,
) -> None:
    await turned_off(shop, long_ago=True)
    await shop.writes("Иван", "Есть АКПП?")
    before = await wanted(shop)
    await drafts(shop)
    assert [draft.failure for draft in await made(shop)] == ["ai.off"]
    assert await wanted(shop) == before


async def test_a_card_that_may_still_promise_a_draft_is_drawn_again(shop: Shop) -> None:
    await turned_off(shop, long_ago=False)
    await shop.writes("Иван", "Есть АКПП?")
    before = await wanted(shop)
    await drafts(shop)
    assert await wanted(shop) == [count + 1 for count in before]


async def test_nobody_is_woken_for_what_is_being_drafted(shop: Shop, model: Model) -> None:
    """A worker that looks again at once, and again, is busy for as long as the model thinks."""
    model.gate = asyncio.Event()
    await shop.writes("Иван", "Есть АКПП?")
    draftsman = Draftsman(shop.app, wake=lambda: None)
    await draftsman.once()
    await draftsman.once()
    assert draftsman.seconds_to_next() is None
    model.gate.set()
    await asyncio.gather(*draftsman._at_work)


class Desk:
    """A store on a clock of its own, whose model thinks for as long as the test likes."""

    def __init__(self, app: App, clock: HeldClock, model: Model, shop: Shop) -> None:
        self.app, self.clock, self.model, self.shop = app, clock, model, shop

    def draftsman(self) -> Draftsman:
        return Draftsman(self.shop.app, wake=lambda: None)


@pytest.fixture
async def desk(settings: Settings, model: Model) -> AsyncIterator[Desk]:
    clock = HeldClock(SystemClock().now())
    model.gate = asyncio.Event()
    async with open_app(settings, role="test", clock=clock) as app:
        shop = await open_shop(replace(app, drafter=model))
        await shop.change(quiet_milliseconds=0)
        await shop.writes("Иван", "Есть АКПП?")
        yield Desk(app, clock, model, shop)


async def drafting(*draftsmen: Draftsman) -> None:
    await asyncio.gather(*(task for draftsman in draftsmen for task in draftsman._at_work))


async def test_a_turn_whose_draftsman_was_killed_is_drafted_within_seconds(desk: Desk) -> None:
    killed = desk.draftsman()
    assert await killed.once() == 1
    for task in killed._at_work:
        task.cancel()
    other = desk.draftsman()
    assert await other.once() == 0
    desk.clock.move(turns.LEASE + timedelta(milliseconds=1))
    assert timedelta(seconds=15) >= turns.LEASE
    assert await other.once() == 1
    assert desk.model.gate is not None
    desk.model.gate.set()
    await drafting(other)
    assert [draft.status for draft in await made(desk.shop)] == ["pending"]


async def test_a_model_that_thinks_for_half_a_minute_is_asked_by_one_alone(desk: Desk) -> None:
    at_work, other = desk.draftsman(), desk.draftsman()
    await at_work.once()
    for _ in range(10):
        desk.clock.move(timedelta(seconds=3))
        assert await at_work.once() == 0
        assert await other.once() == 0
    assert desk.model.gate is not None
    desk.model.gate.set()
    await drafting(at_work)
    assert len(desk.model.asked) == 1


async def test_of_two_who_draft_the_same_turn_the_first_is_heard(desk: Desk) -> None:
    """One slept, was taken for dead, and woke up."""
    asleep, other = desk.draftsman(), desk.draftsman()
    await asleep.once()
    desk.clock.move(timedelta(seconds=30))
    assert await other.once() == 1
    assert await asleep.once() == 0, "it does not take its turn back"
    assert desk.model.gate is not None
    desk.model.gate.set()
    await drafting(asleep, other)
    assert len(await made(desk.shop)) == 1


async def test_a_turn_that_failed_while_the_database_was_away_is_given_back_by_the_next_pass(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def is_away(*_: object) -> None:
        raise OSError("the database is away")

    draftsman = desk.draftsman()
    assert desk.model.gate is not None
    desk.model.gate.set()
    with monkeypatch.context() as away:
        away.setattr("core.suggestions.draft.draft_turn", is_away)
        away.setattr("core.suggestions.turns.give_back", is_away)
        await draftsman.once()
        await drafting(draftsman)
    await draftsman.once()
    desk.clock.move(timedelta(seconds=2))
    assert await draftsman.once() == 1, "as soon as after any other failure"
    await drafting(draftsman)
    assert [draft.status for draft in await made(desk.shop)] == ["pending"]


async def test_turns_claimed_by_a_pass_that_broke_are_begun_by_the_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def is_away(*_: object) -> None:
        raise OSError("the database is away")

    draftsman = desk.draftsman()
    with monkeypatch.context() as away:
        away.setattr(type(desk.shop.app.flags), "of", is_away)
        with pytest.raises(OSError, match="away"):
            await draftsman.once()
    assert await desk.draftsman().once() == 0, "another cannot know"
    assert await draftsman.once() == 1
