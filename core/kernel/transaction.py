"""Knows whether a transaction is open here, so that nobody calls the world from inside one."""

from contextvars import ContextVar

_open: ContextVar[bool] = ContextVar("transaction_open", default=False)


class InsideTransaction(RuntimeError):
    """A model or a messenger was called while a transaction was held open."""


class in_transaction:  # noqa: N801 - reads as a statement: `async with in_transaction()`
    """Marks the block as holding a transaction."""

    async def __aenter__(self) -> None:
        self._token = _open.set(True)

    async def __aexit__(self, *_: object) -> None:
        _open.reset(self._token)


def refuse_inside_transaction(what: str) -> None:
    """Every port calls this first: rows held locked while the world thinks block everybody."""
    if _open.get():
        raise InsideTransaction(f"{what} was called inside a transaction")
