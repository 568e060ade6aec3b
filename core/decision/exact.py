"""Exact binomial bounds, in plain Python: counts here are thousands, not millions."""

import math

_HALVINGS = 60


def at_most(k: int, n: int, p: float) -> float:
    """P(Binomial(n, p) <= k)."""
    if k >= n:
        return 1.0
    if k < 0 or p >= 1:
        return 0.0
    if p <= 0:
        return 1.0
    log_odds = math.log(p) - math.log1p(-p)
    # Summed from the largest term on: the smallest may be nothing at all in a float.
    term = n * math.log1p(-p)
    logs = [term]
    for i in range(1, k + 1):
        term += math.log((n - i + 1) / i) + log_odds
        logs.append(term)
    most = max(logs)
    return min(1.0, math.exp(most) * math.fsum(math.exp(one - most) for one in logs))


def upper(k: int, n: int, delta: float) -> float:
    """The largest rate that k of n does not rule out at `delta` (Clopper–Pearson, one side)."""
    if k >= n:
        return 1.0
    low, high = k / n, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if at_most(k, n, middle) > delta:
            low = middle
        else:
            high = middle
    return high


def lower(k: int, n: int, delta: float) -> float:
    """The smallest such rate."""
    return 1.0 - upper(n - k, n, delta) if n else 0.0


def interval(k: int, n: int, *, level: float = 0.95) -> tuple[float, float]:
    """Both at once, each side with half of what the level leaves."""
    if n == 0:
        return 0.0, 1.0
    side = (1 - level) / 2
    return lower(k, n, side), upper(k, n, side)


def least_labels(alpha: float, delta: float) -> int:
    """How many labels without a single error it takes at the least."""
    return math.ceil(math.log(delta) / math.log1p(-alpha))
