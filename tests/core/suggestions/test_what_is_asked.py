"""What a draft is asked to answer, when replies and questions cross on their way."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.app import App
from core.conversations.revise import revise
from core.events.relay import relay_once
from core.flags.names import Flag
from core.flags.service import turn
from core.ports.channel import InboundEdit, Rejected
from core.suggestions import reactions
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


async def edits(shop: Shop, number: int, text: str) -> None:
    """Иван edits his message of this number."""
    async with shop.app.uow(shop.tenant_id) as uow:
        edit = InboundEdit("chat-Иван", str(number), text, shop.app.clock.now())
        await revise(uow, shop.account, edit)


async def test_an_edit_of_earlier_words_has_the_open_turn_drafted_anew(
    shop: Shop, model: Model
) -> None:
    """The draft is void by its fence: another must come by itself."""
    await shop.writes("Иван", "Есть АКПП на V40?")
    await drafts(shop)
    await shop.writes("Иван", "И масло")
    await drafts(shop)
    await edits(shop, 1, "Есть АКПП на V50?")
    await drafts(shop)
    assert model.asked[-1].turn == ("Есть АКПП на V50?", "И масло")


async def sends_by_itself(shop: Shop) -> None:
    """The store lets the AI answer alone, a minute after it has drafted."""
    await shop.change(
        default_mode="semi_auto",
        hold_seconds=60,
        autosend_allowed=True,
        autosend_without_licence=True,
        intents_autosend_allowed=["price"],
        t_auto=Decimal("0.1"),
        t_escale=Decimal("0.01"),
    )
    async with shop.app.uow(shop.tenant_id) as uow:
        for flag in (Flag.DECISION_ENGINE_ENABLED, Flag.AI_AUTOSEND_ENABLED):
            await turn(uow, shop.staff["Олег"], flag, enabled=True)


async def test_an_automatic_reply_made_void_by_an_edit_leaves_the_question_open(
    shop: Shop, model: Model
) -> None:
    await sends_by_itself(shop)
    await shop.writes("Иван", "Есть АКПП на V40?")
    await drafts(shop)
    assert (await shop.conversation("Иван")).waiting_since is None, "it is to be sent by itself"

    await edits(shop, 1, "Есть АКПП на V50?")
    await shop.change(autosend_allowed=False)
    desk = Desk(shop)
    assert await desk.deliver() == []
    await drafts(shop)
    assert model.asked[-1].turn == ("Есть АКПП на V50?",)
    ivan = await shop.conversation("Иван")
    assert (ivan.status, ivan.waiting_since is None) == ("waiting", False)
    await approved(shop)
    assert await desk.deliver() == ["Есть в наличии"]


async def test_an_automatic_reply_made_void_by_a_person_stays_answered(
    shop: Shop, model: Model
) -> None:
    await sends_by_itself(shop)
    await shop.writes("Иван", "Есть АКПП?")
    await drafts(shop)
    await shop.writes("Иван", "Есть, заезжайте", from_owner=True)
    assert await Desk(shop).deliver() == []
    await drafts(shop)
    assert len(model.asked) == 1
    assert (await shop.conversation("Иван")).waiting_since is None
