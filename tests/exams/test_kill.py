"""A few rounds of the kill exam, so that it stays runnable (`make exams`): `python -m bench.kill` has them all."""

import asyncio
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.exam
async def test_three_rounds_of_kill_9_lose_nothing_and_repeat_nothing() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.kill", "--rounds", "3", "--seed", "3"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    assert said.decode().rstrip().endswith("PASSED")
