"""The ASGI application: the hot roads first, everything else through FastAPI."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from sandbox.control.chats import chat_routes
from sandbox.control.desk import Desk
from sandbox.control.stage import stage_routes
from sandbox.http import App, Receive, Scope, Send
from sandbox.openai.server import PREFIX as OPENAI_PREFIX
from sandbox.openai.server import OpenAI
from sandbox.telegram.server import PREFIX as TELEGRAM_PREFIX
from sandbox.telegram.server import BotApi
from sandbox.telegram.webhook import WebhookPushers
from sandbox.world import World

PAGE = Path(__file__).parent / "page"


def control_app(world: World) -> FastAPI:
    """The control API and the page."""
    pushers = WebhookPushers(world.telegram)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        for bot in world.telegram.by_id.values():
            pushers.watch(bot)
        yield
        await pushers.close()
        world.archive.close()

    app = FastAPI(
        title="Sandbox control",
        version="1",
        openapi_url="/sandbox/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    desk = Desk(world)
    chat_routes(app, desk)
    stage_routes(app, desk, pushers)
    app.mount("/", StaticFiles(directory=PAGE, html=True))
    return app


def make_app(world: World) -> App:
    """Routes by prefix: the Bot API and OpenAI skip every framework."""
    bot_api, openai = BotApi(world.telegram, world.journal), OpenAI(world)
    control = control_app(world)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = scope["path"]
            if path.startswith(TELEGRAM_PREFIX):
                await bot_api(scope, receive, send)
                return
            if path.startswith(OPENAI_PREFIX):
                await openai(scope, receive, send)
                return
        await control(scope, receive, send)

    return app
