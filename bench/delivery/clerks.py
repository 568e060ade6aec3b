"""Those who plan replies and take them back: by the use case, by the API, by the bot's buttons."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select

from bench.delivery.office import Office
from bench.delivery.world import DOWN, World, insist
from bench.rig import ANNA, OPERATORS_BOT
from bot.taps import Act, CardTap, stamp_of
from core.conversations.models import Conversation, Turn, TurnState
from core.delivery.models import OutboundMessage
from core.kernel.errors import DomainError
from core.kernel.ids import new_id
from core.ports.channel import ChannelKind
from core.suggestions.decide import undo
from core.suggestions.models import Suggestion, SuggestionStatus

_KINDS = (*["cancel"] * 4, *["web"] * 3, "moved_on")


async def clerk(office: Office, kind: ChannelKind, conversation_id: UUID) -> None:
    """Plans for one conversation, one thing after the other."""
    world = office.world
    http = httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{world.settings.port}/api/v1", timeout=10, trust_env=False
    )
    async with http:
        while await office.room():
            what, text = office.dice.choice(_KINDS), office.words()
            match what:
                case "web":
                    await _by_web(office, http, conversation_id, text)
                case "moved_on":
                    await _moves_on(office, kind, conversation_id, text)
                case _:
                    automatic = office.dice.random() < 0.3
                    planned = await insist(
                        lambda: world.plans(conversation_id, text, automatic=automatic)  # noqa: B023
                    )
                    office.answered.add(planned.id)
                    await asyncio.sleep(office.dice.random() * 0.06)
                    await _take_back(office, planned.id)
            office.counts[what] += 1


async def _take_back(office: Office, outbound_id: UUID) -> None:
    """By the use case; whoever wins, the database says it."""

    async def take() -> str:
        try:
            async with office.world.app.uow(office.world.tenant_id) as uow:
                await undo(uow, office.world.owner, outbound_id)
        except DomainError:
            return "cancel: too late"
        return "cancel: taken back"

    office.counts[await insist(take)] += 1


async def _moves_on(office: Office, kind: ChannelKind, conversation_id: UUID, text: str) -> None:
    """The customer writes well before an automatic reply is due: it must never arrive."""
    world = office.world
    planned = await insist(lambda: world.plans(conversation_id, text, delay=1.0, automatic=True))
    sql = await insist(world.sql)
    try:
        chat = await sql.fetchval(
            "SELECT external_chat_id FROM conversations WHERE id = $1", conversation_id
        )
        # As after a decision: a thread that still waits has nothing on its way.
        await sql.execute(
            "UPDATE conversations SET waiting_since = NULL WHERE id = $1", conversation_id
        )
        await insist(lambda: world.writes(kind, int(chat), f"{text}?"))
        if world.app.clock.now() < planned.due_at:
            office.moved_on.add(text)
    except DOWN:
        office.counts["moved on: unknown"] += 1
    finally:
        sql.terminate()


async def _by_web(
    office: Office, http: httpx.AsyncClient, conversation_id: UUID, text: str
) -> None:
    """The same request until it is answered; then, now and then, thought better of."""
    headers = {"Authorization": f"Bearer {office.dice.choice(office.world.tokens)}"}
    body = {"text": text, "idempotency_key": text}
    said = await _insist_on(
        office, http, f"/conversations/{conversation_id}/messages", body, headers
    )
    if said is None:
        return
    office.answered.add(UUID(said["id"]))
    if office.dice.random() < 0.5:
        await asyncio.sleep(office.dice.random() * 0.03)
        answer = await _insist_on(office, http, f"/outbound/{said['id']}/cancel", {}, headers)
        late = "web cancel: taken back" if answer is not None else "web cancel: too late"
        office.counts[late] += 1


async def _insist_on(
    office: Office,
    http: httpx.AsyncClient,
    path: str,
    body: dict[str, Any],
    headers: dict[str, str],
) -> Any:
    """Asked again while the API is dead, slow or limits us; None for a refusal."""
    while True:
        try:
            answer = await http.post(path, json=body, headers=headers)
        except httpx.HTTPError:
            office.counts["web: asked again"] += 1
        else:
            if answer.is_success:
                return answer.json()
            if answer.status_code < 500 and answer.status_code != 429:
                office.counts[f"web: {answer.status_code}"] += 1
                return None
        if office.ended:
            return None
        await asyncio.sleep(0.1)


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
        await _press(office, card_id, Act.APPROVE, stamp_of(suggestion_id, 1))
        planned = await _planned(office, suggestion_id)
        if planned is None:
            continue
        office.answered.add(planned)
        office.counts["bot: approved"] += 1
        if office.dice.random() < 0.7:
            await _press(office, card_id, Act.UNDO, stamp_of(planned))
            office.counts["bot: undo pressed"] += 1


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


async def _press(office: Office, card_id: UUID, act: Act, stamp: str) -> None:
    """The press waits at Telegram until the bot has acknowledged it."""
    world = office.world
    data = CardTap(tenant=world.tenant_id, card=card_id, act=act, stamp=stamp).pack()
    update = {
        "callback_query": {
            "id": str(new_id().int % 10**15),
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
    await world.control("tap", token=OPERATORS_BOT, update=update)


async def _planned(office: Office, suggestion_id: UUID) -> UUID | None:
    """The reply that came of the press, once it is there."""

    async def look() -> UUID | None:
        async with office.world.app.uow(office.world.tenant_id) as uow:
            found: UUID | None = await uow.session.scalar(
                select(OutboundMessage.id).where(OutboundMessage.suggestion_id == suggestion_id)
            )
            return found

    for _ in range(200):
        found = await insist(look)
        if found is not None or office.ended:
            return found
        await asyncio.sleep(0.05)
    office.counts["bot: a press came to nothing"] += 1
    return None
