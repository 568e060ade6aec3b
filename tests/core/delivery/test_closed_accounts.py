"""A reply through an account that nobody will open: the operator learns, the draft is free again."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from core.channels.models import ChannelAccount
from core.channels.service import disconnect
from core.delivery.closed import refuse_unsendable
from core.delivery.models import OutboundMessage
from core.events.relay import relay_once
from core.suggestions import reactions
from core.suggestions.decide import approve
from core.suggestions.models import Suggestion
from tests.core.delivery.test_drain import Desk, states
from tests.support.shop import Shop

REACTIONS = reactions


async def approved(shop: Shop) -> Suggestion:
    await shop.change(undo_seconds=0)
    await shop.writes("Иван", "Есть АКПП?")
    draft = await shop.drafted("Иван", "Есть")
    async with shop.app.uow(shop.tenant_id) as uow:
        await approve(uow, shop.staff["Анна"], draft.id, version=draft.version)
    return draft


async def close(shop: Shop, how: str) -> None:
    async with shop.app.uow(shop.tenant_id) as uow:
        if how == "disconnected":
            await disconnect(uow, shop.staff["Олег"], shop.account.id)
        else:
            (await uow.lock(ChannelAccount, shop.account.id)).state = how


@pytest.mark.parametrize("how", ["disconnected", "logged_out", "banned"])
async def test_a_reply_to_a_closed_account_is_refused_and_its_draft_is_free(
    shop: Shop, how: str
) -> None:
    draft = await approved(shop)
    await refuse_unsendable(shop.app)
    assert await states(shop) == [("Есть", "scheduled")], "an account in order keeps its replies"
    await close(shop, how)
    await refuse_unsendable(shop.app)
    while await relay_once(shop.app):
        pass
    assert await states(shop) == [("Есть", "rejected")]
    assert (await shop.conversation("Иван")).status == "waiting"
    async with shop.app.uow(shop.tenant_id) as uow:
        assert (await uow.get(Suggestion, draft.id)).status == "pending"
        reply = await uow.session.scalar(select(OutboundMessage))
    assert reply is not None
    assert reply.problem == "channel.closed"


async def test_what_was_being_sent_when_the_account_was_closed_is_in_doubt(shop: Shop) -> None:
    """Its host died, and no other will ever open the account to judge it."""
    await approved(shop)
    now = shop.app.clock.now()
    async with shop.app.uow(shop.tenant_id) as uow:
        await uow.session.execute(
            update(OutboundMessage).values(state="sending", lease_until=now + timedelta(seconds=9))
        )
    await close(shop, "disconnected")
    await refuse_unsendable(shop.app)
    assert await states(shop) == [("Есть", "sending")], "its holder may still settle it"
    async with shop.app.uow(shop.tenant_id) as uow:
        await uow.session.execute(
            update(OutboundMessage).values(lease_until=now - timedelta(seconds=1))
        )
    await refuse_unsendable(shop.app)
    assert await states(shop) == [("Есть", "unsure")]
    assert await Desk(shop).deliver() == []
