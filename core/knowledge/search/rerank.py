"""A model's order of what the legs found, if one is configured; theirs, if it is late or fails."""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

import structlog

from core.billing.models import Purpose
from core.billing.prices import Prices
from core.billing.spend import Meter
from core.kernel.errors import DomainError, Kind
from core.kernel.uow import UnitOfWork
from core.knowledge.search.fusion import Found
from core.ports.ai import AiFailure, Reranker

CANDIDATES = 20
TIME_LIMIT_SECONDS = 4.0
_LONGEST_ANSWER = 200  # tokens
_log = structlog.get_logger(__name__)


class Reranking(Protocol):
    """What reranking needs of the product."""

    @property
    def reranker(self) -> Reranker | None: ...
    def uow(self, tenant_id: UUID) -> AbstractAsyncContextManager[UnitOfWork]: ...


async def reranked(
    app: Reranking, tenant_id: UUID, question: str, found: Sequence[Found]
) -> list[Found]:
    """The first of them anew; what the model leaves out stays behind what it names."""
    model = app.reranker
    first, rest = list(found[:CANDIDATES]), list(found[CANDIDATES:])
    if model is None or len(first) < 2:  # noqa: PLR2004 - one has no order
        return [*first, *rest]
    passages = [f"{one.title}\n{one.text}" for one in first]
    most = Prices().at_most(model.model, len(question) + sum(map(len, passages)), _LONGEST_ANSWER)
    try:
        async with (
            asyncio.timeout(TIME_LIMIT_SECONDS),
            Meter(app, tenant_id).counted(Purpose.DRAFT, model.model, most) as call,
        ):
            answer = await model.rerank(question, passages)
            call.usage = answer.usage
    except (AiFailure, TimeoutError) as failure:
        _log.warning("reranking_failed", why=str(failure) or "ai.timeout")
        return [*first, *rest]
    except DomainError as refusal:
        if refusal.kind is not Kind.LIMITED:
            raise
        return [*first, *rest]
    named = [first[at] for at in answer.order]
    return [*named, *(one for one in first if one not in named), *rest]
