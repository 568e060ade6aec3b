"""The table `make eval` prints: a line for each set and figure."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One figure. `bar` is «>= 0.99», «<= 0.01», «= 0», or empty where none was set."""

    name: str
    figure: str
    value: float
    bar: str = ""
    cases: int = 0

    @property
    def passed(self) -> bool:
        if not self.bar:
            return True
        sign, limit = self.bar.split()
        return {
            ">=": self.value >= float(limit),
            "<=": self.value <= float(limit),
            "=": self.value == float(limit),
        }[sign]


def shown(lines: Iterable[Line]) -> str:
    rows = [("set", "figure", "value", "bar", "cases", "")]
    for one in lines:
        mark = "" if not one.bar else "ok" if one.passed else "MISSED"
        rows.append((one.name, one.figure, f"{one.value:.4f}", one.bar, str(one.cases), mark))
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
