"""What the AI has cost the store today, and what it may."""

import datetime as dt
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import Field

from api.access import Acting, Core
from api.limits import by_person
from api.problems import describe
from api.shapes import In, Moment, Out
from core.billing.budget import change_budget, spending
from core.billing.spend import Day

router = APIRouter(
    prefix="/spending",
    tags=["store"],
    dependencies=[Depends(by_person)],
    responses=describe(401, 403),
)


class Spending(Out):
    """Of the store's own day. `spent_out_at`: since when there are no drafts for want of money."""

    day: dt.date
    spent_usd: Decimal
    budget_usd: Decimal
    left_usd: Decimal
    calls: int
    spent_out_at: Moment | None


class BudgetChange(In):
    ai_daily_budget_usd: Annotated[Decimal, Field(ge=0, le=1000, decimal_places=2)]


@router.get("")
async def read_spending(app: Core, actor: Acting) -> Spending:
    async with app.uow(actor.tenant_id) as uow:
        return _shown(await spending(uow, actor))


@router.patch("")
async def change_spending(app: Core, actor: Acting, given: BudgetChange) -> Spending:
    """In force at once, for the calls of today too."""
    async with app.uow(actor.tenant_id) as uow:
        return _shown(await change_budget(uow, actor, given.ai_daily_budget_usd))


def _shown(day: Day) -> Spending:
    return Spending(
        day=day.day,
        spent_usd=day.spent,
        budget_usd=day.budget,
        left_usd=day.left,
        calls=day.calls,
        spent_out_at=day.spent_out_at,
    )
