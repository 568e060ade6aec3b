"""Fills an empty product with the demo store, by the product's own use cases."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import exists, select

from core.catalog.service import put_products
from core.channels.service import connect_telegram_bot
from core.identity.invites import invite, join
from core.identity.permissions import Actor, Role, Via
from core.identity.queries import actor_by_telegram, memberships_of
from core.identity.service import TelegramProfile, meet
from core.kernel.crypto import Vault
from core.kernel.uow import PlatformUnitOfWork
from core.knowledge.drain import index_due
from core.knowledge.index import Indexing
from core.knowledge.models import Document
from core.knowledge.service import put_document
from core.onboarding.create_owner import create_owner
from core.onboarding.demo.goods import STORE, documents, products
from core.tenants.service import change_settings

Person = Mapping[str, Any]
_SETTINGS = {
    "language": "ru",
    "tone": "friendly",
    "address_form": "vy",
    "currency": "RUB",
    "time_zone": "Europe/Moscow",
}


class Seeding(Indexing, Protocol):
    """What seeding needs of the product; `core.app.App` has it."""

    @property
    def vault(self) -> Vault: ...
    def platform_uow(self) -> AbstractAsyncContextManager[PlatformUnitOfWork]: ...


async def seed(app: Seeding, people: Sequence[Person], store_bot_token: str) -> UUID:
    """Make the demo store, or finish making it; what stands already is left as it is.

    `people` are `{"name", "role", "user_id", "chat_id"}`: the one owner and the operators among
    them become members on duty, who have pressed Start in the operators' bot.
    """
    founder = next(person for person in people if person["role"] == Role.OWNER)
    owner = await _owner(app, founder)
    if await _is_filled(app, owner.tenant_id):
        return owner.tenant_id
    for person in people:
        if person["role"] == Role.OPERATOR:
            await _hire(app, owner, person)
    async with app.uow(owner.tenant_id) as uow:
        _, settings = await change_settings(uow, owner, _SETTINGS)
        # As its own paper on discounts has it.
        settings.allow_discounts, settings.max_discount_percent = True, Decimal(5)
        await connect_telegram_bot(uow, owner, app.vault, store_bot_token)
    # All goods and papers at once: their being there says that the store is complete.
    async with app.uow(owner.tenant_id) as uow:
        report = await put_products(uow, owner, products())
        if report.rejected:
            raise RuntimeError(f"the demo's own products are faulty: {report.rejected}")
        for document in documents():
            await put_document(uow, owner, document)
    while await index_due(app):
        pass
    return owner.tenant_id


async def _owner(app: Seeding, founder: Person) -> Actor:
    async with app.platform_uow() as puow:
        user = await meet(puow, _profile(founder))
        stores = {m.tenant_name: m.tenant_id for m in await memberships_of(puow, user.id)}
        tenant_id = stores.get(STORE)
        if tenant_id is None:
            created = await create_owner(puow, STORE, founder=_profile(founder))
            tenant_id = created.tenant_id
            await puow.session.flush()
        owner = await actor_by_telegram(puow, founder["user_id"], Via.SYSTEM, tenant_id)
    if owner is None:
        raise RuntimeError("the demo's owner has no store")
    return owner


async def _is_filled(app: Seeding, tenant_id: UUID) -> bool:
    async with app.uow(tenant_id) as uow:
        return bool(
            await uow.session.scalar(select(exists().where(Document.tenant_id == tenant_id)))
        )


async def _hire(app: Seeding, owner: Actor, person: Person) -> None:
    async with app.platform_uow() as puow:
        if await actor_by_telegram(puow, person["user_id"], Via.SYSTEM, owner.tenant_id):
            return
    async with app.uow(owner.tenant_id) as uow:
        _, token = invite(uow, owner, Role.OPERATOR)
    async with app.platform_uow() as puow:
        await join(puow, token, _profile(person))


def _profile(person: Person) -> TelegramProfile:
    return TelegramProfile(
        person["user_id"], person["name"], person.get("language", "ru"), person["chat_id"]
    )
