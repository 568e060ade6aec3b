"""Cards to draw: one conversation of Иван's, changed where a story needs it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from core.kernel.ids import new_id
from core.suggestions.card import (
    CardView,
    EscalationShown,
    MessageShown,
    OutboundShown,
    Reader,
    SourceShown,
    SuggestionShown,
    ThreadShown,
    TurnShown,
)

NOW = datetime(2026, 11, 22, 9, 3, tzinfo=UTC)  # 12:03 in Moscow
GEARBOX = SourceShown("product", "U250E-40", Decimal(45000), "RUB", 2)
WARRANTY = SourceShown("document", "Гарантия", None, None, None)


def message(text: str, **changes: Any) -> MessageShown:
    plain = MessageShown(
        id=new_id(),
        author="customer",
        author_name=None,
        text=text,
        length=len(text),
        reply_to=None,
        edited=False,
        deleted=False,
        at=NOW - timedelta(minutes=2),
    )
    return replace(plain, **changes)


def draft(text: str = "В наличии, 45 000 ₽.", **changes: Any) -> SuggestionShown:
    pending = SuggestionShown(
        id=UUID(int=7),
        version=3,
        status="pending",
        text=text,
        intent="price",
        score=Decimal("0.86"),
        reasons=(),
        sources=(GEARBOX, WARRANTY),
        unbound=(),
        failure=None,
        decided_by=None,
        decided_at=None,
        reason=None,
        editing_by=None,
        editing_until=None,
    )
    return replace(pending, **changes)


def reply(state: str, **changes: Any) -> OutboundShown:
    planned = OutboundShown(
        id=UUID(int=8),
        state=state,
        text="В наличии, 45 000 ₽.",
        author="operator",
        author_name="Анна",
        due_at=NOW + timedelta(seconds=8),
        settled_at=NOW if state in {"sent", "rejected", "unsure", "cancelled"} else None,
        problem=None,
    )
    return replace(planned, **changes)


def escalation(reason: str = "complaint") -> EscalationShown:
    return EscalationShown(reason, "Анна", NOW)


def card(
    *texts: str,
    customer: str = "Иван Петров",
    messages: Sequence[MessageShown] | None = None,
    earlier: Sequence[MessageShown] = (),
    thread: dict[str, Any] | None = None,
    turn: dict[str, Any] | None = None,
    **changes: Any,
) -> CardView:
    said = messages if messages is not None else [message(t) for t in texts or ["Есть АКПП?"]]
    drafting = TurnShown(new_id(), "drafting", NOW, tuple(said), tuple(earlier))
    waiting = ThreadShown(
        id=UUID(int=5),
        number=1042,
        status="waiting",
        mode="semi_auto",
        channel="telegram_bot",
        customer=customer,
        unread=1,
        waiting_since=NOW - timedelta(minutes=2),
        assignee=None,
    )
    view = CardView(
        tenant_id=UUID("01900000-0000-7000-8000-000000000001"),
        id=UUID("01900000-0000-7000-8000-000000000002"),
        chat_id=5_100_000_001,
        message_id=None,
        page="main",
        repeats=0,
        newest=True,
        newest_turn_id=None,
        reader=Reader(UUID(int=9), "ru", "Europe/Moscow"),
        thread=replace(waiting, **(thread or {})),
        turn=replace(drafting, **(turn or {})),
        suggestion=None,
        outbound=None,
        escalation=None,
    )
    return replace(view, **changes)
