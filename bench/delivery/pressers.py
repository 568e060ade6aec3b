"""Анна, who presses the buttons of the bot's cards, and each press until something has come of it."""

import asyncio
import time
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from bench.delivery.office import Office
from bench.delivery.world import World, insist
from bench.rig import ANNA, OPERATORS_BOT
from bot.taps import Act, CardTap, stamp_of
from core.conversations.models import Conversation, Turn, TurnState
from core.delivery.models import OutboundMessage
from core.kernel.ids import new_id
from core.ports.channel import ChannelKind
from core.suggestions.models import Suggestion, SuggestionStatus

BOT_ID = int(OPERATORS_BOT.partition(":")[0])
_LOOK_SECONDS = 0.05
_DONE = "SELECT done_at IS NOT NULL FROM operator_updates WHERE bot_id = $1 AND update_id = $2"


@dataclass
class Press:
    """One press: `query_id` is what the bot answers, `update_id` what it keeps."""

    act: Act
    card_id: UUID
    subject: UUID  # the draft, or the reply
    query_id: int
    update_id: int
    at: float
    seconds: float | None = None  # until the bot was done with it

    @property
    def request_key(self) -> str:
        """Of the reply that comes of it, if one does."""
        return f"bot:{BOT_ID}:press:{self.query_id}"


async def presser(office: Office, chat: int) -> None:
    """A customer writes, the AI's draft stands, Анна presses «Отправить», and at times «Отменить»."""
    world, kind = office.world, ChannelKind.TELEGRAM_BOT
    while await office.room():
        text = office.words()
        await insist(lambda: world.writes(kind, chat, f"{text}?"))  # noqa: B023 - awaited here
        seen = await insist(lambda: _drafted(world, chat, text))  # noqa: B023
        if seen is None:
            continue
        card_id, suggestion_id = seen
        approval = await _press(
            office, card_id, Act.APPROVE, suggestion_id, stamp_of(suggestion_id, 1)
        )
        planned = await _planned(office, approval)
        if planned is None:
            continue
        office.answered.add(planned)
        if office.dice.random() < 0.7:
            await _press(office, card_id, Act.UNDO, planned, stamp_of(planned))


async def _drafted(world: World, chat: int, text: str) -> tuple[UUID, UUID] | None:
    """The draft, as the worker would leave it, and the card it hangs on."""
    async with world.app.uow(world.tenant_id) as uow:
        thread = await uow.session.scalar(
            select(Conversation).where(
                Conversation.external_chat_id == str(chat),
                Conversation.account_id == world.accounts[ChannelKind.TELEGRAM_BOT].id,
            )
        )
        if thread is None or thread.turn_id is None:
            return None
        thread = await uow.lock(Conversation, thread.id)
        assert thread.turn_id is not None
        turn = await uow.lock(Turn, thread.turn_id)
        turn.state = TurnState.READY
        turn.lease_token = turn.lease_until = None
        found = await uow.session.scalar(
            select(Suggestion).where(
                Suggestion.turn_id == turn.id, Suggestion.status == SuggestionStatus.PENDING
            )
        )
        if found is not None:
            found.status = SuggestionStatus.SUPERSEDED
            await uow.session.flush()
        suggestion = Suggestion(
            tenant_id=world.tenant_id,
            id=new_id(),
            conversation_id=thread.id,
            turn_id=turn.id,
            fence=thread.version,
            status=SuggestionStatus.PENDING,
            draft=text,
            text=text,
            intent="other",
            created_at=world.app.clock.now(),
        )
        uow.add(suggestion)
        await uow.session.flush()
        sql = await uow.sql()
        card_id = await sql.fetchval("SELECT id FROM cards WHERE turn_id = $1 LIMIT 1", turn.id)
        return None if card_id is None else (card_id, suggestion.id)


async def _press(office: Office, card_id: UUID, act: Act, subject: UUID, stamp: str) -> Press:
    """Pressed, and waited for until the bot is done with it, however often it dies over it.

    No patience of ours ends it: what is not done when the day has been settled, the judge finds.
    """
    world = office.world
    data = CardTap(tenant=world.tenant_id, card=card_id, act=act, stamp=stamp).pack()
    query_id = new_id().int % 10**15
    update = {
        "callback_query": {
            "id": str(query_id),
            "from": {"id": ANNA, "is_bot": False, "first_name": "Анна", "language_code": "ru"},
            "message": {
                "message_id": 1,
                "date": 1,
                "chat": {"id": ANNA, "first_name": "Анна", "type": "private"},
                "text": "карточка",
            },
            "chat_instance": "1",
            "data": data,
        }
    }
    put = await world.control("tap", token=OPERATORS_BOT, update=update)
    press = Press(act, card_id, subject, query_id, put["update_id"], time.monotonic())
    office.presses.append(press)
    while not office.ended:
        if await insist(lambda: world.app.db.hot.fetchval(_DONE, BOT_ID, press.update_id)):
            press.seconds = time.monotonic() - press.at
            break
        await asyncio.sleep(_LOOK_SECONDS)
    return press


async def _planned(office: Office, press: Press) -> UUID | None:
    """The reply that came of the press, if one did."""

    async def look() -> UUID | None:
        async with office.world.app.uow(office.world.tenant_id) as uow:
            found: UUID | None = await uow.session.scalar(
                select(OutboundMessage.id).where(OutboundMessage.request_key == press.request_key)
            )
            return found

    return await insist(look)
