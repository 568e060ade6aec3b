"""Autosend is earned: refused with what is missing, granted by a person, ended by any change."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.audit.models import AuditEntry
from core.decision.engine import Reason
from core.decision.labels import Works
from core.decision.licence import Standing, end_expired, issue, licence_for, standings, withdraw
from core.decision.models import Certificate, Review
from core.kernel.errors import DomainError, Kind
from core.kernel.ids import new_id
from core.notifications.models import Notice
from core.ports.ai import Intent
from core.suggestions.models import SuggestionStatus
from core.tenants.service import change_settings
from tests.core.decision.autonomy import WORKS, certified, opens_every_lock, past
from tests.support.shop import Shop, open_shop

HAVE = "Да, есть в наличии."


@pytest.fixture
async def busy(shop: Shop) -> Shop:
    await shop.writes("Иван", "Есть АКПП?")
    return shop


async def issued(shop: Shop, intent: str = "availability", who: str = "Олег") -> Certificate:
    async with shop.app.uow(shop.tenant_id) as uow:
        return await issue(uow, shop.staff[who], intent)


async def refused(shop: Shop, intent: str = "availability", who: str = "Олег") -> DomainError:
    with pytest.raises(DomainError) as why:
        await issued(shop, intent, who)
    return why.value


async def test_before_any_draft_there_is_nothing_to_measure(shop: Shop) -> None:
    assert (await refused(shop)).key == "licence.no_drafts"


async def test_it_is_refused_with_the_number_of_labels_still_missing(busy: Shop) -> None:
    await past(busy, "Иван", 44)
    why = await refused(busy)
    assert (why.kind, why.key) == (Kind.CONFLICT, "licence.labels_missing")
    assert (why.params["missing"], why.params["labels"]) == (1, 44)
    await past(busy, "Иван", 1)
    certificate = await issued(busy)
    assert (certificate.n, certificate.k, certificate.threshold) == (45, 0, Decimal("0.90000"))
    assert certificate.expires_at - certificate.issued_at == timedelta(days=30)


async def test_errors_of_every_kind_are_counted(busy: Shop) -> None:
    await past(busy, "Иван", 100)
    await past(busy, "Иван", 1, outcome="rejected")
    await past(busy, "Иван", 1, outcome="escalated")
    await past(busy, "Иван", 1, outcome="edited", final="Нет.", similarity=0.1)
    await past(busy, "Иван", 1, outcome="edited", text="14 дней", final="15 дней", similarity=0.95)
    await past(busy, "Иван", 1, outcome="edited", text=HAVE, final="Да, есть.", similarity=0.95)
    why = await refused(busy)
    assert (why.params["labels"], why.params["errors"]) == (105, 4)


async def test_labels_of_another_model_intent_or_time_count_for_nothing(busy: Shop) -> None:
    await past(busy, "Иван", 30, works=Works("other", "hash", None))
    await past(busy, "Иван", 30, works=Works(WORKS.model, "other", None))
    await past(busy, "Иван", 30, intent="shipping")
    await past(busy, "Иван", 30, ago=timedelta(days=100))
    await past(busy, "Иван", 1)
    assert (await refused(busy)).params["labels"] == 1


async def test_only_who_manages_autosend_may_and_an_unknown_intent_is_named(busy: Shop) -> None:
    await past(busy, "Иван", 60)
    assert (await refused(busy, who="Анна")).kind == Kind.FORBIDDEN
    unknown = await refused(busy, "weather")
    assert (unknown.kind, unknown.field) == (Kind.INVALID, "intent")


async def test_a_complaint_within_a_day_makes_an_approval_an_error(busy: Shop) -> None:
    await past(busy, "Иван", 60)
    await past(busy, "Иван", 1, intent="complaint", ago=timedelta(days=1, hours=12))
    why = await refused(busy)
    assert why.params["errors"] == 60


async def test_two_owners_at_once_leave_one_certificate_in_force(busy: Shop) -> None:
    await past(busy, "Иван", 60)
    await asyncio.gather(issued(busy), issued(busy))
    async with busy.app.uow(busy.tenant_id) as uow:
        rows = list(await uow.session.scalars(select(Certificate)))
    assert sorted(row.ended_why or "in force" for row in rows) == ["in force", "replaced"]


async def test_a_draft_counts_on_it_and_any_change_ends_it(busy: Shop) -> None:
    shop = busy
    await opens_every_lock(shop)
    await certified(shop, threshold=Decimal("0.55"))
    await shop.writes("Пётр", "Есть АКПП?")
    sent = await shop.drafted("Пётр", HAVE, intent=Intent.AVAILABILITY, confidence=0.99)
    assert sent.status == SuggestionStatus.AUTO_SENT
    async with shop.app.uow(shop.tenant_id) as uow:
        licence = await licence_for(uow, "availability", Works("stand-in", "another", None))
    assert licence.threshold is None
    async with shop.app.uow(shop.tenant_id) as uow:
        [ended] = list(await uow.session.scalars(select(Certificate)))
        [told] = list(await uow.session.scalars(
            select(Notice).where(Notice.key == "notice.licence_changed")
        ))  # fmt: skip
    assert ended.ended_why == "changed"
    assert told.params == {"intent": "availability"}


async def test_the_thresholds_of_store_and_certificate_both_hold(busy: Shop) -> None:
    await opens_every_lock(busy)
    await certified(busy, threshold=Decimal("0.9"))
    await busy.writes("Пётр", "Есть АКПП?")
    held = await busy.drafted("Пётр", HAVE, intent=Intent.AVAILABILITY, confidence=0.99)
    assert held.reasons == [Reason.BELOW_LICENCE]


async def test_a_stricter_limit_needs_a_new_one(busy: Shop) -> None:
    await certified(busy)
    async with busy.app.uow(busy.tenant_id) as uow:
        await change_settings(uow, busy.staff["Олег"], {"autosend_alpha": 0.02})
    async with busy.app.uow(busy.tenant_id) as uow:
        assert (await licence_for(uow, "availability", WORKS)).threshold is None


async def test_it_runs_out(busy: Shop) -> None:
    await certified(busy, expires_at=busy.app.clock.now() - timedelta(seconds=1))
    async with busy.app.uow(busy.tenant_id) as uow:
        assert (await licence_for(uow, "availability", WORKS)).threshold is None
    async with busy.app.platform_uow() as puow:
        assert await end_expired(puow) == 1
    async with busy.app.platform_uow() as puow:
        assert await end_expired(puow) == 0


async def test_a_person_withdraws_it_and_the_log_keeps_who(busy: Shop) -> None:
    await certified(busy)
    async with busy.app.uow(busy.tenant_id) as uow:
        await withdraw(uow, busy.staff["Олег"], "availability")
    async with busy.app.uow(busy.tenant_id) as uow:
        [entry] = list(await uow.session.scalars(select(AuditEntry)))
        assert (entry.action, entry.user_name) == ("licence.ended", "Олег")
        with pytest.raises(DomainError) as none:
            await withdraw(uow, busy.staff["Олег"], "availability")
    assert none.value.key == "licence.none"


async def test_a_second_look_corrects_rubber_stamps(busy: Shop) -> None:
    """Twenty looked at again, two found bad: a tenth of the approvals is taken to be wrong."""
    ids = await past(busy, "Иван", 100, by=busy.staff["Анна"].user_id)
    assert (await standing(busy)).missing == 0
    conversation = await busy.conversation("Иван")
    async with busy.app.uow(busy.tenant_id) as uow:
        for number, suggestion_id in enumerate(ids[:20]):
            uow.add(
                Review(
                    tenant_id=busy.tenant_id,
                    id=new_id(),
                    kind="second",
                    suggestion_id=suggestion_id,
                    version=2,
                    conversation_id=conversation.id,
                    intent="availability",
                    wanted_at=busy.app.clock.now(),
                    verdict="bad" if number < 2 else "good",
                    judged_at=busy.app.clock.now(),
                )
            )
    found = await standing(busy)
    assert found.errors == 2
    assert found.missing > 200, "2 seen and about 10 hidden errors in 100"


async def test_another_stores_labels_and_certificates_are_its_own(busy: Shop) -> None:
    other = await open_shop(busy.app, "Другой")
    await other.writes("Пётр", "Есть?")
    await past(other, "Пётр", 60)
    await certified(other)
    assert (await refused(busy)).key == "licence.no_drafts"
    found = await standing(busy)
    assert (found.labels, found.certificate) == (0, None)


async def standing(shop: Shop, intent: Intent = Intent.AVAILABILITY) -> Standing:
    async with shop.app.uow(shop.tenant_id) as uow:
        found = await standings(uow, shop.staff["Олег"])
    return next(one for one in found if one.intent == intent)
