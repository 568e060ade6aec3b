"""What failed requests to the Bot API come to.

What matters of a failed send is whether Telegram can have taken it. Before a connection stands
nothing has been written, so it cannot: a refused connection, an unknown name, a failed TLS
handshake, a connection not made in time. After that anything but an answer is a doubt.
"""

from aiogram.exceptions import (
    AiogramError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiohttp import ClientConnectorError, ConnectionTimeoutError, ServerFingerprintMismatch

from core.ports.channel import (
    AccountLost,
    ChannelTrouble,
    Later,
    Rejected,
    SendOutcome,
    Unsure,
)

_UNREACHABLE_PATIENCE_SECONDS = 2.0
_LOST_PATIENCE_SECONDS = 60.0
_NOT_WRITTEN = (ClientConnectorError, ConnectionTimeoutError, ServerFingerprintMismatch)


def outcome_of(problem: AiogramError) -> SendOutcome:
    """What a send that raised has come to."""
    match problem:
        case TelegramRetryAfter():
            return Later(float(problem.retry_after), "channel.slow_down")
        case TelegramForbiddenError():
            return Rejected("channel.blocked", customer_unreachable=True)
        case TelegramMigrateToChat():
            return Rejected("channel.chat_not_found", customer_unreachable=True)
        case TelegramBadRequest():
            return _refused(problem.message.lower())
        case TelegramEntityTooLarge():
            return Rejected("channel.too_long")
        case TelegramUnauthorizedError() | TelegramNotFound():
            # Not taken; that the account is lost, the next poll or check says.
            return Later(_LOST_PATIENCE_SECONDS, "channel.token_revoked")
        case TelegramNetworkError() if isinstance(problem.__cause__, _NOT_WRITTEN):
            return Later(_UNREACHABLE_PATIENCE_SECONDS, "channel.unreachable")
        case TelegramNetworkError():
            return Unsure("channel.no_answer")
        case _:
            return Unsure("channel.failing")


def _refused(description: str) -> Rejected:
    if "chat not found" in description or "peer_id_invalid" in description:
        return Rejected("channel.chat_not_found", customer_unreachable=True)
    if "too long" in description:
        return Rejected("channel.too_long")
    if "text is empty" in description or "text must be non-empty" in description:
        return Rejected("channel.empty")
    return Rejected("channel.refused")


def trouble(problem: AiogramError) -> Exception:
    """A failed request in the port's terms, for whatever may be asked again."""
    match problem:
        case TelegramUnauthorizedError():
            return AccountLost("channel.token_revoked")
        case TelegramNotFound():
            return AccountLost("channel.token_refused")
        case TelegramConflictError():
            return ChannelTrouble("channel.used_elsewhere")
        case TelegramRetryAfter():
            return ChannelTrouble("channel.slow_down", seconds=float(problem.retry_after))
        case TelegramNetworkError():
            return ChannelTrouble("channel.unreachable")
        case _:
            return ChannelTrouble("channel.failing")
