"""A store that lets replies go out by themselves, and an operator's past in a line."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from core.conversations.models import Conversation, Turn, TurnState
from core.decision.labels import Works
from core.decision.models import Certificate
from core.delivery.models import OutboundMessage
from core.flags.names import Flag
from core.flags.service import turn
from core.kernel.ids import new_id
from core.suggestions.models import Suggestion, SuggestionStatus
from core.training.models import Label
from tests.support.shop import Shop

WORKS = Works("stand-in", "hash", None)
ENGINE = (Flag.DECISION_ENGINE_ENABLED, Flag.AI_AUTOSEND_ENABLED)


async def flag(shop: Shop, *flags: Flag, on: bool = True) -> None:
    async with shop.app.uow(shop.tenant_id) as uow:
        for one in flags:
            await turn(uow, shop.staff["Олег"], one, enabled=on)
    shop.app.flags._read_at = float("-inf")


async def opens_every_lock(shop: Shop, *intents: str, waived: bool = False) -> None:
    await flag(shop, *ENGINE)
    await shop.change(
        autosend_allowed=True,
        intents_autosend_allowed=list(intents or ["availability"]),
        autosend_without_licence=waived,
        default_mode="auto",
        t_auto=Decimal("0.5"),
        t_escale=Decimal("0.1"),
    )


async def certified(shop: Shop, intent: str = "availability", **more: object) -> UUID:
    """The intent has a certificate."""
    now = shop.app.clock.now()
    values: dict[str, object] = {
        "tenant_id": shop.tenant_id,
        "id": new_id(),
        "intent": intent,
        "alpha": Decimal("0.05"),
        "delta": Decimal("0.1"),
        "n": 100,
        "k": 0,
        "threshold": Decimal("0.5"),
        "model": WORKS.model,
        "prompt_hash": WORKS.prompt_hash,
        "embedder": WORKS.embedder,
        "issued_at": now,
        "expires_at": now + timedelta(days=30),
    } | more
    async with shop.app.uow(shop.tenant_id) as uow:
        return uow.add(Certificate(**values)).id


async def reply_of(shop: Shop, name: str) -> OutboundMessage | None:
    """The newest reply on its way to the customer, the night text left aside."""
    conversation = await shop.conversation(name)
    async with shop.app.uow(shop.tenant_id) as uow:
        found: OutboundMessage | None = await uow.session.scalar(
            select(OutboundMessage)
            .where(
                OutboundMessage.conversation_id == conversation.id,
                OutboundMessage.suggestion_id.is_not(None),
            )
            .order_by(OutboundMessage.id.desc())
            .limit(1)
        )
    return found


async def past(
    shop: Shop,
    name: str,
    count: int,
    *,
    intent: str = "availability",
    score: float = 0.9,
    outcome: str = "approved",
    text: str = "Да, есть в наличии.",
    final: str | None = None,
    similarity: float | None = None,
    by: UUID | None = None,
    ago: timedelta = timedelta(days=2),
    works: Works = WORKS,
) -> list[UUID]:
    """So many drafts of this kind were decided upon in the past; the drafts' ids."""
    conversation = await shop.conversation(name)
    at = shop.app.clock.now() - ago
    ids = [new_id() for _ in range(count)]
    async with shop.app.uow(shop.tenant_id) as uow:
        thread = await uow.get(Conversation, conversation.id)
        assert thread.turn_id is not None
        turn_row = await uow.get(Turn, thread.turn_id)
        turn_row.state = TurnState.READY
        for id_ in ids:
            uow.add(
                Suggestion(
                    tenant_id=shop.tenant_id,
                    id=id_,
                    conversation_id=thread.id,
                    turn_id=thread.turn_id,
                    version=2,
                    fence=0,
                    status=SuggestionStatus(outcome),
                    draft=text,
                    text=text,
                    final_text=final if outcome == "edited" else text,
                    intent=intent,
                    score=Decimal(str(score)),
                    verdict="need_approval",
                    model=works.model,
                    prompt_hash=works.prompt_hash,
                    embedder=works.embedder,
                    created_at=at,
                    decided_at=at + timedelta(minutes=1),
                    decided_by=by,
                )
            )
        await uow.session.flush()
        for id_ in ids:
            uow.add(
                Label(
                    tenant_id=shop.tenant_id,
                    suggestion_id=id_,
                    version=2,
                    outcome=outcome,
                    user_id=by,
                    intent=intent,
                    score=Decimal(str(score)),
                    similarity=None if similarity is None else Decimal(str(similarity)),
                    model=works.model,
                    prompt_hash=works.prompt_hash,
                    embedder=works.embedder,
                    at=at + timedelta(minutes=1),
                )
            )
    return ids
