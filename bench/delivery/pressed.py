"""The verdict on presses: each is done with, answered, and its answer is what the database says."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any
from uuid import UUID

from bench.delivery.judge import Verdict
from bench.delivery.pressers import BOT_ID, Press
from bench.delivery.world import World
from bot.taps import Act
from core.kernel.i18n import Speaker

_LONG_SECONDS = 10.0
_UPDATES = """
SELECT update_id, done_at IS NOT NULL AS done, problem, attempts, lease_until - now() AS lease
FROM operator_updates WHERE bot_id = $1 AND update_id = ANY($2)
"""
_PLANNED = (
    "SELECT request_key, count(*) FROM outbound_messages WHERE request_key = ANY($1) GROUP BY 1"
)
_CANCELLED = "SELECT id FROM outbound_messages WHERE id = ANY($1) AND state = 'cancelled'"
_UNDRAWN = "SELECT id FROM cards WHERE id = ANY($1) AND drawn < wanted AND state <> 'gone'"


@dataclass(frozen=True)
class Facts:
    """What is known of all presses: by the database, and by the messenger's side."""

    updates: dict[int, Any]
    planned: dict[str, int]
    cancelled: Collection[UUID]
    undrawn: Collection[UUID]
    answers: list[list[str]]


async def left_pressed(world: World, presses: Sequence[Press]) -> list[str]:
    """The presses the bot is not done with, and the cards that do not show what came of one."""
    facts = await _facts(world, presses)
    left = []
    for press in presses:
        row = facts.updates.get(press.update_id)
        if row is None or not row["done"]:
            left.append(f"press {press.act} {press.update_id}: {row and dict(row)}")
    return left + [f"card {card_id} is not drawn" for card_id in facts.undrawn]


async def judge_presses(world: World, presses: Sequence[Press], verdict: Verdict) -> None:
    """A press has exactly one outcome, and the person who pressed was told it."""
    facts = await _facts(world, presses)
    nothing, unanswered, both, untrue, refused = [], [], [], [], []
    told: Counter[str] = Counter()
    for press, answers in zip(presses, facts.answers, strict=True):
        row = facts.updates.get(press.update_id)
        name = f"{press.act} {press.update_id} {row and dict(row)} {answers}"
        if row is None or not row["done"] or row["problem"] is not None:
            nothing.append(name)
            continue
        if not answers:
            unanswered.append(name)
            continue
        said = {words for words in answers if words}
        if len(said) > 1:
            both.append(name)
        told[f"{_VERBS[press.act]}: {min(said, default='without words, the card says it')}"] += 1
        if said and (_DONE_WORDS[press.act] in said) != _came_true(press, facts):
            untrue.append(name)
        if press.act == Act.APPROVE and not _came_true(press, facts):
            refused.append(name)
    verdict.counts["presses"] = len(presses)
    verdict.counts |= {f"pressed {what}": n for what, n in sorted(told.items())}
    verdict.counts["presses that a bot died over"] = sum(
        row["attempts"] > 1 for row in facts.updates.values()
    )
    waits = sorted(press.seconds for press in presses if press.seconds is not None)
    if waits:
        verdict.counts["a press, median / longest, s"] = f"{median(waits):.2f} / {waits[-1]:.1f}"
        verdict.counts["presses of more than ten seconds"] = sum(w > _LONG_SECONDS for w in waits)
    verdict.hold("presses that came to nothing", nothing)
    verdict.hold("presses nobody answered", unanswered)
    verdict.hold("presses answered in two ways", both)
    verdict.hold("presses whose answer is not true", untrue)
    # Nobody else decides on these drafts, and their customers wait for the answer.
    verdict.hold("approvals refused", refused)
    verdict.hold("cards that do not show what was pressed", facts.undrawn)


_SPEAKER = Speaker("ru")
_DONE_WORDS = {Act.APPROVE: _SPEAKER.say("done.approved"), Act.UNDO: _SPEAKER.say("done.undone")}
_VERBS = {Act.APPROVE: "«Отправить»", Act.UNDO: "«Отменить»"}


def _came_true(press: Press, facts: Facts) -> bool:
    if press.act == Act.APPROVE:
        return facts.planned.get(press.request_key, 0) == 1
    return press.subject in facts.cancelled


async def _facts(world: World, presses: Sequence[Press]) -> Facts:
    sql = await world.sql()
    try:
        updates = await sql.fetch(_UPDATES, BOT_ID, [press.update_id for press in presses])
        planned = await sql.fetch(_PLANNED, [press.request_key for press in presses])
        cancelled = await sql.fetch(_CANCELLED, [press.subject for press in presses])
        undrawn = await sql.fetch(_UNDRAWN, [press.card_id for press in presses])
    finally:
        sql.terminate()
    ids = [str(press.query_id) for press in presses]
    return Facts(
        updates={row["update_id"]: row for row in updates},
        planned={row["request_key"]: row["count"] for row in planned},
        cancelled={row["id"] for row in cancelled},
        undrawn={row["id"] for row in undrawn},
        answers=(await world.control("answers", ids=ids))["answers"],
    )
