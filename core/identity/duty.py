"""Who is on duty: whom a card reaches."""

from dataclasses import dataclass
from uuid import UUID

from core.identity.permissions import PERMISSIONS, Actor, Permission, Role
from core.kernel.uow import TenantUnit, UnitOfWork

_ANSWERING_ROLES = [
    role.value for role in Role if Permission.MANAGE_CONVERSATIONS in PERMISSIONS[role]
]


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A member who may answer customers, is on duty, and can be reached by the bot."""

    user_id: UUID
    chat_id: int


_LEADING_ROLES = [Role.OWNER.value, Role.ADMIN.value]
_REACHABLE = """
SELECT u.id, u.telegram_chat_id FROM memberships m JOIN users u ON u.id = m.user_id
WHERE m.tenant_id = $1 AND m.ended_at IS NULL AND m.role = ANY({roles})
  AND ({off_duty_too} OR m.on_duty_since IS NOT NULL)
  AND u.telegram_chat_id IS NOT NULL AND u.telegram_unreachable_at IS NULL
"""


def _array(roles: list[str]) -> str:
    return f"ARRAY{roles}::text[]"


_LEADERS = _REACHABLE.format(roles=_array(_LEADING_ROLES), off_duty_too=True)
# Whom a customer's message reaches, of the store $1: a query for statements that write to them all
# at once. Members who answer customers now; nobody on duty means the owners and admins.
ON_DUTY = f"""
WITH answering AS MATERIALIZED (
    {_REACHABLE.format(roles=_array(_ANSWERING_ROLES), off_duty_too=False)}
)
SELECT id, telegram_chat_id FROM answering
UNION ALL
SELECT * FROM ({_LEADERS}) leaders WHERE NOT EXISTS (SELECT FROM answering)
"""  # noqa: S608 - constants


async def on_duty(uow: TenantUnit) -> list[OnDuty]:
    """Members who answer customers now; nobody on duty means the owners and admins.

    A customer's message always reaches somebody's chat.
    """
    return await _read(uow, ON_DUTY)


async def leaders(uow: TenantUnit) -> list[OnDuty]:
    """Owners and admins, on duty or not."""
    return await _read(uow, _LEADERS)


async def _read(uow: TenantUnit, query: str) -> list[OnDuty]:
    sql = await uow.sql()
    rows = await sql.fetch(f"SELECT * FROM ({query}) people ORDER BY id", uow.tenant_id)  # noqa: S608
    return [OnDuty(row["id"], row["telegram_chat_id"]) for row in rows]


async def set_duty(uow: UnitOfWork, actor: Actor, *, on: bool) -> bool:
    """Come on duty or go off it; returns whether that changed anything."""
    actor.require(Permission.MANAGE_CONVERSATIONS)
    sql = await uow.sql()
    changed = await sql.fetchval(
        """
        UPDATE memberships SET on_duty_since = CASE WHEN $3 THEN $4::timestamptz END
        WHERE tenant_id = $1 AND user_id = $2 AND ended_at IS NULL
          AND (on_duty_since IS NOT NULL) <> $3
        RETURNING true
        """,
        uow.tenant_id,
        actor.user_id,
        on,
        uow.clock.now(),
    )
    return bool(changed)


async def is_on_duty(uow: UnitOfWork, actor: Actor) -> bool:
    sql = await uow.sql()
    found = await sql.fetchval(
        """
        SELECT on_duty_since IS NOT NULL FROM memberships
        WHERE tenant_id = $1 AND user_id = $2 AND ended_at IS NULL
        """,
        uow.tenant_id,
        actor.user_id,
    )
    return bool(found)


async def reach_of(uow: UnitOfWork, user_id: UUID | None) -> OnDuty | None:
    """Where the bot finds one member, on duty or not; None if it cannot."""
    sql = await uow.sql()
    row = await sql.fetchrow(
        """
        SELECT u.id, u.telegram_chat_id FROM memberships m JOIN users u ON u.id = m.user_id
        WHERE m.tenant_id = $1 AND u.id = $2 AND m.ended_at IS NULL
          AND u.telegram_chat_id IS NOT NULL AND u.telegram_unreachable_at IS NULL
        """,
        uow.tenant_id,
        user_id,
    )
    return OnDuty(row["id"], row["telegram_chat_id"]) if row else None
