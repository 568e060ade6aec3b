"""What a draft is asked to answer, when replies and questions cross on their way."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from core.app import App
from core.conversations.models import Turn
from core.conversations.revise import revise
from core.delivery.models import OutboundMessage
from core.events.relay import relay_once
from core.ports.channel import InboundEdit, Rejected
from core.suggestions import reactions
from core.suggestions.brief import Brief, gather
from core.suggestions.decide import approve, regenerate
from core.suggestions.models import Suggestion
from tests.core.delivery.test_drain import Desk
from tests.core.suggestions.test_draft import Model, drafts
from tests.support.shop import Shop, open_shop

REACTIONS = reactions


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
async def shop(app: App, model: Model) -> Shop:
    opened = await open_shop(replace(app, drafter=model))
    await opened.change(quiet_milliseconds=0, undo_seconds=0)
    return opened


async def brief_of(shop: Shop) -> Brief:
    ivan = await shop.conversation("Иван")
    assert ivan.turn_id is not None
    async with shop.app.uow(shop.tenant_id) as uow:
        brief = await gather(uow, ivan.turn_id)
    assert brief is not None
    return brief


async def approved(shop: Shop) -> None:
    async with shop.app.uow(shop.tenant_id) as uow:
        draft = await uow.session.scalar(select(Suggestion).order_by(Suggestion.id.desc()))
        assert draft is not None
        await approve(uow, shop.staff["Анна"], draft.id, version=draft.version)


async def test_a_question_written_while_a_reply_was_leaving_is_still_asked(
    shop: Shop, model: Model
) -> None:
    """Approved, then the customer asks more, then the reply goes out: the question stands."""
    await shop.writes("Иван", "Есть АКПП?")
    await drafts(shop)
    await approved(shop)
    await shop.writes("Иван", "А доставка в Казань?")
    assert await Desk(shop).deliver() == ["Есть в наличии"]

    await drafts(shop)
    assert model.asked[-1].turn == ("А доставка в Казань?",)
    assert model.asked[-1].history == (("customer", "Есть АКПП?"), ("store", "Есть в наличии"))


async def test_a_reply_the_channel_refused_was_never_said(shop: Shop, model: Model) -> None:
    await shop.writes("Иван", "Есть АКПП?")
    await drafts(shop)
    await approved(shop)
    desk = Desk(shop)
    desk.messenger.answers = [Rejected("channel.refused")]
    await desk.deliver()
    while await relay_once(shop.app):
        pass

    ivan = await shop.conversation("Иван")
    async with shop.app.uow(shop.tenant_id) as uow:
        await regenerate(uow, shop.staff["Анна"], ivan.id)
    await drafts(shop)
    assert len(model.asked) == 2
    assert (model.asked[-1].turn, model.asked[-1].history) == (("Есть АКПП?",), ())
