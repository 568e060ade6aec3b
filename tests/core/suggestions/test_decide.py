"""Operators decide upon drafts: exactly one wins, and nothing stale goes out."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import func, select

from core.conversations.service import resolve
from core.delivery.models import OutboundMessage
from core.escalations.models import Escalation
from core.events.relay import relay_once
from core.identity.permissions import Role
from core.kernel.errors import DomainError, Kind
from core.notifications.models import Card
from core.suggestions import reactions
from core.suggestions.answer import answer_by_hand
from core.suggestions.decide import (
    abandon_edit,
    approve,
    begin_edit,
    escalate,
    escalate_conversation,
    regenerate,
    reject,
    undo,
)
from core.suggestions.models import Suggestion
from core.training.models import Label, TrainingSample
from tests.support.shop import Shop, gearbox, hire, open_shop

REACTIONS = reactions  # imported for what it declares


async def asked(shop: Shop, reply: str = "Есть, {{price:P1}}") -> Suggestion:
    await shop.writes("Иван", "Есть АКПП на Camry 40, сколько стоит?")
    return await shop.drafted("Иван", reply, sources=(await shop.sells(gearbox()),))


async def reread(shop: Shop, suggestion: Suggestion) -> Suggestion:
    async with shop.app.uow(shop.tenant_id) as uow:
        return await uow.get(Suggestion, suggestion.id)


async def planned(shop: Shop) -> list[OutboundMessage]:
    async with shop.app.uow(shop.tenant_id) as uow:
        rows = await uow.session.scalars(select(OutboundMessage).order_by(OutboundMessage.id))
        return list(rows)


async def test_an_approved_draft_is_planned_with_the_price_of_the_row(shop: Shop) -> None:
    """The slot is filled by the product, and the reply waits for undo."""
    await shop.writes("Иван", "Есть АКПП на Camry 40, сколько стоит?")
    draft = await shop.drafted("Иван", "Да, в наличии")
    async with shop.app.uow(shop.tenant_id) as uow:
        reply = await approve(uow, shop.staff["Анна"], draft.id, version=draft.version)

    assert (reply.text, reply.state) == ("Да, в наличии", "scheduled")
    assert (reply.due_at - reply.created_at).total_seconds() == 5
    ivan = await shop.conversation("Иван")
    assert (ivan.status, ivan.waiting_since, ivan.unread_count) == ("active", None, 0)


async def test_a_price_whose_product_is_gone_is_not_sent(shop: Shop) -> None:
    draft = await asked(shop)
    assert "45\u202f000" in draft.text
    await shop.withdraws(UUID(draft.sources[0]["id"]))
    async with shop.app.uow(shop.tenant_id) as uow:
        with pytest.raises(DomainError, match=r"suggestion\.price_changed"):
            await approve(uow, shop.staff["Анна"], draft.id, version=draft.version)
    assert not await planned(shop)


async def test_twenty_operators_approve_at_once_and_one_reply_is_planned(shop: Shop) -> None:
    await shop.writes("Иван", "Есть АКПП?")
    draft = await shop.drafted("Иван", "Есть")
    crowd = [await hire(shop.app, shop.tenant_id, f"О{n}", Role.OPERATOR) for n in range(20)]

    async def tap(who: int) -> str:
        try:
            async with shop.app.uow(shop.tenant_id) as uow:
                await approve(
                    uow, crowd[who], draft.id, version=draft.version, request_key=f"tap:{who}"
                )
        except DomainError as refused:
            return f"{refused.key} {refused.params.get('by')}"
        return f"won О{who}"

    outcomes = await asyncio.gather(*(tap(who) for who in range(20)))

    [winner] = [outcome for outcome in outcomes if outcome.startswith("won")]
    losers = [outcome for outcome in outcomes if outcome != winner]
    assert losers == [f"suggestion.already_decided {winner.removeprefix('won ')}"] * 19
    assert len(await planned(shop)) == 1


async def test_the_same_tap_twice_is_one_reply(shop: Shop) -> None:
    await shop.writes("Иван", "Есть АКПП?")
    draft = await shop.drafted("Иван", "Есть")
    replies = []
    for _ in range(2):
        async with shop.app.uow(shop.tenant_id) as uow:
            replies.append(
                await approve(
                    uow, shop.staff["Анна"], draft.id, version=draft.version, request_key="tap"
                )
            )
    assert replies[0].id == replies[1].id


async def test_a_draft_is_void_once_the_customer_has_written_again(shop: Shop) -> None:
    await shop.writes("Иван", "Есть АКПП?")
    draft = await shop.drafted("Иван", "Есть")
    await shop.writes("Иван", "Хотя нет, нужен двигатель")

    async with shop.app.uow(shop.tenant_id) as uow:
        with pytest.raises(DomainError, match=r"suggestion\.moved_on"):
            await approve(uow, shop.staff["Анна"], draft.id, version=draft.version)
    assert not await planned(shop)


async def test_an_edited_text_goes_out_as_the_operators_own(shop: Shop) -> None:
    draft = await asked(shop)
    async with shop.app.uow(shop.tenant_id) as uow:
        reply = await approve(
            uow, shop.staff["Анна"], draft.id, version=draft.version, text="Есть, 44 000 ₽"
        )
    assert (reply.text, reply.author) == ("Есть, 44 000 ₽", "operator")
    assert (await reread(shop, draft)).status == "edited"


@pytest.mark.parametrize("text", ["", "  \n", "я" * 4097, "😀" * 2049])
async def test_an_edit_that_no_channel_takes_is_refused_and_loses_nothing(
    shop: Shop, text: str
) -> None:
    draft = await asked(shop)
    async with shop.app.uow(shop.tenant_id) as uow:
        with pytest.raises(DomainError) as refused:
            await approve(uow, shop.staff["Анна"], draft.id, version=draft.version, text=text)
    assert (refused.value.kind, refused.value.field) == (Kind.INVALID, "text")
    assert (await reread(shop, draft)).status == "pending"


async def test_rejecting_leaves_the_customer_waiting_for_a_person(shop: Shop) -> None:
    draft = await asked(shop)
    async with shop.app.uow(shop.tenant_id) as uow:
        await reject(uow, shop.staff["Анна"], draft.id, version=draft.version, reason="tone")
    assert (await shop.conversation("Иван")).status == "waiting"
    async with shop.app.uow(shop.tenant_id) as uow:
        with pytest.raises(DomainError, match=r"suggestion\.already_decided"):
            await approve(uow, shop.staff["Анна"], draft.id, version=draft.version)


async def test_an_unknown_reason_is_refused_by_name(shop: Shop) -> None:
    draft = await asked(shop)
    async with shop.app.uow(shop.tenant_id) as uow:
        with pytest.raises(DomainError) as refused:
            await reject(uow, shop.staff["Анна"], draft.id, version=draft.version, reason="eh")
    assert refused.value.field == "reason"


async def test_escalating_calls_the_owner(shop: Shop) -> None:
    draft = await asked(shop)
    async with shop.app.uow(shop.tenant_id) as uow:
        await escalate(uow, shop.staff["Анна"], draft.id, version=draft.version, reason="owner")

    async with shop.app.uow(shop.tenant_id) as uow:
        [escalation] = list(await uow.session.scalars(select(Escalation)))
        readers = set(await uow.session.scalars(select(Card.user_id)))
    assert (escalation.reason, escalation.status) == ("owner", "pending")
    assert readers == {shop.staff["Анна"].user_id, shop.staff["Олег"].user_id}
    assert (await shop.conversation("Иван")).status == "escalated"


async def test_the_owner_answers_an_escalation_and_it_is_handled(shop: Shop) -> None:
    await shop.writes("Иван", "Верните деньги")
    ivan = await shop.conversation("Иван")
    async with shop.app.uow(shop.tenant_id) as uow:
        await escalate_conversation(uow, shop.staff["Анна"], ivan.id, reason="complaint")
    async with shop.app.uow(shop.tenant_id) as uow:
        await answer_by_hand(uow, shop.staff["Олег"], ivan.id, "Вернём сегодня", request_key="one")
    async with shop.app.uow(shop.tenant_id) as uow:
        assert list(await uow.session.scalars(select(Escalation.status))) == ["handled"]
    assert (await shop.conversation("Иван")).status == "active"


async def test_answering_by_hand_withdraws_the_draft(shop: Shop) -> None:
    draft = await asked(shop)
    ivan = await shop.conversation("Иван")
    for _ in range(2):  # the same Telegram update may be handled twice
        async with shop.app.uow(shop.tenant_id) as uow:
            await answer_by_hand(uow, shop.staff["Анна"], ivan.id, "Сам отвечу", request_key="u1")
    assert [reply.text for reply in await planned(shop)] == ["Сам отвечу"]
    async with shop.app.uow(shop.tenant_id) as uow:
        with pytest.raises(DomainError):
            await approve(uow, shop.staff["Анна"], draft.id, version=draft.version)


async def test_an_undone_approval_can_be_decided_upon_again(shop: Shop) -> None:
    await shop.writes("Иван", "Есть АКПП?")
    draft = await shop.drafted("Иван", "Есть")
    async with shop.app.uow(shop.tenant_id) as uow:
        reply = await approve(uow, shop.staff["Анна"], draft.id, version=draft.version)
    async with shop.app.uow(shop.tenant_id) as uow:
        undone = await undo(uow, shop.staff["Анна"], reply.id)
    again = await reread(shop, draft)

    assert (undone.state, again.status) == ("cancelled", "pending")
    assert (await shop.conversation("Иван")).status == "waiting"
    async with shop.app.uow(shop.tenant_id) as uow:
        with pytest.raises(DomainError, match=r"suggestion\.stale"):
            await approve(uow, shop.staff["Анна"], draft.id, version=draft.version)
        await approve(uow, shop.staff["Анна"], draft.id, version=again.version)
    assert [reply.state for reply in await planned(shop)] == ["cancelled", "scheduled"]


async def test_every_decision_teaches_once_and_an_undone_one_no_more(shop: Shop) -> None:
    draft = await asked(shop)
    async with shop.app.uow(shop.tenant_id) as uow:
        reply = await approve(
            uow, shop.staff["Анна"], draft.id, version=draft.version, text="Есть, 45 тысяч"
        )
    while await relay_once(shop.app):
        pass
    async with shop.app.uow(shop.tenant_id) as uow:
        [label] = list(await uow.session.scalars(select(Label)))
        [sample] = list(await uow.session.scalars(select(TrainingSample)))
        assert (label.outcome, label.score, sample.final_answer) == (
            "edited",
            draft.score,
            "Есть, 45 тысяч",
        )
        assert sample.user_message == "Есть АКПП на Camry 40, сколько стоит?"
        await undo(uow, shop.staff["Анна"], reply.id)
    while await relay_once(shop.app):
        pass
    async with shop.app.uow(shop.tenant_id) as uow:
        kept = await uow.session.scalar(
            select(func.count()).select_from(Label).where(Label.withdrawn_at.is_(None))
        )
    assert kept == 0


async def test_another_draft_is_asked_for(shop: Shop) -> None:
    draft = await asked(shop)
    ivan = await shop.conversation("Иван")
    async with shop.app.uow(shop.tenant_id) as uow:
        turn = await regenerate(
            uow, shop.staff["Анна"], ivan.id, suggestion_id=draft.id, version=draft.version
        )
    assert turn.state == "drafting"
    assert (await reread(shop, draft)).status == "superseded"


async def test_editing_shows_and_can_be_abandoned(shop: Shop) -> None:
    draft = await asked(shop)
    async with shop.app.uow(shop.tenant_id) as uow:
        editing = await begin_edit(uow, shop.staff["Анна"], draft.id, version=draft.version)
        assert editing.editing_by == shop.staff["Анна"].user_id
    async with shop.app.uow(shop.tenant_id) as uow:
        assert (await abandon_edit(uow, shop.staff["Анна"], draft.id)).editing_by is None


async def test_a_draft_for_a_thread_resolved_meanwhile_is_void(shop: Shop) -> None:
    draft = await asked(shop)
    ivan = await shop.conversation("Иван")
    async with shop.app.uow(shop.tenant_id) as uow:
        await resolve(uow, shop.staff["Анна"], ivan.id)
    async with shop.app.uow(shop.tenant_id) as uow:
        with pytest.raises(DomainError, match=r"suggestion\.moved_on"):
            await approve(uow, shop.staff["Анна"], draft.id, version=draft.version)


async def test_viewers_and_other_stores_can_decide_nothing(shop: Shop) -> None:
    draft = await asked(shop)
    viewer = await hire(shop.app, shop.tenant_id, "Зритель", Role.VIEWER)
    other = await open_shop(shop.app, "Чужой")
    async with shop.app.uow(shop.tenant_id) as uow:
        with pytest.raises(DomainError) as refused:
            await approve(uow, viewer, draft.id, version=draft.version)
        assert refused.value.kind == Kind.FORBIDDEN
    async with shop.app.uow(other.tenant_id) as uow:
        with pytest.raises(DomainError) as unseen:
            await approve(uow, other.staff["Анна"], draft.id, version=draft.version)
        assert unseen.value.kind == Kind.NOT_FOUND
    assert (await reread(shop, draft)).status == "pending"


async def test_an_undo_that_comes_again_leaves_the_next_approval_alone(shop: Shop) -> None:
    """Undone, approved again; then the first undo's tap is repeated by a slow network."""
    await shop.writes("Иван", "Есть АКПП?")
    draft = await shop.drafted("Иван", "Есть")
    anna = shop.staff["Анна"]
    async with shop.app.uow(shop.tenant_id) as uow:
        first = await approve(uow, anna, draft.id, version=draft.version)
    async with shop.app.uow(shop.tenant_id) as uow:
        await undo(uow, anna, first.id)
    draft = await reread(shop, draft)
    async with shop.app.uow(shop.tenant_id) as uow:
        await approve(uow, anna, draft.id, version=draft.version)
    async with shop.app.uow(shop.tenant_id) as uow:
        again = await undo(uow, anna, first.id)

    assert again.state == "cancelled"
    assert (await reread(shop, draft)).status == "approved"
    assert (await shop.conversation("Иван")).waiting_since is None
    assert [reply.state for reply in await planned(shop)] == ["cancelled", "scheduled"]


async def test_taking_one_of_two_replies_back_leaves_the_customer_answered(shop: Shop) -> None:
    await shop.writes("Иван", "Есть АКПП?")
    draft = await shop.drafted("Иван", "Есть")
    anna, ivan = shop.staff["Анна"], await shop.conversation("Иван")
    async with shop.app.uow(shop.tenant_id) as uow:
        reply = await approve(uow, anna, draft.id, version=draft.version)
    async with shop.app.uow(shop.tenant_id) as uow:
        await answer_by_hand(uow, anna, ivan.id, "Есть, заезжайте", request_key="1")
    async with shop.app.uow(shop.tenant_id) as uow:
        await undo(uow, anna, reply.id)

    assert (await reread(shop, draft)).status == "superseded"
    assert (await shop.conversation("Иван")).waiting_since is None


async def test_the_drafts_own_text_handed_back_is_held_to_the_price_of_now(shop: Shop) -> None:
    """A client that always sends what stands in its field must not get past the catalogue."""
    draft = await asked(shop)
    await shop.withdraws(UUID(draft.sources[0]["id"]))
    async with shop.app.uow(shop.tenant_id) as uow:
        with pytest.raises(DomainError, match=r"suggestion\.price_changed"):
            await approve(uow, shop.staff["Анна"], draft.id, version=draft.version, text=draft.text)
    assert not await planned(shop)
