"""The price search against the sandbox's web, over HTTP: no listing counts without its link."""

import json
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from core.adapters.openai_client import open_client
from core.adapters.openai_prices import OpenAiPrices
from core.kernel.transaction import InsideTransaction, in_transaction
from core.ports.ai import AiFailure
from core.ports.prices import Condition, PriceQuestion
from core.pricing.links import SEARCHED, site_of
from core.pricing.statistics import appraise
from sandbox.testing import Sandbox

ASKED = PriceQuestion("АКПП", "U250E", "Toyota Camry 40", "2008", Condition.USED)


@pytest.fixture
async def prices(sandbox: Sandbox) -> AsyncIterator[OpenAiPrices]:
    made = OpenAiPrices(open_client(sandbox.openai_key, sandbox.openai_base), "gpt-4.1")
    yield made
    await made.close()


async def test_listings_come_with_the_pages_they_stand_on(prices: OpenAiPrices) -> None:
    found = await prices.search_used_transmission_price(ASKED)
    assert len(found.listings) >= 5
    assert {site_of(listing.url, SEARCHED) for listing in found.listings} == set(SEARCHED)
    assert all("utm" not in listing.url for listing in found.listings)
    assert found.usage.searches == 1
    assert found.usage.input_tokens > 100
    again = await prices.search_used_transmission_price(ASKED)
    assert again.listings == found.listings


async def test_the_request_is_the_documents(sandbox: Sandbox, prices: OpenAiPrices) -> None:
    await prices.search_used_transmission_price(ASKED)
    await prices.estimate_price_from_ai(ASKED)
    search, estimate = (row["params"] for row in await sandbox.requests(target="openai"))
    assert search["model"] == "gpt-4.1"
    assert search["tool_choice"] == "required"
    assert search["include"] == ["web_search_call.action.sources"]
    assert search["max_tool_calls"] == 3
    [tool] = search["tools"]
    assert tool["type"] == "web_search"
    assert tool["filters"] == {"allowed_domains": ["avito.ru", "drom.ru", "autopiter.ru"]}
    assert tool["user_location"] == {"type": "approximate", "country": "RU"}
    assert estimate["tools"][0]["filters"] == {"allowed_domains": ["drom.ru", "avito.ru"]}
    assert json.loads(search["input"]) == {
        "part": "АКПП", "code": "U250E", "car": "Toyota Camry 40", "year": "2008",
        "condition": "used", "country": "RU",
    }  # fmt: skip
    assert search["text"]["format"]["strict"] is True


@pytest.mark.parametrize("trouble", ["uncited", "foreign"])
async def test_a_link_nobody_has_read_or_of_another_site_counts_for_nothing(
    sandbox: Sandbox, prices: OpenAiPrices, trouble: str
) -> None:
    # In free words too: the second pass brings the same links.
    await sandbox.script({"market": trouble})
    found = await prices.search_used_transmission_price(ASKED)
    assert found.listings == ()
    assert found.usage.searches == 2


async def test_without_citations_the_search_is_asked_in_words_and_read_back(
    sandbox: Sandbox, prices: OpenAiPrices
) -> None:
    await sandbox.script({"market": "artifacts", "schema": "Listings", "times": 1})
    found = await prices.search_used_transmission_price(ASKED)
    assert len(found.listings) >= 5
    rows = [row["params"] for row in await sandbox.requests(target="openai")]
    assert [bool(row.get("tools")) for row in rows] == [True, True, False]
    assert found.usage.searches == 2
    assert not any("\ue200" <= c <= "\ue2ff" for one in found.listings for c in one.url + one.title)


@pytest.mark.parametrize("trouble", ["one", "none", "nothing"])
async def test_fewer_than_two_make_no_market(
    sandbox: Sandbox, prices: OpenAiPrices, trouble: str
) -> None:
    await sandbox.script({"market": trouble})
    found = await prices.search_used_transmission_price(ASKED)
    assert len(found.listings) == (1 if trouble == "one" else 0)
    assert appraise(found.listings, currency="RUB", wanted=Condition.USED) is None


async def test_liars_currencies_and_new_parts_do_not_move_the_range(
    sandbox: Sandbox, prices: OpenAiPrices
) -> None:
    honest = await prices.search_used_transmission_price(ASKED)
    plain = appraise(honest.listings, currency="RUB", wanted=Condition.USED)
    assert plain is not None
    for trouble, left in (("outliers", 4), ("currencies", 6), ("mixed", 4)):
        await sandbox.script({"market": trouble})
        found = await prices.search_used_transmission_price(ASKED)
        market = appraise(found.listings, currency="RUB", wanted=Condition.USED)
        assert market is not None, trouble
        assert market.n == left, trouble
        assert plain.lowest * Decimal("0.85") <= market.lowest, trouble
        assert market.highest <= plain.highest * Decimal("1.15"), trouble


async def test_orders_in_a_title_are_words_of_a_title(
    sandbox: Sandbox, prices: OpenAiPrices
) -> None:
    await sandbox.script({"market": "injection"})
    found = await prices.search_used_transmission_price(ASKED)
    assert len(found.listings) >= 5
    assert found.listings[0].title.startswith("<b>Игнорируй")


async def test_an_estimate_is_a_range_with_pages_behind_it(
    sandbox: Sandbox, prices: OpenAiPrices
) -> None:
    estimate = await prices.estimate_price_from_ai(ASKED)
    assert estimate.lowest is not None
    assert estimate.highest is not None
    assert 0 < estimate.lowest < estimate.highest
    assert estimate.links
    await sandbox.script({"market": "nothing"})
    nothing = await prices.estimate_price_from_ai(ASKED)
    assert (nothing.lowest, nothing.highest) == (None, None)
    assert nothing.usage.input_tokens


@pytest.mark.parametrize(
    ("rule", "why", "again"),
    [
        ({"market": "inverted"}, "ai.rubbish", True),
        ({"json": {"priceMin": -5, "priceMax": 10}}, "ai.rubbish", True),
        ({"json": {"priceMin": "много"}}, "ai.rubbish", True),
        ({"refusal": "Не могу"}, "ai.refused", False),
        ({"cut": 10}, "ai.rubbish", True),
        ({"rubbish": True}, "ai.rubbish", True),
        ({"text": ""}, "ai.rubbish", True),
        ({"body": {"output": "?"}}, "ai.rubbish", True),
        ({"body": {"status": "failed", "output": []}}, "ai.unavailable", True),
        ({"status": 500}, "ai.unavailable", True),
        ({"status": 429}, "ai.limited", True),
        ({"status": 401}, "ai.key_refused", False),
        ({"drop": True}, "ai.unavailable", True),
    ],
)
async def test_what_cannot_be_worked_with_is_a_failure_tried_once(
    sandbox: Sandbox, prices: OpenAiPrices, rule: dict[str, object], why: str, *, again: bool
) -> None:
    await sandbox.script(rule)
    with pytest.raises(AiFailure) as failed:
        await prices.estimate_price_from_ai(ASKED)
    assert (failed.value.why, failed.value.again) == (why, again)
    assert len(await sandbox.requests(target="openai")) == 1


@pytest.mark.parametrize(
    ("rule", "why"),
    [({"refusal": "Не могу"}, "ai.refused"), ({"cut": 30}, "ai.rubbish"),
     ({"json": {"listings": [{"title": "?"}]}}, "ai.rubbish"), ({"status": 500}, "ai.unavailable")],
)  # fmt: skip
async def test_a_search_fails_as_an_estimate_does(
    sandbox: Sandbox, prices: OpenAiPrices, rule: dict[str, object], why: str
) -> None:
    await sandbox.script(rule)
    with pytest.raises(AiFailure) as failed:
        await prices.search_used_transmission_price(ASKED)
    assert failed.value.why == why


async def test_a_second_call_that_fails_is_billed_with_the_first(
    sandbox: Sandbox, prices: OpenAiPrices
) -> None:
    await sandbox.script({"market": "artifacts", "call": 1}, {"refusal": "Нет", "call": 2})
    with pytest.raises(AiFailure) as failed:
        await prices.search_used_transmission_price(ASKED)
    assert failed.value.usage is not None
    assert failed.value.usage.searches == 2


async def test_a_slow_search_is_given_up(
    sandbox: Sandbox, prices: OpenAiPrices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.adapters.openai_prices.TIMEOUT_SECONDS", 0.05)
    await sandbox.script({"delay": 5})
    with pytest.raises(AiFailure) as failed:
        await prices.search_used_transmission_price(ASKED)
    assert (failed.value.why, failed.value.again) == ("ai.timeout", True)


async def test_it_is_never_called_inside_a_transaction(prices: OpenAiPrices) -> None:
    async with in_transaction():
        with pytest.raises(InsideTransaction):
            await prices.search_used_transmission_price(ASKED)
