"""What a model's tokens cost: dollars for a million, as their makers list them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.ports.ai import Usage

_OWN = re.compile(
    r"(?P<model>[^=\s]+)\s*=\s*(?P<input>\d+(\.\d+)?)\s*(/\s*(?P<output>\d+(\.\d+)?))?"
)
_MILLION = Decimal(1_000_000)
# Characters to a token, at worst: Russian is dearer than English.
_CHARACTERS_A_TOKEN = 2


@dataclass(frozen=True, slots=True)
class ModelPrice:
    input: Decimal
    output: Decimal = Decimal(0)


def _price(input_: str, output: str = "0") -> ModelPrice:
    return ModelPrice(Decimal(input_), Decimal(output))


LISTED: dict[str, ModelPrice] = {
    "gpt-4.1": _price("2", "8"),
    "gpt-4.1-mini": _price("0.40", "1.60"),
    "gpt-4.1-nano": _price("0.10", "0.40"),
    "gpt-4o": _price("2.50", "10"),
    "gpt-4o-mini": _price("0.15", "0.60"),
    "gpt-5": _price("1.25", "10"),
    "gpt-5-mini": _price("0.25", "2"),
    "gpt-5-nano": _price("0.05", "0.40"),
    "o4-mini": _price("1.10", "4.40"),
    "text-embedding-3-small": _price("0.02"),
    "text-embedding-3-large": _price("0.13"),
    "text-embedding-ada-002": _price("0.10"),
    "offline": _price("0"),
}
# A model nobody listed is counted as a dear one: a budget must not be outrun by a name.
UNLISTED = _price("5", "15")
# A search of the web, whatever the model; the pages it reads are tokens of the call.
SEARCH = Decimal("0.01")


class Prices:
    """The list, with a deployment's own prices over it."""

    def __init__(self, own: Mapping[str, ModelPrice] | None = None) -> None:
        self._listed = {**LISTED, **(own or {})}

    def of(self, model: str) -> ModelPrice:
        """By the longest listed name the model's begins with: `gpt-4.1-mini-2025-04-14`."""
        fitting = [n for n in self._listed if model == n or model.startswith((f"{n}-", f"{n}@"))]
        return self._listed[max(fitting, key=len)] if fitting else UNLISTED

    def cost(self, usage: Usage) -> Decimal:
        price = self.of(usage.model)
        spent = usage.input_tokens * price.input + usage.output_tokens * price.output
        return spent / _MILLION + usage.searches * SEARCH

    def at_most(self, model: str, characters: int, output_tokens: int = 0) -> Decimal:
        """What a call may cost, before it is made."""
        return self.cost(Usage(model, characters // _CHARACTERS_A_TOKEN + 1, output_tokens))


def own_prices(text: str) -> dict[str, ModelPrice]:
    """Read `model=input/output, other=input`; ValueError names what it cannot read."""
    own = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        parts = _OWN.fullmatch(part)
        if parts is None:
            raise ValueError(f"{part!r} is not model=input/output in dollars")
        own[parts["model"]] = _price(parts["input"], parts["output"] or "0")
    return own
