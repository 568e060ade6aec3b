"""A model, as the core sees it: drafts and embeddings, with what they cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Intent(StrEnum):
    PRICE = "price"
    AVAILABILITY = "availability"
    SHIPPING = "shipping"
    RETURN = "return"
    DISCOUNT = "discount"
    COMPLAINT = "complaint"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Passage:
    """What the draft may stand on: `ref` is the short name the model uses for it (`P1`, `D2`)."""

    ref: str
    kind: str
    title: str
    text: str
    price: str | None = None
    currency: str | None = None
    sku: str | None = None
    stock: int | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """An answer a person of this store has approved, to be written like."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class DraftRequest:
    """All a model is told. Nothing in it is secret, nothing is another tenant's."""

    customer_name: str
    turn: tuple[str, ...]  # the customer's newest turn, message by message
    history: tuple[tuple[str, str], ...]  # (customer | store, text), oldest first
    passages: tuple[Passage, ...]
    language: str
    tone: str
    address_form: str
    store_name: str
    discounts_allowed: bool  # how large they may be is nobody's business but the store's
    avoid: str | None = None  # a draft the operator did not want: write another
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftFact:
    """A claim of the draft and where it is said to come from."""

    kind: str  # price, qty, term, discount, other
    value: str
    source_ref: str | None
    quote: str | None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call, and the money they cost at the prices in settings."""

    model: str
    input_tokens: int
    output_tokens: int
    searches: int = 0  # of the web, billed by the piece


@dataclass(frozen=True, slots=True)
class Draft:
    """A structured answer: the reply, the intent, the confidence, the sources, each on its own."""

    reply: str  # prices written as slots: {{price:P1}}
    intent: Intent
    confidence: float  # 0..1, the model's own word
    used: tuple[str, ...]  # refs
    facts: tuple[DraftFact, ...]
    needs_human: bool
    reason: str | None
    usage: Usage


class Ruling(StrEnum):
    """What the sources say of a sentence."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True)
class JudgeRequest:
    """A finished reply by its sentences, and all it may stand on."""

    sentences: tuple[str, ...]
    asked: tuple[str, ...]  # the customer's turn
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One ruling for each sentence, in their order."""

    rulings: tuple[Ruling, ...]
    usage: Usage


@dataclass(frozen=True, slots=True)
class Embedded:
    vectors: list[list[float]]  # one per text, DIMENSIONS long, of unit length
    embedder: str  # model and dimensions: vectors of two embedders are never compared
    usage: Usage


class AiFailure(Exception):
    """No answer to work with. `why` is a key of locales (`ai.timeout`)."""

    def __init__(self, why: str, *, again: bool, usage: Usage | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.again = again  # a later try may succeed
        self.usage = usage  # an answer nobody can use is billed like any other


class Drafter(Protocol):
    """Writes drafts. `prompt_hash` names the instructions it works by."""

    model: str
    prompt_hash: str

    async def draft(self, request: DraftRequest) -> Draft:
        """Raises AiFailure; refuses to be called inside a transaction."""

    async def close(self) -> None:
        """Let go of the connections."""


class Judge(Protocol):
    """Reads a draft against its sources; its word can only hold a draft back."""

    model: str

    async def judge(self, request: JudgeRequest) -> Judgement:
        """Raises AiFailure; refuses to be called inside a transaction."""

    async def close(self) -> None:
        """Let go of the connections."""


class Embedder(Protocol):
    name: str
    model: str  # as the list of prices knows it

    async def embed(self, texts: Sequence[str]) -> Embedded:
        """Raises AiFailure; refuses to be called inside a transaction."""

    async def close(self) -> None:
        """Let go of the connections."""


@dataclass(frozen=True, slots=True)
class Reranked:
    """Which passages answer the question, best first: their places in what was given."""

    order: tuple[int, ...]
    usage: Usage


class Reranker(Protocol):
    """Puts found passages in a better order. It may leave some out, it cannot add any."""

    model: str

    async def rerank(self, question: str, passages: Sequence[str]) -> Reranked:
        """Raises AiFailure; refuses to be called inside a transaction."""

    async def close(self) -> None:
        """Let go of the connections."""
