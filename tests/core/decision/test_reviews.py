"""Second looks: who is asked, what they see, and the breaker they feed."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from core.audit.models import AuditEntry
from core.decision.engine import Reason
from core.decision.licence import issue
from core.decision.models import Breaker, Certificate, Review
from core.decision.reviews import count_audit, judge, open_reviews, want_audit, want_second_look
from core.events.relay import relay_once
from core.identity.permissions import Role
from core.kernel.errors import DomainError, Kind
from core.notifications.models import Notice
from core.ports.ai import Intent
from core.suggestions.decide import approve, undo
from core.suggestions.models import Suggestion, SuggestionStatus
from core.worker import REACTIONS
from tests.core.decision.autonomy import certified, opens_every_lock, past, reply_of
from tests.support.shop import Shop, hire, open_shop

HAVE = "Да, есть в наличии."


def always(value: float) -> Callable[[], float]:
    """Chance that is none."""
    return lambda: value


async def sent_by_itself(shop: Shop, name: str = "Иван") -> Suggestion:
    """An automatic reply that has arrived."""
    await shop.writes(name, "Есть АКПП?")
    suggestion = await shop.drafted(name, HAVE, intent=Intent.AVAILABILITY, confidence=0.99)
    assert suggestion.status == SuggestionStatus.AUTO_SENT
    async with shop.app.db.hot_platform() as sql:
        await sql.execute("UPDATE outbound_messages SET state = 'sent'")
    return suggestion


async def asked(shop: Shop, who: str) -> list[Any]:
    async with shop.app.uow(shop.tenant_id) as uow:
        return await open_reviews(uow, shop.staff[who])


async def judged(shop: Shop, who: str, review_id: UUID, verdict: str) -> None:
    async with shop.app.uow(shop.tenant_id) as uow:
        await judge(uow, shop.staff[who], review_id, verdict)


@pytest.fixture
async def open_store(shop: Shop) -> Shop:
    await opens_every_lock(shop)
    await certified(shop)
    shop.staff["Мария"] = await hire(shop.app, shop.tenant_id, "Мария", Role.OPERATOR)
    return shop


async def test_the_first_replies_of_a_day_are_all_audited_then_one_in_ten(open_store: Shop) -> None:
    shop = open_store
    for number in range(6):
        await sent_by_itself(shop, f"К{number}")
    found = await asked(shop, "Анна")
    assert len(found) >= 5
    assert (found[0].asked, found[0].reply, found[0].kind) == ("Есть АКПП?", HAVE, "autosent")
    late = await sent_by_itself(shop, "Поздний")
    async with shop.app.uow(shop.tenant_id) as uow:
        for chance, chosen in ((0.1, False), (0.099, True)):
            assert chosen == await want_audit(
                uow, suggestion_id=late.id, version=9, chance=always(chance)
            )


async def test_a_reply_that_was_stopped_is_not_audited(open_store: Shop) -> None:
    shop = open_store
    await shop.change(default_mode="semi_auto")
    await shop.writes("Иван", "Есть АКПП?")
    await shop.drafted("Иван", HAVE, intent=Intent.AVAILABILITY, confidence=0.99)
    reply = await reply_of(shop, "Иван")
    assert reply is not None
    async with shop.app.uow(shop.tenant_id) as uow:
        await undo(uow, shop.staff["Анна"], reply.id)
    assert await asked(shop, "Мария") == []


async def test_one_approval_in_twenty_is_shown_to_another_operator_without_its_verdict(
    open_store: Shop,
) -> None:
    shop = open_store
    await shop.change(autosend_allowed=False)
    await shop.writes("Иван", "Есть АКПП?")
    draft = await shop.drafted("Иван", HAVE, intent=Intent.AVAILABILITY)
    async with shop.app.uow(shop.tenant_id) as uow:
        await approve(uow, shop.staff["Анна"], draft.id, version=draft.version)
    assert REACTIONS
    await relay_once(shop.app)
    async with shop.app.uow(shop.tenant_id) as uow:
        for chance, chosen in ((0.05, False), (0.049, True)):
            assert chosen == await want_second_look(
                uow,
                suggestion_id=draft.id,
                version=draft.version + 1,
                by=shop.staff["Анна"].user_id,
                chance=always(chance),
            )
    assert await asked(shop, "Анна") == [], "nobody judges their own approval"
    [one] = await asked(shop, "Мария")
    assert (one.kind, one.reply) == ("second", HAVE)
    assert not hasattr(one, "decided_by")
    with pytest.raises(DomainError) as own:
        await judged(shop, "Анна", one.id, "good")
    assert own.value.key == "review.own"
    async with shop.app.uow(shop.tenant_id) as uow:
        [told] = list(await uow.session.scalars(
            select(Notice).where(Notice.key == "notice.reviews")
        ))  # fmt: skip
    assert told.user_id == shop.staff["Мария"].user_id


async def test_it_is_judged_once_however_many_try(open_store: Shop) -> None:
    shop = open_store
    await sent_by_itself(shop)
    [one] = await asked(shop, "Анна")
    tries = await asyncio.gather(
        judged(shop, "Анна", one.id, "good"),
        judged(shop, "Мария", one.id, "bad"),
        return_exceptions=True,
    )
    [late] = [outcome for outcome in tries if outcome is not None]
    assert isinstance(late, DomainError)
    assert late.key == "review.judged"
    async with shop.app.uow(shop.tenant_id) as uow:
        [breaker] = list(await uow.session.scalars(select(Breaker)))
    assert breaker.audits == 1


async def test_a_viewer_and_nonsense_are_refused(open_store: Shop) -> None:
    shop = open_store
    shop.staff["Гость"] = await hire(shop.app, shop.tenant_id, "Гость", Role.VIEWER)
    await sent_by_itself(shop)
    [one] = await asked(shop, "Анна")
    for who, verdict, kind in (("Гость", "good", Kind.FORBIDDEN), ("Анна", "so-so", Kind.INVALID)):
        with pytest.raises(DomainError) as refused:
            await judged(shop, who, one.id, verdict)
        assert refused.value.kind == kind


async def test_bad_audits_trip_the_breaker_and_only_a_person_switches_it_on_again(
    open_store: Shop,
) -> None:
    shop = open_store
    await sent_by_itself(shop)
    [one] = await asked(shop, "Анна")
    async with shop.app.uow(shop.tenant_id) as uow:
        for _ in range(6):
            await count_audit(uow, "availability", error=True)
    await judged(shop, "Анна", one.id, "bad")
    async with shop.app.uow(shop.tenant_id) as uow:
        [breaker] = list(await uow.session.scalars(select(Breaker)))
        [certificate] = list(await uow.session.scalars(select(Certificate)))
        [told] = list(await uow.session.scalars(
            select(Notice).where(Notice.key == "notice.breaker")
        ))  # fmt: skip
        entries = [row.action for row in await uow.session.scalars(select(AuditEntry))]
    assert breaker.tripped_at is not None
    assert certificate.ended_why == "tripped"
    assert told.user_id == shop.staff["Олег"].user_id
    assert told.params == {"intent": "availability", "errors": 7, "audits": 7}
    assert "breaker.tripped" in entries
    await shop.writes("Пётр", "Есть АКПП?")
    await shop.change(autosend_without_licence=True)
    held = await shop.drafted("Пётр", HAVE, intent=Intent.AVAILABILITY, confidence=0.99)
    assert Reason.BREAKER_TRIPPED in held.reasons

    await past(shop, "Пётр", 60)
    async with shop.app.uow(shop.tenant_id) as uow:
        with pytest.raises(DomainError) as spent:
            await issue(uow, shop.staff["Олег"], "availability")
    assert spent.value.params["labels"] == 0, "what was learnt before the drift is spent"


async def test_a_new_certificate_from_new_labels_starts_the_breaker_anew(open_store: Shop) -> None:
    shop = open_store
    await shop.writes("Иван", "Есть АКПП?")
    await past(shop, "Иван", 60)
    async with shop.app.uow(shop.tenant_id) as uow:
        breaker = await count_audit(uow, "availability", error=True)
        breaker.tripped_at = shop.app.clock.now().replace(year=2020)
    async with shop.app.uow(shop.tenant_id) as uow:
        await issue(uow, shop.staff["Олег"], "availability")
        breaker = await uow.get(Breaker, breaker.id)
    assert (breaker.tripped_at, breaker.audits) == (None, 0)


async def test_another_stores_review_is_not_found(open_store: Shop) -> None:
    await sent_by_itself(open_store)
    [one] = await asked(open_store, "Анна")
    other = await open_shop(open_store.app, "Другой")
    with pytest.raises(DomainError) as foreign:
        await judged(other, "Анна", one.id, "good")
    assert foreign.value.kind == Kind.NOT_FOUND
    async with open_store.app.uow(open_store.tenant_id) as uow:
        assert (await uow.get(Review, one.id)).judged_at is None
