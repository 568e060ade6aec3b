"""What the verdict sets going by itself: the reply, at a person's pace, and the word for the night."""

import random
from datetime import timedelta

from core.conversations.models import Author, Conversation, ConversationStatus, Turn, TurnState
from core.decision.reviews import want_audit
from core.delivery.pace import night_of, pace_of, typing_for, when
from core.delivery.service import Reply, plan, requested_before
from core.flags.names import Flag
from core.kernel.uow import UnitOfWork
from core.suggestions.models import Suggestion, SuggestionStatus
from core.tenants.models import Mode, NightMode, Status
from core.tenants.service import settings_of, store_of

_chance = random.SystemRandom().random
_BEFORE_NIGHT_TEXT = timedelta(seconds=2)


async def send_by_itself(
    uow: UnitOfWork,
    conversation: Conversation,
    turn: Turn,
    suggestion: Suggestion,
    flags: dict[Flag, bool],
) -> None:
    """Plan the reply: after the hold in semi-auto, where people may stop it, else at a pace.

    The conversation and the turn must be locked by the caller.
    """
    now, settings = uow.clock.now(), await settings_of(uow)
    hold = timedelta(seconds=settings.hold_seconds) if conversation.mode == Mode.SEMI_AUTO else None
    suggestion.status = SuggestionStatus.AUTO_SENT
    suggestion.final_text = suggestion.text
    suggestion.decided_at = now
    turn.state, turn.closed_at = TurnState.ANSWERED, now
    conversation.waiting_since = None
    if conversation.status == ConversationStatus.WAITING:
        conversation.status = ConversationStatus.ACTIVE
    await uow.session.flush()
    pace = pace_of(settings, enabled=flags[Flag.HUMAN_DELAY_ENABLED])
    shown = pace.profile is not None and settings.typing_indicator
    typing = typing_for(suggestion.text) if shown else timedelta()
    reply = Reply(
        text=suggestion.text,
        author=Author.AI,
        author_user_id=None,
        request_key=f"auto:{suggestion.id}",
        suggestion_id=suggestion.id,
        turn_id=turn.id,
        fence=conversation.version,
        typing=typing,
    )
    pause = when(pace, suggestion.text, now, _chance, hold=hold) - now
    if hold is None:
        pause = max(timedelta(), pause - typing)  # what is typed is a part of the pause
    await plan(uow, conversation, reply, delay=pause)
    await want_audit(uow, suggestion_id=suggestion.id, version=suggestion.version)


async def say_night_text(
    uow: UnitOfWork, conversation: Conversation, flags: dict[Flag, bool]
) -> None:
    """At night, where the store wants it: its own words, once a night in each conversation."""
    settings, now = await settings_of(uow), uow.clock.now()
    pace = pace_of(settings, enabled=flags[Flag.HUMAN_DELAY_ENABLED])
    night = night_of(pace, now)
    if pace.night_mode is not NightMode.AUTO_REPLY or not pace.night_text or night is None:
        return
    key = f"night:{conversation.id}:{night}"
    active = (await store_of(uow)).status == Status.ACTIVE
    if not active or await requested_before(uow, key) is not None:
        return
    reply = Reply(pace.night_text, Author.SYSTEM, None, request_key=key)
    await plan(uow, conversation, reply, delay=_BEFORE_NIGHT_TEXT)
