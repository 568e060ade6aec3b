"""What a variable may hold: annotated types that refuse everything else."""

import base64
import binascii
import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from core.kernel.failpoints import checked
from core.kernel.master_key import KEY_BYTES

_SWITCH = {"1": True, "true": True, "on": True, "0": False, "false": False, "off": False}
SWITCH_TAKES = "0, 1, true, false, on or off"


def _switch(value: object) -> object:
    if isinstance(value, bool):
        return value
    known = _SWITCH.get(str(value).strip().lower())
    if known is None:
        raise ValueError(SWITCH_TAKES)
    return known


def address(*schemes: str) -> AfterValidator:
    def check(value: str) -> str:
        if urlsplit(value).scheme not in schemes:
            raise ValueError("scheme")
        return value.rstrip("/")

    return AfterValidator(check)


def _key_of_32_bytes(value: SecretStr) -> SecretStr:
    try:
        raw = base64.b64decode(value.get_secret_value(), validate=True)
    except binascii.Error as error:
        raise ValueError("base64") from error
    if len(raw) != KEY_BYTES:
        raise ValueError("length")
    return value


def _no_gaps(value: SecretStr) -> SecretStr:
    if re.search(r"\s", value.get_secret_value()):
        raise ValueError("whitespace")
    return value


def _prices(value: str) -> str:
    for part in filter(None, (p.strip() for p in value.split(","))):
        if not re.fullmatch(r"[^=\s]+\s*=\s*\d+(\.\d+)?(\s*/\s*\d+(\.\d+)?)?", part):
            raise ValueError(part)
    return value


def _searches_the_web(value: str) -> str:
    """The product document forbids the small model for prices: it makes them up."""
    if value.strip().lower().startswith("gpt-4o-mini"):
        raise ValueError("gpt-4o-mini")
    return value


def _webhook_secret(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
        raise ValueError("alphabet")
    return value


Switch = Annotated[bool, BeforeValidator(_switch)]
Port = Annotated[int, Field(ge=1, le=65535)]
Web = Annotated[str, address("http", "https")]
Postgres = Annotated[str, address("postgresql", "postgres")]
Redis = Annotated[str, address("redis", "rediss", "unix")]
Upper = BeforeValidator(lambda value: str(value).strip().upper())
Lower = BeforeValidator(lambda value: str(value).strip().lower())
Token = Annotated[SecretStr, AfterValidator(_no_gaps)]
WebhookSecret = Annotated[SecretStr, AfterValidator(_webhook_secret)]
MasterKey = Annotated[SecretStr, AfterValidator(_key_of_32_bytes)]
ModelPrices = Annotated[str, AfterValidator(_prices)]
WebModel = Annotated[str, AfterValidator(_searches_the_web)]
Failpoints = Annotated[str, AfterValidator(checked)]
