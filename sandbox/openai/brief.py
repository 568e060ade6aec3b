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
    told: list[str] = field(default_factory=list)  # earlier words and examples
    sentences: list[str] = field(default_factory=list)  # of a draft to be judged

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
    given = unmarked(_json_in(text))
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


def unmarked(given: Json | None) -> Json | None:
    """Texts whose words are parted by a mark, as the prompt says, with their blanks again."""
    mark = given.get("mark") if given else None
    if not isinstance(mark, str) or not mark:
        return given

    def read(value: object) -> object:
        if isinstance(value, str):
            return value.replace(mark, " ")
        if isinstance(value, list):
            return [read(one) for one in value]
        if isinstance(value, dict):
            return {name: read(one) for name, one in value.items()}
        return value

    found = read(given)
    return found if isinstance(found, dict) else given


def as_read(messages: list[Json]) -> str:
    """Everything the model is told, marked texts also as they were before."""
    texts = [content_text(message.get("content")) for message in messages]
    for text in list(texts):
        given = _json_in(text)
        if given and given.get("mark"):
            texts.append(orjson.dumps(unmarked(given)).decode())
    return "\n".join(texts)


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
    turn = given.get("turn") or given.get("asked") or given.get("question")
    turn = turn or given.get("message") or text
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
        told=[
            str(text)
            for part in (given.get("history"), given.get("examples"))
            for one in part or []
            if isinstance(one, dict)
            for text in one.values()
        ],
        sentences=[
            str(one.get("text", "")) if isinstance(one, dict) else str(one)
            for one in given.get("sentences") or []
        ],
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
