"""What asking prices say together: properties that hold for any market."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from core.ports.prices import Condition, Listing
from core.pricing.statistics import Market, appraise

USED = Condition.USED


def listing(price: object, n: int = 0, **changes: object) -> Listing:
    plain = Listing(
        title=f"АКПП, лот {n}",
        price=f"{price} ₽",
        condition=USED,
        seller=f"Разбор {n}",
        url=f"https://www.avito.ru/{n}",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def written(n: int, price: str) -> Listing:
    return replace(listing(0, n), price=price)


def listings(prices: list[int]) -> list[Listing]:
    return [listing(price, n) for n, price in enumerate(prices)]


def market(found: list[Listing], wanted: Condition = USED) -> Market:
    appraised = appraise(found, currency="RUB", wanted=wanted)
    assert appraised is not None
    return appraised


prices = st.lists(st.integers(1_000, 5_000_000), min_size=2, max_size=30)
fair = st.lists(st.integers(40_000, 52_000), min_size=5, max_size=25)


@given(prices)
def test_the_figures_stand_in_order_and_within_what_is_asked(asked: list[int]) -> None:
    found = market(listings(asked))
    assert min(asked) <= found.lowest <= found.quarter <= found.median
    assert found.median <= found.three_quarters <= found.highest <= max(asked)
    assert found.n + found.left_out == len(asked)
    assert found.n == len(found.offers) >= 2


@given(prices, st.randoms())
def test_the_order_of_listings_says_nothing(asked: list[int], random: object) -> None:
    shuffled = listings(asked)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = market(listings(asked)), market(shuffled)
    assert replace(one, offers=()) == replace(other, offers=())


@given(fair)
def test_no_honest_price_near_the_others_is_left_out(asked: list[int]) -> None:
    assert market(listings(asked)).left_out == 0


@given(fair, st.sampled_from([10, 12, 20]), st.booleans())
def test_a_lie_moves_neither_end(asked: list[int], times: int, dear: bool) -> None:  # noqa: FBT001
    middle = sorted(asked)[len(asked) // 2]
    lie = middle * times if dear else middle // times
    found = market(listings([*asked, lie]))
    assert found.left_out == 1
    assert min(asked) <= found.lowest
    assert found.highest <= max(asked)


@given(prices)
def test_the_same_offer_seen_twice_is_one(asked: list[int]) -> None:
    once = listings(asked)
    marked = [replace(one, url=f"{one.url}?utm_source=openai") for one in once]
    reposted = [replace(one, url=f"https://baza.drom.ru/{n}") for n, one in enumerate(once)]
    assert replace(market([*once, *marked, *reposted]), offers=()) == replace(
        market(once), offers=()
    )


@given(prices, prices)
def test_new_and_used_are_never_one_market(used: list[int], new: list[int]) -> None:
    news = [listing(p, 1000 + n, condition=Condition.NEW) for n, p in enumerate(new)]
    both = [*listings(used), *news]
    assert replace(market(both), offers=()) == replace(market(listings(used)), offers=())
    dear = market(both, Condition.NEW)
    assert {offer.condition for offer in dear.offers} == {Condition.NEW}
    assert market(both, Condition.UNKNOWN).condition is USED


def test_fewer_than_two_are_no_market() -> None:
    assert appraise([], currency="RUB", wanted=USED) is None
    assert appraise(listings([45_000]), currency="RUB", wanted=USED) is None
    new = [listing(45_000, 2, condition=Condition.NEW)]
    assert appraise([*listings([45_000]), *new], currency="RUB", wanted=USED) is None


def test_what_is_no_price_is_not_counted() -> None:
    found = market(
        [
            listing("45 000", 1),
            written(2, "по запросу"),
            written(3, "от 30 000 до 60 000 ₽"),
            written(4, "47к"),
            listing("1", 5),
        ]
    )
    assert [offer.price for offer in found.offers] == [Decimal(45_000), Decimal(47_000)]


def test_currencies_are_one_by_the_dated_table_and_the_original_is_kept() -> None:
    found = market([listing("40 000", 1), written(2, "$500")])
    dollars = next(offer for offer in found.offers if offer.written == "$500")
    assert dollars.price == Decimal(500) * Decimal("78.5")
    tenge = appraise([listing("40 000", 1), listing("41 000", 2)], currency="KZT", wanted=USED)
    assert tenge is not None
    assert 200_000 < tenge.median < 400_000
    assert appraise([listing(40_000, 1), listing(41_000, 2)], currency="XAU", wanted=USED) is None
