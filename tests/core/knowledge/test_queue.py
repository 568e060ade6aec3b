"""The queue of indexing: fair between stores, people before bulk, reasons kept, never half."""

from collections.abc import Sequence

import pytest

from core.kernel.errors import DomainError, Kind
from core.knowledge import progress
from core.knowledge.drain import JOBS_A_PASS, index_due
from core.knowledge.embed import OfflineEmbedder
from core.knowledge.models import DIMENSIONS, SourceKind
from core.knowledge.progress import Chosen, Progress
from core.knowledge.queue import want_index
from core.ports.ai import Embedded, Usage
from tests.core.knowledge.shop import Product, Shop, part


class Short(OfflineEmbedder):
    """An endpoint whose model makes vectors of another size; the adapter says so."""

    name = "short"
    calls = 0

    async def embed(self, texts: Sequence[str]) -> Embedded:
        self.calls += 1
        return Embedded([[1.0] * (DIMENSIONS // 2) for _ in texts], self.name, Usage("m", 1, 0))


async def state(shop: Shop) -> Progress:
    async with shop.uow() as uow:
        return await progress.progress(uow, shop.owner)


async def chunks(shop: Shop) -> int:
    (row,) = await shop.sql("SELECT count(*) FROM chunks")
    return int(row["count"])


async def test_a_store_with_thousands_leaves_its_share_to_another(shop: Shop, rival: Shop) -> None:
    await shop.sells(*(part(f"Деталь {n}", f"N{n:03}") for n in range(300)))
    await rival.sells(*(part(f"Фара {n}", f"F{n:03}") for n in range(20)))
    assert await index_due(shop.app) == JOBS_A_PASS
    assert (await chunks(shop), await chunks(rival)) == (16, 16)


async def test_what_a_person_edits_goes_before_bulk(shop: Shop) -> None:
    await shop.sells(*(part(f"Деталь {n}", f"N{n:03}") for n in range(100)))
    await shop.app.index()
    async with shop.uow() as uow:
        assert await progress.recompute(uow, shop.owner, Chosen()) == 100
    await shop.writes("Гарантия", "Две недели.")
    await index_due(shop.app)
    assert [one.title for one in await shop.asks("гарантия две недели")] == ["Гарантия"]


async def test_an_edit_lifts_its_own_source_out_of_bulk(shop: Shop) -> None:
    document = await shop.writes("Гарантия", "Две недели.")
    for bulk in (True, False, True):
        async with shop.uow() as uow:
            await want_index(uow, SourceKind.DOCUMENT, [document.id], bulk=bulk)
    (job,) = await shop.sql("SELECT bulk FROM indexing_jobs")
    assert job["bulk"] is False


async def test_vectors_of_another_size_park_with_a_reason_and_index_nothing(
    shop: Shop, app: Product
) -> None:
    app.embedder = short = Short()
    await shop.sells(*(part(f"Деталь {n}", f"N{n:03}") for n in range(20)))
    await app.index()
    parked = await state(shop)
    assert (parked.failed, parked.done, parked.chunks) == (20, 0, 0)
    assert [(one.problem, one.count) for one in parked.problems] == [("ai.wrong_dimension", 20)]
    assert short.calls == 1, "what every text would meet is not tried text by text"
    app.embedder = OfflineEmbedder()
    async with shop.uow() as uow:
        assert await progress.recompute(uow, shop.owner, Chosen(only_failed=True)) == 20
    await app.index()
    healed = await state(shop)
    assert (healed.failed, healed.done, healed.problems) == (0, 20, [])


async def test_recompute_embeds_what_changed_and_anew_embeds_all(shop: Shop) -> None:
    await shop.sells(part("АКПП", "U250E"), part("Фара", "81170"))
    await shop.app.index()
    seen: list[str] = []
    embed = OfflineEmbedder.embed

    class Watching(OfflineEmbedder):
        async def embed(self, texts: Sequence[str]) -> Embedded:
            seen.extend(texts)
            return await embed(self, texts)

    shop.app.embedder = Watching()
    for anew, embedded in ((False, 0), (True, 2)):
        async with shop.uow() as uow:
            await progress.recompute(uow, shop.owner, Chosen(), anew=anew)
        assert await shop.asks("U250E"), "what was indexed is served until it is replaced"
        seen.clear()
        await shop.app.index()
        assert len(seen) == embedded


async def test_invalidated_is_gone_at_once_and_comes_back(shop: Shop) -> None:
    await shop.sells(part("АКПП", "U250E"))
    await shop.app.index()
    async with shop.uow() as uow:
        assert await progress.invalidate(uow, shop.owner, Chosen(SourceKind.PRODUCT)) == 1
    assert await shop.asks("U250E") == []
    await shop.app.index()
    assert await shop.asks("U250E")


async def test_admins_alone_and_their_own_store_alone(shop: Shop, rival: Shop) -> None:
    document = await shop.writes("Гарантия", "Две недели.")
    async with rival.uow() as uow:
        assert await progress.invalidate(uow, rival.owner, Chosen(ids=[document.id])) == 0
    operator = rival.owner.__class__(
        None, shop.tenant_id, "Анна", shop.owner.role, shop.owner.via, permissions=frozenset()
    )
    for verb in (progress.recompute, progress.invalidate):
        async with shop.uow() as uow:
            with pytest.raises(DomainError) as refused:
                await verb(uow, operator, Chosen())
        assert refused.value.kind is Kind.FORBIDDEN
