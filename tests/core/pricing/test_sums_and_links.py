"""Prices as they are written, and addresses as they are disguised."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.pricing.links import SEARCHED, canonical, site_of
from core.pricing.sums import read_sum


@pytest.mark.parametrize(
    ("written", "amount", "currency"),
    [
        ("45 000 ₽", "45000", "RUB"), ("45\u202f000\u00a0₽", "45000", "RUB"), ("45к", "45000", "RUB"),
        ("$500", "500", "USD"), ("500 USD", "500", "USD"), ("45.000 руб.", "45000", "RUB"),
        ("45,5 тыс. руб.", "45500", "RUB"), ("45 т.р.", "45000", "RUB"), ("45000", "45000", "RUB"),
        ("1 200 000 ₸", "1200000", "KZT"), ("Цена: 45 000 руб/шт", "45000", "RUB"),
        ("45 000.50 ₽", "45000.50", "RUB"), ("€1,200", "1200", "EUR"),
    ],
)  # fmt: skip
def test_a_sum_is_read_as_it_is_meant(written: str, amount: str, currency: str) -> None:
    assert read_sum(written) == (Decimal(amount), currency)


@pytest.mark.parametrize(
    "written",
    ["по запросу", "", "от 30 000 до 50 000 ₽", "500$ / 40 000 ₽", "12 ₽", "4 500 0", "от 45 000 ₽",
     "скидка 45 000 ₽", "1e9 ₽", "999 999 999 999 ₽", "−45 000 ₽", "45 000 фантиков"],
)  # fmt: skip
def test_a_price_that_needs_guessing_is_none(written: str) -> None:
    assert read_sum(written) is None


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading(written: str) -> None:
    read = read_sum(written)
    assert read is None or read[0] > 0


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.avito.ru/moskva/akpp_1?utm_source=openai", "avito.ru"),
        ("https://m.avito.ru/moskva/akpp_1", "avito.ru"),
        ("http://baza.drom.ru/x.html", "drom.ru"),
        ("https://AUTOPITER.RU./goods/1", "autopiter.ru"),
        ("https://avito.ru.evil.com/1", None),
        ("https://evilavito.ru/1", None),
        ("https://avito.ru@evil.com/1", None),
        ("https://evil.com/?u=avito.ru", None),
        ("https://evil.com#avito.ru", None),
        ("https://аvito.ru/1", None),  # its first letter is Cyrillic
        ("javascript:alert('avito.ru')", None),
        ("avito.ru/1", None),
        ("https://[::1/1", None),
        ("https://avito.ru/" + "a" * 600, None),
        ("https://avito.ru/a b", None),
    ],
)
def test_a_page_is_on_a_site_only_by_its_host(url: str, site: str | None) -> None:
    assert site_of(url, SEARCHED) == site


def test_one_page_has_one_spelling() -> None:
    spellings = {
        "https://www.avito.ru/moskva/akpp_1?utm_source=openai",
        "http://m.avito.ru/moskva/akpp_1/?context=H4sI#photo",
        "https://avito.ru:443/moskva/akpp_1",
    }
    assert {canonical(url) for url in spellings} == {"avito.ru/moskva/akpp_1"}
    assert canonical("https://drom.ru/x?id=1") != canonical("https://drom.ru/x?id=2")


@given(st.text(max_size=60))
def test_no_address_breaks_the_reading(url: str) -> None:
    assert canonical(f"https://{url}") is None or site_of(f"https://{url}", SEARCHED) is None
