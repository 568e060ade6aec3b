"""The extractive responder: a reply made of the prompt's own sources and of nothing else."""

import re
from dataclasses import dataclass

from sandbox.openai.brief import PRODUCT, Brief, Source
from sandbox.openai.words import stems

_INTENTS = (
    ("complaint", ("жалоб", "брак", "сломал", "обман", "не работ", "верните деньги", "ужас",
                   "complain", "broken", "defect", "scam")),
    ("return", ("возврат", "вернуть", "обмен", "return", "refund")),
    ("discount", ("скидк", "дешевле", "торг", "уступ", "промокод", "discount", "cheaper")),
    ("shipping", ("достав", "отправ", "привез", "самовывоз", "сдэк", "shipping", "deliver")),
    ("price", ("сколько", "цена", "цену", "стоит", "стоимост", "почём", "почем", "price",
               "how much", "cost")),
    ("availability", ("есть", "налич", "имеется", "available", "in stock", "have")),
)  # fmt: skip
_TOPIC = {"return": "return", "shipping": "deliver", "complaint": "return"}
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_CURRENCIES = {"RUB": "₽", "USD": "$", "EUR": "€", "KZT": "₸"}
CONFIDENT, UNSURE = 0.86, 0.35
MAX_SOURCES = 3


@dataclass(slots=True)
class Fact:
    """A value of the reply and the words of the source it was copied from."""

    kind: str
    value: str
    quote: str
    source_id: str


@dataclass(slots=True)
class Answer:
    """Everything a schema may ask for."""

    reply: str
    intent: str
    confidence: float
    sources: list[Source]
    facts: list[Fact]
    language: str
    needs_human: bool
    reason: str


def intent_of(turn: str) -> str:
    text = turn.casefold()
    return next((name for name, marks in _INTENTS if any(m in text for m in marks)), "other")


def respond(brief: Brief) -> Answer:
    """Answer from the best product and the best passage."""
    intent = intent_of(brief.turn)
    used: list[Source] = []
    facts: list[Fact] = []
    english = brief.language == "en"
    said: list[str] = []
    product = _best(brief, PRODUCT)
    passage = _best_passage(brief, intent)
    if product is not None and intent not in ("return", "shipping", "complaint"):
        said.append(_about(product, brief, facts, english=english))
        used.append(product)
    if passage is not None and (
        intent in ("return", "shipping", "complaint", "discount") or product is None
    ):
        quote = _sentence(passage, brief.turn)
        said.append(quote)
        facts.append(Fact("other", quote, quote, passage.id))
        used.append(passage)
    if not said:
        said.append(
            "Let me check with a colleague and get back to you."
            if english
            else "Уточню у коллег и сразу напишу."
        )
    confidence = UNSURE if not used else min(0.6 + 0.35 * brief.coverage, 0.97)
    if used and intent in ("price", "availability") and used[0].kind == PRODUCT:
        confidence = max(confidence, CONFIDENT)
    upset = intent == "complaint"
    return Answer(
        reply=" ".join([_greeting(brief, english=english), *said]),
        intent=intent,
        confidence=round(confidence, 2),
        sources=used[:MAX_SOURCES],
        facts=facts,
        language=brief.language,
        needs_human=upset or not used,
        reason=_reason(used, upset=upset),
    )


def _best(brief: Brief, kind: str) -> Source | None:
    return next((s for s in brief.sources if s.kind == kind and s.score > 0), None)


def _best_passage(brief: Brief, intent: str) -> Source | None:
    passages = [s for s in brief.sources if s.kind != PRODUCT]
    topic = _TOPIC.get(intent)
    on_topic = [s for s in passages if topic and topic in stems(f"{s.title} {s.text}")]
    fitting = on_topic or [s for s in passages if s.score > 0]
    return max(fitting, key=lambda s: s.score, default=None)


def _greeting(brief: Brief, *, english: bool) -> str:
    hello = "Hello" if english else ("Привет" if brief.informal else "Здравствуйте")
    return f"{hello}, {brief.customer}!" if brief.customer else f"{hello}!"


def _about(product: Source, brief: Brief, facts: list[Fact], *, english: bool) -> str:
    name = product.title
    if product.sku and product.sku.casefold() not in name.casefold():
        name = f"{name} ({product.sku})"
    parts = [name]
    if product.stock is not None:
        facts.append(Fact("qty", str(product.stock), str(product.stock), product.id))
    parts.append(_stock(product.stock, english=english))
    if product.price is not None:
        typed = money(product.price, product.currency)
        facts.append(Fact("price", typed, str(product.price), product.id))
        shown = f"{{{{price:{product.id}}}}}" if brief.slots else typed
        parts.append(f"price {shown}" if english else f"цена {shown}")
    return ", ".join(part for part in parts if part) + "."


def _stock(stock: int | None, *, english: bool) -> str:
    if stock is None:
        return ""
    if stock <= 0:
        return "out of stock just now" if english else "сейчас нет в наличии"
    return f"{stock} in stock" if english else f"в наличии {stock} шт."


def money(price: object, currency: str) -> str:
    """45000 → «45 000 ₽», with thin spaces."""
    sign = _CURRENCIES.get(currency.upper(), currency)
    try:
        amount = float(str(price).replace(" ", "").replace(",", "."))
    except ValueError:
        return f"{price} {sign}"
    figure = f"{amount:,.0f}" if amount == int(amount) else f"{amount:,.2f}"
    return figure.replace(",", "\u202f") + "\u202f" + sign


def _sentence(passage: Source, turn: str) -> str:
    asked = set(stems(turn))
    sentences = [s.strip() for s in _SENTENCE.split(passage.text) if s.strip()]
    best = max(sentences, key=lambda s: len(asked & set(stems(s))), default=passage.title)
    return best if best.endswith((".", "!", "?", "…")) else best + "."


def _reason(used: list[Source], *, upset: bool) -> str:
    if upset:
        return "Клиент недоволен: нужен человек."
    if not used:
        return "В источниках нет ответа."
    return f"По источнику «{used[0].title or used[0].id}»."
