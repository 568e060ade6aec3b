"""Who plays: customers who write bursts and albums, operators who approve what comes."""

import asyncio
import base64
import random
import time
from collections import Counter
from dataclasses import dataclass, field

from bench.kill.outside import Json, Outside

APPROVE, ARRIVED, SEND_AGAIN = "Отправить", "Дошло", "Отправить ещё раз"
ACCEPTED = "Отправляю"
_PRESS_AGAIN_SECONDS = 15.0
_NEWEST = 120
_QUESTIONS = (
    "Есть АКПП на Camry 40, сколько стоит?",
    "Какая гарантия на коробку?",
    "Доставите в Казань?",
    "А вариатор на Qashqai есть?",
    "Можно вернуть, если не подойдёт?",
)
_PIXEL = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
).decode()


@dataclass(frozen=True)
class Written:
    """One message the sandbox accepted from a customer. `token` stands in its text, if it has any."""

    chat_id: int
    message_id: int
    token: str | None


@dataclass
class Customers:
    """A crowd; each writes under a token that nobody else uses."""

    outside: Outside
    dice: random.Random
    names: dict[str, int] = field(default_factory=dict)
    written: list[Written] = field(default_factory=list)
    _number: int = 0

    async def gather(self, count: int) -> None:
        for number in range(count):
            name = f"Клиент{number + 1}"
            person = await self.outside.call("POST", "people", {"name": name})
            self.names[name] = person["chat_id"]

    async def write(self, round_: int) -> None:
        """Two to four of them write one to three messages each, one in four an album."""
        names = self.dice.sample(sorted(self.names), self.dice.randint(2, 4))
        await asyncio.gather(*(self._burst(name, round_) for name in names))

    async def _burst(self, name: str, round_: int) -> None:
        for _ in range(self.dice.randint(1, 3)):
            self._number += 1
            token = f"[{round_}.{self._number}]"
            body: Json = {"text": f"{token} {self.dice.choice(_QUESTIONS)}"}
            if self.dice.random() < 0.25:
                photo = {"kind": "photo", "name": "a.png", "base64": _PIXEL, "album": 1}
                body["files"] = [photo] * self.dice.randint(2, 3)
            answer = await self.outside.call("POST", f"customers/{name}/messages", body)
            chat_id = self.names[name]
            for place, message_id in enumerate(answer["message_ids"]):
                self.written.append(Written(chat_id, message_id, None if place else token))
            await asyncio.sleep(self.dice.random() * 0.3)


@dataclass
class Operator:
    """Presses «Отправить» on every card; of a doubt says now this, now that."""

    outside: Outside
    dice: random.Random
    name: str
    chat_id: int
    accepted: set[str] = field(default_factory=set)
    answers: Counter[str] = field(default_factory=Counter)
    _pressed: dict[tuple[int, str], float] = field(default_factory=dict)
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    async def work(self) -> None:
        """Until cancelled."""
        version = -1
        path = f"telegram/chats/{self.chat_id}/messages"
        while True:
            shown = await self.outside.call(
                "GET", path, version=version, wait=1.5, limit=_NEWEST, from_bot=True
            )
            version = shown["version"]
            for message in (
                shown["messages"]
                or (await self.outside.call("GET", path, limit=_NEWEST, from_bot=True))["messages"]
            ):
                self._look_at(message)

    def _look_at(self, message: Json) -> None:
        buttons = {
            button["text"]: button["callback_data"]
            for row in message["buttons"]
            for button in row
            if "callback_data" in button
        }
        wanted = APPROVE
        if ARRIVED in buttons:
            wanted = ARRIVED if self.dice.random() < 0.6 else SEND_AGAIN
        data = buttons.get(wanted)
        if data is None:
            return
        key = (message["message_id"], "doubt" if wanted != APPROVE else data)
        if time.monotonic() < self._pressed.get(key, 0.0):
            return
        self._pressed[key] = time.monotonic() + _PRESS_AGAIN_SECONDS
        task = asyncio.create_task(self._press(message["message_id"], data))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _press(self, message_id: int, data: str) -> None:
        await asyncio.sleep(self.dice.random() * 0.4)
        try:
            found = await self.outside.call(
                "POST",
                "telegram/callbacks",
                {"chat_id": self.chat_id, "message_id": message_id, "data": data, "wait": 10},
            )
        except RuntimeError:  # the message is gone: a person would see that
            self.answers["gone"] += 1
            return
        said = (found["answer"] or {}).get("text") or "—"
        self.answers[said.split(":")[0]] += 1
        if said == ACCEPTED:
            self.accepted.add(data)
