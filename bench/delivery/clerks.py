"""Those who plan replies and take them back: by the use case and by the API."""

import asyncio
from typing import Any
from uuid import UUID

import httpx

from bench.delivery.office import Office
from bench.delivery.world import DOWN, insist
from core.kernel.errors import DomainError
from core.ports.channel import ChannelKind
from core.suggestions.decide import undo

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
