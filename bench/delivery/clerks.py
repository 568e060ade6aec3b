"""Those who plan replies and take them back: by the use case, by the API, by the bot's buttons."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select

from bench.delivery.judge import due_now
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

_MOST_OPEN = 120
_KINDS = (*["cancel"] * 4, *["web"] * 3, "moved_on")
_LOCK = "SELECT FROM conversations WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"
# What `plan` writes, for many conversations in one statement: the exam's own cost must be small.
_PLAN = """
INSERT INTO outbound_messages (tenant_id, id, conversation_id, account_id, seq, request_key,
    provider_key, external_chat_id, text, author, fence, due_at, planned_for, created_at)
SELECT c.tenant_id, p.id, c.id, c.account_id,
    1 + (SELECT coalesce(max(o.seq), 0) FROM outbound_messages o
         WHERE o.tenant_id = c.tenant_id AND o.conversation_id = c.id),
    p.text, gen_random_uuid(), c.external_chat_id, p.text,
    CASE WHEN p.automatic THEN 'ai' ELSE 'operator' END,
    CASE WHEN p.automatic THEN c.version END, now(), now(), now()
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bool[]) AS p(conversation_id, id, text, automatic)
JOIN conversations c ON c.id = p.conversation_id
ON CONFLICT DO NOTHING
"""


@dataclass
class Office:
    """What all of them share: the pace, and what they were told."""

    world: World
    dice: random.Random
    answered: set[UUID] = field(default_factory=set)
    moved_on: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    open_: int = 0
    ended: bool = False
    _number: int = 0

    def words(self) -> str:
        """A text that no other reply has."""
        self._number += 1
        return f"ответ {self._number:06d}"

    async def keep_pace(self) -> None:
        """How much is on its way, looked up for all."""
        while not self.ended:
            try:
                self.open_ = await due_now(self.world)
            except DOWN:
                self.open_ = _MOST_OPEN
            await asyncio.sleep(0.1)

    async def room(self) -> bool:
        """A pause; False once the day is over."""
        await asyncio.sleep(self.dice.random() * 0.2)
        return not self.ended


async def feeder(office: Office) -> None:
    """Keeps enough on its way for whoever dies: a third of it is to go out by itself."""
    world = office.world
    threads = [id_ for some in world.threads.values() for id_ in some]
    sql = await world.sql()
    while not office.ended:
        wanted = min(_MOST_OPEN - office.open_, len(threads))
        if wanted < _MOST_OPEN // 4:
            await asyncio.sleep(0.03)
            continue
        chosen = office.dice.sample(threads, wanted)
        ids = [new_id() for _ in chosen]
        texts = [office.words() for _ in chosen]
        automatic = [office.dice.random() < 0.33 for _ in chosen]

        async def plan() -> None:
            nonlocal sql
            if sql.is_closed():
                sql = await world.sql()
            async with sql.transaction():
                await sql.execute(_LOCK, chosen)  # noqa: B023 - awaited here
                await sql.execute(_PLAN, chosen, ids, texts, automatic)  # noqa: B023

        await insist(plan)
        office.answered.update(ids)
        office.open_ += wanted
        office.counts["fed"] += wanted
    await sql.close()


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
        await sql.close()


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
