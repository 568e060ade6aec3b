"""A refusal as it is kept in a row: its key, what fills its text, the field it is about."""

from typing import Any

from core.kernel.errors import DomainError


def kept(error: DomainError) -> dict[str, Any]:
    """Plain values; surfaces say it in the reader's language."""
    params = {
        name: value if isinstance(value, int | float | str) else str(value)
        for name, value in error.params.items()
    }
    return {"code": error.key, "params": params, "field": error.field}
