"""Runs a module and says where its CPU went: `python -m bench.sampled OUT MODULE ARGUMENTS…`.

A timer of CPU time, not of the clock, so that waiting costs nothing however busy the machine is.
"""

import atexit
import runpy
import signal
import sys
from collections import Counter
from pathlib import Path
from types import FrameType

_EVERY_SECONDS = 0.005
_SHOWN = 60


class Sampler:
    """Counts whose code ran (`own`) and on whose behalf (`all_`)."""

    def __init__(self) -> None:
        self.samples = 0
        self._own: Counter[str] = Counter()
        self._all: Counter[str] = Counter()

    def take(self, _: int, frame: FrameType | None) -> None:
        self.samples += 1
        seen: set[str] = set()
        while frame is not None:
            code = frame.f_code
            where = f"{code.co_filename.rpartition('site-packages/')[2][-60:]}:{code.co_name}"
            if not seen:
                self._own[where] += 1
            seen.add(where)
            frame = frame.f_back
        self._all.update(seen)

    def text(self) -> str:
        lines = [f"{self.samples} samples of {_EVERY_SECONDS * 1000:.0f} ms"]
        for title, counts in (("own", self._own), ("all", self._all)):
            lines.append(f"-- {title}")
            lines += [
                f"{100 * count / self.samples:5.1f}% {where}"
                for where, count in counts.most_common(_SHOWN)
            ]
        return "\n".join(lines) + "\n"


def main() -> None:
    out, module = Path(sys.argv[1]), sys.argv[2]
    sampler = Sampler()
    atexit.register(lambda: out.write_text(sampler.text()))
    signal.signal(signal.SIGPROF, sampler.take)
    signal.setitimer(signal.ITIMER_PROF, _EVERY_SECONDS, _EVERY_SECONDS)
    sys.argv = [module, *sys.argv[3:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
