"""Photos, documents, voices, videos, stickers and albums."""

import secrets
from collections.abc import Callable

from sandbox.shapes import Json
from sandbox.telegram.body import Upload
from sandbox.telegram.call import Call
from sandbox.telegram.errors import BotApiError, bad_request
from sandbox.telegram.files import PHOTO_LIMIT, UPLOAD_LIMIT, Stored, media
from sandbox.telegram.sending import caption_content, post, replied_to

ALBUM_KINDS = ("photo", "video", "document", "audio")
ALBUM_MIN, ALBUM_MAX = 2, 10
_EXTRAS = ("duration", "emoji")


def sender(kind: str) -> Callable[[Call], Json]:
    """The method that sends one file as `kind`."""

    def send(call: Call) -> Json:
        chat = call.writable_chat()
        stored = find_file(call, kind, call.params.get(kind))
        content = media(call.bot.id, stored, kind, {k: call.params.get(k) for k in _EXTRAS})
        content |= caption_content(
            {**call.params, "caption_entities": call.json("caption_entities")}
        )
        if call.flag("has_spoiler"):
            content["has_media_spoiler"] = True
        return post(call, chat, content).data

    return send


def send_media_group(call: Call) -> list[Json]:
    chat = call.writable_chat()
    items = call.json("media")
    if not isinstance(items, list) or not ALBUM_MIN <= len(items) <= ALBUM_MAX:
        raise bad_request("expected 2-10 media in an album")
    kinds = {str(item.get("type")) for item in items}
    if not kinds <= set(ALBUM_KINDS) or (kinds & {"document", "audio"} and len(kinds) > 1):
        raise bad_request("wrong types of media in an album")
    reply = replied_to(call, chat)
    contents = [item_content(call, item) for item in items]
    group = str(secrets.randbits(53))
    return [
        post(call, chat, {**reply, "media_group_id": group, **content}, plain=True).data
        for content in contents
    ]


def item_content(call: Call, item: Json) -> Json:
    """The message fields for one InputMedia."""
    kind = str(item.get("type"))
    stored = find_file(call, kind, item.get("media"))
    return media(call.bot.id, stored, kind, item) | caption_content(item)


def find_file(call: Call, kind: str, given: object) -> Stored:
    """From the uploaded part, an attach:// name, or a file_id of this bot."""
    upload: Upload | None = None
    if isinstance(given, str) and given.startswith("attach://"):
        upload = call.files.get(given.removeprefix("attach://"))
        if upload is None:
            raise bad_request("file attachment not found in the request")
    elif kind in call.files:
        upload = call.files[kind]
    if upload is not None:
        limit = PHOTO_LIMIT if kind == "photo" else UPLOAD_LIMIT
        if len(upload.content) > limit:
            raise BotApiError(413, "Request Entity Too Large")
        if not upload.content:
            raise bad_request("file must be non-empty")
        stored = call.telegram.files.put(kind, upload.name, upload.content, upload.mime)
        if kind == "photo" and not stored.width:
            raise bad_request("IMAGE_PROCESS_FAILED")
        return stored
    if not given:
        raise bad_request(f"there is no {kind} in the request")
    if str(given).startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    return call.telegram.files.resolve(call.bot.id, str(given))
