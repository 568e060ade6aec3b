"""What a check finds, and how findings are run and shown."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.kernel.settings import Settings

_PATIENCE = 15.0


class Level(StrEnum):
    """OK; WARN: works, with a drawback; FAIL: the product or a part of it does not work."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """One line of the report; `mend` says what to do and is empty only with OK."""

    level: Level
    what: str
    mend: str = ""


@dataclass(frozen=True)
class Check:
    """A named check; it answers with findings and must not raise for what it looks for."""

    name: str
    look: Callable[[Settings], Awaitable[Sequence[Finding]]]


def ok(what: str) -> Finding:
    return Finding(Level.OK, what)


def warn(what: str, mend: str) -> Finding:
    return Finding(Level.WARN, what, mend)


def fail(what: str, mend: str) -> Finding:
    return Finding(Level.FAIL, what, mend)


async def examine(check: Check, settings: Settings) -> Sequence[Finding]:
    """Run a check within a time limit; its own failure is a finding too."""
    try:
        async with asyncio.timeout(_PATIENCE):
            return await check.look(settings)
    except TimeoutError:
        return [fail(f"no answer within {_PATIENCE:.0f} s", "check the address and the network")]
    except Exception as error:
        return [fail(f"the check itself failed: {type(error).__name__}: {error}", "report this")]


def show(check: Check, findings: Sequence[Finding]) -> str:
    lines = []
    for finding in findings:
        lines.append(f"{finding.level:<5} {check.name:<12} {finding.what}")
        if finding.mend:
            lines.append(f"{'':18} → {finding.mend}")
    return "\n".join(lines)
