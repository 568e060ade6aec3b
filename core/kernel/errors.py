"""Errors of the domain carry a kind and a key, never prose: surfaces translate the key."""

from enum import StrEnum


class Kind(StrEnum):
    """What went wrong, as coarsely as a surface needs it to choose a status."""

    INVALID = "invalid"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    LIMITED = "limited"
    UNAVAILABLE = "unavailable"
    UNAUTHENTICATED = "unauthenticated"


class DomainError(Exception):
    """A refusal the reader can act on: `DomainError(Kind.CONFLICT, "suggestion.already_decided")`.

    `params` fill the translated sentence; `field` names the offending input, if one does.
    """

    def __init__(
        self, kind: Kind, key: str, /, *, field: str | None = None, **params: object
    ) -> None:
        super().__init__(key)
        self.kind = kind
        self.key = key
        self.field = field
        self.params = params


def not_found(what: str) -> DomainError:
    """Nothing of that id here, or it is another tenant's: the two are never told apart."""
    return DomainError(Kind.NOT_FOUND, "error.not_found", what=what)
