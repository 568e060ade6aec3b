"""Adding to the log."""

from typing import Any

from core.audit.models import AuditEntry
from core.identity.permissions import Actor
from core.kernel.uow import UnitOfWork


def note(
    uow: UnitOfWork,
    actor: Actor,
    action: str,
    *,
    target_kind: str,
    target_id: object | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Keep who did what, in the very transaction that did it. Never give it a secret."""
    uow.add(
        AuditEntry(
            tenant_id=uow.tenant_id,
            at=uow.clock.now(),
            user_id=actor.user_id,
            user_name=actor.name,
            via=actor.via,
            action=action,
            target_kind=target_kind,
            target_id=None if target_id is None else str(target_id),
            before=before,
            after=after,
        )
    )
