import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal

import pytest

from core.identity.permissions import PERMISSIONS, Role
from core.kernel.errors import DomainError, Kind
from core.knowledge.drain import MOST_ATTEMPTS, enqueue_outdated, index_due
from core.knowledge.embed import OfflineEmbedder
from core.knowledge.service import DocumentFields, put_document, remove_document
from core.ports.ai import AiFailure, Embedded
from tests.core.knowledge.shop import Product, Shop, part

LONG = "\n\n".join(f"Пункт {n}. " + "Слово за словом. " * 40 for n in range(4))


@dataclass
class Watched(OfflineEmbedder):
    """The offline embedder, seen at work and stopped at will."""

    seen: list[str] = field(default_factory=list)
    fails: AiFailure | None = None
    poison: str | None = None
    hold: asyncio.Event | None = None
    at_work: asyncio.Event = field(default_factory=asyncio.Event)
    name: str = "watched"

    async def embed(self, texts: Sequence[str]) -> Embedded:
        self.at_work.set()
        if self.hold is not None:
            await self.hold.wait()
        if self.fails is not None:
            raise self.fails
        if self.poison and any(self.poison in text for text in texts):
            raise AiFailure("ai.request_refused", again=False)
        self.seen += texts
        return replace(await super().embed(texts), embedder=self.name)


@pytest.fixture
def embedder(app: Product) -> Watched:
    app.embedder = Watched()
    return app.embedder


async def jobs(shop: Shop) -> list[tuple[int, str | None, bool]]:
    rows = await shop.sql("SELECT attempts, problem, parked_at FROM indexing_jobs ORDER BY id")
    return [(r["attempts"], r["problem"], r["parked_at"] is not None) for r in rows]


async def test_only_what_changed_is_embedded_again(shop: Shop, embedder: Watched) -> None:
    document = await shop.writes("Правила", LONG)
    await shop.app.index()
    assert len(embedder.seen) > 3
    embedder.seen.clear()
    await shop.writes("Правила", LONG + "\n\nНовый пункт в конце.", document.id)
    await shop.app.index()
    assert len(embedder.seen) == 1
    assert await jobs(shop) == []


async def test_a_price_changes_without_indexing(shop: Shop, embedder: Watched) -> None:
    akpp = part("АКПП Camry", "U250E", 45000, stock=2)
    await shop.sells(akpp)
    await shop.app.index()
    embedder.seen.clear()
    await shop.sells(replace(akpp, price=Decimal(47000), stock=1))
    assert await jobs(shop) == []
    (found,) = await shop.asks("U250E")
    assert (found.price, found.stock, found.source_version) == (Decimal(47000), 1, 2)


async def test_a_changed_text_is_not_found_by_its_old_words(shop: Shop) -> None:
    document = await shop.writes("Гарантия", "Гарантия четырнадцать дней на коробки.")
    await shop.app.index()
    assert await shop.asks("четырнадцать дней")
    await shop.writes("Гарантия", "Гарантия тридцать дней на коробки.", document.id)
    assert await shop.asks("четырнадцать дней") == []
    await shop.app.index()
    (found,) = await shop.asks("гарантия тридцать дней")
    assert "тридцать" in found.text


async def test_a_removed_document_is_gone_at_once(shop: Shop) -> None:
    document = await shop.writes("Гарантия", "Четырнадцать дней.")
    await shop.app.index()
    async with shop.uow() as uow:
        await remove_document(uow, shop.owner, document.id)
    assert await shop.asks("гарантия четырнадцать") == []
    assert await shop.sql("SELECT 1 FROM chunks") == []


async def test_a_change_while_it_is_embedded_wins(shop: Shop, embedder: Watched) -> None:
    document = await shop.writes("Срок", "Срок пять дней.")
    embedder.hold = asyncio.Event()
    indexing = asyncio.create_task(index_due(shop.app))
    await embedder.at_work.wait()
    await shop.writes("Срок", "Срок девять дней.", document.id)
    embedder.hold.set()
    await indexing
    assert await shop.sql("SELECT 1 FROM chunks") == []
    await shop.app.index()
    (chunk,) = await shop.sql("SELECT body, source_version FROM chunks")
    assert (chunk["body"], chunk["source_version"]) == ("Срок девять дней.", 2)


async def test_a_failure_is_tried_later_and_parked_in_the_end(
    shop: Shop, embedder: Watched
) -> None:
    await shop.writes("Срок", "Срок пять дней.")
    embedder.fails = AiFailure("ai.timeout", again=True)
    assert await index_due(shop.app) == 1
    assert await jobs(shop) == [(1, "ai.timeout", False)]
    assert await index_due(shop.app) == 0
    for _ in range(MOST_ATTEMPTS - 1):
        shop.app.clock.move(timedelta(minutes=10))
        await index_due(shop.app)
    assert await jobs(shop) == [(MOST_ATTEMPTS, "ai.timeout", True)]
    embedder.fails = None
    async with shop.uow() as uow:  # its author's next change gives it another chance
        (row,) = await (await uow.sql()).fetch("SELECT id FROM documents")
        fields = DocumentFields("Срок", "Срок шесть дней.")
        await put_document(uow, shop.owner, fields, document_id=row["id"])
    await shop.app.index()
    assert await jobs(shop) == []


async def test_one_bad_text_does_not_park_its_neighbours(shop: Shop, embedder: Watched) -> None:
    embedder.poison = "яд"
    await shop.writes("Хороший", "Текст.")
    await shop.writes("Плохой", "Здесь яд.")
    await shop.app.index()
    assert await jobs(shop) == [(1, "ai.request_refused", True)]
    assert len(await shop.sql("SELECT 1 FROM chunks")) == 1


async def test_a_job_of_a_dead_worker_is_taken_over(shop: Shop) -> None:
    await shop.writes("Срок", "Пять дней.")
    await shop.sql(
        "UPDATE indexing_jobs SET lease_token = uuidv7(), lease_until = $1, attempts = 1"
        " RETURNING id",
        shop.app.clock.now() + timedelta(minutes=3),
    )
    assert await index_due(shop.app) == 0
    shop.app.clock.move(timedelta(minutes=4))
    assert await index_due(shop.app) == 1


async def test_workers_share_jobs_and_do_each_once(shop: Shop, embedder: Watched) -> None:
    await shop.sells(*(part(f"Деталь {n}", f"N{n:03}") for n in range(80)))
    done = await asyncio.gather(*(index_due(shop.app) for _ in range(4)))
    assert sum(done) == 80
    assert len(embedder.seen) == 80


async def test_another_embedder_means_other_vectors(shop: Shop, embedder: Watched) -> None:
    await shop.sells(part("АКПП Camry", "U250E"))
    await shop.app.index()
    embedder.name = "other"
    assert await enqueue_outdated(shop.app) == 1
    await shop.app.index()
    (chunk,) = await shop.sql("SELECT embedder FROM chunks")
    assert chunk["embedder"] == "other"
    assert await enqueue_outdated(shop.app) == 0


async def test_documents_are_checked_and_guarded(shop: Shop, rival: Shop) -> None:
    document = await shop.writes("Срок", "Пять дней.", tags=["б", "а", "а"])
    assert document.tags == ["а", "б"]
    for fields, key in (
        (DocumentFields(" ", "т"), "document.title_missing"),
        (DocumentFields("т" * 201, "т"), "document.title_too_long"),
        (DocumentFields("т", "\u200b\n"), "document.body_missing"),
        (DocumentFields("т", "т", type="прочее"), "document.type_unknown"),
    ):
        async with shop.uow() as uow:
            with pytest.raises(DomainError) as refused:
                await put_document(uow, shop.owner, fields)
        assert refused.value.key == key
    async with rival.uow() as uow:
        with pytest.raises(DomainError) as foreign:
            await remove_document(uow, rival.owner, document.id)
    assert foreign.value.kind is Kind.NOT_FOUND
    viewer = replace(shop.owner, role=Role.VIEWER, permissions=PERMISSIONS[Role.VIEWER])
    async with shop.uow() as uow:
        with pytest.raises(DomainError) as forbidden:
            await remove_document(uow, viewer, document.id)
    assert forbidden.value.kind is Kind.FORBIDDEN
