"""What goes out by itself is looked at once more; what keeps failing is parked and somebody told."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select, update

from core.conversations.models import Author, Conversation
from core.customers.models import Customer
from core.delivery import claims as claims_module
from core.delivery import drain as drain_module
from core.delivery import settle as settle_module
from core.delivery.drain import Held
from core.delivery.models import OutboundMessage, OutboundState
from core.delivery.outcomes import MOST_FAILURES
from core.delivery.retry import retry
from core.delivery.service import Reply, plan, withdraw
from core.escalations.models import Escalation
from core.events.relay import relay_once
from core.flags.names import Flag
from core.flags.service import turn
from core.kernel.errors import DomainError
from core.kernel.uow import UnitOfWork
from core.ports.channel import Capabilities, Later, Unsure
from core.suggestions import reactions
from core.suggestions.answer import answer_by_hand
from core.suggestions.at_sending import may_not_go_out
from core.suggestions.models import Suggestion, SuggestionStatus
from core.suggestions.try_again import try_again
from core.tenants.models import Mode, TenantSettings
from tests.core.delivery.test_drain import Desk, reply, states
from tests.support.shop import Shop, gearbox

REACTIONS = reactions


class AutoDesk(Desk):
    """A desk whose deliverer asks before anything goes out by itself."""

    def __init__(self, shop: Shop, *, keyed: bool = False) -> None:
        super().__init__(shop, keyed=keyed)
        self.deliverer = drain_module.Deliverer(shop.app, lambda: None, may_not_go_out)


async def autosent(shop: Shop, text: str = "Есть, {{price:P1}}") -> Suggestion:
    """A draft that the engine let through: it is planned, and waits to go out by itself."""
    async with shop.app.uow(shop.tenant_id) as uow:
        for flag in (Flag.DECISION_ENGINE_ENABLED, Flag.AI_AUTOSEND_ENABLED):
            await turn(uow, shop.staff["Олег"], flag, enabled=True)
    await shop.change(
        autosend_allowed=True,
        intents_autosend_allowed=["price"],
        autosend_without_licence=True,
        default_mode=Mode.AUTO,
    )
    await shop.writes("Иван", "Есть АКПП?")
    source = await shop.sells(gearbox())
    draft = await shop.drafted("Иван", text, sources=(source,))
    ivan = await shop.conversation("Иван")
    async with shop.app.uow(shop.tenant_id) as uow:
        suggestion = await uow.lock(Suggestion, draft.id)
        thread = await uow.lock(Conversation, ivan.id)
        thread.waiting_since = None
        if suggestion.status != SuggestionStatus.AUTO_SENT:
            suggestion.status = SuggestionStatus.AUTO_SENT
            suggestion.final_text = suggestion.text
            planned = Reply(
                text=suggestion.text,
                author=Author.AI,
                author_user_id=None,
                request_key=f"auto:{suggestion.id}",
                suggestion_id=suggestion.id,
                turn_id=suggestion.turn_id,
                fence=thread.version,
            )
            await uow.session.flush()
            await plan(uow, thread, planned, delay=timedelta(0))
    return draft


async def reacted(shop: Shop) -> None:
    while await relay_once(shop.app):
        pass


async def the_reply(shop: Shop) -> OutboundMessage:
    async with shop.app.uow(shop.tenant_id) as uow:
        found = await uow.session.scalar(
            select(OutboundMessage).order_by(OutboundMessage.id.desc())
        )
    assert found is not None
    return found


async def suggestion_of(shop: Shop, id_: UUID) -> str:
    async with shop.app.uow(shop.tenant_id) as uow:
        return (await uow.get(Suggestion, id_)).status


async def test_a_reply_that_every_lock_allows_goes_out_by_itself(shop: Shop) -> None:
    draft = await autosent(shop)
    assert await AutoDesk(shop).deliver() == [draft.text]
    assert await suggestion_of(shop, draft.id) == SuggestionStatus.AUTO_SENT


async def _off(shop: Shop, uow: UnitOfWork) -> None:
    await turn(uow, shop.staff["Олег"], Flag.AI_AUTOSEND_ENABLED, enabled=False)
    shop.app.flags._read_at = float("-inf")


async def _disallowed(_: Shop, uow: UnitOfWork) -> None:
    await uow.session.execute(update(TenantSettings).values(autosend_allowed=False))


async def _blocked(shop: Shop, uow: UnitOfWork) -> None:
    await uow.session.execute(update(Customer).values(blocked_at=uow.clock.now()))


async def _dearer(shop: Shop, uow: UnitOfWork) -> None:
    sql = await uow.sql()
    await sql.execute("UPDATE products SET price = price + 1000")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_off, "reason.autosend_off"),
        (_disallowed, "reason.store_disallows"),
        (_blocked, "outbound.customer_blocked"),
        (_dearer, "outbound.price_changed"),
    ],
)
async def test_what_changed_since_keeps_it_back_and_the_draft_is_pending(
    shop: Shop, change: object, why: str
) -> None:
    draft = await autosent(shop)
    async with shop.app.uow(shop.tenant_id) as uow:
        await change(shop, uow)  # type: ignore[operator]
    assert await AutoDesk(shop).deliver() == []
    await reacted(shop)
    found = await the_reply(shop)
    assert (found.state, found.problem) == (OutboundState.CANCELLED, why)
    assert await suggestion_of(shop, draft.id) == SuggestionStatus.PENDING
    assert (await shop.conversation("Иван")).status == "waiting"


@pytest.mark.parametrize("who", ["customer", "operator"])
async def test_a_cancelled_automatic_reply_leaves_no_draft_that_says_it_was_sent(
    shop: Shop, who: str
) -> None:
    draft = await autosent(shop)
    if who == "customer":
        await shop.writes("Иван", "Передумал")
    else:
        ivan = await shop.conversation("Иван")
        async with shop.app.uow(shop.tenant_id) as uow:
            anna = shop.staff["Анна"]
            await answer_by_hand(uow, anna, ivan.id, "Сама отвечу", request_key="1")
    assert draft.text not in await AutoDesk(shop).deliver()
    await reacted(shop)
    assert await suggestion_of(shop, draft.id) == SuggestionStatus.SUPERSEDED


async def test_the_customer_who_writes_first_is_noticed_long_before_it_is_due(shop: Shop) -> None:
    await autosent(shop)
    async with shop.app.uow(shop.tenant_id) as uow:
        later = shop.app.clock.now() + timedelta(hours=8)
        await uow.session.execute(update(OutboundMessage).values(due_at=later))
    await shop.writes("Иван", "Ау?")
    await AutoDesk(shop).deliver()
    assert [state for _, state in await states(shop)] == ["cancelled"]


async def test_a_reply_whose_handling_keeps_failing_is_parked_and_the_owner_called(
    shop: Shop,
) -> None:
    """Each time its process dies with it; the channel takes our key, so each time it is tried."""
    await shop.writes("Иван", "?")
    planned = await reply(shop, "яд")
    desk = Desk(shop, keyed=True)
    for _ in range(MOST_FAILURES):
        async with shop.app.uow(shop.tenant_id) as uow:
            await uow.session.execute(update(OutboundMessage).values(due_at=shop.app.clock.now()))
        desk = Desk(shop, keyed=True)
        desk.messenger.answers = [Unsure("channel.no_answer")]
        await desk.deliverer.once(desk.held)
        await desk.deliverer.finish()
    await reacted(shop)
    assert await states(shop) == [("яд", "parked")]
    assert (await shop.conversation("Иван")).status == "escalated"
    again = Desk(shop, keyed=True)
    assert await again.deliver() == [], "never by itself"

    anna = shop.staff["Анна"]
    async with shop.app.uow(shop.tenant_id) as uow:
        with pytest.raises(DomainError, match=r"outbound\.too_late"):
            await withdraw(uow, anna, planned)  # it may have arrived
    async with shop.app.uow(shop.tenant_id) as uow:
        await try_again(uow, anna, planned)
    assert await again.deliver() == ["яд"]
    assert again.messenger.given[0].key == desk.messenger.given[0].key
    assert await states(shop) == [("яд", "sent")]
    async with shop.app.uow(shop.tenant_id) as uow:
        called = await uow.session.scalar(select(Escalation))
    assert called is not None
    assert called.status == "handled"


async def test_what_waits_for_the_weather_is_parked_after_an_hour(shop: Shop) -> None:
    await shop.writes("Иван", "?")
    planned = await reply(shop, "в бурю")
    desk = Desk(shop)
    desk.messenger.answers = [Later(2, "channel.unreachable")]
    await desk.deliver()
    assert await states(shop) == [("в бурю", "scheduled")]
    async with shop.app.uow(shop.tenant_id) as uow:
        row = await uow.lock(OutboundMessage, planned)
        row.due_at = shop.app.clock.now()
        row.planned_for = row.due_at - timedelta(hours=2)
        row.attempts = 30
    desk.messenger.answers = [Later(2, "channel.unreachable")]
    await desk.deliver()
    await reacted(shop)
    assert await states(shop) == [("в бурю", "parked")]
    async with shop.app.uow(shop.tenant_id) as uow:
        await withdraw(uow, shop.staff["Анна"], planned)
    assert await states(shop) == [("в бурю", "cancelled")]


async def test_a_parked_reply_goes_behind_what_was_said_since(shop: Shop) -> None:
    await shop.writes("Иван", "?")
    parked = await reply(shop, "первый")
    async with shop.app.uow(shop.tenant_id) as uow:
        (await uow.lock(OutboundMessage, parked)).state = OutboundState.PARKED
    await reply(shop, "второй")
    desk = Desk(shop)
    assert await desk.deliver() == ["второй"]
    async with shop.app.uow(shop.tenant_id) as uow:
        await retry(uow, shop.staff["Анна"], parked)
        await retry(uow, shop.staff["Анна"], parked)
    assert await desk.deliver() == ["второй", "первый"]
    async with shop.app.uow(shop.tenant_id) as uow:
        with pytest.raises(DomainError, match=r"outbound\.not_parked"):
            await retry(uow, shop.staff["Анна"], parked)


async def test_an_outcome_the_database_refuses_does_not_take_the_others_with_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("А", "Б"):
        await shop.writes(name, "?")
    for name in ("А", "Б"):
        thread = await shop.conversation(name)
        async with shop.app.uow(shop.tenant_id) as uow:
            locked = await uow.lock(Conversation, thread.id)
            await plan(uow, locked, Reply(name, Author.OPERATOR, None, name), delay=timedelta(0))
    settle = settle_module.settle

    async def refusing(uow: UnitOfWork, outcomes: object) -> int:
        if any(sending.text == "А" for sending, _ in outcomes):  # type: ignore[attr-defined]
            raise asyncpg.DataError("this text cannot be kept")
        return await settle(uow, outcomes)  # type: ignore[arg-type]

    monkeypatch.setattr(drain_module, "settle", refusing)
    async with shop.app.uow(shop.tenant_id) as uow:
        await (await uow.sql()).execute("UPDATE cards SET state = 'shown', drawn = wanted")
    assert sorted(await Desk(shop).deliver()) == ["А", "Б"]
    async with shop.app.uow(shop.tenant_id) as uow:
        rows = await uow.session.scalars(select(OutboundMessage))
        kept = sorted((row.text, row.state, row.problem) for row in rows)
        redrawn = await (await uow.sql()).fetchval(
            "SELECT count(DISTINCT conversation_id) FROM cards WHERE drawn < wanted"
        )
    assert kept == [("А", "sent", "outbound.not_recorded"), ("Б", "sent", None)]
    assert redrawn == 2, "both cards say what became of their replies"


async def test_what_may_have_gone_out_under_its_key_is_not_taken_back(shop: Shop) -> None:
    """Its sender died: it is sent again under the key it had, and nobody can say it was not."""
    await shop.writes("Иван", "?")
    planned = await reply(shop, "уже летит")
    desk = Desk(shop, keyed=True)
    desk.messenger.answers = [Unsure("channel.no_answer")]
    await desk.deliverer.once(desk.held)
    await desk.deliverer.finish()
    assert await states(shop) == [("уже летит", "scheduled")]
    async with shop.app.uow(shop.tenant_id) as uow:
        with pytest.raises(DomainError, match=r"outbound\.too_late"):
            await withdraw(uow, shop.staff["Анна"], planned)
    assert await desk.deliver() == ["уже летит", "уже летит"]


async def test_a_claim_nobody_heard_of_is_given_back(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.writes("Иван", "?")
    await reply(shop, "раз")
    desk = Desk(shop)
    claim = claims_module.claim
    heard: list[bool] = []

    async def unheard(*given: Any) -> Any:
        claimed = await claim(*given)
        if not heard:
            heard.append(True)
            await given[0].execute("COMMIT")
            raise ConnectionResetError
        return claimed

    monkeypatch.setattr(claims_module, "claim", unheard)
    with pytest.raises(ConnectionResetError):
        await desk.deliverer.once(desk.held)
    assert await states(shop) == [("раз", "sending")]
    assert await desk.deliver() == ["раз"]
    assert await states(shop) == [("раз", "sent")]


@pytest.mark.parametrize("allowed", [True, False])
async def test_typing_is_shown_only_for_a_reply_that_may_go_out(
    shop: Shop, *, allowed: bool
) -> None:
    draft = await autosent(shop)
    async with shop.app.uow(shop.tenant_id) as uow:
        await uow.session.execute(update(OutboundMessage).values(typing_ms=20))
        if not allowed:
            await _blocked(shop, uow)
    desk = AutoDesk(shop)
    shown: list[str] = []

    async def typing(chat: str) -> None:
        shown.append(chat)

    desk.messenger.typing = typing  # type: ignore[method-assign, assignment]
    desk.held = {shop.account.id: Held(desk.messenger, Capabilities(typing=True))}
    assert await desk.deliver() == ([draft.text] if allowed else [])
    assert shown == (["chat-Иван"] if allowed else [])
