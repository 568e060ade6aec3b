"""Any JSON schema filled from an answer, field by field, by the names of the fields."""

from sandbox.openai.brief import Source
from sandbox.openai.responder import Answer, Fact
from sandbox.shapes import Json

_REPLY = frozenset({"reply", "answer", "text", "draft", "message", "content", "response",
                    "reply_text", "suggestion", "output"})  # fmt: skip
_INTENT = frozenset({"intent", "category", "topic", "label"})
_CONFIDENCE = frozenset({"confidence", "score", "probability", "certainty", "self_check"})
_SOURCES = frozenset({"sources", "source_ids", "used_sources", "citations", "references",
                      "sources_used", "used"})  # fmt: skip
_LANGUAGE = frozenset({"language", "lang", "locale"})
_HUMAN = frozenset({"needs_human", "escalate", "handoff", "requires_human", "needs_operator",
                    "should_escalate"})  # fmt: skip
_REASON = frozenset({"reason", "explanation", "rationale", "why", "comment", "summary", "note"})
_FACTS = frozenset({"facts", "claims", "ledger", "bindings", "evidence"})
_RUSSIAN_INTENTS = {
    "price": "цен", "availability": "налич", "shipping": "достав", "return": "возврат",
    "discount": "скидк", "complaint": "жалоб", "other": "друг",
}  # fmt: skip
PERCENT = 100


class Filler:
    """Fills one schema; `$ref`s are looked up in its own definitions."""

    def __init__(self, schema: Json, answer: Answer) -> None:
        self._schema = schema
        self._answer = answer

    def fill(self) -> object:
        return self._value(self._schema, "", self._answer)

    def _resolved(self, schema: Json) -> Json:
        while "$ref" in schema:
            target: Json = self._schema
            for step in str(schema["$ref"]).removeprefix("#/").split("/"):
                target = target[step]
            schema = {**target, **{k: v for k, v in schema.items() if k != "$ref"}}
        return schema

    def _value(self, schema: Json, name: str, about: object) -> object:
        schema = self._resolved(schema)
        if "const" in schema:
            return schema["const"]
        options = schema.get("anyOf") or schema.get("oneOf")
        if options:
            return self._choose(options, name, about)
        kind = schema.get("type")
        if isinstance(kind, list):
            return self._choose([{**schema, "type": k} for k in kind], name, about)
        if "enum" in schema:
            return self._of_enum(schema["enum"], name, about)
        match kind:
            case "object":
                return self._object(schema, about)
            case "array":
                return self._array(schema, name)
            case "boolean":
                return self._answer.needs_human if name in _HUMAN else False
            case "number" | "integer":
                return self._number(schema, name, about)
            case "null":
                return None
            case _:
                return self._string(name, about)

    def _choose(self, options: list[Json], name: str, about: object) -> object:
        resolved = [self._resolved(option) for option in options]
        for option in resolved:
            if option.get("type") == "null":
                continue
            value = self._value(option, name, about)
            if value in ("", None) and any(o.get("type") == "null" for o in resolved):
                return None
            return value
        return None

    def _object(self, schema: Json, about: object) -> Json:
        properties = schema.get("properties", {})
        return {name: self._value(part, name, about) for name, part in properties.items()}

    def _array(self, schema: Json, name: str) -> list[object]:
        item = self._resolved(schema.get("items") or {"type": "string"})
        if name in _SOURCES or name.endswith("source_ids"):
            found = self._answer.sources
            if item.get("type") == "object":
                return [self._value(item, name, source) for source in found]
            return [source.id for source in found]
        if name in _FACTS:
            if item.get("type") == "object":
                return [self._value(item, name, fact) for fact in self._answer.facts]
            return [fact.quote for fact in self._answer.facts]
        return []

    def _of_enum(self, values: list[object], name: str, about: object) -> object:
        wanted = self._answer.intent
        if name in _LANGUAGE:
            wanted = self._answer.language
        elif isinstance(about, Fact | Source):
            wanted = about.kind
        for value in values:
            text = str(value).casefold()
            if text == wanted or text.startswith(_RUSSIAN_INTENTS.get(wanted, wanted)):
                return value
        return next((v for v in values if str(v).casefold() in ("other", "другое")), values[0])

    def _number(self, schema: Json, name: str, about: object) -> float:
        value = 0.0
        if name in _CONFIDENCE or name.endswith("confidence"):
            value = self._answer.confidence
            whole = schema.get("type") == "integer"
            if whole or float(schema.get("maximum", 1)) >= PERCENT:
                value *= PERCENT
        elif isinstance(about, Source) and name == "price":
            value = float(str(about.price or 0))
        elif isinstance(about, Source) and name in ("stock", "quantity"):
            value = float(about.stock or 0)
        value = max(value, float(schema.get("minimum", value)))
        return round(value) if schema.get("type") == "integer" else value

    def _string(self, name: str, about: object) -> str:
        if isinstance(about, Fact):
            return _of_fact(name, about)
        if isinstance(about, Source):
            return _of_source(name, about)
        answer = self._answer
        if name in _REPLY or name.endswith(("reply", "answer")):
            return answer.reply
        if name in _INTENT:
            return answer.intent
        if name in _LANGUAGE:
            return answer.language
        if name in _REASON:
            return answer.reason
        if name in ("source", "source_id"):
            return answer.sources[0].id if answer.sources else ""
        return ""


def _of_fact(name: str, fact: Fact) -> str:
    if name in ("kind", "type"):
        return fact.kind
    if "quote" in name or "evidence" in name:
        return fact.quote
    if name == "id" or "source" in name:
        return fact.source_id
    return fact.value


def _of_source(name: str, source: Source) -> str:
    if name == "id" or "source" in name or name.endswith("_id"):
        return source.id
    return {"title": source.title, "kind": source.kind, "sku": source.sku}.get(name, source.text)
