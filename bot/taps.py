"""What a button says when it is pressed: at most 64 bytes, ids only, never a name or a text."""

import base64
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from aiogram.filters.callback_data import CallbackData
from pydantic import BeforeValidator, PlainSerializer

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_TAIL_LENGTH = 5
_COMPACT_LENGTH = 22


def compact(id_: UUID) -> str:
    """A UUID in 22 characters."""
    return base64.urlsafe_b64encode(id_.bytes).decode().rstrip("=")


def expand(text: object) -> object:
    """The UUID of 22 characters; anything else is left for the validator to refuse."""
    if not isinstance(text, str):
        return text
    if len(text) != _COMPACT_LENGTH or not text.isascii():
        raise ValueError("not a compact id")
    return UUID(bytes=base64.urlsafe_b64decode(f"{text}=="))


CompactId = Annotated[UUID, BeforeValidator(expand), PlainSerializer(compact)]


class Act(StrEnum):
    """What a button of a card does."""

    APPROVE = "a"
    EDIT = "e"
    ABANDON_EDIT = "ea"
    WRITE = "w"
    ABANDON_WRITE = "wa"
    REGENERATE = "g"
    LOOK_UP_PRICE = "pk"
    UNDO = "u"
    ARRIVED = "y"
    SEND_AGAIN = "n"
    CLAIM = "c"
    RELEASE = "b"
    REOPEN = "q"
    RESOLVE = "z"
    SHOW_MAIN = "p0"
    SHOW_MORE = "pm"
    SHOW_REJECT = "pr"
    SHOW_ESCALATE = "pe"
    SHOW_MODES = "po"
    REJECT_WRONG = "r1"
    REJECT_TONE = "r2"
    REJECT_MISSING = "r3"
    REJECT_SELF = "r4"
    ESCALATE_COMPLAINT = "e1"
    ESCALATE_UNUSUAL = "e2"
    ESCALATE_OWNER = "e3"
    ESCALATE_OTHER = "e4"
    MODE_LEARNING = "m1"
    MODE_SEMI_AUTO = "m2"
    MODE_AUTO = "m3"


PAGES = {
    Act.SHOW_MAIN: "main",
    Act.SHOW_MORE: "more",
    Act.SHOW_REJECT: "reject",
    Act.SHOW_ESCALATE: "escalate",
    Act.SHOW_MODES: "modes",
}
REJECTIONS = {
    Act.REJECT_WRONG: "wrong",
    Act.REJECT_TONE: "tone",
    Act.REJECT_MISSING: "missing",
    Act.REJECT_SELF: "self",
}
ESCALATIONS = {
    Act.ESCALATE_COMPLAINT: "complaint",
    Act.ESCALATE_UNUSUAL: "unusual",
    Act.ESCALATE_OWNER: "owner",
    Act.ESCALATE_OTHER: "other",
}
MODES = {
    Act.MODE_LEARNING: "learning",
    Act.MODE_SEMI_AUTO: "semi_auto",
    Act.MODE_AUTO: "auto",
}


class CardTap(CallbackData, prefix="c"):
    """A button of a card. `stamp` is what the operator saw: see `stamp_of`."""

    tenant: CompactId
    card: CompactId
    act: Act
    stamp: str = "0"


class InboxTap(CallbackData, prefix="i"):
    """A tab of the inbox, at a page of it."""

    tenant: CompactId
    tab: str
    page: int = 0


class OpenTap(CallbackData, prefix="o"):
    """A conversation of the inbox: a fresh card of it."""

    tenant: CompactId
    conversation: CompactId


class InviteTap(CallbackData, prefix="v"):
    """A role to invite somebody for."""

    tenant: CompactId
    role: str


class LanguageTap(CallbackData, prefix="l"):
    language: str


class ConnectTap(CallbackData, prefix="k"):
    """Under the question for a token: think better of it."""

    tenant: CompactId


class NewStoreTap(CallbackData, prefix="n"):
    """«Создать магазин»; with `cancel`, under the question for its name, think better of it."""

    cancel: bool = False


class AutosendTap(CallbackData, prefix="x"):
    """Under /autosend: `do` is `issue`, `withdraw`, `replay` or `review`."""

    tenant: CompactId
    do: str
    intent: str = ""


class ReviewTap(CallbackData, prefix="r"):
    """A verdict on a reply that one is asked to judge."""

    tenant: CompactId
    review: CompactId
    verdict: str


def stamp_of(subject: UUID, version: int = 0) -> str:
    """Names one version of one draft or reply in a few characters.

    Regenerated drafts are rows of their own and count their versions anew, so the version alone
    would let an old button approve a newer text. The tail of a UUIDv7 is random: 30 bits of it.
    """
    return _tail(subject) + _base36(version)


def is_of(stamp: str, subject: UUID) -> bool:
    """Whether the stamp names this draft or reply, whatever its version."""
    return stamp[:_TAIL_LENGTH] == _tail(subject)


def version_of(stamp: str) -> int:
    """The version a stamp carries; -1 for what is no stamp."""
    try:
        return int(stamp[_TAIL_LENGTH:], 36)
    except ValueError:
        return -1


def _tail(subject: UUID) -> str:
    return compact(subject)[-_TAIL_LENGTH - 1 : -1]


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"
