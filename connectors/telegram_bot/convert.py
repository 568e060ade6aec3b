"""What a Bot API update says, in no vendor's terms. Pure; read by hand from the JSON.

By hand because it is the hot road: validating aiogram's `Update` costs many times more
(bench in tests/connectors), and because one field Telegram adds must not lose a message.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from core.ports.channel import (
    AttachmentKind,
    Inbound,
    InboundEdit,
    InboundFile,
    InboundMessage,
    RawUpdate,
    Reachability,
    Unreadable,
)

LARGEST_DOWNLOAD = 20 * 1024 * 1024  # getFile hands over no more
_LONGEST_NAME = 200
Json = Mapping[str, Any]

# A field of a message that holds one file, and what that is to us. An animation comes with a
# `document` of the same file for old clients: the first that is there counts.
_FILES = {
    "animation": AttachmentKind.VIDEO,
    "video": AttachmentKind.VIDEO,
    "voice": AttachmentKind.VOICE,
    "video_note": AttachmentKind.VIDEO_NOTE,
    "audio": AttachmentKind.AUDIO,
    "sticker": AttachmentKind.STICKER,
    "document": AttachmentKind.DOCUMENT,
}
_MIMES = {
    AttachmentKind.PHOTO: "image/jpeg",
    AttachmentKind.VIDEO: "video/mp4",
    AttachmentKind.VOICE: "audio/ogg",
    AttachmentKind.VIDEO_NOTE: "video/mp4",
    AttachmentKind.AUDIO: "audio/mpeg",
    AttachmentKind.STICKER: "image/webp",
}
# Something a customer sent on purpose that we cannot show: the operator is told what it was.
_UNSHOWN = ("poll", "dice", "game", "story", "invoice", "paid_media", "checklist", "giveaway")


def read(update: RawUpdate) -> list[Inbound]:
    """Messages, edits and blocks of private chats; anything else says nothing to us."""
    try:
        fields = orjson.loads(update.payload)
        if not isinstance(fields, dict):
            raise Unreadable("not an object")
        if (message := fields.get("message")) is not None:
            return _message(message)
        if (message := fields.get("edited_message")) is not None:
            return _edit(message)
        if (change := fields.get("my_chat_member")) is not None:
            return _reachability(change)
    except orjson.JSONDecodeError as broken:
        raise Unreadable("not JSON") from broken
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError) as broken:
        raise Unreadable(f"{type(broken).__name__}: {broken}"[:200]) from broken
    if "update_id" not in fields:
        raise Unreadable("no update_id")
    return []


def _message(message: Json) -> list[Inbound]:
    chat = message["chat"]
    if chat["type"] != "private":
        return []
    details: dict[str, object] = {}
    text = _clean(message.get("text") or message.get("caption") or "")
    files = _files(message, details)
    if sticker := message.get("sticker"):
        text = text or _clean(sticker.get("emoji") or "")
    for kind in _UNSHOWN:
        if kind in message:
            details["unshown"] = kind
    if not text and not files and not details:
        return []  # a service message: something was pinned, a timer set
    if text == "/start" or text.startswith("/start "):
        details["command"] = True  # the button that opens a chat with a bot, not a question
    if quote := message.get("quote"):
        details["quote"] = _clean(quote["text"])
    if "forward_origin" in message:
        details["forwarded"] = True
    sender = message.get("from") or chat
    reply = message.get("reply_to_message")
    album = message.get("media_group_id")
    return [
        InboundMessage(
            external_chat_id=str(chat["id"]),
            external_message_id=str(message["message_id"]),
            external_user_id=str(sender["id"]),
            user_name=_name(sender),
            text=text,
            at=_moment(message["date"]),
            username=sender.get("username"),
            language=sender.get("language_code"),
            reply_to_external_id=str(reply["message_id"]) if reply else None,
            album_key=str(album) if album else None,
            files=files,
            details=details,
        )
    ]


def _edit(message: Json) -> list[Inbound]:
    chat = message["chat"]
    if chat["type"] != "private" or "location" in message:
        return []  # a live location moves by edits, many times a minute
    return [
        InboundEdit(
            str(chat["id"]),
            str(message["message_id"]),
            _clean(message.get("text") or message.get("caption") or ""),
            _moment(message.get("edit_date") or message["date"]),
        )
    ]


def _reachability(change: Json) -> list[Inbound]:
    chat = change["chat"]
    if chat["type"] != "private":
        return []
    status = change["new_chat_member"]["status"]
    return [
        Reachability(
            str(chat["id"]),
            str(change["from"]["id"]),
            status not in {"kicked", "left"},
            _moment(change["date"]),
        )
    ]


def _files(message: Json, details: dict[str, object]) -> tuple[InboundFile, ...]:
    if sizes := message.get("photo"):
        largest = max(sizes, key=lambda size: size["width"] * size["height"])
        return (_file(AttachmentKind.PHOTO, largest),)
    for field, kind in _FILES.items():
        if (found := message.get(field)) is not None:
            return (_file(kind, found),)
    if (contact := message.get("contact")) is not None:
        details["contact"] = {
            "name": _name(contact),
            "phone": contact["phone_number"],
            "user_id": contact.get("user_id"),
        }
        return (InboundFile(AttachmentKind.CONTACT, None),)
    venue = message.get("venue") or {}
    if (location := message.get("location")) is not None:
        details["location"] = {
            "latitude": float(location["latitude"]),
            "longitude": float(location["longitude"]),
            "title": venue.get("title"),
            "address": venue.get("address"),
        }
        return (InboundFile(AttachmentKind.LOCATION, None),)
    return ()


def _file(kind: AttachmentKind, found: Json) -> InboundFile:
    size, name = found.get("file_size"), found.get("file_name")
    return InboundFile(
        kind,
        str(found["file_id"]),
        _clean(name)[:_LONGEST_NAME] if name else None,
        found.get("mime_type") or _MIMES.get(kind),
        int(size) if size is not None else None,
        found.get("duration"),
        too_big=size is not None and size > LARGEST_DOWNLOAD,
    )


def _name(person: Json) -> str:
    whole = f"{person.get('first_name') or ''} {person.get('last_name') or ''}".strip()
    return _clean(whole or person.get("username") or str(person.get("id", "")))[:_LONGEST_NAME]


def _clean(text: str) -> str:
    """Postgres keeps no NUL."""
    return text.replace("\0", "")


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
