"""What is compared between models and database, and what is SQL's own business."""

import re

from sqlalchemy.schema import SchemaItem

_PARTITION = re.compile(r"^(messages_(default|\d{4}_\d{2})|chunk(s|_words)_\d+)$")
_SQL_ONLY = frozenset({"chunks_embedding_idx", "alembic_version"})


def include(
    _item: SchemaItem,
    name: str | None,
    _kind: str,
    _reflected: bool,  # noqa: FBT001 - alembic's own signature
    _against: SchemaItem | None,
) -> bool:
    """Partitions, and indexes written by hand in SQL, are not in the models."""
    return name is None or not (_PARTITION.match(name) or name in _SQL_ONLY)
