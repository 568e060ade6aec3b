"""The methods that put a message into a chat."""

from sandbox.shapes import Json, now
from sandbox.telegram.call import Call
from sandbox.telegram.errors import bad_request
from sandbox.telegram.keyboards import parse_markup
from sandbox.telegram.markup import formatted, utf16
from sandbox.telegram.state import Chat, Message

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
CONTACT_FIELDS = ("phone_number", "first_name", "last_name", "vcard")


def send_message(call: Call) -> Json:
    chat = call.writable_chat()
    return post(call, chat, text_content(call)).data


def send_location(call: Call) -> Json:
    chat = call.writable_chat()
    try:
        place = {name: float(call.text(name)) for name in ("latitude", "longitude")}
    except ValueError:
        raise bad_request("location must be non-empty") from None
    return post(call, chat, {"location": place}).data


def send_contact(call: Call) -> Json:
    chat = call.writable_chat()
    contact = {name: call.text(name) for name in CONTACT_FIELDS if call.given(name)}
    if "phone_number" not in contact or "first_name" not in contact:
        raise bad_request("phone number and first name must be non-empty")
    return post(call, chat, {"contact": contact}).data


def text_content(call: Call) -> Json:
    """Text and entities of a call, within the limits."""
    text, entities = formatted(call.text("text"), call.text("parse_mode"), call.json("entities"))
    if not text:
        raise bad_request("message text is empty")
    if utf16(text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    content: Json = {"text": text}
    if entities:
        content["entities"] = entities
    if options := call.json("link_preview_options"):
        content["link_preview_options"] = options
    return content


def caption_content(given: Json) -> Json:
    """Caption and its entities from a call's parameters or one item of an album."""
    source = str(given.get("caption") or "")
    if not source:
        return {}
    text, entities = formatted(source, given.get("parse_mode"), given.get("caption_entities"))
    if utf16(text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    content: Json = {"caption": text} if text else {}
    if text and entities:
        content["caption_entities"] = entities
    return content


def replied_to(call: Call, chat: Chat) -> Json:
    """The reply_to_message field, when the call asks for one."""
    reply = call.json("reply_parameters")
    if not reply:
        if not call.given("reply_to_message_id"):
            return {}
        reply = {
            "message_id": call.integer("reply_to_message_id"),
            "allow_sending_without_reply": call.flag("allow_sending_without_reply"),
        }
    target = chat.messages.get(int(reply.get("message_id") or 0))
    if target is None:
        if reply.get("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")
    return quoted(target, reply.get("quote"))


def quoted(target: Message, quote: str | None = None) -> Json:
    shown = {k: v for k, v in target.data.items() if k != "reply_to_message"}
    fields: Json = {"reply_to_message": shown}
    if quote:
        position = str(target.data.get("text") or target.data.get("caption") or "").find(quote)
        if position < 0:
            raise bad_request("QUOTE_TEXT_INVALID")
        fields["quote"] = {"text": quote, "position": position, "is_manual": True}
    return fields


def post(call: Call, chat: Chat, content: Json, *, plain: bool = False) -> Message:
    """Make the message and show it. `plain` ignores markup and reply (album items)."""
    inline, keyboard = (None, None) if plain else parse_markup(call.params.get("reply_markup"))
    at = now()
    data: Json = {
        "message_id": call.bot.messages.take(),
        "from": call.bot.user,
        "chat": chat.info,
        "date": int(at),
    }
    if not plain:
        data |= replied_to(call, chat)
    data |= content
    if inline:
        data["reply_markup"] = inline
    if call.flag("protect_content"):
        data["has_protected_content"] = True
    message = Message(data, at, keyboard=keyboard)
    call.telegram.post(chat, message)
    return message
