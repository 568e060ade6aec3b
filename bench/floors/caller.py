"""Posts updates over 16 kept connections and says how long it took. Its own CPU is nobody's.

Run as `… PORT PATH SECRET FIRST COUNT`; prints `seconds refused p50 p95` (milliseconds).
"""

import asyncio
import sys
import time

import orjson
import uvloop

_AT_ONCE = 16


def _body(number: int) -> bytes:
    person = {"id": 5_000_000_000 + number % 500, "first_name": "Иван"}
    message = {
        "message_id": number,
        "date": 1_700_000_000,
        "from": {**person, "is_bot": False, "language_code": "ru"},
        "chat": {**person, "type": "private"},
        "text": "Здравствуйте! Есть АКПП на Camry 40, сколько стоит?",
    }
    return orjson.dumps({"update_id": number, "message": message})


async def _client(port: int, head: bytes, numbers: "asyncio.Queue[int]", took: list[float]) -> int:
    """One connection; how many answers were not 200."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    refused = 0
    while not numbers.empty():
        body = _body(numbers.get_nowait())
        began = time.perf_counter()
        writer.write(head + str(len(body)).encode() + b"\r\n\r\n" + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        refused += b" 200 " not in answer[:16]
        length = answer.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length or 0))
        took.append(time.perf_counter() - began)
    writer.close()
    return refused


async def main(port: int, path: str, secret: str, first: int, count: int) -> None:
    """Post them all."""
    numbers: asyncio.Queue[int] = asyncio.Queue()
    for number in range(first, first + count):
        numbers.put_nowait(number)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-Telegram-Bot-Api-Secret-Token: {secret}\r\nContent-Length: "
    ).encode()
    took: list[float] = []
    began = time.perf_counter()
    refused = await asyncio.gather(*(_client(port, head, numbers, took) for _ in range(_AT_ONCE)))
    seconds = time.perf_counter() - began
    took.sort()
    p50, p95 = took[len(took) // 2] * 1000, took[len(took) * 95 // 100] * 1000
    print(seconds, sum(refused), p50, p95)


if __name__ == "__main__":
    port, path, secret, first, count = sys.argv[1:]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(int(port), path, secret, int(first), int(count)))
