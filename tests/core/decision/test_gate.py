"""Planned an hour ago, due now: whatever has been closed since then keeps it here."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from core.conversations.service import change_mode
from core.decision.engine import Reason
from core.decision.gate import barred, refusal, still_allowed
from core.decision.models import Breaker, Certificate
from core.decision.reviews import count_audit
from core.delivery.models import OutboundMessage
from core.flags.names import Flag
from core.ports.ai import Intent
from core.suggestions.decide import approve, escalate_conversation
from core.tenants.models import Status, Tenant
from tests.core.decision.autonomy import ENGINE, certified, flag, opens_every_lock, reply_of
from tests.support.shop import Shop, open_shop

HAVE = "Да, есть в наличии."


async def planned(shop: Shop, *, name: str = "Иван") -> Any:
    """A reply that will go out by itself."""
    await shop.writes(name, "Есть АКПП?")
    await shop.drafted(name, HAVE, intent=Intent.AVAILABILITY, confidence=0.99)
    reply = await reply_of(shop, name)
    assert reply is not None, "it was not planned"
    return reply


async def verdict(shop: Shop, reply_id: UUID) -> Reason | None:
    async with shop.app.uow(shop.tenant_id) as uow:
        found = await still_allowed(uow, reply_id, shop.app.settings.flags)
        reply = await uow.get(OutboundMessage, reply_id)
        if reply.suggestion_id is not None:
            key = await refusal(shop.app, uow, reply.suggestion_id)
            assert key == (f"reason.{found}" if found else None)
        return found


async def closed(shop: Shop, change: str) -> None:
    async with shop.app.uow(shop.tenant_id) as uow:
        store = await uow.session.get(Tenant, shop.tenant_id)
        assert store is not None
        if change == "restricted":
            store.status = Status.RESTRICTED
        elif change == "unpaid":
            store.trial_ends_at = shop.app.clock.now() - timedelta(seconds=1)


@pytest.fixture
async def open_store(shop: Shop) -> Shop:
    await opens_every_lock(shop)
    await certified(shop)
    return shop


CHANGES: list[tuple[dict[str, Any], Reason]] = [
    ({"autosend_allowed": False}, Reason.STORE_DISALLOWS),
    ({"intents_autosend_allowed": ["price"]}, Reason.INTENT_NOT_ALLOWED),
    ({"intents_force_handoff": ["availability"]}, Reason.FORCE_HANDOFF),
    ({"always_escalate_intents": ["availability"]}, Reason.ALWAYS_ESCALATE),
    ({"t_auto": Decimal("0.999")}, Reason.BELOW_T_AUTO),
    ({"autosend_alpha": Decimal("0.01")}, Reason.NO_LICENCE),
]


async def test_with_nothing_changed_it_goes_out(open_store: Shop) -> None:
    assert await verdict(open_store, (await planned(open_store)).id) is None


@pytest.mark.parametrize(("change", "reason"), CHANGES, ids=lambda one: str(one)[:40])
async def test_a_setting_changed_meanwhile_holds_it(
    open_store: Shop, change: dict[str, Any], reason: Reason
) -> None:
    reply = await planned(open_store)
    await open_store.change(**change)
    assert await verdict(open_store, reply.id) == reason


async def test_flags_status_subscription_and_mode_hold_it(open_store: Shop) -> None:
    shop, reply = open_store, await planned(open_store)
    for one, reason in zip(ENGINE, (Reason.ENGINE_OFF, Reason.AUTOSEND_OFF), strict=True):
        await flag(shop, one, on=False)
        assert await verdict(shop, reply.id) == reason
        await flag(shop, one)
    await closed(shop, "unpaid")
    assert await verdict(shop, reply.id) == Reason.NO_SUBSCRIPTION
    await closed(shop, "restricted")
    assert await verdict(shop, reply.id) == Reason.STORE_RESTRICTED


async def test_a_conversation_put_back_to_learning_holds_it(open_store: Shop) -> None:
    shop, reply = open_store, await planned(open_store)
    async with shop.app.uow(shop.tenant_id) as uow:
        await change_mode(uow, shop.staff["Анна"], reply.conversation_id, "learning")
    assert await verdict(shop, reply.id) == Reason.LEARNING_MODE


async def test_a_person_called_meanwhile_holds_it(open_store: Shop) -> None:
    shop, reply = open_store, await planned(open_store)
    async with shop.app.uow(shop.tenant_id) as uow:
        await escalate_conversation(
            uow, shop.staff["Анна"], reply.conversation_id, reason="complaint"
        )
    assert await verdict(shop, reply.id) == Reason.ESCALATED


async def test_a_tripped_breaker_holds_it_whoever_waived_the_licence(open_store: Shop) -> None:
    shop, reply = open_store, await planned(open_store)
    async with shop.app.uow(shop.tenant_id) as uow:
        breaker = await count_audit(uow, "availability", error=False)
        breaker.tripped_at = shop.app.clock.now()
        certificate = await uow.get(Certificate, (await _certificate(shop))["id"])
        certificate.ended_at = shop.app.clock.now()
    await shop.change(autosend_without_licence=True)
    assert await verdict(shop, reply.id) == Reason.BREAKER_TRIPPED
    async with shop.app.uow(shop.tenant_id) as uow:
        (await uow.get(Breaker, breaker.id)).tripped_at = None
    assert await verdict(shop, reply.id) is None


async def test_what_a_person_has_approved_is_asked_nothing(open_store: Shop) -> None:
    shop = open_store
    await shop.change(autosend_allowed=False)
    await shop.writes("Иван", "Есть АКПП?")
    draft = await shop.drafted("Иван", HAVE, intent=Intent.AVAILABILITY, confidence=0.99)
    async with shop.app.uow(shop.tenant_id) as uow:
        reply = await approve(uow, shop.staff["Анна"], draft.id, version=draft.version)
    await flag(shop, *ENGINE, on=False)
    assert await verdict(shop, reply.id) is None


async def test_many_stores_are_asked_at_once_and_each_by_its_own_settings(open_store: Shop) -> None:
    mine = await planned(open_store)
    other = await open_shop(open_store.app, "Другой")
    await opens_every_lock(other)
    await certified(other)
    theirs = await planned(other)
    await other.change(autosend_allowed=False)
    async with open_store.app.db.hot_platform() as sql:
        found = await barred(
            sql,
            [(open_store.tenant_id, mine.id), (other.tenant_id, theirs.id)],
            open_store.app.settings.flags,
            open_store.app.clock.now(),
        )
    assert found == {theirs.id: Reason.STORE_DISALLOWS}


async def test_the_night_text_follows_its_own_flag(open_store: Shop) -> None:
    shop = open_store
    await shop.change(
        night_mode="auto_reply",
        night_text="Ответим утром.",
        night_from="00:00",
        night_until="23:59",
    )
    await flag(shop, Flag.HUMAN_DELAY_ENABLED)
    await planned(shop)
    async with shop.app.db.hot_platform() as sql:
        [row] = await sql.fetch("SELECT * FROM outbound_messages WHERE author = 'system'")
    assert await verdict(shop, row["id"]) is None
    await flag(shop, Flag.HUMAN_DELAY_ENABLED, on=False)
    assert await verdict(shop, row["id"]) == Reason.AUTOSEND_OFF


async def _certificate(shop: Shop) -> Any:
    async with shop.app.db.hot_platform() as sql:
        return (await sql.fetch("SELECT * FROM certificates"))[0]
