"""What the room refuses."""

from core.kernel.errors import DomainError, Kind


class LeaseLost(Exception):
    """Somebody else holds it by now: what was done under the lease must not be saved."""


class NotOurs(Exception):
    """Some updates were kept before, or wait behind what was: the drain reads them, in their order."""


def already_connected(name: str) -> DomainError:
    """By the account's own name: whose store it is connected to is nobody's business."""
    return DomainError(Kind.CONFLICT, "channel.already_connected", name=name)


def token_malformed() -> DomainError:
    return DomainError(Kind.INVALID, "channel.token_malformed", field="token")
