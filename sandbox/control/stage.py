"""Routes that set the stage: people, bots, faults, the AI's script, the journal, the events."""

from collections.abc import AsyncIterator
from typing import Annotated

import orjson
from fastapi import FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import StreamingResponse

from sandbox.control.desk import Desk
from sandbox.control.shapes import BotIn, FaultIn, PersonIn, ScriptIn
from sandbox.faults import Fault
from sandbox.openai.script import Rule
from sandbox.people import Person
from sandbox.shapes import Json, iso
from sandbox.telegram.state import person_fact
from sandbox.telegram.view import bot_view, person_view
from sandbox.telegram.webhook import WebhookPushers
from sandbox.tokens import OPENAI_API_KEY, OPERATOR_BOT_TOKEN


def stage_routes(app: FastAPI, desk: Desk, pushers: WebhookPushers) -> None:
    _cast_routes(app, desk, pushers)
    _fault_routes(app, desk)
    _watch_routes(app, desk)


def _cast_routes(app: FastAPI, desk: Desk, pushers: WebhookPushers) -> None:
    world = desk.world

    @app.get("/sandbox/people")
    async def people() -> Json:
        """`{"people": [{"name", "role", "user_id", "chat_id", "language", "starts", …}]}`."""
        return {"people": [person_view(p, world.telegram.by_id) for p in world.people]}

    @app.post("/sandbox/people", status_code=201)
    async def add_person(given: PersonIn) -> Json:
        user_id = given.user_id or world.people.free_id()
        if world.people.by_id(user_id) is not None:
            raise HTTPException(409, f"id {user_id} is taken")
        person = Person(
            user_id, given.name, given.role, given.last_name, given.username, given.language
        )
        if given.starts is True:
            person.started.add(desk.bot(None, person).id)
        elif given.starts:
            person.started.update(desk.bot(key, person).id for key in given.starts)
        world.people.add(person)
        world.archive.record(person_fact(person))
        world.live.tell({"type": "people"})
        return person_view(person, world.telegram.by_id)

    @app.get("/sandbox/telegram/bots")
    async def bots() -> Json:
        """`{"bots": [{"id", "token", "username", "name", "kind", "store", …}]}`."""
        return {"bots": [bot_view(bot) for bot in world.telegram.by_id.values()]}

    @app.post("/sandbox/telegram/bots", status_code=201)
    async def add_bot(given: BotIn) -> Json:
        taken = world.telegram.by_id.get(int(given.token.partition(":")[0]))
        if taken is not None or world.telegram.find_bot(given.username) is not None:
            raise HTTPException(409, "a bot with this id or username exists")
        bot = world.telegram.add_bot(
            given.token, given.username, given.name or given.username, given.kind, given.store
        )
        pushers.watch(bot)
        return bot_view(bot)

    @app.get("/sandbox/environment")
    async def environment(request: Request) -> Json:
        """The settings that point a product at this sandbox."""
        base = str(request.base_url).rstrip("/")
        return {
            "environment": {
                "TELEGRAM_BOT_TOKEN": OPERATOR_BOT_TOKEN,
                "TELEGRAM_API_BASE": f"{base}/telegram",
                "OPENAI_API_KEY": OPENAI_API_KEY,
                "OPENAI_BASE_URL": f"{base}/openai/v1",
            }
        }


def _fault_routes(app: FastAPI, desk: Desk) -> None:
    world = desk.world

    @app.post("/sandbox/faults", status_code=201)
    async def add_fault(given: FaultIn) -> Json:
        fault = world.faults.add(Fault(**given.model_dump()))
        world.live.tell({"type": "faults"})
        return fault.view()

    @app.get("/sandbox/faults")
    async def faults() -> Json:
        return {"faults": world.faults.view()}

    @app.delete("/sandbox/faults")
    async def clear_faults() -> Json:
        removed = world.faults.clear()
        world.live.tell({"type": "faults"})
        return {"removed": removed}

    @app.delete("/sandbox/faults/{fault_id}")
    async def clear_fault(fault_id: int) -> Json:
        removed = world.faults.clear(fault_id)
        world.live.tell({"type": "faults"})
        return {"removed": removed}

    @app.post("/sandbox/openai/script", status_code=201)
    async def set_script(given: ScriptIn) -> Json:
        """Replace the rules; the first that meets a request speaks for the model."""
        rules = []
        for rule in given.rules:
            fields = rule.model_dump(by_alias=True)
            rules.append(Rule(**fields))
        world.script.set(rules)
        return {"rules": [rule.view() for rule in rules]}

    @app.get("/sandbox/openai/script")
    async def script() -> Json:
        return {"rules": [r.view() for r in world.script.rules], "calls": world.script.calls}

    @app.delete("/sandbox/openai/script")
    async def clear_script() -> Json:
        world.script.clear()
        return {"rules": []}


def _watch_routes(app: FastAPI, desk: Desk) -> None:
    world = desk.world

    @app.get("/sandbox/requests")
    async def requests(
        target: str | None = None,
        method: str | None = None,
        contains: str | None = None,
        after: Annotated[int, Query(description="only rows with a greater number")] = 0,
        limit: Annotated[int, Query(ge=1, le=20_000)] = 1000,
    ) -> Json:
        """Every request the product made, newest `limit`, oldest first, tokens masked."""
        rows = world.journal.read(
            target=target, method=method, contains=contains, after=after, limit=limit
        )
        return {"requests": rows}

    @app.delete("/sandbox/requests")
    async def clear_requests() -> Json:
        world.journal.clear()
        return {"requests": []}

    @app.get("/sandbox/status")
    async def status() -> Json:
        """When each target was last asked, and what the bots still have to fetch."""
        return {
            "seen": {key: iso(at) for key, at in world.journal.last_seen.items()},
            "faults": world.faults.view(),
            "bots": [bot_view(bot) for bot in world.telegram.by_id.values()],
        }

    @app.get("/sandbox/files/{unique}")
    async def file(unique: str, name: str | None = None) -> Response:
        stored = world.telegram.files.meta(unique) or world.telegram.files.meta(
            unique.partition("-")[0]
        )
        content = world.telegram.files.read(stored.unique) if stored else None
        if stored is None or content is None:
            raise HTTPException(404, "no such file")
        shown = stored.kind in ("photo", "voice", "audio", "video", "video_note", "sticker")
        headers = {"x-content-type-options": "nosniff"}
        if not shown or name is not None:
            headers["content-disposition"] = "attachment"
        return Response(content, media_type=stored.mime, headers=headers)

    @app.get("/sandbox/live")
    async def live() -> StreamingResponse:
        """Server-sent events of everything that happens."""
        return StreamingResponse(_events(desk), media_type="text/event-stream")


async def _events(desk: Desk) -> AsyncIterator[bytes]:
    yield b"retry: 1000\n\n: hello\n\n"
    async for event in desk.world.live.follow():
        yield b": still here\n\n" if event is None else b"data: " + orjson.dumps(event) + b"\n\n"
