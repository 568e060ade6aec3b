"""The breaker's test: whether what goes out by itself has come to err more often than alpha.

Shiryaev–Roberts, a mixture over rates of m·alpha: it may be asked after each audit, its delay does
not grow with the good past, and while the rate stays within alpha it runs C audits on average at
the least before it trips. facts/retrieval.md, 4.2.
"""

from collections.abc import Sequence

C = 5000.0
_MULTIPLES = (1.5, 2.0, 4.0)
_MOST = 1e12  # long tripped: levels need not grow out of a float


def fresh(alpha: float) -> list[float]:
    """The levels before any audit: one for each multiple that leaves a rate under one."""
    return [0.0 for _ in _multiples(alpha)]


def after(levels: Sequence[float], alpha: float, *, error: bool) -> list[float]:
    """The levels after one audit more."""
    multiples = _multiples(alpha)
    if len(levels) != len(multiples):
        levels = fresh(alpha)
    return [
        min(_MOST, (level + 1) * (m if error else (1 - m * alpha) / (1 - alpha)))
        for level, m in zip(levels, multiples, strict=True)
    ]


def height(levels: Sequence[float]) -> float:
    """How far it has come, to be held against C."""
    return sum(levels) / len(levels) if levels else 0.0


def trips(levels: Sequence[float]) -> bool:
    return height(levels) >= C


def _multiples(alpha: float) -> tuple[float, ...]:
    return tuple(m for m in _MULTIPLES if m * alpha < 1)
