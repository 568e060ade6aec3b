"""Request bodies as aiogram and others send them: urlencoded, multipart, JSON, query."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

import orjson

from sandbox.shapes import Json
from sandbox.telegram.errors import bad_request

_ESCAPES = re.compile(rb"(?:%[0-9a-fA-F]{2})+")


@dataclass(slots=True)
class Upload:
    """One file part of a multipart body."""

    name: str
    content: bytes
    mime: str | None


def read_body(content_type: bytes, body: bytes, query: bytes) -> tuple[Json, dict[str, Upload]]:
    """Parameters (strings from forms, native from JSON) and files by field name."""
    params: Json = {}
    files: dict[str, Upload] = {}
    if query:
        params.update(parse_qsl(query.decode(), keep_blank_values=True))
    if not body:
        return params, files
    if content_type.startswith(b"application/json"):
        try:
            given = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise bad_request("can't parse request JSON object") from None
        if not isinstance(given, dict):
            raise bad_request("can't parse request: expected an Object")
        params.update(given)
    elif content_type.startswith(b"multipart/form-data"):
        _multipart(content_type, body, params, files)
    else:
        for pair in body.split(b"&"):
            name, _, value = pair.partition(b"=")
            params[_decoded(name)] = _decoded(value)
    return params, files


def _decoded(raw: bytes) -> str:
    """One form value; runs of %XX at once, since Cyrillic is nothing else."""
    raw = raw.replace(b"+", b" ")
    if b"%" in raw:
        raw = _ESCAPES.sub(lambda run: bytes.fromhex(run.group().replace(b"%", b"").decode()), raw)
    return raw.decode(errors="replace")


def _multipart(content_type: bytes, body: bytes, params: Json, files: dict[str, Upload]) -> None:
    mark = content_type.partition(b"boundary=")[2].partition(b";")[0].strip(b'" ')
    if not mark:
        raise bad_request("multipart body without a boundary")
    for part in (b"\r\n" + body).split(b"\r\n--" + mark)[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = _headers(head)
        disposition = _disposition(headers.get("content-disposition", ""))
        name = disposition.get("name", "")
        if "filename" in disposition:
            mime = headers.get("content-type")
            if mime == "application/octet-stream":
                mime = None
            files[name] = Upload(disposition["filename"], content, mime)
        else:
            params[name] = content.decode(errors="replace")


def _headers(head: bytes) -> dict[str, str]:
    headers = {}
    for line in head.decode(errors="replace").split("\r\n"):
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return headers


def _disposition(value: str) -> dict[str, str]:
    found = {}
    for piece in value.split(";")[1:]:
        name, _, given = piece.strip().partition("=")
        found[name.lower()] = given.strip('"')
    return found
