"""Rows for a statement that takes a whole batch, as `json_to_recordset` reads them."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson


def as_records(rows: Iterable[Mapping[str, Any]]) -> str:
    """Columns by name; values that JSON has no form for as their words (the driver's own ids)."""
    return orjson.dumps(list(rows), default=str).decode()
