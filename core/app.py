"""Builds one frozen App: everything a process of the product stands on."""

import socket
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from core.adapters.choose import (
    drafter_for,
    embedder_for,
    judge_for,
    price_search_for,
    reranker_for,
)
from core.adapters.operator_bot import OperatorBot
from core.adapters.storage import storage_at
from core.billing.prices import agree_on_prices, own_prices
from core.flags.service import Flags
from core.kernel import failpoints
from core.kernel.clock import Clock, SystemClock
from core.kernel.crypto import Vault
from core.kernel.database import Database
from core.kernel.nudges import Nudges
from core.kernel.settings import Settings
from core.kernel.uow import PlatformUnitOfWork, UnitOfWork
from core.ports.ai import Drafter, Embedder, Judge, Reranker
from core.ports.prices import PriceSearch
from core.ports.storage import Storage


@dataclass(frozen=True, slots=True)
class App:
    """What use cases, drains and surfaces are given. Nothing in it changes while it lives."""

    settings: Settings
    role: str
    host: str
    clock: Clock
    db: Database
    nudges: Nudges
    vault: Vault
    flags: Flags
    storage: Storage
    drafter: Drafter | None
    judge: Judge | None
    embedder: Embedder
    prices: PriceSearch | None
    reranker: Reranker | None
    operator_bot: OperatorBot

    def uow(self, tenant_id: UUID) -> AbstractAsyncContextManager[UnitOfWork]:
        """One transaction of one tenant, committed where the block ends."""
        return self.db.unit(tenant_id)

    def platform_uow(self) -> AbstractAsyncContextManager[PlatformUnitOfWork]:
        """One transaction across tenants; a test lists who may."""
        return self.db.platform_unit()


def open_drafter(settings: Settings) -> Drafter | None:
    """A drafter alone, for whoever needs no database; close it at the end."""
    return drafter_for(settings)


@asynccontextmanager
async def open_app(
    settings: Settings,
    *,
    role: str,
    clock: Clock | None = None,
    redis_prefix: str = "",
    pool_size: int = 10,
) -> AsyncIterator[App]:
    """Open everything, hand it out, close everything."""
    if settings.database_url is None or settings.redis_url is None:
        raise RuntimeError("the servers' addresses are settled before the app is opened")
    if settings.failpoints is not None:
        failpoints.arm(settings.failpoints)
    clock = clock or SystemClock()
    nudges = Nudges(settings.redis_url, prefix=redis_prefix)
    db = Database(
        settings.database_url,
        clock=clock,
        nudges=nudges,
        name=f"sales-operator {role}",
        size=pool_size,
    )
    drafter, embedder = drafter_for(settings), embedder_for(settings)
    judge, reranker = judge_for(settings), reranker_for(settings)
    agree_on_prices(own_prices(settings.openai_prices))
    prices = price_search_for(settings)
    flags = Flags(db, settings.flags)
    await db.open()
    try:
        yield App(
            settings=settings,
            role=role,
            host=socket.gethostname(),
            clock=clock,
            db=db,
            nudges=nudges,
            vault=Vault(settings.master_key),
            flags=flags,
            storage=storage_at(settings.media_url, settings.data_dir / "media"),
            drafter=drafter,
            judge=judge,
            embedder=embedder,
            prices=prices,
            reranker=reranker,
            operator_bot=OperatorBot(settings.telegram_bot_token, settings.telegram_api_base),
        )
    finally:
        await flags.close()
        await nudges.close()
        await db.close()
        for ai in (drafter, judge, embedder, prices, reranker):
            if ai is not None:
                await ai.close()
