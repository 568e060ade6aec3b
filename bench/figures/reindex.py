"""From a customer's message to the card and to its draft, while ten thousand chunks are made anew."""

import asyncio

from bench.figures.inbound import stream
from bench.measure import Figure, Sample, in_turns
from bench.rig import Rig
from core.knowledge.models import SourceKind
from core.knowledge.pace import LIVE_SECONDS
from core.knowledge.progress import Chosen, recompute

_CHUNKS = 10_000
_BLOCKS = 3
_SECONDS = 10
_PRODUCTS = f"""
INSERT INTO products (tenant_id, id, sku, sku_key, name, description, price, currency, created_at,
                      changed_at)
SELECT tenants.id, uuidv7(), 'B' || n, 'B' || n, 'Деталь ' || n || ' контрактная',
       'Контрактная деталь номер ' || n || ' с проверкой, снята с автомобиля без пробега по РФ. '
       || 'Подходит к кузову ' || md5(n::text) || ', цвет ' || n % 17, n, 'RUB', now(), now()
FROM tenants, generate_series(1, {_CHUNKS}) AS n
"""
_LEFT = "SELECT count(*) FROM indexing_jobs"
_DROP = "DELETE FROM indexing_jobs"


async def reindex(rig: Rig, rate: int) -> list[Figure]:
    """The bar is of the card: at most 1.5 times its idle figure."""
    await rig.turn_ai(on=True)
    await rig.execute(_PRODUCTS)

    async def busy(_: int) -> Sample:
        await _make_anew(rig)
        before = await rig.number(_LEFT)
        began = asyncio.get_running_loop().time()
        found = await stream(rig, rate, "drafted", _SECONDS)
        left = await rig.number(_LEFT)
        took = asyncio.get_running_loop().time() - began
        if not left:
            raise RuntimeError("the index was made before the messages were through")
        await rig.execute(_DROP)
        return {**found, "chunks": (before - left) / took}

    async def idle(_: int) -> Sample:
        return {**await stream(rig, rate, "drafted", _SECONDS), "chunks": 0.0}

    own, bare = await in_turns(busy, idle, _BLOCKS)
    quiet = await _quietly(rig)
    await rig.execute("DELETE FROM chunks WHERE source_kind = 'product' AND title LIKE 'Деталь %'")
    await rig.execute("DELETE FROM products WHERE sku LIKE 'B%' AND name LIKE 'Деталь %'")
    name = f"reindexing_at_{rate}"
    return [
        Figure(f"inbound_to_card_{name}_p50", own["card_p50"], "ms", bare["card_p50"]),
        Figure(f"inbound_to_card_{name}_p95", own["card_p95"], "ms", bare["card_p95"], "<= 1.5"),
        Figure(f"inbound_to_draft_{name}_p50", own["p50"], "ms", bare["p50"]),
        Figure(f"inbound_to_draft_{name}_p95", own["p95"], "ms", bare["p95"]),
        Figure("reindexed_meanwhile", own["chunks"], "per_s", quiet),
    ]


async def _quietly(rig: Rig) -> float:
    """Chunks a second while nobody writes."""
    await asyncio.sleep(LIVE_SECONDS)
    await _make_anew(rig)
    before = await rig.number(_LEFT)
    await asyncio.sleep(_SECONDS)
    made = before - await rig.number(_LEFT)
    await rig.execute(_DROP)
    return made / _SECONDS


async def _make_anew(rig: Rig) -> None:
    async with rig.app.uow(rig.actor.tenant_id) as uow:
        await recompute(uow, rig.actor, Chosen(SourceKind.PRODUCT), anew=True)
