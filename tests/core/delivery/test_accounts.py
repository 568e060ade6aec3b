"""An account closes or opens: its store's leaders are told, and cards of waiting replies say so."""

from datetime import timedelta
from typing import Any

import orjson
import pytest

from core.channels.models import AccountState
from core.delivery.accounts import account_became
from core.suggestions.decide import approve
from tests.support.shop import Shop


async def became(shop: Shop, state: AccountState, why: str | None = None) -> None:
    async with shop.app.uow(shop.tenant_id) as uow:
        await account_became(uow, shop.account.id, state, why)


async def notices(shop: Shop) -> list[Any]:
    async with shop.app.uow(shop.tenant_id) as uow:
        rows = await (await uow.sql()).fetch(
            "SELECT key, user_id, params::text FROM notices ORDER BY id"
        )
    return [(row["key"], row["user_id"], orjson.loads(row["params"])) for row in rows]


async def drawn(shop: Shop) -> None:
    async with shop.app.uow(shop.tenant_id) as uow:
        await (await uow.sql()).execute("UPDATE cards SET state = 'shown', drawn = wanted")


async def out_of_date(shop: Shop) -> int:
    async with shop.app.uow(shop.tenant_id) as uow:
        found: int = await (await uow.sql()).fetchval(
            "SELECT count(*) FROM cards WHERE drawn < wanted"
        )
    return found


async def waits(shop: Shop, name: str) -> None:
    """A reply to this customer is approved, and due in the morning."""
    await shop.writes(name, "Есть АКПП?")
    draft = await shop.drafted(name, "Есть")
    async with shop.app.uow(shop.tenant_id) as uow:
        await approve(uow, shop.staff["Анна"], draft.id, version=draft.version)
    async with shop.app.uow(shop.tenant_id) as uow:
        await (await uow.sql()).execute(
            "UPDATE outbound_messages SET due_at = $1", uow.clock.now() + timedelta(hours=9)
        )


@pytest.mark.parametrize(
    ("state", "why"), [("logged_out", "channel.token_revoked"), ("banned", "channel.closed")]
)
async def test_who_leads_the_store_is_told_once_that_an_account_is_lost(
    shop: Shop, state: str, why: str
) -> None:
    await waits(shop, "Иван")
    await waits(shop, "Мария")
    for _ in range(2):
        await became(shop, AccountState(state), why)
    assert await notices(shop) == [
        (
            f"notice.account_{state}",
            shop.staff["Олег"].user_id,
            {"channel": "shop_bot", "why": why, "waiting": 2},
        )
    ]


async def test_an_account_that_is_lost_again_is_told_of_again(shop: Shop) -> None:
    for _ in range(2):
        await became(shop, AccountState.LOGGED_OUT, "channel.token_revoked")
        await became(shop, AccountState.LOGGED_OUT, "channel.secret_broken")
        await became(shop, AccountState.CONNECTING)
        await became(shop, AccountState.CONNECTED)
    assert len(await notices(shop)) == 2


async def test_weather_is_nobodys_news(shop: Shop) -> None:
    await waits(shop, "Иван")
    await drawn(shop)
    await became(shop, AccountState.DEGRADED, "channel.unreachable")
    await became(shop, AccountState.CONNECTED)
    assert await notices(shop) == []
    assert await out_of_date(shop) == 0, "what the cards say of the reply is as true as before"


async def test_the_card_of_a_reply_that_waits_says_that_its_channel_is_closed_and_open_again(
    shop: Shop,
) -> None:
    await waits(shop, "Иван")
    for state, changed in (
        (AccountState.LOGGED_OUT, 1),
        (AccountState.LOGGED_OUT, 0),
        (AccountState.CONNECTING, 1),
        (AccountState.CONNECTED, 0),
        (AccountState.DISCONNECTED, 1),
        (AccountState.CONNECTED, 1),
    ):
        await drawn(shop)
        await became(shop, state)
        assert bool(await out_of_date(shop)) is bool(changed), state
