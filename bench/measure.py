"""Blocks that take turns, and the figures they end as."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median

# Of one figure's turns; no turn is begun after it.
_LONGEST_SECONDS = 45.0

Sample = dict[str, float]
Block = Callable[[int], Awaitable[Sample]]


@dataclass(frozen=True, slots=True)
class Figure:
    """`ratio` is ours to the floor's: of a rate it should be high, of a time or of CPU low."""

    name: str
    value: float
    unit: str
    floor: float | None
    aim: str = ""

    @property
    def ratio(self) -> float | None:
        return self.value / self.floor if self.floor else None

    def line(self) -> str:
        """`name value unit ratio floor`, a dash where there is no floor."""
        ratio = "-" if self.ratio is None else f"{self.ratio:.2f}"
        floor = "-" if self.floor is None else _number(self.floor)
        aim = f"  (aim {self.aim})" if self.aim else ""
        return f"{self.name:<44} {_number(self.value):>9} {self.unit:<8} {ratio:>6} {floor:>9}{aim}"

    def kept(self) -> dict[str, object]:
        return {**asdict(self), "ratio": self.ratio}


async def in_turns(ours: Block, floor: Block, blocks: int) -> tuple[Sample, Sample]:
    """A/B/A/B after one unmeasured turn of each; the median of each number.

    On a busy machine fewer turns are taken than `blocks`, so that the whole ends in time.
    """
    await ours(-1)
    await floor(-1)
    pairs: list[tuple[Sample, Sample]] = []
    began = time.monotonic()
    while len(pairs) < blocks and (not pairs or time.monotonic() - began < _LONGEST_SECONDS):
        pairs.append((await ours(len(pairs)), await floor(len(pairs))))
    return _medians([pair[0] for pair in pairs]), _medians([pair[1] for pair in pairs])


def _medians(samples: Sequence[Sample]) -> Sample:
    return {name: median(sample[name] for sample in samples) for name in samples[0]}


def percentile(values: Sequence[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.3f}"
