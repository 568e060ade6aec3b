"""Where attachments lie: a folder, or S3-compatible storage.

MEDIA_URL names it:
  unset                 a folder beside the product's data
  file:///srv/media     a folder
  s3://bucket/prefix?endpoint=https://s3.example.org&region=eu-1
                        keys from the environment as boto3 reads it (AWS_ACCESS_KEY_ID,
                        AWS_SECRET_ACCESS_KEY, a profile, a role), or in the address itself:
                        s3://ACCESS:SECRET@bucket (percent-encoded)
  https://s3.example.org/bucket/prefix?region=eu-1
                        the same, the endpoint first
Keys are ours: `tenant/yyyy/mm/uuid`; a customer's file name never becomes a path.
"""

import asyncio
import os
import re
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from core.kernel.transaction import refuse_inside_transaction
from core.ports.storage import Storage, StorageMissing

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_KEY = re.compile(r"^[0-9a-f-]+(/[0-9a-f-]+)+$")
_CHUNK_BYTES = 256 * 1024
_IN_MEMORY_BYTES = 1024 * 1024
_MISSING = {"NoSuchKey", "404", "NotFound"}


def storage_at(media_url: str | None, default_folder: Path) -> Storage:
    """What MEDIA_URL names; ValueError if it names nothing."""
    if media_url is None:
        return FolderStorage(default_folder)
    url = urlsplit(media_url)
    options = {name: values[-1] for name, values in parse_qs(url.query).items()}
    place = url.netloc.rpartition("@")[2]
    if url.scheme == "file":
        return FolderStorage(Path(unquote(url.path)))
    if url.scheme == "s3":
        bucket, prefix, endpoint = place, unquote(url.path), options.get("endpoint")
    elif url.scheme in {"http", "https"}:
        bucket, _, prefix = unquote(url.path).strip("/").partition("/")
        endpoint = f"{url.scheme}://{place}"
    else:
        raise ValueError("MEDIA_URL: takes file:///folder or s3://bucket?endpoint=…&region=…")
    if not bucket:
        raise ValueError("MEDIA_URL: names no bucket")
    keys = (unquote(url.username), unquote(url.password)) if url.username and url.password else None
    return S3Storage(bucket, prefix.strip("/"), endpoint, options.get("region"), keys)


def _checked(key: str) -> str:
    if not _KEY.match(key):
        raise ValueError("not a storage key")
    return key


class FolderStorage:
    """Files under a folder; one appears under its name only once it is whole and on the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, key: str, content: AsyncIterator[bytes], *, mime: str | None) -> int:
        del mime  # the row keeps it
        refuse_inside_transaction("storage.put")
        path = self._folder / _checked(key)
        file = await asyncio.to_thread(_new_file_beside, path)
        size = 0
        try:
            async for chunk in content:
                await asyncio.to_thread(file.write, chunk)
                size += len(chunk)
            await asyncio.to_thread(_become, file, path)
        except BaseException:
            _discard(file)
            raise
        return size

    async def get(self, key: str) -> AsyncIterator[bytes]:
        path = self._folder / _checked(key)
        try:
            file = await asyncio.to_thread(path.open, "rb")
        except FileNotFoundError as missing:
            raise StorageMissing(key) from missing
        try:
            while chunk := await asyncio.to_thread(file.read, _CHUNK_BYTES):
                yield chunk
        finally:
            file.close()

    async def delete(self, key: str) -> None:
        await asyncio.to_thread((self._folder / _checked(key)).unlink, missing_ok=True)


def _new_file_beside(path: Path) -> IO[bytes]:
    path.parent.mkdir(parents=True, exist_ok=True)
    return tempfile.NamedTemporaryFile(dir=path.parent, prefix=".arriving-", delete=False)


def _become(file: IO[bytes], path: Path) -> None:
    file.flush()
    os.fsync(file.fileno())
    file.close()
    Path(file.name).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _discard(file: IO[bytes]) -> None:
    file.close()
    Path(file.name).unlink(missing_ok=True)


class S3Storage:
    """Objects of one bucket, by boto3 in threads."""

    def __init__(
        self,
        bucket: str,
        prefix: str,
        endpoint: str | None,
        region: str | None,
        keys: tuple[str, str] | None,
    ) -> None:
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        access, secret = keys or (None, None)
        # Newer checksums are refused by many S3-compatible servers: only where required.
        config: Config = Config(
            connect_timeout=5,
            read_timeout=60,
            retries={"max_attempts": 3, "mode": "standard"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": "path" if endpoint else "auto"},
        )
        self._client: S3Client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=region,
            aws_access_key_id=access,
            aws_secret_access_key=secret,
            config=config,
        )

    async def put(self, key: str, content: AsyncIterator[bytes], *, mime: str | None) -> int:
        refuse_inside_transaction("storage.put")
        name = self._prefix + _checked(key)
        size = 0
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES) as whole:
            async for chunk in content:
                await asyncio.to_thread(whole.write, chunk)
                size += len(chunk)
            whole.seek(0)
            await asyncio.to_thread(
                self._client.put_object,
                Bucket=self._bucket,
                Key=name,
                Body=whole,
                ContentLength=size,
                ContentType=mime or "application/octet-stream",
            )
        return size

    async def get(self, key: str) -> AsyncIterator[bytes]:
        name = self._prefix + _checked(key)
        try:
            found = await asyncio.to_thread(self._client.get_object, Bucket=self._bucket, Key=name)
        except ClientError as refused:
            error: Any = refused.response.get("Error", {})
            if error.get("Code") in _MISSING:
                raise StorageMissing(key) from refused
            raise
        body = found["Body"]
        try:
            while chunk := await asyncio.to_thread(body.read, _CHUNK_BYTES):
                yield chunk
        finally:
            body.close()

    async def delete(self, key: str) -> None:
        name = self._prefix + _checked(key)
        await asyncio.to_thread(self._client.delete_object, Bucket=self._bucket, Key=name)
