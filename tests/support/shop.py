"""A store on a real database, without its messenger: for tests of what the core does.

`shop.writes("Иван", "…")` is what a channel hands over; whole stories are told in journeys/.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from core.app import App
from core.catalog.models import Product
from core.channels.models import ChannelAccount
from core.conversations.models import Conversation, Turn, TurnState
from core.conversations.receive import AccountRef, Received, receive
from core.identity.models import Membership, User
from core.identity.permissions import PERMISSIONS, Actor, Role, Via
from core.kernel.ids import new_id
from core.ports.ai import Draft, Intent, Judgement, JudgeRequest, Ruling, Usage
from core.ports.channel import ChannelKind, InboundFile, InboundMessage
from core.suggestions.brief import gather
from core.suggestions.facts import Source
from core.suggestions.models import Suggestion
from core.suggestions.propose import Drafted, propose
from core.suggestions.self_check import ledger, passed
from core.tenants.service import open_store, settings_of


@dataclass
class Shop:
    """One store of the test, and everybody in it."""

    app: App
    tenant_id: UUID
    account: AccountRef
    staff: dict[str, Actor] = field(default_factory=dict)
    written: int = 0

    async def writes(
        self,
        name: str,
        *texts: str,
        files: tuple[InboundFile, ...] = (),
        at: datetime | None = None,
        **more: object,
    ) -> Received:
        """The customer writes, message by message, in one batch."""
        messages = [self.message(name, text, files=files, at=at, **more) for text in texts]
        async with self.app.uow(self.tenant_id) as uow:
            return await receive(uow, self.account, messages)

    def message(
        self,
        name: str,
        text: str,
        *,
        files: tuple[InboundFile, ...] = (),
        at: datetime | None = None,
        **more: object,
    ) -> InboundMessage:
        self.written += 1
        values: dict[str, object] = {
            "external_chat_id": f"chat-{name}",
            "external_message_id": str(self.written),
            "external_user_id": f"user-{name}",
            "user_name": name,
            "text": text,
            "at": at or self.app.clock.now(),
            "files": files,
        }
        return InboundMessage(**{**values, **more})  # type: ignore[arg-type]

    async def conversation(self, name: str) -> Conversation:
        async with self.app.uow(self.tenant_id) as uow:
            found = await uow.session.scalar(
                select(Conversation).where(Conversation.external_chat_id == f"chat-{name}")
            )
        assert found is not None, f"{name} has written nothing"
        return found

    async def drafted(
        self,
        name: str,
        reply: str,
        *,
        intent: Intent = Intent.PRICE,
        confidence: float = 0.9,
        sources: tuple[Source, ...] = (),
    ) -> Suggestion:
        """The AI has drafted a reply to the customer's open turn."""
        conversation = await self.conversation(name)
        assert conversation.turn_id is not None
        async with self.app.uow(self.tenant_id) as uow:
            turn = await uow.lock(Turn, conversation.turn_id)
            turn.state = TurnState.DRAFTING
        async with self.app.uow(self.tenant_id) as uow:
            brief = await gather(uow, conversation.turn_id)
        assert brief is not None
        draft = Draft(
            reply=reply,
            intent=intent,
            confidence=confidence,
            used=tuple(source.ref for source in sources),
            facts=(),
            needs_human=False,
            reason=None,
            usage=Usage("stand-in", 10, 10),
        )
        states = await self.app.flags.of(self.tenant_id)
        flags = {flag: state.enabled for flag, state in states.items()}
        text = ledger(brief, draft, sources).text
        drafted = Drafted(draft, sources, "hash", None, check=passed(text))
        async with self.app.uow(self.tenant_id) as uow:
            suggestion = await propose(uow, brief, drafted, flags)
        assert suggestion is not None
        return suggestion

    async def sells(self, source: Source) -> Source:
        """The catalogue has the product that this source stands for."""
        now = self.app.clock.now()
        async with self.app.uow(self.tenant_id) as uow:
            uow.add(
                Product(
                    tenant_id=self.tenant_id,
                    id=source.source_id,
                    name=source.title,
                    sku=source.sku,
                    price=source.price,
                    currency=source.currency,
                    stock=source.stock,
                    created_at=now,
                    changed_at=now,
                )
            )
        return source

    async def withdraws(self, source_id: UUID) -> None:
        """The product is sold no more."""
        async with self.app.uow(self.tenant_id) as uow:
            product = await uow.lock(Product, source_id)
            product.deleted_at = self.app.clock.now()

    async def change(self, **settings: object) -> None:
        async with self.app.uow(self.tenant_id) as uow:
            row = await settings_of(uow)
            for name, value in settings.items():
                setattr(row, name, value)


class AgreeingJudge:
    """A judge who finds everything: for stories that are not about the self-check."""

    model = "stand-in"

    async def judge(self, request: JudgeRequest) -> Judgement:
        rulings = tuple(Ruling.SUPPORTED for _ in request.sentences)
        return Judgement(rulings, Usage(self.model, 5, 5))

    async def close(self) -> None: ...


async def open_shop(app: App, name: str = "Мотор", *, staff: str = "Анна") -> Shop:
    """A store with its owner Олег and one operator on duty (more: `staff="Анна Мария"`)."""
    if app.judge is None and app.drafter is not None:
        app = replace(app, judge=AgreeingJudge())
    async with app.platform_uow() as puow:
        store = open_store(puow, app.clock, name)
    account_id = new_id()
    shop = Shop(app, store.id, AccountRef(account_id, ChannelKind.TELEGRAM_BOT))
    for person, role in [("Олег", Role.OWNER), *((one, Role.OPERATOR) for one in staff.split())]:
        shop.staff[person] = await hire(app, store.id, person, role)
    async with app.uow(store.id) as uow:
        uow.add(
            ChannelAccount(
                tenant_id=store.id,
                id=account_id,
                kind=ChannelKind.TELEGRAM_BOT,
                name="shop_bot",
                external_id=str(account_id.int % 10**9),
                state="connected",
                state_changed_at=app.clock.now(),
                connected_at=app.clock.now(),
            )
        )
    return shop


async def hire(app: App, tenant_id: UUID, name: str, role: Role) -> Actor:
    user_id = new_id()
    async with app.platform_uow() as puow:
        telegram = user_id.int % 10**9
        puow.add(User(id=user_id, name=name, telegram_user_id=telegram, telegram_chat_id=telegram))
        await puow.session.flush()
        puow.add(
            Membership(
                tenant_id=tenant_id,
                user_id=user_id,
                role=role,
                on_duty_since=app.clock.now() if role is Role.OPERATOR else None,
            )
        )
    return Actor(user_id, tenant_id, name, role, Via.BOT, permissions=PERMISSIONS[role])


def gearbox(price: int = 45_000) -> Source:
    """The demo's gearbox as a source of a draft; `shop.sells` it, or it has no price."""
    return Source(
        ref="P1",
        kind="product",
        source_id=new_id(),
        chunk_id=None,
        title="АКПП U250E Toyota Camry V40",
        text="АКПП U250E для Camry V40, гарантия 14 дней",
        sku="U250E-40",
        price=Decimal(price),
        currency="RUB",
        stock=2,
        version=1,
    )
