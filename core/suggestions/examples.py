"""Few-shot: this store's own approved answers, as examples of how it writes.

An example is shown only if it is still true: its prices become slots if they are the rows' of now,
its other figures must stand in the sources of now; else it is left out. Names, phones and cards of
people are taken out, and an example that gives orders is none.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from core.kernel.contacts import PERSONAL, contacts_in, masked
from core.kernel.untrusted import plain
from core.knowledge.models import Chunk, Document
from core.ports.ai import Example
from core.suggestions.brief import Brief
from core.suggestions.facts import fill
from core.suggestions.figures import Unit, figures_in
from core.suggestions.models import Suggestion
from core.suggestions.pricing import as_of_now
from core.suggestions.sources import Source, restore
from core.suggestions.suspicion import orders_in
from core.training.similar import Similar, similar

if TYPE_CHECKING:
    from core.app import App
    from core.kernel.uow import UnitOfWork

MOST = 4
MOST_CHARACTERS = 3_600  # about 1,200 tokens
_TRIED = 8
_SLOT = "{{price:ID}}"


async def examples_for(app: "App", brief: Brief, sources: Sequence[Source]) -> tuple[Example, ...]:
    """At most four, the best one last: that is where a model looks most."""
    async with app.uow(brief.tenant_id) as uow:
        found = await similar(
            uow,
            brief.said,
            besides=brief.conversation_id,
            disabled=brief.settings.disabled_learning_intents,
        )
        topics = [topic.casefold().strip() for topic in brief.settings.forbidden_topics]
        allowed = [one for one in found[:_TRIED] if not _forbidden(one, topics)]
        stands = await _stands(uow, [one.suggestion_id for one in allowed])
    chosen: list[Example] = []
    left = MOST_CHARACTERS
    for one in allowed:
        example = shown(one, stands.get(one.suggestion_id, []), sources)
        if example is None or len(example.question) + len(example.answer) > left:
            continue
        left -= len(example.question) + len(example.answer)
        chosen.append(example)
        if len(chosen) == MOST:
            break
    return tuple(reversed(chosen))


def shown(one: Similar, own: Sequence[Source], given: Sequence[Source]) -> Example | None:
    """The sample as a model may see it; None if it is not true any more, or gives orders."""
    question, answer = plain(one.question), plain(one.answer)
    if orders_in(question) or orders_in(answer):
        return None
    # Numbered apart: the sample's own sources are not those of this prompt.
    sources = [*own, *(replace(source, ref=f"G{n}") for n, source in enumerate(given))]
    priced = _priced(answer, [source for source in sources if source.kind == "product"])
    if priced is None:
        return None
    known = {c.key for s in sources for c in contacts_in(f"{s.title}\n{s.text}")}
    if any(c.key not in known and c.kind not in PERSONAL for c in contacts_in(answer)):
        return None
    masked_answer = masked(_nameless(priced, one.customer), PERSONAL)
    if not fill(masked_answer.replace(_SLOT, " "), sources, said_by_customer=question).clean:
        return None
    return Example(masked(_nameless(question, one.customer), PERSONAL), masked_answer)


def _priced(answer: str, products: Sequence[Source]) -> str | None:
    """Prices as slots; None where the answer names a price that no row has any more."""
    prices = {product.price for product in products if product.price is not None}
    for figure in reversed(figures_in(answer)):
        if figure.unit is Unit.MONEY and set(figure.values) <= prices:
            answer = f"{answer[: figure.start]}{_SLOT}{answer[figure.end :]}"
    return answer


def _nameless(text: str, name: str) -> str:
    """Without the customer's name: «Здравствуйте, Иван!» greets anybody."""
    for part in sorted(name.split(), key=len, reverse=True):
        if len(part) > 1:
            text = re.sub(rf",?[ \t]*\b{re.escape(part)}\b", "", text, flags=re.IGNORECASE)
    return text


def _forbidden(one: Similar, topics: Sequence[str]) -> bool:
    text = f"{one.question}\n{one.answer}".casefold()
    return any(topic and topic in text for topic in topics)


async def _stands(uow: "UnitOfWork", suggestion_ids: Sequence[UUID]) -> dict[UUID, list[Source]]:
    """What each of these drafts stood on, as it is now; what is gone is left out."""
    rows = await uow.session.execute(
        select(Suggestion.id, Suggestion.sources).where(
            Suggestion.tenant_id == uow.tenant_id, Suggestion.id.in_(suggestion_ids)
        )
    )
    kept = {row.id: restore([s for s in row.sources if s["used"]]) for row in rows}
    everything = [source for sources in kept.values() for source in sources]
    now = {(source.kind, source.source_id): source for source in await as_of_now(uow, everything)}
    texts = await _texts(uow, [source.chunk_id for source in everything if source.chunk_id])
    return {
        id_: [
            replace(now[source.kind, source.source_id], text=texts[source.chunk_id])
            for source in sources
            if source.chunk_id in texts
        ]
        for id_, sources in kept.items()
    }


async def _texts(uow: "UnitOfWork", chunk_ids: Sequence[UUID]) -> dict[UUID | None, str]:
    """Passages in force, by their ids."""
    rows = await uow.session.execute(
        select(Chunk.id, Chunk.body, Chunk.source_kind, Document.id.label("document"))
        .outerjoin(
            Document,
            (Document.tenant_id == Chunk.tenant_id)
            & (Document.id == Chunk.source_id)
            & (Document.version == Chunk.source_version)
            & Document.deleted_at.is_(None),
        )
        .where(Chunk.tenant_id == uow.tenant_id, Chunk.id.in_(chunk_ids))
    )
    return {row.id: row.body for row in rows if row.document or row.source_kind != "document"}
