"""What the control API takes; what it gives is described at each route."""

import base64
import binascii
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from sandbox.faults import FOREVER
from sandbox.openai.market import Trouble
from sandbox.telegram.files import KINDS
from sandbox.telegram.person_acts import Attachment


class Strict(BaseModel):
    """Unknown fields are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class FileIn(Strict):
    """A file to send; neighbours with the same `album` (any value but false) are one album."""

    kind: str = "document"
    name: str = "file"
    base64: str
    album: str | int | bool | None = None

    @field_validator("kind")
    @classmethod
    def known_kind(cls, kind: str) -> str:
        if kind not in KINDS:
            message = f"one of {', '.join(KINDS)}"
            raise ValueError(message)
        return kind

    @field_validator("base64")
    @classmethod
    def decodable(cls, value: str) -> str:
        try:
            base64.b64decode(value, validate=True)
        except binascii.Error as error:
            message = f"not base64: {error}"
            raise ValueError(message) from None
        return value

    def attachment(self) -> Attachment:
        album = None if self.album in (None, False) else str(self.album)
        return Attachment(self.kind, self.name, base64.b64decode(self.base64), album)


class MessageIn(Strict):
    text: str = ""
    reply_to: int | None = None
    files: list[FileIn] = Field(default_factory=list, max_length=20)


class TextIn(Strict):
    text: str


class ReadIn(Strict):
    """What to read of a chat, and how long to wait until something fits."""

    bot: str | None = Field(None, description="a bot's username, id or token")
    channel: str | None = Field(None, description="telegram_bot")
    after: int = Field(0, description="only messages with a greater id")
    version: int = Field(-1, description="hold until the chat changed since this version")
    wait: float = Field(0, ge=0, le=60, description="seconds to hold for a fitting message")
    limit: int = Field(1000, ge=1, le=20_000)
    contains: str | None = Field(None, description="only messages with this in their text")
    from_bot: bool | None = Field(None, description="only the bot's, or only not")
    own: bool = Field(default=False, description="of a customer: their own messages too")


class PressIn(Strict):
    """`wait` seconds for the bot's answer at most."""

    chat_id: int
    message_id: int
    user_id: int | None = None
    data: str
    bot: str | None = None
    wait: float = Field(default=15.0, ge=0, le=60)


class FaultIn(Strict):
    """`times` -1 stays until removed."""

    target: Literal["telegram", "openai"]
    kind: Literal[
        "latency",
        "slow",
        "error",
        "429",
        "drop_before",
        "drop_after_accept",
        "blocked",
        "rubbish",
        "duplicate_updates",
        "reorder_updates",
    ]
    method: str | None = None
    times: int = Field(default=1, ge=FOREVER)
    seconds: float | None = Field(default=None, ge=0)
    bot: str | None = None
    chat_id: int | None = None


class PersonIn(Strict):
    """`starts`: bots the person pressed Start with; true is the role's usual one, or names."""

    name: str = Field(min_length=1, max_length=64)
    role: Literal["customer", "operator", "owner"] = "customer"
    user_id: int | None = None
    last_name: str = ""
    username: str = ""
    language: str = "ru"
    starts: bool | list[str] = True


class BotIn(Strict):
    token: str = Field(pattern=r"^\d{6,12}:[A-Za-z0-9_-]{6,}$")
    username: str = Field(pattern=r"^[A-Za-z]\w{3,31}$")
    name: str = ""
    kind: Literal["operator", "store"] = "store"
    store: str | None = None


class BlockIn(Strict):
    user_id: int
    blocked: bool = True
    bot: str | None = None


class InitDataIn(Strict):
    """`auth_date` in unix seconds overrides the present, for tests of staleness."""

    user_id: int
    start_param: str | None = None
    auth_date: int | None = None
    bot: str | None = None


class RuleIn(Strict):
    """A rule of the AI's script: conditions (all given must hold), then effects."""

    contains: str | None = None
    matches: str | None = None
    schema_name: str | None = Field(default=None, alias="schema")
    endpoint: str | None = None
    call: int | None = Field(default=None, ge=1)
    times: int = Field(default=FOREVER, ge=FOREVER)
    delay: float = Field(default=0.0, ge=0)
    status: int | None = None
    error: str | None = None
    body: dict[str, object] | None = None
    text: str | None = None
    json_: dict[str, object] | None = Field(default=None, alias="json")
    merge: dict[str, object] | None = None
    cut: int | None = Field(default=None, ge=0)
    refusal: str | None = None
    rubbish: bool = False
    drop: bool = False
    market: Trouble | None = Field(
        default=None,
        description="what a web search for prices runs into: one, none: so many listings; nothing:"
        " no listing and no range; uncited: links that stand in no source; foreign: links to other"
        " sites; outliers: one 10 times too dear, one 20 times too cheap; currencies: 45к and $500"
        " among roubles; mixed: new among used; artifacts: no citations, their marks in the JSON;"
        " injection: a title gives orders; inverted: the range's ends swapped",
    )


class ScriptIn(Strict):
    rules: list[RuleIn]
