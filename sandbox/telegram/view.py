"""A message as the control API and the page read it."""

from sandbox.people import Person
from sandbox.shapes import Json, iso
from sandbox.telegram.files import KINDS
from sandbox.telegram.state import Bot, Chat, Message


def message_view(chat: Chat, message: Message) -> Json:
    data = message.data
    author = data["from"]
    markup = data.get("reply_markup") or {}
    view: Json = {
        "message_id": data["message_id"],
        "chat_id": chat.id,
        "bot": chat.bot.username,
        "from": author["first_name"],
        "from_id": author["id"],
        "from_bot": author["is_bot"],
        "text": data.get("text") or data.get("caption") or "",
        "entities": data.get("entities") or data.get("caption_entities") or [],
        "buttons": markup.get("inline_keyboard", []),
        "files": files_view(data),
        "at": iso(message.at),
        "edited_at": iso(message.edited_at) if message.edited_at else None,
    }
    if reply := data.get("reply_to_message"):
        view["reply_to"] = {
            "message_id": reply["message_id"],
            "from": reply["from"]["first_name"],
            "text": reply.get("text") or reply.get("caption") or "",
            "files": [item["kind"] for item in files_view(reply)],
        }
    for name in ("media_group_id", "forward_origin", "location", "contact"):
        if name in data:
            view[name] = data[name]
    if message.keyboard:
        view["keyboard"] = message.keyboard
    if message.reactions:
        view["reactions"] = message.reactions
    return view


def files_view(data: Json) -> list[Json]:
    files = []
    for kind in KINDS:
        if kind not in data or (kind == "document" and "animation" in data):
            continue
        item = data[kind][-1] if kind == "photo" else data[kind]
        files.append(
            {
                "kind": kind,
                "name": item.get("file_name") or kind,
                "size": item.get("file_size", 0),
                "mime": item.get("mime_type"),
                "file_id": item["file_id"],
                "url": f"/sandbox/files/{item['file_unique_id']}",
                **{k: item[k] for k in ("width", "height", "duration") if k in item},
            }
        )
    return files


def person_view(person: Person, bots: dict[int, Bot]) -> Json:
    return {
        "name": person.name,
        "role": person.role,
        "user_id": person.user_id,
        "chat_id": person.user_id,
        "last_name": person.last_name,
        "username": person.username,
        "language": person.language,
        "starts": sorted(bots[i].username for i in person.started if i in bots),
        "blocked": sorted(bots[i].username for i in person.blocked if i in bots),
    }


def bot_view(bot: Bot) -> Json:
    hook = bot.updates.webhook
    return {
        "id": bot.id,
        "token": bot.token,
        "username": bot.username,
        "name": bot.name,
        "kind": bot.kind,
        "store": bot.store,
        "webhook_url": hook.url if hook else "",
        "polling": bot.updates.polling,
        "pending_update_count": len(bot.updates.pending),
    }
