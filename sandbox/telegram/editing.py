"""The methods that change, copy or remove what is already in a chat."""

import secrets

from sandbox.shapes import Json, now
from sandbox.telegram.call import Call
from sandbox.telegram.errors import bad_request
from sandbox.telegram.files import KINDS
from sandbox.telegram.keyboards import parse_markup
from sandbox.telegram.media import item_content
from sandbox.telegram.sending import caption_content, post, text_content
from sandbox.telegram.state import Chat, Message

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly "
    "the same as a current content and reply markup of the message"
)
DELETE_SECONDS = 48 * 3600
MAX_BULK = 100
_TEXT_FIELDS = ("text", "entities", "link_preview_options")
_CAPTION_FIELDS = ("caption", "caption_entities")
_CONTENT_FIELDS = (*KINDS, *_TEXT_FIELDS, *_CAPTION_FIELDS, "location", "contact")


def edit_message_text(call: Call) -> Json:
    chat, message = _editable(call)
    if "text" not in message.data:
        raise bad_request("there is no text in the message to edit")
    return _change(call, chat, message, _TEXT_FIELDS, text_content(call))


def edit_message_caption(call: Call) -> Json:
    chat, message = _editable(call)
    if not any(kind in message.data for kind in KINDS):
        raise bad_request("there is no caption in the message to edit")
    caption = caption_content({**call.params, "caption_entities": call.json("caption_entities")})
    return _change(call, chat, message, _CAPTION_FIELDS, caption)


def edit_message_media(call: Call) -> Json:
    chat, message = _editable(call)
    item = call.json("media")
    if not isinstance(item, dict):
        raise bad_request("media must be an Object")
    return _change(
        call,
        chat,
        message,
        (*KINDS, *_CAPTION_FIELDS, "text", "entities"),
        item_content(call, item),
    )


def edit_message_reply_markup(call: Call) -> Json:
    chat, message = _editable(call)
    return _change(call, chat, message, (), {})


def _editable(call: Call) -> tuple[Chat, Message]:
    if call.given("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    chat = call.chat()
    message = call.message(chat, "message to edit not found")
    if message.data["from"]["id"] != call.bot.id or "forward_origin" in message.data:
        raise bad_request("message can't be edited")
    return chat, message


def _change(
    call: Call, chat: Chat, message: Message, fields: tuple[str, ...], content: Json
) -> Json:
    inline, _ = parse_markup(call.params.get("reply_markup"))
    data = message.data
    same = all(data.get(name) == content.get(name) for name in fields)
    if same and data.get("reply_markup") == inline:
        raise bad_request(NOT_MODIFIED)
    changed = {k: v for k, v in data.items() if k not in fields and k != "reply_markup"}
    if not same:
        message.edited_at = now()
        changed["edit_date"] = int(message.edited_at)
    changed |= content
    if inline:
        changed["reply_markup"] = inline
    message.data = changed
    call.telegram.edited(chat, message)
    return changed


def delete_message(call: Call) -> bool:
    chat = call.chat()
    message = call.message(chat, "message to delete not found")
    if message.at < now() - DELETE_SECONDS:
        raise bad_request("message can't be deleted for everyone")
    call.telegram.delete(chat, message.data["message_id"])
    return True


def delete_messages(call: Call) -> bool:
    chat = call.chat()
    for message_id in _bulk(call):
        if message_id in chat.messages:
            call.telegram.delete(chat, message_id)
    return True


def copy_message(call: Call) -> Json:
    chat = call.writable_chat()
    source = call.message(call.chat("from_chat_id"), "message to copy not found")
    content = _content(source)
    if "caption" in call.params:
        content = {k: v for k, v in content.items() if k not in _CAPTION_FIELDS}
        content |= caption_content(call.params)
    return {"message_id": post(call, chat, content).data["message_id"]}


def copy_messages(call: Call) -> list[Json]:
    chat = call.writable_chat()
    source = call.chat("from_chat_id")
    groups: dict[str, str] = {}
    copied = []
    for message_id in _bulk(call):
        message = source.messages.get(message_id)
        if message is None:
            continue
        content = _content(message)
        if group := message.data.get("media_group_id"):
            content["media_group_id"] = groups.setdefault(group, str(secrets.randbits(53)))
        copied.append({"message_id": post(call, chat, content, plain=True).data["message_id"]})
    if not copied:
        raise bad_request("there are no messages to copy")
    return copied


def forward_message(call: Call) -> Json:
    chat = call.writable_chat()
    source = call.message(call.chat("from_chat_id"), "message to forward not found")
    origin = source.data.get("forward_origin") or {
        "type": "user",
        "sender_user": source.data["from"],
        "date": source.data["date"],
    }
    return post(call, chat, {"forward_origin": origin, **_content(source)}, plain=True).data


def _bulk(call: Call) -> list[int]:
    ids = call.json("message_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= MAX_BULK:
        raise bad_request("message identifiers are not specified")
    return [int(message_id) for message_id in ids]


def _content(message: Message) -> Json:
    return {k: v for k, v in message.data.items() if k in _CONTENT_FIELDS}
