"""The reader's language: texts by key from locales/, and figures in the reader's manner."""

from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_symbol
from babel.support import Translations

LANGUAGES = ("ru", "en")
LOCALES = Path(__file__).parents[2] / "locales"
_THIN = "\u202f"
_MINUTE, _HOUR = 60, 3600


@lru_cache
def _catalogue(language: str) -> GNUTranslations | NullTranslations:
    found = Translations.load(LOCALES, [language])
    if isinstance(found, GNUTranslations):
        return found
    raise LookupError(f"locales/{language} is not compiled: run `make i18n`")


def language_or_default(language: str | None) -> str:
    """The nearest language we speak."""
    short = (language or "").split("-")[0].split("_")[0].lower()
    if short in LANGUAGES:
        return short
    return "ru" if short in {"be", "kk", "uk", "uz", "ky"} or not short else "en"


def knows(key: str, language: str) -> bool:
    return _catalogue(language).gettext(key) != key


class Speaker:
    """Speaks one language: `say("card.waiting", minutes=2)`."""

    def __init__(self, language: str | None, time_zone: str = "Europe/Moscow") -> None:
        self.language = language_or_default(language)
        self.zone = ZoneInfo(time_zone)
        self._catalogue = _catalogue(self.language)

    def say(self, key: str, /, **values: object) -> str:
        """The text of a key, its `{places}` filled; an unknown key is said as it is."""
        text = self._catalogue.gettext(key)
        return text.format(**values) if values else text

    def count(self, key: str, n: int, /, **values: object) -> str:
        """The form of a key that suits a number: «1 диалог», «2 диалога»."""
        return self._catalogue.ngettext(key, key, n).format(n=n, **values)

    def money(self, amount: Decimal, currency: str) -> str:
        """«45 000 ₽» with thin spaces; kopecks only where there are any."""
        whole = amount == amount.to_integral_value()
        figure = f"{amount:,.0f}" if whole else f"{amount:,.2f}"
        symbol = get_currency_symbol(currency, locale="ru")
        if self.language == "ru":
            return f"{figure.replace(',', _THIN).replace('.', ',')}\u00a0{symbol}"
        return f"{figure.replace(',', _THIN)}\u00a0{symbol}"

    def clock(self, moment: datetime) -> str:
        """12:03 in the reader's zone."""
        return f"{moment.astimezone(self.zone):%H:%M}"

    def ago(self, moment: datetime, now: datetime) -> str:
        """Relative up to an hour, the time of day after, the date after a day."""
        seconds = max(0, int((now - moment).total_seconds()))
        if seconds < _MINUTE:
            return self.say("time.just_now")
        if seconds < _HOUR:
            return self.say("time.minutes", n=seconds // _MINUTE)
        if moment.astimezone(self.zone).date() == now.astimezone(self.zone).date():
            return self.say("time.since", clock=self.clock(moment))
        return f"{moment.astimezone(self.zone):%d.%m %H:%M}"
