"""Keeping what operators teach, and taking it back when a send was undone."""

from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from core.kernel.ids import new_id
from core.kernel.uow import UnitOfWork
from core.knowledge.models import SourceKind
from core.knowledge.queue import want_index
from core.training.models import Label, Outcome, TrainingSample
from core.training.similar import fingerprint, question_vector

_SHOWN = (
    Outcome.APPROVED,
    Outcome.EDITED,
)  # said to the customer: may serve as examples, and be found
_PLACES = Decimal("0.00001")


@dataclass(frozen=True, slots=True)
class Lesson:
    """One decision of one operator on one draft."""

    suggestion_id: UUID
    version: int
    conversation_id: UUID
    outcome: str
    reason: str | None
    user_id: UUID | None
    user_message: str
    ai_suggestion: str
    final_answer: str | None
    intent: str | None
    score: Decimal | None
    model: str | None
    prompt_hash: str | None
    embedder: str | None


async def learn(uow: UnitOfWork, lesson: Lesson) -> None:
    """Keep the decision as a label and as a sample; twice keeps it once."""
    now = uow.clock.now()
    label = insert(Label).values(
        tenant_id=uow.tenant_id,
        id=new_id(),
        suggestion_id=lesson.suggestion_id,
        version=lesson.version,
        outcome=lesson.outcome,
        reason=lesson.reason,
        user_id=lesson.user_id,
        intent=lesson.intent,
        score=lesson.score,
        similarity=similarity(lesson.ai_suggestion, lesson.final_answer),
        model=lesson.model,
        prompt_hash=lesson.prompt_hash,
        embedder=lesson.embedder,
        at=now,
    )
    await uow.session.execute(label.on_conflict_do_nothing())
    shown = lesson.outcome in _SHOWN and lesson.final_answer and lesson.user_message.strip()
    known = fingerprint(lesson.user_message) if shown else None
    sample = insert(TrainingSample).values(
        tenant_id=uow.tenant_id,
        id=new_id(),
        suggestion_id=lesson.suggestion_id,
        version=lesson.version,
        conversation_id=lesson.conversation_id,
        user_message=lesson.user_message,
        ai_suggestion=lesson.ai_suggestion,
        final_answer=lesson.final_answer,
        intent=lesson.intent,
        outcome=lesson.outcome,
        at=now,
        question=question_vector(lesson.user_message) if shown else None,
        question_hash=known,
        support=1 if known is None else 1 + await _asked_before(uow, known),
    )
    kept = await uow.session.scalar(sample.on_conflict_do_nothing().returning(TrainingSample.id))
    if kept is not None and lesson.final_answer and lesson.outcome in _SHOWN:
        await want_index(uow, SourceKind.ANSWER, [kept])


async def _asked_before(uow: UnitOfWork, known: bytes) -> int:
    before = await uow.session.scalar(
        select(func.max(TrainingSample.support)).where(
            TrainingSample.tenant_id == uow.tenant_id,
            TrainingSample.question_hash == known,
            TrainingSample.withdrawn_at.is_(None),
        )
    )
    return before or 0


async def unlearn(uow: UnitOfWork, suggestion_id: UUID, version: int) -> None:
    """The decision was undone: it teaches nothing any more, but stays on record."""
    now = uow.clock.now()
    for table in (Label, TrainingSample):
        await uow.session.execute(
            update(table)
            .where(
                table.tenant_id == uow.tenant_id,
                table.suggestion_id == suggestion_id,
                table.version == version,
            )
            .values(withdrawn_at=now)
        )


def similarity(drafted: str, final: str | None) -> Decimal | None:
    """How much of the draft was kept, 0..1; None where nothing was sent."""
    if final is None:
        return None
    ratio = SequenceMatcher(None, drafted.split(), final.split(), autojunk=False).ratio()
    return Decimal(ratio).quantize(_PLACES)
