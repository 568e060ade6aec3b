"""The fork server: a parent that has imported everything, and children that are roles and die.

Its plan (a JSON file) is told on stdin, once there is a world to work in. Whatever dies is forked
again at once, in milliseconds. Each child is armed with one failpoint, the one its role has died at
least of; a line of JSON on stdout tells each death. On stdin: `calm` (nobody is armed any more),
`stop`.
"""

import asyncio
import faulthandler
import importlib
import os
import random
import select
import signal
import sys
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import uvloop
from fastapi import FastAPI
from sqlalchemy.orm import configure_mappers

from api.app import add_routes
from bench.delivery.keyed import KeyedConnector
from bench.delivery.mutants import MUTANTS
from connectors import host
from connectors.telegram_bot.client import TelegramBotConnector
from core.app import open_app
from core.kernel import logs
from core.kernel.embedded.processes import die_with_parent
from core.kernel.i18n import LANGUAGES, Speaker
from core.kernel.settings import Settings, load, variables
from core.ports.channel import ChannelKind

SERVES = {
    name: importlib.import_module(module)
    for name, module in {
        "api": "api.serve", "bot": "bot.serve", "worker": "core.worker", "scheduler": "core.scheduler",
    }.items()
}  # fmt: skip
# How likely a child dies each time it comes by: often where few come by, or where lives are to be
# short; the roles beside the channels live long enough to do something.
_CHANCES = {
    "deliver.claimed": 0.5, "deliver.sending": 0.2, "deliver.sent": 0.2, "settle.kept": 0.5,
    "settle.committed": 0.5, "begin.kept": 0.5, "adopt.judged": 1.0, "unit.committed": 0.2,
    "plan.kept": 0.4, "cancel.kept": 1.0, "poll.fetched": 0.3, "poll.kept": 0.3,
    "press.claimed": 0.2, "press.handled": 0.4, "react.done": 0.7, "tick.due": 0.1,
}  # fmt: skip
# A point that nobody comes by for so long: the child dies wherever it is. What a dead bot was at
# is another's after six seconds.
_LONGEST_LIFE_SECONDS = {"bot": 12.0}
_LONG_LIFE_SECONDS = 6.0
_PAUSE_SECONDS = 0.3
_DOWN = ("CannotConnectNow", "ConnectionDoesNotExist", "ConnectionRefused", "FileNotFound",
         "InterfaceError", "CrashShutdown", "connection was closed")  # fmt: skip


@dataclass
class Child:
    """One process that lives."""

    role: str
    point: str | None
    began: float
    ends: float
    log: Path


@dataclass
class Plan:
    """`shares`: for each role in which proportion it dies at its points; `replicas` of each."""

    folder: Path
    mutant: str | None
    shares: dict[str, dict[str, int]]
    replicas: dict[str, int]
    hits: Counter[tuple[str, str]] = field(default_factory=Counter)

    def point(self, role: str, living: Counter[tuple[str, str | None]]) -> str | None:
        """The one its role has died at least of, measured by its share; it never stops at that.

        `living`: who is armed with what already, or a rare point would arm them all.
        """

        def share(point: str) -> tuple[float, float]:
            n = self.hits[role, point] + living[role, point]
            return n / self.shares[role][point], random.random()  # noqa: S311

        return min(self.shares.get(role, {}), key=share, default=None)


class Server:
    """Forks, buries, forks again."""

    def __init__(self, settings: Settings, plan: Plan) -> None:
        self._settings = settings
        self._plan = plan
        self._children: dict[int, Child] = {}
        self._armed = True
        self._number = 0
        self._later: list[tuple[float, str]] = []

    def run(self) -> None:
        sys.stdout.write('{"ready": true}\n')
        sys.stdout.flush()
        for role, replicas in self._plan.replicas.items():
            for _ in range(replicas):
                self._fork(role)
        while True:
            ready, _, _ = select.select([sys.stdin], [], [], 0.005)
            if ready:
                match sys.stdin.readline().strip():
                    case "calm":
                        self._armed = False
                        self._kill_the_armed()
                    case _:
                        self._armed = False
                        self._children, last = {}, self._children
                        for pid in last:
                            os.kill(pid, signal.SIGKILL)
                            os.waitpid(pid, 0)
                        return
            self._end_the_old()
            self._bury()
            now = time.monotonic()
            for at, role in [one for one in self._later if one[0] <= now]:
                self._later.remove((at, role))
                self._fork(role)

    def _fork(self, role: str) -> None:
        living = Counter((child.role, child.point) for child in self._children.values())
        point = self._plan.point(role, living) if self._armed else None
        self._number += 1
        log = self._plan.folder / f"{role}-{self._number}.log"
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            try:
                self._live(role, point, log, parent)
                os.write(2, f"{role} has come to its end, which it has none of\n".encode())
            except BaseException:
                os.write(2, traceback.format_exc().encode())
            finally:
                os._exit(1)
        now = time.monotonic()
        longest = _LONGEST_LIFE_SECONDS.get(role, _LONG_LIFE_SECONDS)
        ends = now + longest if point else float("inf")
        self._children[pid] = Child(role, point, now, ends, log)

    def _live(self, role: str, point: str | None, log: Path, parent: int) -> None:
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(out, 2)
        os.dup2(out, 1)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        faulthandler.enable()  # to fd 2: what ends a process without a word of Python's
        die_with_parent(signal.SIGKILL, parent)
        random.seed()
        failpoints = f"{point}={_CHANCES[point]}" if point else None
        settings = self._settings.model_copy(update={"failpoints": failpoints})
        logs.configure(level="WARNING", form="json", role=role)
        if self._plan.mutant:
            MUTANTS[self._plan.mutant]()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(role, settings))

    def _end_the_old(self) -> None:
        """A point that nobody comes by: the child dies of old age, anywhere at all."""
        now = time.monotonic()
        for pid, child in self._children.items():
            if now > child.ends:
                child.ends = float("inf")
                os.kill(pid, signal.SIGKILL)

    def _kill_the_armed(self) -> None:
        """And nobody else: where nobody is armed, nobody may be in doubt."""
        for pid, child in self._children.items():
            if child.point is not None:
                os.kill(pid, signal.SIGKILL)

    def _bury(self) -> None:
        while self._children:
            pid, status, used = os.wait4(-1, os.WNOHANG)
            if pid == 0:
                return
            child = self._children.pop(pid, None)
            if child is None:
                continue
            said = child.log.read_text(errors="replace") if child.log.exists() else ""
            last = said.rstrip().rpartition("\n")[2]
            point = last.removeprefix("failpoint ") if last.startswith("failpoint ") else "anywhere"
            if point != "anywhere":
                self._plan.hits[child.role, point] += 1
            code = os.waitstatus_to_exitcode(status)  # -9: killed
            told = {
                "role": child.role,
                "point": point,
                "code": code,
                "seconds": time.monotonic() - child.began,
                "cpu": used.ru_utime + used.ru_stime,
                "log": str(child.log),
                "said": last,
                "database_down": any(word in said for word in _DOWN),
            }
            sys.stdout.write(orjson.dumps(told).decode() + "\n")
            sys.stdout.flush()
            if code == -signal.SIGKILL:
                child.log.unlink(missing_ok=True)
                self._fork(child.role)
            else:
                # As a supervisor does: what ends by itself is not started in a tight loop.
                self._later.append((time.monotonic() + _PAUSE_SECONDS, child.role))


async def _serve(role: str, settings: Settings) -> None:
    async with open_app(settings, role=role, pool_size=4) as app:
        if role != "channels":
            await SERVES[role].serve(app, asyncio.Event())
            return
        base = settings.telegram_api_base or ""
        connectors: dict[ChannelKind, Any] = {
            ChannelKind.TELEGRAM_BOT: TelegramBotConnector(base),
            ChannelKind.TELEGRAM_PERSONAL: KeyedConnector(base),
        }
        await host.Host(app, connectors).work()


def _warm_up() -> None:
    """What a role makes once in its life and every child would make anew."""
    add_routes(FastAPI())
    for language in LANGUAGES:
        Speaker(language)
    configure_mappers()


def main() -> None:
    _warm_up()
    path = sys.stdin.readline().strip()
    if path in {"", "stop"}:
        return
    asked = orjson.loads(Path(path).read_bytes())
    for name in variables():
        os.environ.pop(name, None)
    os.environ.update(asked["environment"])
    settings = load(None).model_copy(update=asked["settings"])
    plan = Plan(Path(asked["folder"]), asked["mutant"], asked["shares"], asked["replicas"])
    Server(settings, plan).run()


if __name__ == "__main__":
    main()
