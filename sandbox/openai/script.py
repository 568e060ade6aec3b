"""Rules by which a test puts words into the model's mouth."""

import itertools
import re
from dataclasses import asdict, dataclass, field

from sandbox.shapes import Json

FOREVER = -1
_ids = itertools.count(1)


@dataclass(slots=True)
class Rule:
    """When it meets (every condition given must) and what then happens instead.

    Conditions: `contains`, `matches` (regex over the whole input), `schema` (its name),
    `endpoint`, `call` (the n-th request since the script was set, from 1), `times` left.
    Effects: `delay` seconds; `status` with `error`; `body` (the whole answer); `text` (the
    model's words); `json` (the same, from an object); `merge` (laid over what the responder
    would have said); `cut` (characters kept of the answer); `refusal`; `rubbish`; `drop`;
    `market` (a trouble of the web search, see sandbox/openai/market.py).
    """

    contains: str | None = None
    matches: str | None = None
    schema: str | None = None
    endpoint: str | None = None
    call: int | None = None
    times: int = FOREVER
    delay: float = 0.0
    status: int | None = None
    error: str | None = None
    body: Json | None = None
    text: str | None = None
    json: Json | None = None
    merge: Json | None = None
    cut: int | None = None
    refusal: str | None = None
    rubbish: bool = False
    drop: bool = False
    market: str | None = None
    id: int = field(default_factory=lambda: next(_ids))

    def meets(self, endpoint: str, call: int, schema: str | None, source: str) -> bool:
        return all(
            (
                self.times != 0,
                self.contains is None or self.contains.casefold() in source.casefold(),
                self.matches is None
                or re.search(self.matches, source, re.IGNORECASE | re.DOTALL) is not None,
                self.schema is None or self.schema == schema,
                self.endpoint is None or self.endpoint.strip("/") == endpoint,
                self.call is None or self.call == call,
            )
        )

    def view(self) -> Json:
        return asdict(self)


class Script:
    """The rules in order; the first that meets speaks."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self.calls = 0

    def set(self, rules: list[Rule]) -> None:
        self.rules = rules
        self.calls = 0

    def clear(self) -> None:
        self.set([])

    def take(self, endpoint: str, schema: str | None, source: str) -> Rule | None:
        self.calls += 1
        for rule in self.rules:
            if rule.meets(endpoint, self.calls, schema, source):
                if rule.times != FOREVER:
                    rule.times -= 1
                return rule
        return None
