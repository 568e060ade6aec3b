"""As a process: it says when it is ready, stays on loopback, and survives kill -9."""

import ast
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from sandbox.main import listen, main
from sandbox.shapes import Json
from sandbox.tokens import STORE_BOT_TOKEN

ROOT = Path(__file__).parents[2]


@contextmanager
def started(data: Path, *more: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--data", str(data), *more]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ}
    )
    try:
        assert process.stdout is not None
        ready = re.fullmatch(
            r"sandbox ready (http://127\.0\.0\.1:\d+)\n", process.stdout.readline()
        )
        assert ready is not None
        yield ready.group(1), process
    finally:
        process.kill()
        process.communicate()


def call(url: str, method: str, **params: object) -> Json:
    answer = httpx.post(f"{url}/telegram/bot{STORE_BOT_TOKEN}/{method}", json=params)
    found: Json = answer.json()
    return found


def test_chats_and_updates_survive_kill_9(tmp_path: Path) -> None:
    with started(tmp_path) as (url, process):
        for text in ("уже прочитано", "не забудьте"):
            httpx.post(f"{url}/sandbox/customers/Иван/messages", json={"text": text})
        first, second = call(url, "getUpdates")["result"]
        call(url, "getUpdates", offset=second["update_id"])
        sent = call(url, "sendMessage", chat_id=5_200_000_001, text="не забудем")["result"]
        httpx.post(f"{url}/sandbox/people", json={"name": "Зоя"})
        process.send_signal(signal.SIGKILL)
        process.wait()
    with (tmp_path / "world.jsonl").open("ab") as log:
        log.write(b'{"e":"message","b":70')  # a line torn by the kill
    with started(tmp_path) as (url, process):
        chat = httpx.get(f"{url}/sandbox/telegram/chats/5200000001/messages").json()
        assert [m["text"] for m in chat["messages"]] == [
            "уже прочитано",
            "не забудьте",
            "не забудем",
        ]
        assert call(url, "getUpdates")["result"] == [second]
        fresh = call(url, "sendMessage", chat_id=5_200_000_001, text="ещё")["result"]
        assert fresh["message_id"] > sent["message_id"] > first["message"]["message_id"]
        names = [p["name"] for p in httpx.get(f"{url}/sandbox/people").json()["people"]]
        assert "Зоя" in names
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) in (0, -signal.SIGTERM)


def test_a_taken_port_is_said_in_one_line() -> None:
    taken = listen("127.0.0.1", 0)
    taken.listen()
    port = taken.getsockname()[1]
    with pytest.raises(SystemExit, match=rf"^sandbox: cannot listen on 127\.0\.0\.1:{port}"):
        main(["--port", str(port)])
    taken.close()


def test_nothing_of_the_product_is_imported() -> None:
    wanted: set[str] = set()
    for source in (ROOT / "sandbox").rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.Import):
                wanted |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                wanted.add(node.module.partition(".")[0])
    assert not wanted & {"core", "api", "bot", "connectors", "cli", "migrations"}
