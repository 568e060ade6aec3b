"""What can be refused to a person about who they are."""

from core.kernel.errors import DomainError, Kind


def unauthenticated() -> DomainError:
    """No session, an ended one, a token of another time: never told apart."""
    return DomainError(Kind.UNAUTHENTICATED, "auth.required")


def init_data_refused() -> DomainError:
    """Forged, garbled, too old or from the future: never told apart."""
    return DomainError(Kind.UNAUTHENTICATED, "auth.init_data")


def link_refused() -> DomainError:
    """Unknown, used or expired: never told apart."""
    return DomainError(Kind.UNAUTHENTICATED, "auth.link")


def no_store() -> DomainError:
    """Signed in, but a member of no store, or of this one no longer."""
    return DomainError(Kind.FORBIDDEN, "auth.no_store")


def invite_unknown() -> DomainError:
    return DomainError(Kind.NOT_FOUND, "invite.unknown")


def invite_used() -> DomainError:
    return DomainError(Kind.CONFLICT, "invite.used")


def invite_expired() -> DomainError:
    return DomainError(Kind.CONFLICT, "invite.expired")


def owners_only() -> DomainError:
    """Only an owner makes another owner."""
    return DomainError(Kind.FORBIDDEN, "invite.owners_only")
