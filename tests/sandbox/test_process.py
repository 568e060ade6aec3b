"""As a process: it says when it is ready, stays on loopback, and survives kill -9."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from sandbox.shapes import Json
from sandbox.tokens import STORE_BOT_TOKEN

ROOT = Path(__file__).parents[2]


@contextmanager
def started(data: Path, *more: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--data", str(data), *more]
    process = subprocess.Popen(  # noqa: S603
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env={**os.environ}
    )
    try:
        assert process.stdout is not None
        ready = re.fullmatch(r"sandbox ready (http://127\.0\.0\.1:\d+)\n", process.stdout.readline())
        assert ready is not None
        yield ready.group(1), process
    finally:
        process.kill()
        process.wait()


def call(url: str, method: str, **params: object) -> Json:
    answer = httpx.post(f"{url}/telegram/bot{STORE_BOT_TOKEN}/{method}", json=params)
    found: Json = answer.json()
    return found


def test_chats_and_updates_survive_kill_9(tmp_path: Path) -> None:
    with started(tmp_path) as (url, process):
        said = httpx.post(
            f"{url}/sandbox/customers/Иван/messages", json={"text": "не забудьте"}
        ).json()
        sent = call(url, "sendMessage", chat_id=5_200_000_001, text="не забудем")["result"]
        httpx.post(f"{url}/sandbox/people", json={"name": "Зоя"})
        process.send_signal(signal.SIGKILL)
        process.wait()
    with (tmp_path / "world.jsonl").open("ab") as log:
        log.write(b'{"e":"message","b":70')  # a line torn by the kill
    with started(tmp_path) as (url, process):
        chat = httpx.get(f"{url}/sandbox/telegram/chats/5200000001/messages").json()
        assert [m["text"] for m in chat["messages"]] == ["не забудьте", "не забудем"]
        (update,) = call(url, "getUpdates")["result"]
        assert update["message"]["message_id"] == said["message_id"]
        fresh = call(url, "sendMessage", chat_id=5_200_000_001, text="ещё")["result"]
        assert fresh["message_id"] > sent["message_id"]
        call(url, "getUpdates", offset=update["update_id"] + 1)
        names = [p["name"] for p in httpx.get(f"{url}/sandbox/people").json()["people"]]
        assert "Зоя" in names
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=5)
    with started(tmp_path) as (url, _):
        assert call(url, "getUpdates")["result"] == []


def test_a_taken_port_is_said_in_one_line(tmp_path: Path) -> None:
    with started(tmp_path) as (url, _):
        port = url.rpartition(":")[2]
        second = subprocess.run(  # noqa: S603
            [sys.executable, "-m", "sandbox", "--port", port],
            cwd=ROOT, capture_output=True, text=True, check=False, timeout=20,
        )  # fmt: skip
    assert second.returncode == 1
    assert re.match(r"sandbox: cannot listen on 127\.0\.0\.1:\d+", second.stderr)


def test_nothing_of_the_product_is_imported() -> None:
    code = "import sys, sandbox.main, sandbox.testing; print(*sys.modules)"
    loaded = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    rooms = {"core", "api", "bot", "connectors", "cli"}
    assert not rooms & {name.partition(".")[0] for name in loaded}


