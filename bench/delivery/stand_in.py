"""The messengers' side: keeps what it was given, in the order it took it, with a life's latency.

Run as `… PORT LEAST MOST` (milliseconds of latency). The store's bot and the operators' bot speak
the Bot API; `/keyed/send` takes a key of the sender's and takes it once.
"""

import asyncio
import random
import sys
from typing import Any

import orjson
import uvloop

from bench.floors.http_server import Request, serve
from bench.floors.stand_in import Json, StandIn, _Bot

# The rest is the operators' bot's; these are the stores'.
STORE_BOTS = frozenset({7_100_000_002})


class Recording(StandIn):
    """`/control/record` gives what was taken since `after`; `/control/tap` hands an update over."""

    def __init__(self, least: float, most: float) -> None:
        super().__init__()
        self._least, self._most = least, most
        self._dice = random.Random(7)  # noqa: S311 - latency
        self._taken: list[tuple[str, str, str]] = []  # channel, chat, text
        self._keys: dict[str, int] = {}
        self._repeated = 0
        self._answers: dict[str, list[str]] = {}  # to each press, in the order they came
        self._control |= {
            "record": self._record,
            "tap": self._tap,
            "latency": self._set_latency,
            "answers": self._answers_to,
        }

    async def answer(self, request: Request) -> tuple[int, bytes]:
        if request.path == "/keyed/send":
            return 200, orjson.dumps(await self._keyed(orjson.loads(request.body)))
        return await super().answer(request)

    async def _method(self, bot: _Bot, method: str, params: dict[str, str]) -> Any:
        if method == "sendMessage" and bot.id in STORE_BOTS:
            before, after = self._latency()
            await asyncio.sleep(before)
            self._taken.append(("keyless", params["chat_id"], params["text"]))
            message = self._message(bot, params["chat_id"], params["text"])
            await asyncio.sleep(after)
            return message
        if method == "answerCallbackQuery":
            said = self._answers.setdefault(params["callback_query_id"], [])
            said.append(params.get("text", ""))
        return await super()._method(bot, method, params)

    async def _keyed(self, asked: Json) -> Json:
        before, after = self._latency()
        await asyncio.sleep(before)
        known = self._keys.get(asked["key"])
        if known is None:
            self._taken.append(("keyed", asked["chat"], asked["text"]))
            known = self._keys[asked["key"]] = len(self._taken)
        else:
            self._repeated += 1
        await asyncio.sleep(after)
        return {"id": known}

    def _latency(self) -> tuple[float, float]:
        """The message is taken somewhere within it: who dies may have been too early or too late."""
        whole = self._dice.uniform(self._least, self._most) / 1000
        share = self._dice.random()
        return whole * share, whole * (1 - share)

    async def _record(self, asked: Json) -> Json:
        return {"taken": self._taken[asked["after"] :], "repeated": self._repeated}

    async def _tap(self, asked: Json) -> Json:
        bot = self._bot(asked["token"])
        bot.put([asked["update"]])
        return {"update_id": bot.last_update}

    async def _answers_to(self, asked: Json) -> Json:
        return {"answers": [self._answers.get(id_, []) for id_ in asked["ids"]]}

    async def _set_latency(self, asked: Json) -> Json:
        self._least, self._most = asked["least"], asked["most"]
        return {}


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        port, least, most = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
        runner.run(serve(port, Recording(least, most).answer))
