"""The operators' bot, as far as those need it who only point at it: its id and its name."""

import httpx
from pydantic import SecretStr

from core.kernel.errors import DomainError, Kind
from core.kernel.transaction import refuse_inside_transaction

_TELEGRAM = "https://api.telegram.org"
_PATIENCE_SECONDS = 10.0


class OperatorBot:
    """Asked once for its name, which is remembered for the life of the process."""

    def __init__(self, token: SecretStr | None, api_base: str | None = None) -> None:
        self._token = token or SecretStr("")
        self._base = api_base or _TELEGRAM
        self._username: str | None = None

    @property
    def id(self) -> int:
        """The number in front of the token's colon; 0 for a token that has none."""
        number = self._token.get_secret_value().partition(":")[0]
        return int(number) if number.isascii() and number.isdecimal() else 0

    async def username(self) -> str:
        """As in t.me/<username>; UNAVAILABLE when Telegram does not say."""
        if self._username is None:
            refuse_inside_transaction("Telegram")
            self._username = await self._ask()
        return self._username

    async def _ask(self) -> str:
        address = f"{self._base}/bot{self._token.get_secret_value()}/getMe"
        try:
            async with httpx.AsyncClient(timeout=_PATIENCE_SECONDS) as client:
                answer = (await client.get(address)).json()
            return str(answer["result"]["username"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            # Neither the address nor the cause is kept: both carry the token.
            raise DomainError(Kind.UNAVAILABLE, "error.telegram_silent") from None
