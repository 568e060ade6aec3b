"""Reads of documents, as people are shown them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.identity.permissions import Actor, Permission
from core.kernel.errors import not_found
from core.kernel.paging import read_page
from core.kernel.uow import UnitOfWork

_COLUMNS = """
SELECT d.id, d.title, d.type, d.category, d.tags, length(d.body) AS characters, d.version,
       d.created_at, d.changed_at, job.id IS NOT NULL AS waits, job.parked_at IS NOT NULL AS failed,
       job.problem
"""
_FROM = """
FROM documents d
LEFT JOIN indexing_jobs job ON job.tenant_id = $1 AND job.source_kind = 'document'
                           AND job.source_id = d.id
WHERE d.tenant_id = $1 AND d.deleted_at IS NULL
"""
# strpos, not LIKE: what is looked for has no wildcards.
_WHICH = """
  AND ($2::text IS NULL OR strpos(lower(d.title), $2) > 0 OR strpos(lower(d.body), $2) > 0)
  AND ($3::text IS NULL OR d.type = $3)
  AND ($4::text IS NULL OR d.category = $4)
  AND ($5::text IS NULL OR $5 = ANY(d.tags))
"""
_LIST = f"""
{_COLUMNS}{_FROM}{_WHICH}
  AND ($6::timestamptz IS NULL OR (d.changed_at, d.id) < ($6, $7::uuid))
ORDER BY d.changed_at DESC, d.id DESC LIMIT $8
"""
_TOTAL = f"SELECT count(*) FROM documents d WHERE tenant_id = $1 AND deleted_at IS NULL {_WHICH}"  # noqa: S608
_ONE = f"{_COLUMNS}, d.body {_FROM} AND d.id = $2"
_LABELS = """
SELECT array(SELECT DISTINCT category FROM documents
             WHERE tenant_id = $1 AND deleted_at IS NULL AND category IS NOT NULL
             ORDER BY category) AS categories,
       array(SELECT DISTINCT tag FROM documents, unnest(tags) AS tag
             WHERE tenant_id = $1 AND deleted_at IS NULL ORDER BY tag) AS tags
"""


@dataclass(frozen=True, slots=True)
class IndexMark:
    """Whether search knows the source as it is: `ready`, `waiting`, `failed` with its reason."""

    state: str
    problem: str | None


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document in a list."""

    id: UUID
    title: str
    type: str
    category: str | None
    tags: tuple[str, ...]
    characters: int
    version: int
    created_at: datetime
    changed_at: datetime
    index: IndexMark


@dataclass(frozen=True, slots=True)
class DocumentView(DocumentLine):
    """A document in full."""

    body: str


@dataclass(frozen=True, slots=True)
class DocumentPage:
    items: list[DocumentLine]
    next_cursor: str | None
    total: int


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """Which documents; nothing said is all of them."""

    text: str | None = None
    type: str | None = None
    category: str | None = None
    tag: str | None = None

    @property
    def values(self) -> tuple[str | None, ...]:
        return (plain(self.text), self.type, self.category, self.tag)


@dataclass(frozen=True, slots=True)
class Labels:
    """Categories and tags in use."""

    categories: Sequence[str]
    tags: Sequence[str]


def plain(text: str | None) -> str | None:
    """What is looked for, as it is compared; None if it says nothing."""
    return (text or "").strip().lower() or None


async def list_documents(
    uow: UnitOfWork,
    actor: Actor,
    which: DocumentFilter,
    *,
    cursor: str | None = None,
    limit: int = 50,
) -> DocumentPage:
    """A page of documents, the last changed first; `cursor` comes from the page before."""
    actor.require(Permission.MANAGE_KNOWLEDGE_BASE)
    sql, values = await uow.sql(), (uow.tenant_id, *which.values)
    rows, next_cursor = await read_page(
        sql, _LIST, *values, cursor=cursor, limit=limit, by="changed_at"
    )
    total = await sql.fetchval(_TOTAL, *values)
    return DocumentPage([DocumentLine(**_fields(row)) for row in rows], next_cursor, total)


async def document(uow: UnitOfWork, actor: Actor, document_id: UUID) -> DocumentView:
    actor.require(Permission.MANAGE_KNOWLEDGE_BASE)
    row = await (await uow.sql()).fetchrow(_ONE, uow.tenant_id, document_id)
    if row is None:
        raise not_found("documents")
    return DocumentView(**_fields(row), body=row["body"])


async def labels(uow: UnitOfWork, actor: Actor) -> Labels:
    actor.require(Permission.MANAGE_KNOWLEDGE_BASE)
    row: Any = await (await uow.sql()).fetchrow(_LABELS, uow.tenant_id)
    return Labels(row["categories"], row["tags"])


def mark_of(row: Any) -> IndexMark:
    """Of a row with `waits`, `failed` and `problem`."""
    state = "failed" if row["failed"] else "waiting" if row["waits"] else "ready"
    return IndexMark(state, row["problem"])


def _fields(row: Any) -> dict[str, Any]:
    shown = ("id", "title", "type", "category", "characters", "version", "created_at", "changed_at")
    return {name: row[name] for name in shown} | {
        "tags": tuple(row["tags"]),
        "index": mark_of(row),
    }
