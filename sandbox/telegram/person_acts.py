"""What people do in their chats: write, send files, change and take back, block."""

import secrets
from dataclasses import dataclass

from sandbox.shapes import Json, now
from sandbox.telegram.files import dimensions, media
from sandbox.telegram.markup import found_entities, utf16
from sandbox.telegram.sending import CAPTION_LIMIT, TEXT_LIMIT, quoted
from sandbox.telegram.state import Chat, Message, Telegram, person_fact


class CannotError(Exception):
    """What a Telegram client would not let the person do."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file a person sends; neighbours with the same `album` go as one group."""

    kind: str
    name: str
    content: bytes
    album: str | None = None


def write(
    telegram: Telegram,
    chat: Chat,
    text: str,
    attachments: list[Attachment],
    reply_to: int | None = None,
) -> list[Message]:
    """Send as the person; a long text goes out in pieces, as clients send it."""
    if not text.strip() and not attachments:
        message = "a message needs a text or a file"
        raise CannotError(message)
    reply: Json = {}
    if reply_to is not None:
        target = chat.messages.get(reply_to)
        if target is None:
            message = f"no message {reply_to} in this chat to reply to"
            raise CannotError(message)
        reply = quoted(target)
    telegram.start(chat.person, chat.bot)
    if not attachments:
        return [
            _post(telegram, chat, {**(reply if first else {}), **_text("text", piece)})
            for first, piece in _pieces(text)
        ]
    if utf16(text) > CAPTION_LIMIT:
        message = f"a caption takes {CAPTION_LIMIT} characters"
        raise CannotError(message)
    contents = _file_contents(telegram, chat, attachments)
    if text.strip():
        contents[0] |= _text("caption", text.strip())
    contents[0] = {**reply, **contents[0]}
    return [_post(telegram, chat, content) for content in contents]


def edit(telegram: Telegram, chat: Chat, message_id: int, text: str) -> Message:
    """Change one's own text or caption; the bot gets edited_message."""
    message = _own(chat, message_id)
    name = "text" if "text" in message.data else "caption"
    if not text.strip():
        refusal = "an edited message needs a text"
        raise CannotError(refusal)
    if utf16(text) > (TEXT_LIMIT if name == "text" else CAPTION_LIMIT):
        refusal = "the text is too long"
        raise CannotError(refusal)
    kept = {
        k: v
        for k, v in message.data.items()
        if k not in ("text", "entities", "caption", "caption_entities")
    }
    message.edited_at = now()
    kept["edit_date"] = int(message.edited_at)
    message.data = kept | _text(name, text.strip())
    telegram.edited(chat, message)
    telegram.queue(chat.bot, "edited_message", message.data)
    return message


def take_back(telegram: Telegram, chat: Chat, message_id: int) -> None:
    """Delete one's own message; bots are not told, as in Telegram."""
    _own(chat, message_id)
    telegram.delete(chat, message_id)


def set_blocked(telegram: Telegram, chat: Chat, *, blocked: bool) -> None:
    """Block or unblock the bot; it gets my_chat_member."""
    person, bot = chat.person, chat.bot
    if blocked == (bot.id in person.blocked):
        return
    if blocked:
        person.blocked.add(bot.id)
    else:
        person.blocked.discard(bot.id)
    telegram.archive.record(person_fact(person))
    telegram.queue(
        bot,
        "my_chat_member",
        {
            "chat": chat.info,
            "from": person.user(),
            "date": int(now()),
            "old_chat_member": _membership(chat, member=blocked),
            "new_chat_member": _membership(chat, member=not blocked),
        },
    )
    chat.touch()


def _membership(chat: Chat, *, member: bool) -> Json:
    if member:
        return {"status": "member", "user": chat.bot.user}
    return {"status": "kicked", "user": chat.bot.user, "until_date": 0}


def _own(chat: Chat, message_id: int) -> Message:
    message = chat.messages.get(message_id)
    if message is None or message.data["from"]["id"] != chat.person.user_id:
        refusal = f"message {message_id} is not one of {chat.person.name}'s"
        raise CannotError(refusal)
    return message


def _text(name: str, text: str) -> Json:
    content: Json = {name: text}
    if entities := found_entities(text):
        content["entities" if name == "text" else "caption_entities"] = entities
    return content


def _pieces(text: str) -> list[tuple[bool, str]]:
    text = text.strip()
    pieces: list[tuple[bool, str]] = []
    while text:
        size = len(text)
        while utf16(text[:size]) > TEXT_LIMIT:
            size = min(size - 1, int(size * TEXT_LIMIT / utf16(text[:size])))
        pieces.append((not pieces, text[:size]))
        text = text[size:]
    return pieces


def _file_contents(telegram: Telegram, chat: Chat, attachments: list[Attachment]) -> list[Json]:
    groups: dict[str, str] = {}
    sizes: dict[str, int] = {}
    for item in attachments:
        if item.album is not None:
            sizes[item.album] = sizes.get(item.album, 0) + 1
    contents = []
    for item in attachments:
        kind = item.kind
        if kind == "photo" and dimensions(item.content) == (0, 0):
            refusal = f"{item.name} is not a picture: send it as a document"
            raise CannotError(refusal)
        stored = telegram.files.put(kind, item.name, item.content)
        content = media(chat.bot.id, stored, kind)
        if item.album is not None and sizes[item.album] > 1:
            group = groups.setdefault(item.album, str(secrets.randbits(53)))
            content = {"media_group_id": group, **content}
        contents.append(content)
    return contents


def _post(telegram: Telegram, chat: Chat, content: Json) -> Message:
    at = now()
    data: Json = {
        "message_id": chat.bot.messages.take(),
        "from": chat.person.user(),
        "chat": chat.info,
        "date": int(at),
        **content,
    }
    message = Message(data, at)
    telegram.post(chat, message)
    telegram.queue(chat.bot, "message", data)
    return message
