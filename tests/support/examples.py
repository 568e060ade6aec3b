"""A table of examples that share what was set up, for tests that leave nothing behind."""

import functools
import inspect
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import pytest

Test = Callable[..., Awaitable[None]]


def examples(names: str | tuple[str, ...], rows: Iterable[Any]) -> Callable[[Test], Test]:
    """`parametrize` whose fixtures are made once: each row is a subtest of the same test."""
    given = [
        {names: row} if isinstance(names, str) else dict(zip(names, row, strict=True))
        for row in rows
    ]

    def over(test: Test) -> Test:
        @functools.wraps(test)
        async def each(*, subtests: pytest.Subtests, **fixtures: object) -> None:
            for values in given:
                with subtests.test(**values):
                    await test(**fixtures, **values)

        asked = inspect.signature(test)
        fixtures = [
            own.replace(kind=own.KEYWORD_ONLY)
            for name, own in asked.parameters.items()
            if name not in given[0]
        ]
        subtests = inspect.Parameter("subtests", inspect.Parameter.KEYWORD_ONLY)
        vars(each)["__signature__"] = asked.replace(parameters=[*fixtures, subtests])
        return each

    return over
