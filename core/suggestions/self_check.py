"""The self-check of a draft: facts first, by rule; then a model reads it sentence by sentence.

The judge is asked only where its word can matter: the facts hold, the engine is on, the model has
not asked for a person itself. Without its word, for whatever reason, a draft waits for a person;
the card arrives all the same.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from core.billing.spend import Meter
from core.flags.names import Flag
from core.kernel.errors import DomainError, Kind
from core.ports.ai import AiFailure, Draft, JudgeRequest, Passage, Ruling
from core.suggestions.brief import Brief
from core.suggestions.facts import Filled, fill
from core.suggestions.mentions import sentences
from core.suggestions.slots import Discounts
from core.suggestions.sources import Source

if TYPE_CHECKING:
    from core.app import App

TIMEOUT_SECONDS = 13
_MOST_SENTENCES = 20
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SelfCheck:
    """`rulings` is None where no judge has spoken; `why` is then a key of locales, or empty."""

    text: str = ""  # what the judge has read
    sentences: tuple[str, ...] = ()
    rulings: tuple[Ruling, ...] | None = None
    why: str = ""

    def supports(self, text: str) -> bool:
        """Whether every sentence of this very text was found in the sources."""
        return (
            self.rulings is not None
            and self.text == text
            and all(ruling is Ruling.SUPPORTED for ruling in self.rulings)
        )

    def said(self, ruling: Ruling) -> list[str]:
        return [
            sentence
            for sentence, one in zip(self.sentences, self.rulings or (), strict=False)
            if one is ruling
        ]


UNASKED = SelfCheck()


def passed(text: str) -> SelfCheck:
    """As if a judge had found all of it."""
    return SelfCheck(text, (text,), (Ruling.SUPPORTED,))


def ledger(brief: Brief, draft: Draft, sources: Sequence[Source]) -> Filled:
    """The deterministic half: slots filled, every figure bound or listed."""
    return fill(
        draft.reply,
        sources,
        said_by_customer=f"{brief.said}\n{brief.customer_name}",
        facts=draft.facts,
        used=draft.used,
        discounts=discounts_of(brief),
    )


def discounts_of(brief: Brief) -> Discounts:
    settings = brief.settings
    return Discounts(settings.allow_discounts, settings.max_discount_percent)


async def self_check(
    app: "App", brief: Brief, draft: Draft, sources: Sequence[Source], flags: dict[Flag, bool]
) -> SelfCheck:
    """Ask the judge, if there is anything to ask; never raises."""
    filled = ledger(brief, draft, sources)
    if not flags[Flag.DECISION_ENGINE_ENABLED] or draft.needs_human or not filled.clean:
        return UNASKED
    if app.judge is None:
        return SelfCheck(why="ai.no_key")
    parts = tuple(sentences(filled.text))[:_MOST_SENTENCES]
    if not parts or sum(map(len, parts)) < len(filled.text) - len(parts) * 3:
        return SelfCheck(why="ai.rubbish")  # longer than a judge reads: a person does
    request = JudgeRequest(parts, brief.turn, tuple(passage_of(source) for source in sources))
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            meter = Meter(app, brief.tenant_id)
            judgement = await meter.judge(app.judge, request, brief.turn_id)
    except AiFailure as failure:
        return SelfCheck(filled.text, why=failure.why)
    except TimeoutError:
        return SelfCheck(filled.text, why="ai.timeout")
    except DomainError as refusal:
        if refusal.kind is not Kind.LIMITED:
            _log.exception("judge_broke")
        return SelfCheck(filled.text, why=refusal.key)
    except Exception:
        _log.exception("judge_broke")
        return SelfCheck(filled.text, why="ai.broke")
    if len(judgement.rulings) != len(parts):
        return SelfCheck(filled.text, why="ai.rubbish")
    return SelfCheck(filled.text, parts, judgement.rulings)


def passage_of(source: Source) -> Passage:
    return Passage(
        ref=source.ref,
        kind=source.kind,
        title=source.title,
        text=source.text,
        price=None if source.price is None else str(source.price),
        currency=source.currency,
        sku=source.sku,
        stock=source.stock,
    )
