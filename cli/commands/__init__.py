"""One module per command, each with `add_parser(commands)` and the function it sets as `run`.

`cli.main` lists them by name. What a command needs beyond settings it imports when it runs, so
that `--help` and the supervisor's many processes start fast.
"""

import argparse
from typing import TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 has no public name
