"""Learning, semi-auto, auto: what goes out by itself, when, and what the night changes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.app import open_app
from core.conversations.models import Author
from core.decision.engine import Reason
from core.delivery.models import OutboundMessage, OutboundState
from core.escalations.models import Escalation
from core.flags.names import Flag
from core.kernel.clock import HeldClock
from core.kernel.settings import Settings
from core.ports.ai import Intent
from core.suggestions.brief import gather
from core.suggestions.decide import undo
from core.suggestions.models import Suggestion, SuggestionStatus
from tests.core.decision.autonomy import certified, flag, opens_every_lock, reply_of
from tests.support.shop import Shop, open_shop

HAVE = "Да, есть в наличии."
DAY = datetime(2026, 11, 23, 9, tzinfo=UTC)  # noon in Moscow
NIGHT = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)  # 23:30


@pytest.fixture
async def clock() -> HeldClock:
    return HeldClock(DAY)


@pytest.fixture
async def shop(settings: Settings, clock: HeldClock) -> Any:
    """Every lock open, a certificate, and a clock that stands still."""
    async with open_app(settings, role="test", clock=clock) as app:
        store = await open_shop(app)
        await opens_every_lock(store)
        await certified(store, expires_at=DAY + timedelta(days=30))
        async with app.platform_uow() as puow:
            sql = await puow.sql()
            await sql.execute("UPDATE tenants SET trial_ends_at = $1", DAY + timedelta(days=9))
        yield store


async def drafted(shop: Shop, mode: str, *, name: str = "Иван") -> Suggestion:
    await shop.change(default_mode=mode)
    await shop.writes(name, "Есть АКПП?", at=shop.app.clock.now())
    return await shop.drafted(name, HAVE, intent=Intent.AVAILABILITY, confidence=0.99)


async def due_in(shop: Shop, name: str = "Иван") -> timedelta:
    reply = await reply_of(shop, name)
    assert reply is not None
    assert reply.state == OutboundState.SCHEDULED
    return reply.due_at - shop.app.clock.now()


async def night_texts(shop: Shop) -> list[OutboundMessage]:
    async with shop.app.uow(shop.tenant_id) as uow:
        rows = await uow.session.scalars(
            select(OutboundMessage).where(OutboundMessage.author == Author.SYSTEM)
        )
        return list(rows)


async def test_learning_never_sends_by_itself(shop: Shop) -> None:
    draft = await drafted(shop, "learning")
    assert (draft.status, draft.reasons) == (SuggestionStatus.PENDING, [Reason.LEARNING_MODE])
    assert await reply_of(shop, "Иван") is None


async def test_semi_auto_waits_its_hold_in_which_an_operator_may_stop_it(shop: Shop) -> None:
    await shop.change(hold_seconds=45)
    await flag(shop, Flag.HUMAN_DELAY_ENABLED)
    draft = await drafted(shop, "semi_auto")
    assert await due_in(shop) == timedelta(seconds=45)
    reply = await reply_of(shop, "Иван")
    assert reply is not None
    async with shop.app.uow(shop.tenant_id) as uow:
        await undo(uow, shop.staff["Анна"], reply.id)
    async with shop.app.uow(shop.tenant_id) as uow:
        again = await uow.get(Suggestion, draft.id)
    assert again.status == SuggestionStatus.PENDING, "it is the operator's to decide now"


async def test_auto_goes_at_once_without_the_flag_and_at_a_persons_pace_with_it(shop: Shop) -> None:
    await drafted(shop, "auto")
    assert await due_in(shop) == timedelta(0)
    await flag(shop, Flag.HUMAN_DELAY_ENABLED)
    await drafted(shop, "auto", name="Пётр")
    assert timedelta(seconds=3) < await due_in(shop, "Пётр") < timedelta(seconds=90)


async def test_without_a_licence_it_waits_unless_the_owner_has_waived_it(shop: Shop) -> None:
    await shop.change(intents_autosend_allowed=["shipping"])
    await shop.writes("Иван", "Когда доставите?")
    held = await shop.drafted("Иван", "Завтра.", intent=Intent.SHIPPING, confidence=0.99)
    assert held.reasons == [Reason.NO_LICENCE]
    await shop.change(autosend_without_licence=True)
    await shop.writes("Пётр", "Когда доставите?")
    sent = await shop.drafted("Пётр", "Завтра.", intent=Intent.SHIPPING, confidence=0.99)
    assert (sent.status, sent.reasons) == (
        SuggestionStatus.AUTO_SENT, [Reason.WITHOUT_LICENCE],
    )  # fmt: skip


async def test_settings_changed_while_the_model_thought_are_in_force(shop: Shop) -> None:
    await shop.writes("Иван", "Есть?")
    conversation = await shop.conversation("Иван")
    assert conversation.turn_id is not None
    async with shop.app.uow(shop.tenant_id) as uow:
        brief = await gather(uow, conversation.turn_id)
    assert brief is not None
    await shop.change(t_auto=Decimal("0.99"))
    held = await shop.drafted("Иван", HAVE, intent=Intent.AVAILABILITY, confidence=0.99)
    assert Reason.BELOW_T_AUTO in held.reasons


async def test_a_forbidden_topic_escalates_with_the_engine_off_too(shop: Shop) -> None:
    await flag(shop, Flag.DECISION_ENGINE_ENABLED, on=False)
    await shop.change(forbidden_topics=["суд"])
    await shop.writes("Иван", "Посуда есть?")
    fine = await shop.drafted("Иван", HAVE, intent=Intent.AVAILABILITY, confidence=0.99)
    assert fine.verdict == "need_approval"
    await shop.writes("Пётр", "Подам в суд!")
    called = await shop.drafted("Пётр", HAVE, intent=Intent.AVAILABILITY, confidence=0.99)
    assert (called.verdict, called.reasons[0]) == ("escalate", Reason.FORBIDDEN_TOPIC)
    async with shop.app.uow(shop.tenant_id) as uow:
        [opened] = list(await uow.session.scalars(select(Escalation)))
    assert opened.reason == Reason.FORBIDDEN_TOPIC


async def test_where_a_person_was_called_nothing_goes_out_before_they_answer(shop: Shop) -> None:
    await shop.change(forbidden_topics=["суд"])
    await shop.writes("Иван", "Подам в суд!")
    await shop.drafted("Иван", HAVE, intent=Intent.AVAILABILITY, confidence=0.99)
    await shop.writes("Иван", "Ладно. Есть АКПП?")
    held = await shop.drafted("Иван", HAVE, intent=Intent.AVAILABILITY, confidence=0.99)
    assert Reason.ESCALATED in held.reasons


async def test_at_night_the_customer_is_told_once_and_the_reply_waits_for_the_morning(
    shop: Shop, clock: HeldClock
) -> None:
    clock.at = NIGHT
    await flag(shop, Flag.HUMAN_DELAY_ENABLED)
    await shop.change(night_mode="auto_reply", night_text="Ответим утром.")
    await drafted(shop, "auto")
    morning = datetime(2026, 11, 23, 5, tzinfo=UTC) - NIGHT
    assert morning < await due_in(shop) < morning + timedelta(minutes=2)
    [told] = await night_texts(shop)
    assert (told.text, told.due_at - NIGHT) == ("Ответим утром.", timedelta(seconds=2))
    clock.move(timedelta(hours=1))  # past midnight: the same night
    await drafted(shop, "auto")
    assert len(await night_texts(shop)) == 1
    await drafted(shop, "learning", name="Пётр")
    assert len(await night_texts(shop)) == 2, "another conversation is told too, in any mode"
    clock.move(timedelta(days=1))
    await drafted(shop, "auto")
    assert len(await night_texts(shop)) == 3, "and the next night again"


async def test_the_night_text_does_not_answer_what_was_asked(shop: Shop, clock: HeldClock) -> None:
    clock.at = NIGHT
    await flag(shop, Flag.HUMAN_DELAY_ENABLED)
    await shop.change(night_mode="auto_reply", night_text="Ответим утром.")
    await drafted(shop, "learning")
    conversation = await shop.conversation("Иван")
    assert (conversation.status, conversation.waiting_since) == ("waiting", NIGHT)


@pytest.mark.parametrize(("mode", "texts"), [("disable", 0), ("delay", 0)])
async def test_the_other_night_modes_say_nothing(
    shop: Shop, clock: HeldClock, mode: str, texts: int
) -> None:
    clock.at = NIGHT
    await flag(shop, Flag.HUMAN_DELAY_ENABLED)
    await shop.change(night_mode=mode, night_text="Ответим утром.", night_multiplier=Decimal(4))
    await drafted(shop, "auto")
    assert len(await night_texts(shop)) == texts
    waits = await due_in(shop)
    assert (waits > timedelta(hours=8)) == (mode == "disable")
    assert waits > timedelta(seconds=15), "four times a person's pause at the least"
