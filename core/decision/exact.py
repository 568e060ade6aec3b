"""Exact binomial bounds, in plain Python."""

import math
from functools import lru_cache

_HALVINGS = 50
_MOST_TERMS = 10_000
_CLOSE = 1e-14
_TINY = 1e-300


def at_most(k: int, n: int, p: float) -> float:
    """P(Binomial(n, p) <= k), as the regularised incomplete beta function it equals."""
    if k >= n:
        return 1.0
    if k < 0 or p >= 1:
        return 0.0
    if p <= 0:
        return 1.0
    return _beta(n - k, k + 1, 1 - p)


def _beta(a: float, b: float, x: float) -> float:
    """I_x(a, b), by its continued fraction on the side where that converges fast."""
    if x > (a + 1) / (a + b + 2):
        return 1.0 - _beta(b, a, 1 - x)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    return min(1.0, front * _fraction(a, b, x) / a)


def _fraction(a: float, b: float, x: float) -> float:
    """Lentz's evaluation of the incomplete beta function's continued fraction."""
    c, d = 1.0, 1 / _not_nothing(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        step = 1.0
        for term in (even, odd):
            d = 1 / _not_nothing(1 + term * d)
            c = _not_nothing(1 + term / c)
            step = c * d
            value *= step
        if abs(step - 1) < _CLOSE:
            break
    return value


def _not_nothing(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


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


@lru_cache(maxsize=4096)
def interval(k: int, n: int, *, level: float = 0.95) -> tuple[float, float]:
    """Both at once, each side with half of what the level leaves."""
    if n == 0:
        return 0.0, 1.0
    side = (1 - level) / 2
    return lower(k, n, side), upper(k, n, side)


def least_labels(alpha: float, delta: float) -> int:
    """How many labels without a single error it takes at the least."""
    return math.ceil(math.log(delta) / math.log1p(-alpha))
