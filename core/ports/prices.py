"""The market, as the core sees it: used parts' prices looked for on the web, with their links."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from core.ports.ai import Usage

# Grows with the instructions: what older ones found is not served for an answer to new ones.
PROMPT_VERSION = 1


class Condition(StrEnum):
    """What is for sale. The four are never counted together; `unknown` asked for means any."""

    USED = "used"
    CONTRACT = "contract"  # taken off a car abroad, without mileage in the country
    NEW = "new"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PriceQuestion:
    """All that leaves the house: a part and the car it is for. Never a name or a phone."""

    part: str
    code: str = ""  # what is stamped on it: U250E
    car: str = ""
    year: str = ""
    condition: Condition = Condition.UNKNOWN

    def plain(self) -> dict[str, str]:
        """As it is kept and sent: only what is known."""
        fields = {"part": self.part, "code": self.code, "car": self.car, "year": self.year}
        return {**{k: v for k, v in fields.items() if v}, "condition": str(self.condition)}

    @classmethod
    def restore(cls, kept: Mapping[str, str]) -> "PriceQuestion":
        return cls(**{**kept, "condition": Condition(kept["condition"])})  # type: ignore[arg-type]

    @property
    def words(self) -> str:
        """«АКПП U250E Toyota Camry 40 2008»."""
        return " ".join(filter(None, (self.part, self.code, self.car, self.year)))


@dataclass(frozen=True, slots=True)
class Listing:
    """An offer as it stands on a page; `price` is written as it is there."""

    title: str
    price: str
    condition: Condition
    seller: str
    url: str


@dataclass(frozen=True, slots=True)
class Listings:
    """What a search brought. Each one's link was cited by the search itself."""

    listings: tuple[Listing, ...]
    usage: Usage


@dataclass(frozen=True, slots=True)
class Estimate:
    """{priceMin, priceMax}: what a model makes of what it read, in `currency`.

    Neither, where nothing was read to make it of.
    """

    lowest: Decimal | None
    highest: Decimal | None
    currency: str
    links: tuple[str, ...]
    usage: Usage


class PriceSearch(Protocol):
    """Looks for prices on the web; each call may take a minute."""

    model: str

    async def search_used_transmission_price(self, question: PriceQuestion) -> Listings:
        """Real listings, none if there are none. Raises AiFailure, whose usage is all it took."""

    async def estimate_price_from_ai(self, question: PriceQuestion) -> Estimate:
        """A range, or none. Raises AiFailure."""

    async def close(self) -> None:
        """Let go of the connections."""
