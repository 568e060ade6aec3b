"""The outside world at the least cost: the Bot API, a model that answers at once, and a stopwatch.

The sandbox behaves as Telegram does; this one only answers, so that what is measured is who asks.
It writes as customers and presses as operators itself, and notes when each message appears, so
all moments are of one clock. Run as `… PORT`.

A customer's message carries `q0000042x`, the model's answer to it `a0000042z`: wherever one of
them is shown, the stopwatch knows which message it is about.
"""

import asyncio
import re
import sys
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson
import uvloop

from bench.floors.http_server import Request, serve

Json = dict[str, Any]
_ASKED = re.compile(r"q(\d{7})x")
_ANSWER = re.compile(r"a(\d{7})z")
_BATCH = 100


@dataclass(slots=True)
class _Bot:
    """One token: what waits for it, and who waits at it."""

    id: int
    pending: deque[Json] = field(default_factory=deque)
    last_update: int = 0
    waiter: asyncio.Future[None] | None = None

    def put(self, updates: Iterable[Json]) -> None:
        for update in updates:
            self.last_update += 1
            self.pending.append({"update_id": self.last_update, **update})
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(None)

    async def take(self, offset: int, seconds: float) -> list[Json]:
        while self.pending and self.pending[0]["update_id"] < offset:
            self.pending.popleft()
        if not self.pending and seconds > 0:
            self.waiter = asyncio.get_running_loop().create_future()
            try:
                async with asyncio.timeout(seconds):
                    await self.waiter
            except TimeoutError:
                pass
        return [self.pending[i] for i in range(min(_BATCH, len(self.pending)))]


class StandIn:
    """Answers everything, and remembers when."""

    def __init__(self) -> None:
        self._bots: dict[str, _Bot] = {}
        self._message_id = 0
        # By kind and number, the first moment.
        self._marks: dict[str, dict[int, float]] = defaultdict(dict)
        self._cards: dict[int, Json] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._control: dict[str, Callable[[Json], Awaitable[Any]]] = {
            "write": self._write,
            "press": self._press,
            "wait": self._wait,
            "marks": self._given_marks,
        }

    async def answer(self, request: Request) -> tuple[int, bytes]:
        path = request.path
        if path.startswith("/bot"):
            token, _, method = path[4:].partition("/")
            params = _params(request.body)
            result = await self._method(self._bot(token), method, params)
            return 200, orjson.dumps({"ok": True, "result": result})
        if path.endswith("/chat/completions"):
            return 200, _completion(request.body)
        if path.startswith("/control/"):
            found = await self._control[path[9:]](orjson.loads(request.body))
            return 200, orjson.dumps(found, option=orjson.OPT_NON_STR_KEYS)
        return 404, b'{"ok":false,"error_code":404,"description":"Not Found"}'

    def _bot(self, token: str) -> _Bot:
        bot = self._bots.get(token)
        if bot is None:
            bot = self._bots[token] = _Bot(int(token.partition(":")[0]))
        return bot

    # the Bot API

    async def _method(self, bot: _Bot, method: str, params: dict[str, str]) -> Any:
        if method == "getUpdates":
            return await bot.take(int(params.get("offset", 0)), float(params.get("timeout", 0)))
        if method in {"sendMessage", "editMessageText"}:
            return self._shown(bot, params)
        if method == "forwardMessage":
            self._mark("card", int(params["message_id"]))
            return self._message(bot, params["chat_id"], "forwarded")
        if method == "answerCallbackQuery":
            self._mark("pressed", int(params["callback_query_id"]))
            return True
        if method == "getMe":
            return _user(bot.id) | {"can_join_groups": True}
        if method == "getWebhookInfo":
            return {"url": "", "has_custom_certificate": False, "pending_update_count": 0}
        return True

    def _shown(self, bot: _Bot, params: dict[str, str]) -> Json:
        text = params.get("text", "")
        answers = _ANSWER.search(text)
        if answers is not None:
            self._mark("drafted", int(answers[1]))
            if params["chat_id"] == answers[1].lstrip("0"):
                self._mark("reached", int(answers[1]))
        message = self._message(bot, params["chat_id"], text)
        if "message_id" in params:
            message["message_id"] = int(params["message_id"])
        asks = _ASKED.search(text)
        if asks is not None:
            self._mark("card", int(asks[1]))
        elif text == "Принято":
            self._mark("replied", int(params["chat_id"]))
        if "reply_markup" in params:
            message["reply_markup"] = orjson.loads(params["reply_markup"])
            if asks is not None:
                self._cards[int(asks[1])] = message
        return message

    def _message(self, bot: _Bot, chat_id: str, text: str) -> Json:
        self._message_id += 1
        return {
            "message_id": self._message_id,
            "from": _user(bot.id),
            "chat": _chat(int(chat_id)),
            "date": int(time.time()),
            "text": text,
        }

    # people

    async def _write(self, asked: Json) -> Json:
        """Customers first, first+1, … each write one message; `rate` a second, or all at once."""
        bot = self._bot(asked["token"])
        numbers = range(asked["first"], asked["first"] + asked["count"])
        self._act(
            lambda number: self._send(bot, "written", number, _written(number)), numbers, asked
        )
        return {}

    async def _press(self, asked: Json) -> Json:
        """Operators take turns in pressing the first button of the cards of these customers.

        With `plain` there is no card: the button is the floor's.
        """
        bot, operators = self._bot(asked["token"]), asked["operators"]

        def press(number: int) -> None:
            who = operators[number % len(operators)]
            card = self._message(bot, str(who), "card") if asked["plain"] else self._cards[number]
            data = f"p:{number}" if asked["plain"] else _first_button(card)
            self._send(bot, "tapped", number, _pressed(number, who, card, data))

        self._act(press, asked["numbers"], asked)
        return {}

    def _act(self, act: Callable[[int], None], numbers: Iterable[int], asked: Json) -> None:
        async def over_time() -> None:
            began = time.monotonic()
            for nth, number in enumerate(numbers):
                if asked.get("rate"):
                    await asyncio.sleep(max(0.0, began + nth / asked["rate"] - time.monotonic()))
                act(number)

        task = asyncio.create_task(over_time())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _send(self, bot: _Bot, kind: str, number: int, update: Json) -> None:
        self._mark(kind, number)
        bot.put([update])

    # the stopwatch

    def _mark(self, kind: str, number: int) -> None:
        self._marks[kind].setdefault(number, time.monotonic())

    async def _wait(self, asked: Json) -> Json:
        """Until all of these have their mark, or `seconds` are over; how many are missing."""
        marks, until = self._marks[asked["kind"]], time.monotonic() + asked["seconds"]
        missing = set(asked["numbers"])
        while missing and time.monotonic() < until:
            missing -= marks.keys()
            await asyncio.sleep(0.02)
        return {"missing": len(missing)}

    async def _given_marks(self, asked: Json) -> Json:
        marks = self._marks[asked["kind"]]
        return {number: marks[number] for number in asked["numbers"] if number in marks}


def _user(id_: int) -> Json:
    return {"id": id_, "is_bot": True, "first_name": "Bot", "username": f"bot{id_}_bot"}


def _person(id_: int) -> Json:
    return {"id": id_, "is_bot": False, "first_name": f"Клиент {id_}", "language_code": "ru"}


def _chat(id_: int) -> Json:
    return {"id": id_, "first_name": f"Клиент {id_}", "type": "private"}


def _written(number: int) -> Json:
    return {
        "message": {
            "message_id": number,
            "from": _person(number),
            "chat": _chat(number),
            "date": int(time.time()),
            "text": f"Здравствуйте! Есть АКПП на Camry 40, сколько стоит? q{number:07d}x",
        }
    }


def _pressed(number: int, who: int, card: Json, data: str) -> Json:
    return {
        "callback_query": {
            "id": str(number),
            "from": _person(who),
            "message": card,
            "chat_instance": str(who),
            "data": data,
        }
    }


def _first_button(card: Json) -> str:
    data: str = card["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    return data


def _params(body: bytes) -> dict[str, str]:
    """Of a form, as aiogram sends it, or of JSON, as the product does."""
    if not body.startswith(b"{"):
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    given = orjson.loads(body).items()
    return {name: v if isinstance(v, str) else orjson.dumps(v).decode() for name, v in given}


def _completion(body: bytes) -> bytes:
    """Answers to the last question asked, out of nothing, at once."""
    asked = _ASKED.findall(orjson.loads(body)["messages"][-1]["content"])
    reply = {
        "reply": f"Да, есть, приезжайте посмотреть. Номер заказа a{int(asked[-1]):07d}z",
        "intent": "availability",
        "confidence": 0.9,
        "used_sources": ["P1"],
        "facts": [],
        "needs_human": False,
        "reason": None,
        "language": "ru",
    }
    return orjson.dumps(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": "stand-in",
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": orjson.dumps(reply).decode()},
                    "finish_reason": "stop",
                }
            ],
            "usage": {"prompt_tokens": 900, "completion_tokens": 80, "total_tokens": 980},
        }
    )


async def main(port: int) -> None:
    """Until killed."""
    await serve(port, StandIn().answer)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(int(sys.argv[1])))
