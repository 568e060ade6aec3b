"""Who is on duty: whom a card reaches."""

from dataclasses import dataclass
from uuid import UUID

from core.identity.permissions import PERMISSIONS, Permission, Role
from core.kernel.uow import UnitOfWork

_ANSWERING_ROLES = [
    role.value for role in Role if Permission.MANAGE_CONVERSATIONS in PERMISSIONS[role]
]


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A member who may answer customers, is on duty, and can be reached by the bot."""

    user_id: UUID
    chat_id: int


async def on_duty(uow: UnitOfWork) -> list[OnDuty]:
    sql = await uow.sql()
    rows = await sql.fetch(
        """
        SELECT u.id, u.telegram_chat_id FROM memberships m JOIN users u ON u.id = m.user_id
        WHERE m.tenant_id = $1 AND m.ended_at IS NULL AND m.on_duty_since IS NOT NULL
          AND m.role = ANY($2::text[]) AND u.telegram_chat_id IS NOT NULL
          AND u.telegram_unreachable_at IS NULL
        ORDER BY m.id
        """,
        uow.tenant_id,
        _ANSWERING_ROLES,
    )
    return [OnDuty(row["id"], row["telegram_chat_id"]) for row in rows]
