"""What each button of a card does: one use case, and the words that follow it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from bot.taps import ESCALATIONS, MODES, REJECTIONS, Act, CardTap, is_of, version_of
from core.conversations import service as conversations
from core.delivery.service import settle_doubt
from core.identity.permissions import Actor
from core.kernel.errors import DomainError, Kind
from core.kernel.i18n import Speaker
from core.kernel.uow import UnitOfWork
from core.pricing import ask as pricing
from core.pricing.models import LookupState
from core.suggestions import decide
from core.suggestions.card import CardView, SuggestionShown


@dataclass(frozen=True, slots=True)
class Tapped:
    """A press, with what its card is about at this moment."""

    actor: Actor
    speaker: Speaker
    tap: CardTap
    view: CardView
    request_key: str

    @property
    def conversation_id(self) -> UUID:
        return self.view.thread.id

    def draft(self) -> SuggestionShown:
        """The draft the operator saw; CONFLICT if another stands there now, or none.

        Whether it may still be decided upon, and who was first if not, the core knows.
        """
        draft = self.view.suggestion
        if draft is not None and is_of(self.tap.stamp, draft.id):
            return draft
        if not self.view.newest:
            raise DomainError(Kind.CONFLICT, "suggestion.moved_on")
        raise DomainError(Kind.CONFLICT, "suggestion.stale")

    def reply(self) -> UUID:
        """The reply the operator saw; CONFLICT if another is on its way now."""
        reply = self.view.outbound
        if reply is None or not is_of(self.tap.stamp, reply.id):
            raise DomainError(Kind.CONFLICT, "error.stale_button")
        return reply.id

    @property
    def version(self) -> int:
        return version_of(self.tap.stamp)


Action = Callable[[UnitOfWork, Tapped], Awaitable[str]]


async def _approve(uow: UnitOfWork, tapped: Tapped) -> str:
    await decide.approve(
        uow,
        tapped.actor,
        tapped.draft().id,
        version=tapped.version,
        request_key=tapped.request_key,
    )
    return tapped.speaker.say("done.approved")


async def _reject(uow: UnitOfWork, tapped: Tapped) -> str:
    reason = REJECTIONS[tapped.tap.act]
    await decide.reject(uow, tapped.actor, tapped.draft().id, version=tapped.version, reason=reason)
    return tapped.speaker.say("done.rejected")


async def _escalate(uow: UnitOfWork, tapped: Tapped) -> str:
    reason = ESCALATIONS[tapped.tap.act]
    if tapped.tap.stamp == "0":
        await decide.escalate_conversation(uow, tapped.actor, tapped.conversation_id, reason=reason)
    else:
        await decide.escalate(
            uow, tapped.actor, tapped.draft().id, version=tapped.version, reason=reason
        )
    return tapped.speaker.say("done.escalated")


async def _regenerate(uow: UnitOfWork, tapped: Tapped) -> str:
    await decide.regenerate(
        uow,
        tapped.actor,
        tapped.conversation_id,
        suggestion_id=tapped.draft().id,
        version=tapped.version,
    )
    return tapped.speaker.say("done.regenerating")


async def _look_up_price(uow: UnitOfWork, tapped: Tapped) -> str:
    turn_id = tapped.view.turn.id
    lookup = await pricing.ask(uow, tapped.actor, tapped.conversation_id, turn_id=turn_id)
    asked = lookup.state == LookupState.PENDING
    return tapped.speaker.say("done.price_asked" if asked else "done.price_known")


async def _abandon_edit(uow: UnitOfWork, tapped: Tapped) -> str:
    await decide.abandon_edit(uow, tapped.actor, tapped.draft().id)
    return tapped.speaker.say("done.edit_abandoned")


async def _undo(uow: UnitOfWork, tapped: Tapped) -> str:
    await decide.undo(uow, tapped.actor, tapped.reply())
    return tapped.speaker.say("done.undone")


async def _arrived(uow: UnitOfWork, tapped: Tapped) -> str:
    await settle_doubt(uow, tapped.actor, tapped.reply(), arrived=True)
    return tapped.speaker.say("done.arrived")


async def _send_again(uow: UnitOfWork, tapped: Tapped) -> str:
    await settle_doubt(uow, tapped.actor, tapped.reply(), arrived=False)
    return tapped.speaker.say("done.sending_again")


async def _claim(uow: UnitOfWork, tapped: Tapped) -> str:
    await conversations.claim(uow, tapped.actor, tapped.conversation_id)
    return tapped.speaker.say("done.claimed")


async def _release(uow: UnitOfWork, tapped: Tapped) -> str:
    await conversations.release(uow, tapped.actor, tapped.conversation_id)
    return tapped.speaker.say("done.released")


async def _resolve(uow: UnitOfWork, tapped: Tapped) -> str:
    await conversations.resolve(uow, tapped.actor, tapped.conversation_id)
    return tapped.speaker.say("done.resolved")


async def _reopen(uow: UnitOfWork, tapped: Tapped) -> str:
    await conversations.reopen(uow, tapped.actor, tapped.conversation_id)
    return tapped.speaker.say("done.reopened")


async def _change_mode(uow: UnitOfWork, tapped: Tapped) -> str:
    mode = MODES[tapped.tap.act]
    await conversations.change_mode(uow, tapped.actor, tapped.conversation_id, mode)
    return tapped.speaker.say("done.mode", mode=tapped.speaker.say(f"mode.{mode}"))


ACTIONS: dict[Act, Action] = {
    Act.APPROVE: _approve,
    Act.REGENERATE: _regenerate,
    Act.LOOK_UP_PRICE: _look_up_price,
    Act.ABANDON_EDIT: _abandon_edit,
    Act.UNDO: _undo,
    Act.ARRIVED: _arrived,
    Act.SEND_AGAIN: _send_again,
    Act.CLAIM: _claim,
    Act.RELEASE: _release,
    Act.RESOLVE: _resolve,
    Act.REOPEN: _reopen,
    **dict.fromkeys(REJECTIONS, _reject),
    **dict.fromkeys(ESCALATIONS, _escalate),
    **dict.fromkeys(MODES, _change_mode),
}
