"""What follows an approval: now and then another operator is asked, not knowing of it."""

from core.decision.reviews import want_second_look
from core.events.catalogue import SuggestionDecided
from core.events.service import reaction
from core.kernel.uow import UnitOfWork
from core.training.models import Outcome


@reaction(SuggestionDecided)
async def look_again(uow: UnitOfWork, event: SuggestionDecided) -> None:
    if event.outcome == Outcome.APPROVED:
        await want_second_look(
            uow, suggestion_id=event.suggestion_id, version=event.version, by=event.user_id
        )
