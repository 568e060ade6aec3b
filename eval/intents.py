"""What customers want, by what they write: scored where a real endpoint is configured.

Half of the utterances («kept») stands in no prompt and in no example; they are the figure. Without
a key the product drafts nothing, so there is nothing to score.
"""

import asyncio
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from core.app import open_drafter
from core.kernel.settings import Settings
from core.ports.ai import AiFailure, Drafter, DraftRequest, Intent
from eval.table import Line

SET = Path(__file__).parent / "sets" / "intents.txt"
_AT_ONCE = 8


@dataclass(frozen=True)
class Utterance:
    text: str
    intent: Intent
    kept: bool  # out of every prompt


def utterances() -> list[Utterance]:
    found: list[Utterance] = []
    intent, kept = Intent.OTHER, False
    for line in SET.read_text(encoding="utf-8").splitlines():
        head = re.fullmatch(r"\[(\w+): (open|kept)\]", line)
        if head:
            intent, kept = Intent(head[1]), head[2] == "kept"
        elif line.strip() and not line.startswith("#"):
            found.append(Utterance(line.strip(), intent, kept))
    return found


async def lines() -> list[Line]:
    counts = Counter((one.intent, one.kept) for one in utterances())
    found = [
        Line("intents", "fewest utterances of an intent, both halves",
             min(counts[i, True] + counts[i, False] for i in Intent), ">= 60", len(utterances())),
    ]  # fmt: skip
    settings = Settings()
    drafter = None if settings.sandbox_on else open_drafter(settings)
    if drafter is None:
        return [*found, Line("intents", "scored (no endpoint is configured)", 0.0)]
    try:
        for half, kept in (("kept out", True), ("open", False)):
            asked = [one for one in utterances() if one.kept is kept]
            found += _scored(half, asked, await _said(drafter, asked))
    finally:
        await drafter.close()
    return found


def _scored(half: str, asked: list[Utterance], said: list[Intent | None]) -> list[Line]:
    pairs = list(zip(asked, said, strict=True))
    f1 = [_f1(intent, pairs) for intent in Intent]
    complaints = [s for one, s in pairs if one.intent is Intent.COMPLAINT]
    others = [s for one, s in pairs if one.intent is Intent.OTHER]
    bar = half == "kept out"
    return [
        Line("intents", f"macro-F1, {half}", sum(f1) / len(f1), ">= 0.85" if bar else "",
             len(pairs)),
        Line("intents", f"complaint recall, {half}", _share(complaints, Intent.COMPLAINT),
             ">= 0.95" if bar else "", len(complaints)),
        Line("intents", f"out of scope to other, {half}", _share(others, Intent.OTHER),
             ">= 0.90" if bar else "", len(others)),
    ]  # fmt: skip


def _f1(intent: Intent, pairs: list[tuple[Utterance, Intent | None]]) -> float:
    hits = sum(one.intent is intent and said is intent for one, said in pairs)
    wanted = sum(one.intent is intent for one, _ in pairs)
    given = sum(said is intent for _, said in pairs)
    return 2 * hits / max(1, wanted + given)


def _share(said: list[Intent | None], intent: Intent) -> float:
    return sum(one is intent for one in said) / max(1, len(said))


async def _said(drafter: Drafter, asked: list[Utterance]) -> list[Intent | None]:
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(utterance: Utterance) -> Intent | None:
        request = DraftRequest(
            customer_name="", turn=(utterance.text,), history=(), passages=(), language="ru",
            tone="friendly", address_form="vy", store_name="Коробка передач",
            discounts_allowed=True,
        )  # fmt: skip
        async with room:
            try:
                return (await drafter.draft(request)).intent
            except AiFailure:
                return None

    return list(await asyncio.gather(*map(one, asked)))
