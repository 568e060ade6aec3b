"""What a request asks: the customer's newest words and the sources it may answer from."""

import re
from dataclasses import dataclass, field

import orjson

from sandbox.openai.words import stems
from sandbox.shapes import Json

_NUMBERED = re.compile(r"^\s*\[?([\w-]{1,40})\]?[.):|]\s+(.{8,})$", re.MULTILINE)
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
TITLE_WEIGHT, SKU_WEIGHT, NUMBER_WEIGHT = 2.0, 3.0, 1.5
PRODUCT = "product"


@dataclass(slots=True)
class Source:
    """One passage or product of the prompt; `score` is how well it meets the customer."""

    id: str
    kind: str
    title: str
    text: str
    price: object = None
    currency: str = "RUB"
    sku: str = ""
    stock: int | None = None
    score: float = 0.0


@dataclass(slots=True)
class Brief:
    """The prompt, understood."""

    turn: str
    sources: list[Source] = field(default_factory=list)
    customer: str = ""
    language: str = "ru"
    informal: bool = False
    slots: bool = False

    @property
    def coverage(self) -> float:
        """The share of the customer's telling words the best source has, 0 to 1."""
        words = set(stems(self.turn))
        if not words or not self.sources:
            return 0.0
        best = set(stems(f"{self.sources[0].title} {self.sources[0].text} {self.sources[0].sku}"))
        return len(words & best) / len(words)


def understand(messages: list[Json]) -> Brief:
    """Read the newest user message; JSON of the known shape, or any text."""
    whole = "\n".join(content_text(m.get("content")) for m in messages)
    last = next((m for m in reversed(messages) if m.get("role") == "user"), {})
    text = content_text(last.get("content"))
    given = _json_in(text)
    brief = _from_json(given, text) if given else _from_text(text, whole)
    brief.slots = "{{price:" in whole
    for source in brief.sources:
        source.score = _score(brief.turn, source)
    brief.sources.sort(key=lambda source: -source.score)
    return brief


def content_text(content: object) -> str:
    """The words of a message's content, parts or plain."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        parts = (p.get("text", "") if isinstance(p, dict) else "" for p in content)
        return "\n".join(str(part) for part in parts)
    return ""


def _json_in(text: str) -> Json | None:
    begin, end = text.find("{"), text.rfind("}")
    if begin < 0 or end < begin:
        return None
    try:
        found = orjson.loads(text[begin : end + 1])
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def _from_json(given: Json, text: str) -> Brief:
    turn = given.get("turn") or given.get("question") or given.get("message") or text
    if isinstance(turn, list):
        turn = "\n".join(
            str(part.get("text", "")) if isinstance(part, dict) else str(part) for part in turn
        )
    customer = given.get("customer") or {}
    store = given.get("store") or {}
    address = str(store.get("address_form", "")).lower()
    name = str(customer.get("name", "")) if isinstance(customer, dict) else str(customer)
    return Brief(
        turn=str(turn),
        sources=[_source(s) for s in given.get("sources") or [] if isinstance(s, dict)],
        customer=name.split(" ")[0],
        language=_language(str(turn), str(store.get("language") or "ru")),
        informal=address in ("ты", "ty", "informal"),
    )


def _source(given: Json) -> Source:
    stock = given.get("stock")
    return Source(
        id=str(given.get("id", "")),
        kind=str(given.get("kind", "document")),
        title=str(given.get("title") or ""),
        text=str(given.get("text") or ""),
        price=given.get("price"),
        currency=str(given.get("currency") or "RUB"),
        sku=str(given.get("sku") or ""),
        stock=int(stock) if isinstance(stock, int | float) else None,
    )


def _from_text(text: str, whole: str) -> Brief:
    sources = [
        Source(match.group(1), "document", match.group(2)[:60], match.group(2))
        for match in _NUMBERED.finditer(whole)
    ]
    lines = [line for line in text.splitlines() if line.strip()]
    turn = lines[-1] if lines else ""
    return Brief(turn=turn, sources=sources, language=_language(turn, "ru"))


def _language(turn: str, default: str) -> str:
    cyrillic, latin = len(_CYRILLIC.findall(turn)), len(_LATIN.findall(turn))
    if cyrillic == 0 and latin >= 8:  # noqa: PLR2004
        return "en"
    return "ru" if cyrillic else default


def _score(turn: str, source: Source) -> float:
    asked = set(stems(turn))
    title, text, sku = set(stems(source.title)), set(stems(source.text)), set(stems(source.sku))
    total = 0.0
    for word in asked:
        weight = NUMBER_WEIGHT if any(c.isdigit() for c in word) else 1.0
        if word in sku:
            total += SKU_WEIGHT * weight
        if word in title:
            total += TITLE_WEIGHT * weight
        elif word in text:
            total += weight
    return total
