"""Connecting a store's bot: by whom, once, sealed, and noted."""

import pytest

from core.app import App
from core.channels import doors, queries, service
from core.channels.models import AccountState, ChannelAccount
from core.channels.service import webhook_secret
from core.flags import service as flags
from core.flags.names import Flag
from core.identity.permissions import Actor
from core.kernel.crypto import SecretBroken
from core.kernel.errors import DomainError, Kind
from core.kernel.ids import new_id
from tests.support.shop import Shop, open_shop

TOKEN = "123456789:AAAA-bbbb-CCCC-dddd"


async def connect(shop: Shop, actor: Actor, token: str = TOKEN) -> ChannelAccount:
    async with shop.app.uow(shop.tenant_id) as uow:
        return await service.connect_telegram_bot(uow, actor, shop.app.vault, token)


async def test_a_connected_bot_is_sealed_listed_noted_and_its_flag_is_on(
    app: App, shop: Shop
) -> None:
    account = await connect(shop, shop.staff["Олег"])
    assert TOKEN.encode() not in (account.sealed_secret or b"")
    assert service.opened(account, app.vault).secret == TOKEN
    assert "AAAA" not in repr(service.opened(account, app.vault))
    assert await app.flags.on(Flag.TELEGRAM_CHANNEL_ENABLED, shop.tenant_id)
    async with app.uow(shop.tenant_id) as uow:
        views = await queries.accounts(uow)
        log = await (await uow.sql()).fetch("SELECT action, after::text FROM audit_log")
    assert account.id in {view.id for view in views}
    assert "channel.connected" in {row["action"] for row in log}
    assert not any("AAAA" in row["after"] for row in log)


async def test_a_secret_opens_in_its_own_row_only(app: App, shop: Shop) -> None:
    account = await connect(shop, shop.staff["Олег"])
    account.id = new_id()
    with pytest.raises(SecretBroken):
        service.opened(account, app.vault)


async def test_an_operator_may_not_and_nonsense_is_no_token(shop: Shop) -> None:
    with pytest.raises(DomainError) as refused:
        await connect(shop, shop.staff["Анна"])
    assert refused.value.kind is Kind.FORBIDDEN
    with pytest.raises(DomainError) as refused:
        await connect(shop, shop.staff["Олег"], "мой токен")
    assert refused.value.key == "channel.token_malformed"


async def test_a_bot_of_another_store_is_refused_by_its_own_name(app: App, shop: Shop) -> None:
    other = await open_shop(app, "Чужой")
    await connect(other, other.staff["Олег"])
    with pytest.raises(DomainError) as refused:
        await connect(shop, shop.staff["Олег"])
    assert refused.value.key == "channel.already_connected"
    assert refused.value.params == {"name": "123456789"}
    assert "Чужой" not in str(refused.value.params)
    assert not await app.flags.on(Flag.TELEGRAM_CHANNEL_ENABLED, shop.tenant_id)


async def test_connecting_again_changes_the_token_and_keeps_the_account(shop: Shop) -> None:
    oleg = shop.staff["Олег"]
    first = await connect(shop, oleg)
    second = await connect(shop, oleg, TOKEN + "-new")
    assert second.id == first.id
    async with shop.app.uow(shop.tenant_id) as uow:
        gone = await service.disconnect(uow, oleg, first.id)
    assert gone.sealed_secret is None
    third = await connect(shop, oleg)
    assert third.id == first.id
    assert third.state == AccountState.CONNECTING


async def test_another_stores_account_is_not_found(app: App, shop: Shop) -> None:
    other = await open_shop(app, "Чужой")
    account = await connect(other, other.staff["Олег"])
    with pytest.raises(DomainError) as refused:
        async with app.uow(shop.tenant_id) as uow:
            await service.disconnect(uow, shop.staff["Олег"], account.id)
    assert refused.value.kind is Kind.NOT_FOUND


async def test_a_webhook_is_let_in_by_its_secret_alone(app: App, shop: Shop) -> None:
    account = await connect(shop, shop.staff["Олег"])
    gate = doors.Doors(app.db, app.flags)
    admitted = await gate.admit(account.id, webhook_secret(account.id, TOKEN))
    assert admitted is not None
    assert (admitted.tenant_id, admitted.account_id) == (shop.tenant_id, account.id)
    for wrong in ("", "nope", "секрет", webhook_secret(new_id(), TOKEN)):
        assert await gate.admit(account.id, wrong) is None
    assert await gate.admit(new_id(), webhook_secret(account.id, TOKEN)) is None
    assert await gate.is_open(account.id)
    async with app.uow(shop.tenant_id) as uow:
        flag = Flag.TELEGRAM_CHANNEL_ENABLED
        await flags.turn(uow, shop.staff["Олег"], flag, enabled=False)
    app.flags._read_at = float("-inf")
    assert not await gate.is_open(account.id)
