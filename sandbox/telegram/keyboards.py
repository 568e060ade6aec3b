"""Reply markups: which the server takes, in which words it refuses the rest."""

import re

import orjson

from sandbox.shapes import Json
from sandbox.telegram.errors import bad_request

MAX_CALLBACK_BYTES = 64
MAX_COPY_CHARS = 256
MAX_BUTTONS = 100
_LOOPBACK = re.compile(r"^http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/|$)")
_LINK = re.compile(r"^(https?://[^\s/]+|tg://\S+|[\w-]+(\.[\w-]+)+)(/\S*)?", re.IGNORECASE)
_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "copy_text",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "callback_game",
    "pay",
    "disabled",
)
_STYLES = ("danger", "success", "primary")


def parse_markup(raw: object) -> tuple[Json | None, Json | None]:
    """Split a reply_markup into what the message carries (inline) and what the client shows."""
    if raw in (None, "", b""):
        return None, None
    if isinstance(raw, str):
        try:
            raw = orjson.loads(raw)
        except orjson.JSONDecodeError:
            raise bad_request("can't parse reply keyboard markup JSON object") from None
    if not isinstance(raw, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in raw:
        return _inline(raw), ({"force_reply": True} if raw.get("force_reply") else None)
    if raw.get("force_reply") or "keyboard" in raw or raw.get("remove_keyboard"):
        return None, raw
    return None, None


def _inline(markup: Json) -> Json | None:
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array')
    kept = []
    count = 0
    for row in rows:
        if not isinstance(row, list):
            raise bad_request("can't parse inline keyboard button: row must be an Array")
        if row:
            kept.append([_button(button) for button in row])
            count += len(row)
    if count > MAX_BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    if not kept:
        return None
    inline: Json = {"inline_keyboard": kept}
    if markup.get("force_reply"):
        inline["force_reply"] = True
    return inline


def _button(button: object) -> Json:
    if not isinstance(button, dict) or not str(button.get("text") or "").strip():
        raise bad_request('can\'t parse inline keyboard button: Field "text" must be non-empty')
    if not any(button.get(action) is not None for action in _ACTIONS):
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if button.get("style") not in (None, *_STYLES):
        raise bad_request("can't parse inline keyboard button: invalid button style specified")
    if (data := button.get("callback_data")) is not None:
        if not 1 <= len(str(data).encode()) <= MAX_CALLBACK_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
    elif (url := button.get("url")) is not None:
        if not _LINK.match(str(url)):
            raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    elif button.get("web_app") is not None:
        must_be_web_app(str(button["web_app"].get("url", "")))
    elif button.get("copy_text") is not None and not (
        1 <= len(str(button["copy_text"].get("text", ""))) <= MAX_COPY_CHARS
    ):
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    return button


def must_be_web_app(url: str) -> None:
    """HTTPS, or loopback: the sandbox's one kindness, since the product runs beside it."""
    if not url.startswith("https://") and not _LOOPBACK.match(url):
        raise bad_request(
            f"inline keyboard button Web App URL '{url}' is invalid: Only HTTPS links are allowed"
        )
