"""What the market asks for the part a customer wants, with the pages it was read on."""

from decimal import Decimal
from uuid import UUID

from fastapi import APIRouter, Depends

from api.access import Acting, Core
from api.limits import by_person
from api.problems import describe
from api.shapes import Moment, Out
from core.kernel.errors import not_found
from core.kernel.uow import UnitOfWork
from core.ports.prices import Condition
from core.pricing import queries
from core.pricing.ask import ask
from core.pricing.models import LookupState, PriceSource

router = APIRouter(
    prefix="/conversations/{conversation_id}/price-lookup",
    tags=["conversations"],
    dependencies=[Depends(by_person)],
    responses=describe(401, 403, 404),
)


class PriceLink(Out):
    """A listing; of an estimate a page it was made of, without title and price."""

    title: str
    url: str
    site: str
    price: Decimal | None


class PriceLookup(Out):
    """The market's prices of one condition in one currency, outliers left out.

    `source` is `ai_estimate` where there were fewer than two listings: a range alone, which is
    never sent by itself. `is_weak`: of two or three listings. `problem` is a key of texts.
    """

    id: UUID
    state: LookupState
    asked: str
    currency: str
    source: PriceSource | None
    condition: Condition | None
    n: int
    lowest: Decimal | None
    quarter: Decimal | None
    median: Decimal | None
    three_quarters: Decimal | None
    highest: Decimal | None
    left_out: int
    is_weak: bool
    links: list[PriceLink]
    seen_at: Moment | None
    expires_at: Moment | None
    problem: str | None


@router.get("")
async def read_price_lookup(app: Core, actor: Acting, conversation_id: UUID) -> PriceLookup:
    """Of the conversation's turn now; 404 if nobody has asked."""
    async with app.uow(actor.tenant_id) as uow:
        return await _read(uow, actor, conversation_id)


@router.post("", status_code=202, responses=describe(401, 403, 404, 409))
async def look_up_price(app: Core, actor: Acting, conversation_id: UUID) -> PriceLookup:
    """Ask what the customer's part costs. The answer comes by itself: `conversation.changed`.

    What is known already, and fresh, is given at once.
    """
    async with app.uow(actor.tenant_id) as uow:
        await ask(uow, actor, conversation_id)
        return await _read(uow, actor, conversation_id)


async def _read(uow: UnitOfWork, actor: Acting, conversation_id: UUID) -> PriceLookup:
    view = await queries.shown_price(uow, actor, conversation_id)
    if view is None:
        raise not_found("price_lookups")
    return PriceLookup.model_validate(view)
