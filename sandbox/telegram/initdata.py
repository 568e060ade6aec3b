"""Mini App init data with the HMAC Telegram signs it by; its Ed25519 signature is noise."""

import base64
import hashlib
import hmac
import secrets
import time
from urllib.parse import quote

import orjson

from sandbox.people import Person
from sandbox.telegram.state import Bot


def init_data(
    bot: Bot, person: Person, *, start_param: str | None = None, auth_date: int | None = None
) -> str:
    """The raw query string a Mini App gets as tgWebAppData."""
    user = {
        "id": person.user_id,
        "first_name": person.name,
        "last_name": person.last_name,
        "username": person.username,
        "language_code": person.language,
        "allows_write_to_pm": True,
    }
    fields = {
        "query_id": "AAH" + secrets.token_urlsafe(15),
        "user": orjson.dumps(user).decode(),
        "auth_date": str(auth_date if auth_date is not None else int(time.time())),
    }
    if start_param:
        fields["start_param"] = start_param
        fields["chat_type"] = "private"
        fields["chat_instance"] = str(person.user_id * 31)
    fields["signature"] = base64.urlsafe_b64encode(secrets.token_bytes(64)).decode().rstrip("=")
    fields["hash"] = sign(bot.token, fields)
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items())


def sign(token: str, fields: dict[str, str]) -> str:
    """The hash over every field but itself, as the HMAC rule has it."""
    check = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    secret = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return hmac.new(secret, check.encode(), hashlib.sha256).hexdigest()
