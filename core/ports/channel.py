"""A messenger, as the core sees it: one interface for every kind of channel."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID


class ChannelKind(StrEnum):
    TELEGRAM_BOT = "telegram_bot"
    TELEGRAM_BUSINESS = "telegram_business"
    TELEGRAM_PERSONAL = "telegram_personal"
    WHATSAPP_BUSINESS = "whatsapp_business"
    WHATSAPP_PERSONAL = "whatsapp_personal"
    MAX_BOT = "max_bot"
    MAX_PERSONAL = "max_personal"
    WEB_CHAT = "web_chat"


class AttachmentKind(StrEnum):
    PHOTO = "photo"
    VIDEO = "video"
    VOICE = "voice"
    VIDEO_NOTE = "video_note"
    AUDIO = "audio"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class InboundFile:
    """A file of a message, not fetched yet."""

    kind: AttachmentKind
    external_file_id: str | None
    name: str | None = None
    mime: str | None = None
    size: int | None = None  # bytes
    seconds: int | None = None
    too_big: bool = False  # the channel will not hand it over


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A customer's message, or the owner's own from the phone, in no vendor's terms."""

    external_chat_id: str
    external_message_id: str
    external_user_id: str
    user_name: str
    text: str
    at: datetime
    username: str | None = None
    language: str | None = None
    from_owner: bool = False
    reply_to_external_id: str | None = None
    album_key: str | None = None
    files: tuple[InboundFile, ...] = ()
    details: dict[str, object] = field(default_factory=dict)  # a location, a contact


@dataclass(frozen=True, slots=True)
class InboundEdit:
    """A message was changed by who wrote it."""

    external_chat_id: str
    external_message_id: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class InboundDelete:
    """A message was taken back by who wrote it."""

    external_chat_id: str
    external_message_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reachability:
    """The customer stopped the conversation, or opened it again."""

    external_chat_id: str
    external_user_id: str
    reachable: bool
    at: datetime


Inbound = InboundMessage | InboundEdit | InboundDelete | Reachability


@dataclass(frozen=True, slots=True)
class Sent:
    """It arrived, under this id."""

    external_message_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Rejected:
    """It did not arrive and will not: `why` is a key of locales (`channel.blocked`)."""

    why: str
    customer_unreachable: bool = False


@dataclass(frozen=True, slots=True)
class Later:
    """It did not arrive; the channel asks for patience, or could not be reached at all."""

    seconds: float
    why: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """It may have arrived: sending again could repeat it."""

    why: str


SendOutcome = Sent | Rejected | Later | Unsure


@dataclass(frozen=True, slots=True)
class Outbound:
    """A reply to send: the key is ours and stays the same if it is sent again."""

    key: UUID
    external_chat_id: str
    text: str
    reply_to_external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a channel can do; what it cannot is refused before it is tried."""

    typing: bool = False
    read_receipts: bool = False
    edit: bool = False
    delete: bool = False
    attachments: bool = False
    quoted_reply: bool = False
    reactions: bool = False
    delivery_status: bool = False
    takes_our_key: bool = False  # a repeated send under one key arrives once
    longest_text: int = 4096  # UTF-16 units
    largest_download: int = 20 * 1024 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class RawUpdate:
    """A vendor's update as it came: kept before it is acknowledged, read afterwards.

    `lane` is the chat: updates of one lane are read in order, one at a time.
    """

    external_id: str
    lane: str
    payload: str


@dataclass(frozen=True, slots=True)
class Account:
    """A connected account with its secret open: never stored, never logged."""

    tenant_id: UUID
    id: UUID
    external_id: str
    name: str
    secret: str = field(repr=False)
    webhook_secret: str = field(default="", repr=False)
    config: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Profile:
    """How the channel itself shows an account."""

    external_id: str
    name: str
    username: str | None = None


Keep = Callable[[list[RawUpdate]], Awaitable[None]]


class Session(Protocol):
    """One open account. Its methods raise ChannelTrouble and AccountLost."""

    @property
    def profile(self) -> Profile: ...

    async def pull(self, keep: Keep) -> None:
        """Fetch updates for ever: `keep` makes a batch durable, only then is it acknowledged.

        An empty batch says that the channel is alive and has nothing new.
        """

    async def send(self, message: Outbound) -> SendOutcome: ...

    async def typing(self, external_chat_id: str) -> None: ...

    def fetch(self, external_file_id: str) -> AsyncGenerator[bytes, None]:
        """The bytes of a file; raises FileTooBig or FileGone."""

    async def probe(self) -> None:
        """Raise AccountLost if the account no longer works."""

    async def close(self) -> None: ...


class Connector(Protocol):
    """One kind of channel."""

    kind: ChannelKind
    capabilities: Capabilities

    def read(self, update: RawUpdate) -> list[Inbound]:
        """Pure: what an update says. Raises Unreadable for what is not an update at all."""

    async def open(self, account: Account) -> Session: ...


class FileTooBig(Exception):
    """The channel will not hand the file over."""


class FileGone(Exception):
    """The channel no longer has the file."""


class Unreadable(Exception):
    """Not an update this channel knows: parked with its reason, never retried for ever."""


class ChannelTrouble(Exception):
    """The channel cannot be used just now: `why` is a key of locales, later may go better."""

    def __init__(self, why: str, *, seconds: float | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.seconds = seconds  # what the channel asks to wait


class AccountLost(Exception):
    """The token was revoked, or the account is banned: a person must act."""

    def __init__(self, why: str, *, banned: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.banned = banned
