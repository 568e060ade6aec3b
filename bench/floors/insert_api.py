"""The floor of a webhook: FastAPI, a model, one INSERT by asyncpg. Run as `… PORT DSN`."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import orjson
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

TABLE = """
CREATE TABLE IF NOT EXISTS bench_updates (update_id bigint PRIMARY KEY, payload text NOT NULL,
    at timestamptz NOT NULL DEFAULT now())
"""
_KEEP = "INSERT INTO bench_updates (update_id, payload) VALUES ($1, $2) ON CONFLICT DO NOTHING"


class Person(BaseModel):
    id: int
    first_name: str


class Chat(BaseModel):
    id: int
    type: str


class Message(BaseModel):
    message_id: int
    date: int
    chat: Chat
    text: str


class Update(BaseModel):
    update_id: int
    message: Message


def create_app(dsn: str) -> FastAPI:
    """The smallest service that keeps an update."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with asyncpg.create_pool(dsn, min_size=1, max_size=10) as pool:
            app.state.pool = pool
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/updates")
    async def keep(update: Update) -> dict[str, Any]:
        payload = orjson.dumps(update.model_dump()).decode()
        await app.state.pool.execute(_KEEP, update.update_id, payload)
        return {"ok": True}

    return app


if __name__ == "__main__":
    uvicorn.run(
        create_app(sys.argv[2]),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        http="httptools",
        loop="uvloop",
        access_log=False,
        server_header=False,
        log_level="warning",
    )
