"""The way in: a question becomes passages, best first."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

import structlog

from core.billing.spend import Meter
from core.kernel.errors import DomainError, Kind
from core.kernel.untrusted import clean
from core.kernel.uow import UnitOfWork
from core.knowledge.embed import telling
from core.knowledge.models import DIMENSIONS, DocumentType, SourceKind, facets
from core.knowledge.search.fusion import RELEVANT, Found, Weights, fused, spread
from core.knowledge.search.legs import LEG, legs
from core.knowledge.search.lexicon import sought
from core.knowledge.search.question import read
from core.knowledge.search.rerank import CANDIDATES, reranked
from core.knowledge.sku import keys_in
from core.ports.ai import AiFailure, Embedder, Reranker

LONGEST_QUESTION = 2_000
# What a draft may stand on by itself; past answers are asked for by name.
_SOURCES = (SourceKind.DOCUMENT, SourceKind.PRODUCT)
_log = structlog.get_logger(__name__)


class Finding(Protocol):
    """What finding needs of the product; `core.app.App` has it."""

    @property
    def embedder(self) -> Embedder: ...
    @property
    def reranker(self) -> Reranker | None: ...
    def uow(self, tenant_id: UUID) -> AbstractAsyncContextManager[UnitOfWork]: ...


async def find(
    app: Finding,
    tenant_id: UUID,
    text: str,
    *,
    limit: int = 8,
    kinds: Sequence[SourceKind] | None = None,
    types: Sequence[DocumentType] | None = None,
    relevant_only: bool = True,
) -> list[Found]:
    """What a store knows about a question, best first.

    Without its embedder (down, or its money spent) a question is searched by words alone.
    """
    asked = clean(text, LONGEST_QUESTION)
    if not asked:
        return []
    vector = None
    try:
        embedded = await Meter(app, tenant_id).embed(app.embedder, [asked])
        vector = embedded.vectors[0]
    except AiFailure as failure:
        _log.warning("searching_by_words_alone", why=failure.why)
    except DomainError as refusal:
        if refusal.kind is not Kind.LIMITED:
            raise
        _log.info("searching_by_words_alone", why=refusal.key)
    wanted = limit if app.reranker is None else max(limit, CANDIDATES)
    async with app.uow(tenant_id) as uow:
        found = await search(
            uow, asked, vector, app.embedder.name, limit=wanted, kinds=kinds, types=types,
            relevant_only=relevant_only,
        )  # fmt: skip
    return (await reranked(app, tenant_id, asked, found))[:limit]


async def search(
    uow: UnitOfWork,
    text: str,
    vector: Sequence[float] | None,
    embedder: str,
    *,
    limit: int = 8,
    kinds: Sequence[SourceKind] | None = None,
    types: Sequence[DocumentType] | None = None,
    relevant_only: bool = True,
    weights: Weights | None = None,
) -> list[Found]:
    """The passages of this tenant for a question and its vector, best first.

    `vector` is compared with vectors of the same `embedder` only; None searches by words alone.
    `types` narrows documents to these types.
    """
    if vector is not None and len(vector) != DIMENSIONS:
        raise AiFailure("ai.wrong_dimension", again=False)
    if vector is not None and not any(vector):
        vector = None  # no telling word: there is no direction to be near to
    sql = await uow.sql()
    words = await sought(sql, uow.tenant_id, read(text))
    rows = await legs(
        sql, uow.tenant_id, words, keys_in(text), vector, embedder,
        facets(kinds or _SOURCES, types), max(LEG, 2 * limit),
    )  # fmt: skip
    code_alone = all(any(c.isdigit() for c in word) for word in telling(text).split())
    found = fused(rows, words.rarity, embedder, code_alone=code_alone, weights=weights)
    if relevant_only:
        found = [one for one in found if one.evidence >= RELEVANT]
    return spread(found)[:limit]
