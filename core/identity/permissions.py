"""Five roles, sixteen permissions (SPEC 14), and the actor who holds them."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from core.kernel.errors import DomainError, Kind


class Permission(StrEnum):
    VIEW_CONVERSATIONS = "VIEW_CONVERSATIONS"
    MANAGE_CONVERSATIONS = "MANAGE_CONVERSATIONS"
    VIEW_CUSTOMERS = "VIEW_CUSTOMERS"
    MANAGE_CUSTOMERS = "MANAGE_CUSTOMERS"
    DELETE_CUSTOMER_DATA = "DELETE_CUSTOMER_DATA"
    VIEW_ANALYTICS = "VIEW_ANALYTICS"
    MANAGE_PRODUCTS = "MANAGE_PRODUCTS"
    MANAGE_KNOWLEDGE_BASE = "MANAGE_KNOWLEDGE_BASE"
    MANAGE_AUTOSEND = "MANAGE_AUTOSEND"
    MANAGE_POLICIES = "MANAGE_POLICIES"
    MANAGE_TRAINING = "MANAGE_TRAINING"
    EXPORT_TRAINING_DATA = "EXPORT_TRAINING_DATA"
    MANAGE_CHANNELS = "MANAGE_CHANNELS"
    MANAGE_TENANT_SETTINGS = "MANAGE_TENANT_SETTINGS"
    MANAGE_USERS = "MANAGE_USERS"
    VIEW_AUDIT_LOGS = "VIEW_AUDIT_LOGS"


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    OPERATOR = "operator"
    VIEWER = "viewer"
    GUEST = "guest"


_ALL = frozenset(Permission)
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: _ALL,
    Role.ADMIN: _ALL,
    Role.OPERATOR: frozenset(
        {
            Permission.VIEW_CONVERSATIONS,
            Permission.MANAGE_CONVERSATIONS,
            Permission.VIEW_CUSTOMERS,
            Permission.MANAGE_CUSTOMERS,
        }
    ),
    Role.VIEWER: frozenset(
        {Permission.VIEW_CONVERSATIONS, Permission.VIEW_CUSTOMERS, Permission.VIEW_ANALYTICS}
    ),
    Role.GUEST: frozenset(),
}


class Via(StrEnum):
    """By which way somebody acts."""

    BOT = "bot"
    WEB = "web"
    COMMAND = "command"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, for which tenant, and what they may do. Use cases take one and ask it."""

    user_id: UUID | None
    tenant_id: UUID
    name: str
    role: Role
    via: Via
    language: str = "ru"
    permissions: frozenset[Permission] = field(default_factory=frozenset)

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raise FORBIDDEN unless the actor may."""
        if permission not in self.permissions:
            raise DomainError(Kind.FORBIDDEN, "error.forbidden", permission=str(permission))


def system(tenant_id: UUID, name: str = "system") -> Actor:
    """The product itself, acting for a tenant without a person."""
    return Actor(None, tenant_id, name, Role.ADMIN, Via.SYSTEM, permissions=_ALL)
