"""Where the bytes of attachments lie: a folder, or S3-compatible storage."""

from collections.abc import AsyncIterator
from typing import Protocol


class Storage(Protocol):
    async def put(self, key: str, content: AsyncIterator[bytes], *, mime: str | None) -> int:
        """Store a stream under a key of ours, whole or not at all; returns its bytes."""

    def get(self, key: str) -> AsyncIterator[bytes]:
        """The bytes; raises StorageMissing."""

    async def delete(self, key: str) -> None: ...


class StorageMissing(Exception):
    """Nothing lies under that key."""
