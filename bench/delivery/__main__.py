"""`python -m bench.delivery kill|mutants|redis|drain|pending|race|crowd`: exit 1 on a violation."""

import importlib
import sys

from bench.delivery.hire import hire

EXAMS = ("kill", "mutants", "redis", "drain", "pending", "race", "crowd")
FORK = {"kill", "mutants", "crowd"}


def main() -> int:
    if len(sys.argv) < 2 or sys.argv[1] not in EXAMS:
        print(f"python -m bench.delivery {'|'.join(EXAMS)}")
        return 2
    if sys.argv[1] in FORK:
        hire()
    name = {"mutants": "each_mutant"}.get(sys.argv[1], sys.argv[1])
    code: int = importlib.import_module(f"bench.delivery.{name}").main(sys.argv[2:])
    return code


if __name__ == "__main__":
    sys.exit(main())
