"""Fetching the files of messages: rows are the work, the bytes go straight into storage.

A file is fetched with no transaction open, under a lease. Its key in storage is made of the row's
id, so that fetching it twice stores it once.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import asyncpg
import structlog

from core.conversations.models import AttachmentState
from core.kernel.ids import new_id, time_of
from core.kernel.metrics import ATTACHMENTS
from core.notifications.cards import touch
from core.ports.channel import FileGone, FileTooBig

if TYPE_CHECKING:
    from core.app import App

_AT_ONCE = 4
_FETCH_SECONDS = 100
_LEASE = timedelta(seconds=_FETCH_SECONDS + 20)
_MOST_ATTEMPTS = 6
_LONGEST_WAIT_SECONDS = 300
_log = structlog.get_logger(__name__)

_CLAIM = """
UPDATE attachments a SET lease_token = $1, lease_until = $2, attempts = a.attempts + 1
FROM (
    SELECT tenant_id, id FROM attachments
    WHERE state = 'pending' AND due_at <= $3 AND account_id = ANY($4::uuid[])
      AND external_file_id IS NOT NULL AND (lease_until IS NULL OR lease_until <= $3)
    ORDER BY due_at LIMIT $5 FOR UPDATE SKIP LOCKED
) due
WHERE a.tenant_id = due.tenant_id AND a.id = due.id
RETURNING a.tenant_id, a.id, a.message_id, a.account_id, a.external_file_id, a.mime, a.attempts
"""
_SETTLE = """
UPDATE attachments SET state = $4, storage_key = $5, size = coalesce($6, size), problem = $7,
    due_at = $8, lease_token = NULL, lease_until = NULL
WHERE tenant_id = $1 AND id = $2 AND lease_token = $3
RETURNING (SELECT m.conversation_id FROM messages m
           WHERE m.tenant_id = $1 AND m.id = attachments.message_id)
"""
_FORGET_CLAIMS = """
UPDATE attachments SET lease_token = NULL, lease_until = NULL
WHERE state = 'pending' AND lease_token IS NOT NULL AND account_id = ANY($1::uuid[])
"""


class Fetcher(Protocol):
    """The part of an open account that hands over files."""

    def fetch(self, external_file_id: str) -> AsyncGenerator[bytes, None]: ...


@dataclass(frozen=True, slots=True)
class FileSource:
    """An open account, and the most it hands over, in bytes."""

    session: Fetcher
    largest: int


@dataclass(frozen=True, slots=True)
class _Claimed:
    token: UUID
    tenant_id: UUID
    id: UUID
    message_id: UUID
    account_id: UUID
    external_file_id: str
    mime: str | None
    attempts: int


@dataclass(frozen=True, slots=True)
class _Outcome:
    state: AttachmentState
    key: str | None = None
    size: int | None = None
    problem: str | None = None


def storage_key(tenant_id: UUID, attachment_id: UUID) -> str:
    made = time_of(attachment_id)
    return f"{tenant_id}/{made:%Y}/{made:%m}/{attachment_id}"


async def fetch_due(app: "App", sources: Mapping[UUID, FileSource]) -> int:
    """Fetch some of what is due from the open accounts; returns how many were tried."""
    if not sources:
        return 0
    token, now = new_id(), app.clock.now()
    async with app.db.hot_platform() as sql:
        rows = await sql.fetch(_CLAIM, token, now + _LEASE, now, list(sources), _AT_ONCE)
    async with asyncio.TaskGroup() as group:
        for row in rows:
            claimed = _Claimed(token, *row)
            group.create_task(_fetch(app, claimed, sources[claimed.account_id]))
    return len(rows)


async def forget_claims(
    sql: "asyncpg.pool.PoolConnectionProxy[Any]", account_ids: Sequence[UUID]
) -> None:
    """Whoever was fetching for these accounts is dead: their files are due at once."""
    await sql.execute(_FORGET_CLAIMS, list(account_ids))


async def _fetch(app: "App", claimed: _Claimed, source: FileSource) -> None:
    key = storage_key(claimed.tenant_id, claimed.id)
    try:
        async with asyncio.timeout(_FETCH_SECONDS):
            content = _bounded(source, claimed.external_file_id)
            async with aclosing(content):
                size = await app.storage.put(key, content, mime=claimed.mime)
        outcome = _Outcome(AttachmentState.STORED, key, size)
    except FileTooBig:
        outcome = _Outcome(AttachmentState.TOO_BIG)
    except FileGone:
        outcome = _Outcome(AttachmentState.FAILED, problem="attachment.gone")
    except Exception as failure:
        # The name alone: the words of a vendor's error may hold an address with a token.
        name = type(failure).__name__
        _log.warning("attachment_failed", attachment=str(claimed.id), problem=name)
        last = claimed.attempts >= _MOST_ATTEMPTS
        state = AttachmentState.FAILED if last else AttachmentState.PENDING
        outcome = _Outcome(state, problem=name)
    await _settle(app, claimed, outcome)


async def _settle(app: "App", claimed: _Claimed, outcome: _Outcome) -> None:
    wait = timedelta(seconds=min(2**claimed.attempts, _LONGEST_WAIT_SECONDS))
    async with app.uow(claimed.tenant_id) as uow:
        sql = await uow.sql()
        conversation_id = await sql.fetchval(
            _SETTLE,
            claimed.tenant_id,
            claimed.id,
            claimed.token,
            outcome.state,
            outcome.key,
            outcome.size,
            outcome.problem,
            app.clock.now() + wait,
        )
        if conversation_id is not None and outcome.state is not AttachmentState.PENDING:
            await touch(uow, conversation_id)
    ATTACHMENTS.labels(outcome.state).inc()


async def _bounded(source: FileSource, external_file_id: str) -> AsyncGenerator[bytes, None]:
    """Whatever size it was said to have, no more than the channel's limit is stored."""
    total = 0
    async with aclosing(source.session.fetch(external_file_id)) as chunks:
        async for chunk in chunks:
            total += len(chunk)
            if total > source.largest:
                raise FileTooBig
            yield chunk
