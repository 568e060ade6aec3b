"""What a bot says of itself and of its chats: commands, menu button, profile, files."""

from collections.abc import Callable

from sandbox.shapes import Json
from sandbox.telegram.call import Call
from sandbox.telegram.errors import bad_request
from sandbox.telegram.files import DOWNLOAD_LIMIT
from sandbox.telegram.keyboards import must_be_web_app
from sandbox.telegram.state import Bot, bot_fact

MAX_COMMANDS = 100


def get_me(call: Call) -> Json:
    return {
        **call.bot.user,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": call.bot.kind == "store",
        "has_main_web_app": False,
        "has_topics_enabled": False,
    }


def get_chat(call: Call) -> Json:
    chat = call.chat()
    return {
        **chat.info,
        "accent_color_id": chat.id % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }


def send_chat_action(call: Call) -> bool:
    chat = call.writable_chat()
    action = call.text("action")
    if not action:
        raise bad_request("wrong parameter action in request")
    call.telegram.act(chat, action)
    return True


def set_message_reaction(call: Call) -> bool:
    chat = call.chat()
    message = call.message(chat, "message to react not found")
    message.reactions = list(call.json("reaction") or [])[:1]
    call.telegram.edited(chat, message)
    return True


def get_file(call: Call) -> Json:
    file_id = call.text("file_id")
    stored = call.telegram.files.resolve(call.bot.id, file_id)
    if stored.size > DOWNLOAD_LIMIT:
        raise bad_request("file is too big")
    return {
        "file_id": file_id,
        "file_unique_id": stored.unique,
        "file_size": stored.size,
        "file_path": stored.path,
    }


def set_my_commands(call: Call) -> bool:
    commands = call.json("commands")
    if not isinstance(commands, list) or len(commands) > MAX_COMMANDS:
        raise bad_request("can't parse list of bot commands")
    for command in commands:
        name = str(command.get("command", "")).removeprefix("/")
        if not (0 < len(name) <= 32 and name.isascii() and name == name.lower()):  # noqa: PLR2004
            raise bad_request("BOT_COMMAND_INVALID")
        if not command.get("description"):
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        command["command"] = name
    call.bot.commands[_scope(call)] = commands
    return _saved(call)


def get_my_commands(call: Call) -> list[Json]:
    return call.bot.commands.get(_scope(call), [])


def delete_my_commands(call: Call) -> bool:
    call.bot.commands.pop(_scope(call), None)
    return _saved(call)


def set_chat_menu_button(call: Call) -> bool:
    button = call.json("menu_button") or {"type": "default"}
    if button.get("type") == "web_app":
        must_be_web_app(str(button.get("web_app", {}).get("url", "")))
    chat_id = call.chat().id if call.given("chat_id") else 0
    call.bot.menu[chat_id] = button
    return _saved(call)


def get_chat_menu_button(call: Call) -> Json:
    return menu_for(call.bot, call.integer("chat_id"))


def menu_for(bot: Bot, chat_id: int) -> Json:
    """The menu button a person sees: the chat's own, else the bot's default."""
    own = bot.menu.get(chat_id) or {"type": "default"}
    if own.get("type") == "default":
        own = bot.menu.get(0) or {"type": "commands"}
    return own


def commands_for(bot: Bot, chat_id: int, language: str) -> list[Json]:
    """The narrowest list that applies, as Telegram picks it."""
    for scope in (f"chat:{chat_id}", "all_private_chats", "default"):
        for spoken in (language, ""):
            if commands := bot.commands.get(f"{scope}|{spoken}"):
                return commands
    return []


def text_setter(name: str, limit: int) -> Callable[[Call], bool]:
    """The method that sets one of the bot's own texts."""

    def put(call: Call) -> bool:
        text = call.text(name)
        if len(text) > limit:
            raise bad_request(f"BOT_{name.upper()}_TOO_LONG")
        call.bot.texts[f"{name}|{call.text('language_code')}"] = text
        return _saved(call)

    return put


def text_getter(name: str) -> Callable[[Call], Json]:
    """The method that reads it back."""

    def read(call: Call) -> Json:
        return {name: call.bot.texts.get(f"{name}|{call.text('language_code')}", "")}

    return read


def _scope(call: Call) -> str:
    scope = call.json("scope") or {"type": "default"}
    kind = str(scope.get("type", "default"))
    where = f"{kind}:{scope['chat_id']}" if "chat_id" in scope else kind
    return f"{where}|{call.text('language_code')}"


def _saved(call: Call) -> bool:
    call.telegram.archive.record(bot_fact(call.bot))
    if call.telegram.live.watched:
        call.telegram.live.tell({"type": "bot", "bot": call.bot.username})
    return True
