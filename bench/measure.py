"""Blocks that take turns, and the figures they end as."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median

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
    """A/B/A/B after one unmeasured turn of each; the median of each number."""
    await ours(-1)
    await floor(-1)
    pairs = [(await ours(n), await floor(n)) for n in range(blocks)]
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
