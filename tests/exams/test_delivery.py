"""The exams of delivery at the size of a test: `python -m bench.delivery` has them whole.

Where the running product is killed both cores are busy for a minute: `make exams`.
"""

import asyncio
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


async def exam(*arguments: str) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.delivery", *arguments),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()


@pytest.mark.exam
async def test_roles_die_at_every_point_of_the_road_and_postgres_too() -> None:
    code, said = await exam(
        "kill", "--kills", "8", "--crashes", "1", "--cancels", "2", "--seconds", "120"
    )
    assert code == 0, said


@pytest.mark.exam
async def test_a_fault_put_in_on_purpose_is_caught() -> None:
    """Replies of a conversation go out in any order."""
    code, said = await exam("mutants", "--only", "order", "--replies", "400")
    assert code == 0, said


async def test_a_reply_is_taken_back_or_sent_never_both_nor_neither() -> None:
    code, said = await exam("race", "--races", "300")
    assert code == 0, said
