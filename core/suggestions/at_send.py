"""Whether what was to go out by itself may still do so: asked once more at the moment of sending.

The licence's and the breaker's word is said by `core.decision`; here stand the locks, the
store, and the prices of now.
"""

from typing import TYPE_CHECKING
from uuid import UUID

from core.conversations.models import Conversation
from core.delivery.models import OutboundMessage
from core.flags.names import Flag
from core.kernel.uow import UnitOfWork
from core.suggestions.at_sending import untrue
from core.suggestions.models import Suggestion
from core.tenants.models import Mode, Status
from core.tenants.service import settings_of, store_of

if TYPE_CHECKING:
    from core.app import App


async def may_not_go_out(app: "App", uow: UnitOfWork, outbound_id: UUID) -> str | None:
    """A key of locales that says why not, None if it may. The conversation is locked."""
    outbound = await uow.get(OutboundMessage, outbound_id)
    if outbound.suggestion_id is None:
        return None
    suggestion = await uow.get(Suggestion, outbound.suggestion_id)
    conversation = await uow.get(Conversation, suggestion.conversation_id)
    settings, store = await settings_of(uow), await store_of(uow)
    intent = suggestion.intent or ""
    checks = {
        "reason.engine_off": not await app.flags.on(Flag.DECISION_ENGINE_ENABLED, uow.tenant_id),
        "reason.autosend_off": not await app.flags.on(Flag.AI_AUTOSEND_ENABLED, uow.tenant_id),
        "reason.store_disallows": not settings.autosend_allowed,
        "reason.intent_not_allowed": intent not in settings.intents_autosend_allowed,
        "reason.force_handoff": intent in settings.intents_force_handoff,
        "reason.always_escalate": intent in settings.always_escalate_intents,
        "reason.learning_mode": conversation.mode == Mode.LEARNING,
        "reason.store_restricted": store.status != Status.ACTIVE,
        "reason.no_subscription": uow.clock.now() >= store.trial_ends_at,
    }
    for why, holds in checks.items():
        if holds:
            return why
    return await untrue(uow, outbound_id)
