"""Documents and products out of a file of JSON lines, into a store."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from cli.errors import CommandError
from core.app import App
from core.catalog.checking import LONGEST_DESCRIPTION, LONGEST_NAME, LONGEST_SKU, ProductFields
from core.catalog.service import put_products
from core.identity.permissions import Actor, system
from core.kernel.untrusted import clean
from core.knowledge.drain import index_due
from core.knowledge.service import LONGEST_BODY, LONGEST_TITLE, DocumentFields, put_document
from core.knowledge.sku import sku_key

_A_BATCH = 250
_NAMELESS = "—"  # says nothing and is found by nothing
_CENT = Decimal("0.01")


# A load of this size is planned for at once, not when autovacuum comes round.
_STATISTICS = "ANALYZE products, documents, chunks, chunk_words, store_words, store_word_grams"


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the file; `given` is its id as it was written there."""

    given: Any
    product: bool
    title: str
    text: str
    sku: str | None = None
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A line of the questions. `problem`: why it cannot be asked; `line`: where it stands."""

    line: int
    given: Any
    text: str
    problem: str = ""


def read_items(path: Path, say: Callable[[str], None]) -> list[Item]:
    """A line that cannot be taken is said and left out; CommandError if none can."""
    items = []
    for number, line in _lines(path):
        problem = line if isinstance(line, str) else _unfit(line)
        if problem or isinstance(line, str):
            say(f"{path}:{number} left out: {problem}")
            continue
        items.append(
            Item(
                line["id"],
                line.get("kind") == "product",
                _text(line.get("title")),
                _text(line.get("text")),
                _text(line.get("sku")) or None,
                _price(line.get("price")),
            )
        )
    if not items:
        raise CommandError(f"{path}: no line of it can be taken")
    return items


def _unfit(line: dict[str, Any]) -> str:
    known = line.get("kind", "document") in ("document", "product")
    return "" if known else '"kind" is "document" or "product"'


def read_questions(path: Path, say: Callable[[str], None]) -> list[Asked]:
    """One for every line that is not empty; what cannot be asked is said and keeps its place."""
    asked = []
    for number, line in _lines(path):
        if isinstance(line, str):
            one = Asked(number, None, "", line)
        elif not isinstance(line.get("text"), str):
            one = Asked(number, line["id"], "", 'a "text" is expected')
        else:
            one = Asked(number, line["id"], line["text"])
        if one.problem:
            say(f"{path}:{number} not asked: {one.problem}")
        asked.append(one)
    return asked


async def load(
    app: App, store: UUID, items: Sequence[Item], *, say: Callable[[str], None]
) -> dict[UUID, Any]:
    """Import and index them; which source is of which line."""
    actor = system(store, "command line")
    ids: dict[UUID, Any] = {}
    documents = [item for item in items if not item.product]
    products = list(_told_apart([item for item in items if item.product]))
    parts = [(item, body) for item in documents for body in _bodies(item)]
    # What does not fit into a product's description is kept as a text beside it.
    parts += [(item, rest) for item in products for rest in _rest(item)]
    for start in range(0, len(products), _A_BATCH):
        batch = products[start : start + _A_BATCH]
        await _put_products(app, store, actor, batch, ids, say)
    for start in range(0, len(parts), _A_BATCH):
        async with app.uow(store) as uow:
            for item, body in parts[start : start + _A_BATCH]:
                fields = DocumentFields(_title(item, LONGEST_TITLE), body)
                document = await put_document(uow, actor, fields)
                ids[document.id] = item.given
    say(f"{len(items)} lines loaded as {len(ids)} sources")
    await _index(app, store, len(ids), say)
    return ids


async def _put_products(
    app: App,
    store: UUID,
    actor: Actor,
    batch: Sequence[Item],
    ids: dict[UUID, Any],
    say: Callable[[str], None],
) -> None:
    rows = [
        ProductFields(
            _title(item, LONGEST_NAME),
            item.sku,
            _description(item)[:LONGEST_DESCRIPTION],
            price=item.price,
        )
        for item in batch
    ]
    async with app.uow(store) as uow:
        report = await put_products(uow, actor, rows)
    for item, outcome in zip(batch, report.outcomes, strict=True):
        if outcome.product_id is None:
            say(f"product {item.given!r} left out: {outcome.error}")
        else:
            ids[outcome.product_id] = item.given


async def _index(app: App, store: UUID, sources: int, say: Callable[[str], None]) -> None:
    """By the queue's own function, until nothing of this store waits; a worker may help."""
    said = 0
    while True:
        await index_due(app)
        async with app.uow(store) as uow:
            waiting, parked = await (await uow.sql()).fetchrow(  # type: ignore[misc]
                "SELECT count(*) FILTER (WHERE parked_at IS NULL), count(parked_at)"
                " FROM indexing_jobs WHERE tenant_id = $1",
                store,
            )
        if not waiting:
            break
        if sources - waiting - said >= 2_000:  # noqa: PLR2004 - how often a line is said
            said = sources - waiting
            say(f"{said} of {sources} indexed")
    if parked:
        raise CommandError(f"{parked} of {sources} could not be indexed: see the log above")
    async with app.db.hot_platform() as sql:
        await sql.execute(_STATISTICS, timeout=300)


def _told_apart(products: Sequence[Item]) -> Iterator[Item]:
    """A store has each SKU once: a repeated one gets a mark behind it that no key knows of.

    What has no SKU would be known by its name: it gets a mark alone.
    """
    taken: set[str] = set()
    for number, item in enumerate(products, start=1):
        sku = " ".join(clean(item.sku or "").split())[:LONGEST_SKU]
        if sku in taken or not sku_key(sku):
            mark = _mark(number)
            sku = f"{sku[: LONGEST_SKU - len(mark)]}{mark}"
        taken.add(sku)
        yield replace(item, sku=sku)


def _mark(number: int) -> str:
    """A number in signs that are neither letters nor digits."""
    return "".join(".-_~+=*/"[int(digit, 8)] for digit in f"{number:o}")


def _title(item: Item, longest: int) -> str:
    return " ".join(clean(item.title).split())[:longest] or _NAMELESS


def _whole(item: Item, longest: int) -> str:
    """The text, with the title before it where the title had to be cut."""
    title = " ".join(clean(item.title).split())
    text = clean(item.text)
    return f"{title}\n\n{text}" if len(title) > longest else text


def _description(item: Item) -> str:
    return _whole(item, LONGEST_NAME)


def _bodies(item: Item) -> Iterator[str]:
    body = _whole(item, LONGEST_TITLE) or _title(item, LONGEST_TITLE)
    for start in range(0, len(body), LONGEST_BODY):
        yield body[start : start + LONGEST_BODY].strip() or _NAMELESS


def _rest(item: Item) -> Iterator[str]:
    body = _description(item)
    for start in range(LONGEST_DESCRIPTION, len(body), LONGEST_BODY):
        yield body[start : start + LONGEST_BODY].strip() or _NAMELESS


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Each line that is not empty, or what is wrong with it."""
    if not path.is_file():
        raise CommandError(f"{path}: no such file")
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            if raw.strip():
                yield number, _object(raw)


def _object(raw: bytes) -> dict[str, Any] | str:
    try:
        line = orjson.loads(raw.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        return f"not JSON ({error})"
    if not isinstance(line, dict) or "id" not in line:
        return 'an object with an "id" is expected'
    return line


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _price(value: Any) -> Decimal | None:
    """None for what is no price: «по запросу»."""
    try:
        price = Decimal(str(value).replace(" ", "").replace(",", ".")).quantize(_CENT)
    except InvalidOperation:
        return None
    return price if price.is_finite() and 0 <= price < Decimal(10) ** 11 else None
