"""What many asking prices say together: pure, in Decimal, robust against those that lie.

Log-median and MAD: a price ten times too high and one twenty times too low are equally far. The
figures behind the constants: with 15 % of wrong listings and five in all the median is off by 13 %
on average, with two by 26 %; the true median lies in the quartiles 54 to 57 % of the time at five,
90 % at fifteen. So what comes out is the market's range, never an interval for one price.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.ports.prices import Condition, Listing
from core.pricing.links import canonical
from core.pricing.sums import convert, read_sum

FEWEST = 2  # below it there is no market price
FIRM = 5  # from here on a draft may say it; below four the card warns
WEAK_BELOW = 4
_TRIMMED_FROM = 4
_MAD_TO_SIGMA = Decimal("1.4826")
_LEAST_SIGMA = Decimal("0.10")
_SIGMAS = 3
_WHOLE = Decimal(1)
# Where the customer did not say: what this store deals in first, whatever is more numerous then.
_PREFERRED = (Condition.USED, Condition.CONTRACT, Condition.UNKNOWN, Condition.NEW)


@dataclass(frozen=True, slots=True)
class Offer:
    """A listing whose price was read and counted in the market's currency."""

    title: str
    price: Decimal
    url: str
    condition: Condition
    written: str  # the price as it stands there


@dataclass(frozen=True, slots=True)
class Market:
    """Prices of one condition in one currency, whole units; `offers` by price."""

    condition: Condition
    currency: str
    n: int
    lowest: Decimal
    quarter: Decimal
    median: Decimal
    three_quarters: Decimal
    highest: Decimal
    left_out: int
    offers: tuple[Offer, ...]


def appraise(listings: Iterable[Listing], *, currency: str, wanted: Condition) -> Market | None:
    """The market of what was wanted; None with fewer than two different listings of it."""
    groups: dict[Condition, list[Offer]] = {condition: [] for condition in _PREFERRED}
    for offer in _different(listings, currency):
        groups[offer.condition].append(offer)
    chosen = groups[wanted] if wanted is not Condition.UNKNOWN else _likeliest(groups)
    kept = without_outliers(sorted(chosen, key=lambda offer: (offer.price, offer.url)))
    if len(kept) < FEWEST:
        return None
    prices = [offer.price for offer in kept]
    return Market(
        condition=kept[0].condition,
        currency=currency,
        n=len(kept),
        lowest=_whole(prices[0]),
        quarter=_whole(quantile(prices, Decimal("0.25"))),
        median=_whole(quantile(prices, Decimal("0.5"))),
        three_quarters=_whole(quantile(prices, Decimal("0.75"))),
        highest=_whole(prices[-1]),
        left_out=len(chosen) - len(kept),
        offers=tuple(kept),
    )


def without_outliers(offers: Sequence[Offer]) -> list[Offer]:
    """Those within three sigmas of the log-median; of fewer than four nobody can tell."""
    if len(offers) < _TRIMMED_FROM:
        return list(offers)
    logs = [offer.price.ln() for offer in offers]
    middle = quantile(sorted(logs), Decimal("0.5"))
    spread = quantile(sorted(abs(log - middle) for log in logs), Decimal("0.5"))
    reach = _SIGMAS * max(_MAD_TO_SIGMA * spread, _LEAST_SIGMA)
    return [offer for offer, log in zip(offers, logs, strict=True) if abs(log - middle) <= reach]


def quantile(ordered: Sequence[Decimal], share: Decimal) -> Decimal:
    """Between the two nearest, in proportion."""
    place = share * (len(ordered) - 1)
    below = int(place)
    if below + 1 >= len(ordered):
        return ordered[below]
    low, high = ordered[below], ordered[below + 1]
    return low + (high - low) * (place - below)


def _different(listings: Iterable[Listing], currency: str) -> list[Offer]:
    """Read and counted, each once: an offer on two pages, or one page twice, is one offer."""
    pages: set[str] = set()
    said: set[tuple[str, str, Decimal]] = set()
    offers = []
    for listing in listings:
        address, read = canonical(listing.url), read_sum(listing.price)
        price = convert(*read, currency) if read is not None else None
        if address is None or price is None:
            continue
        same = (_plain(listing.seller), _plain(listing.title), price)
        if address in pages or same in said:
            continue
        pages.add(address)
        said.add(same)
        offers.append(Offer(listing.title, price, listing.url, listing.condition, listing.price))
    return offers


def _likeliest(groups: dict[Condition, list[Offer]]) -> list[Offer]:
    """The most numerous; new parts only where nothing else is offered twice."""
    used = [groups[c] for c in _PREFERRED if c is not Condition.NEW and len(groups[c]) >= FEWEST]
    return max(used, key=len) if used else groups[Condition.NEW]


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _whole(amount: Decimal) -> Decimal:
    return amount.quantize(_WHOLE)
