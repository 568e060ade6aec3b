"""Faults put into the product on purpose: an exam that passes these is worth nothing.

`python -m bench.kill.mutants run` is `sales-operator run` whose roles carry the fault that
KILL_MUTANT names; the product's own code knows nothing of it.
"""

# ruff: noqa: SLF001 - a fault is put where no door leads

import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cli.product import Product
from cli.roles import serve_role
from core.kernel.settings import load


def blind_resend() -> None:
    """What a dead host was sending is sent again without asking anybody."""
    from connectors.telegram_bot.client import TelegramBotConnector  # noqa: PLC0415

    can = TelegramBotConnector.capabilities
    TelegramBotConnector.capabilities = replace(can, takes_our_key=True)


def early_acknowledge() -> None:
    """Updates are acknowledged to the messenger before they are durable."""
    from connectors.reading import InboxReader  # noqa: PLC0415

    accept = InboxReader.accept
    tasks: set[asyncio.Task[None]] = set()

    async def late(*given: Any) -> None:
        async def accepted() -> None:
            await asyncio.sleep(0.7)
            await accept(*given)

        task = asyncio.create_task(accepted())
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    InboxReader.accept = late  # type: ignore[method-assign]


def unmarked_repeat() -> None:
    """A card sent again after a crash does not say that it may be there already."""
    from core.notifications import card_claims  # noqa: PLC0415

    line = "repeats = c.repeats + (c.state = 'sending')::int,"
    if line not in card_claims._EXCHANGE:
        raise RuntimeError("the mutant is out of date")
    card_claims._EXCHANGE = card_claims._EXCHANGE.replace(line, "")


def forgotten_settle() -> None:
    """What a dead host was sending is never looked at: nobody learns what became of it."""
    from core.delivery import claims  # noqa: PLC0415

    line = "o.state IN ('claimed', 'sending')"
    if line not in claims._ORPHANS:
        raise RuntimeError("the mutant is out of date")
    claims._ORPHANS = claims._ORPHANS.replace(line, "o.state = 'claimed'")


MUTANTS: dict[str, Callable[[], None]] = {
    "blind-resend": blind_resend,
    "early-acknowledge": early_acknowledge,
    "unmarked-repeat": unmarked_repeat,
    "forgotten-settle": forgotten_settle,
}


def main() -> int:
    match sys.argv[1:]:
        case ["run"]:
            product = Product(
                role_command=lambda name, life: [
                    *(sys.executable, "-m", "bench.kill.mutants", name, "--supervised", str(life))
                ]
            )
            asyncio.run(product.run(load(None)))
        case [role, "--supervised", life]:
            MUTANTS[os.environ["KILL_MUTANT"]]()
            return asyncio.run(serve_role(role, load(None), int(life)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
