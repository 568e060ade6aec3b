"""Signing in: a bot's token is all there is to it."""

from connectors.telegram_bot.client import TelegramBotConnector
from core.kernel.errors import DomainError, Kind
from core.ports.channel import AccountLost, ChannelTrouble, Profile
from core.ports.telegram import bot_id_of


async def identify(api_base: str | None, token: str) -> Profile:
    """Whose token it is, asked of Telegram; a DomainError says what is wrong with it."""
    if bot_id_of(token) is None:
        raise DomainError(Kind.INVALID, "channel.token_malformed", field="token")
    connector = TelegramBotConnector(api_base)
    try:
        return await connector.profile(token.strip())
    except AccountLost as lost:
        raise DomainError(Kind.INVALID, "channel.token_refused", field="token") from lost
    except ChannelTrouble as trouble:
        raise DomainError(Kind.UNAVAILABLE, trouble.why) from trouble
    finally:
        await connector.close()
