"""The OpenAI endpoints over plain ASGI."""

import asyncio
from collections.abc import Iterator

import orjson

from sandbox.dropping import drop_connection
from sandbox.faults import Fault
from sandbox.http import Receive, Scope, Send, header, read_all, send_body
from sandbox.openai import answers, market
from sandbox.openai.answers import OpenAIError
from sandbox.openai.brief import content_text, understand
from sandbox.openai.filling import Filler
from sandbox.openai.responder import respond
from sandbox.openai.script import Rule
from sandbox.shapes import Json
from sandbox.tokens import OPENAI_API_KEY
from sandbox.world import World

PREFIX = "/openai/v1/"
RUBBISH = "%%% ÿþ <not json> 4 8 15 16 23 42"
_ANY_JSON: Json = {
    "type": "object",
    "properties": {
        "reply": {"type": "string"},
        "intent": {"type": "string"},
        "confidence": {"type": "number"},
        "sources": {"type": "array", "items": {"type": "string"}},
        "language": {"type": "string"},
        "needs_human": {"type": "boolean"},
        "reason": {"type": "string"},
    },
}


class DroppedError(Exception):
    """The connection is to be closed without an answer."""


class OpenAI:
    """Answers /openai/v1/{chat/completions,responses,embeddings,models}."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint = scope["path"][len(PREFIX) :].strip("/")
        raw = await read_all(receive)
        body: Json = {}
        status: int | None = 200
        headers: list[tuple[bytes, bytes]] = [(b"x-request-id", b"req_sandbox")]
        answer: Json | bytes | Iterator[bytes] = b""
        try:
            _authorise(header(scope, b"authorization"))
            body = _parsed(raw, scope["method"])
            answer = await self._answer(endpoint, body)
        except OpenAIError as error:
            status, answer = error.status, {"error": error.error}
            if error.retry_after is not None:
                headers.append((b"retry-after", str(error.retry_after).encode()))
        except DroppedError:
            status = None
        row = self.world.journal.add(
            "openai", endpoint, body, [], status, size=min(len(raw), 1 << 20) + 200
        )
        if self.world.live.watched:
            self.world.live.tell({"type": "request", "row": row.view()})
        if status is None:
            await drop_connection(send)
        elif isinstance(answer, Iterator):
            await _stream(send, answer, headers)
        else:
            content = answer if isinstance(answer, bytes) else orjson.dumps(answer)
            headers.append((b"content-type", b"application/json"))
            await send_body(send, status, content, headers)

    async def _answer(self, endpoint: str, body: Json) -> Json | bytes | Iterator[bytes]:
        fault = self.world.faults.take("openai", endpoint) if self.world.faults else None
        rubbish = False
        if fault is not None:
            rubbish = await _suffer(fault)
        match endpoint:
            case "chat/completions" | "responses":
                answer = await self._speak(endpoint, body, rubbish=rubbish)
            case "embeddings":
                answer = await self._embed(body, rubbish=rubbish)
            case "models":
                answer = answers.models()
            case _:
                raise OpenAIError(404, f"Invalid URL (POST /v1/{endpoint})")
        if fault is not None and fault.kind == "drop_after_accept":
            raise DroppedError
        return answer

    async def _embed(self, body: Json, *, rubbish: bool) -> Json:
        rule = self.world.script.take("embeddings", None, str(body.get("input", "")))
        if rule is not None:
            await _obey(rule)
            if rule.body is not None:
                return rule.body
        if rubbish or (rule is not None and rule.rubbish):
            return {"object": "list", "data": [], "model": "", "usage": {}}
        return answers.embeddings(body)

    async def _speak(self, endpoint: str, body: Json, *, rubbish: bool) -> Json | Iterator[bytes]:
        messages = _messages(body)
        name, schema = _schema(body)
        prompt = "\n".join(content_text(message.get("content")) for message in messages)
        rule = self.world.script.take(endpoint, name, prompt)
        if rule is not None:
            await _obey(rule)
            if rule.body is not None:
                return rule.body
        tool = market.searches(body) if endpoint == "responses" else None
        found = None
        if tool is not None:
            trouble = rule.market if rule is not None else None
            found = market.look(tool, content_text(messages[-1].get("content")), schema, trouble)
        said = _words(messages, schema, rule, found)
        reason = "stop"
        if rubbish or (rule is not None and rule.rubbish):
            said = RUBBISH
        elif rule is not None and rule.cut is not None:
            said, reason = said[: rule.cut], "length"
        refusal = rule.refusal if rule is not None else None
        make = answers.completion if endpoint == "chat/completions" else answers.response
        whole = make(str(body["model"]), prompt, said, refusal=refusal, reason=reason)
        if tool is not None and found is not None:
            whole = market.with_search(whole, tool, found, list(body.get("include") or []))
        if body.get("stream"):
            if endpoint != "chat/completions":
                raise OpenAIError(400, "The sandbox streams chat completions only.")
            options = body.get("stream_options") or {}
            return answers.completion_chunks(whole, usage=bool(options.get("include_usage")))
        return whole


def _authorise(given: bytes) -> None:
    key = given.decode(errors="replace").removeprefix("Bearer ").strip()
    if not key:
        raise OpenAIError(401, "You didn't provide an API key.", code="invalid_api_key")
    if key != OPENAI_API_KEY:
        shown = f"{key[:3]}***{key[-2:]}"
        raise OpenAIError(401, f"Incorrect API key provided: {shown}.", code="invalid_api_key")


def _parsed(raw: bytes, method: str) -> Json:
    if method == "GET":
        return {}
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        raise OpenAIError(400, "We could not parse the JSON body of your request.")
    if not body.get("model"):
        raise OpenAIError(400, "you must provide a model parameter", param="model")
    return body


def _messages(body: Json) -> list[Json]:
    """Chat messages, or a response's instructions and input in the same shape."""
    if "messages" in body:
        return [message for message in body["messages"] if isinstance(message, dict)]
    messages: list[Json] = []
    if body.get("instructions"):
        messages.append({"role": "system", "content": body["instructions"]})
    given = body.get("input")
    if isinstance(given, str):
        messages.append({"role": "user", "content": given})
    elif isinstance(given, list):
        messages += [item for item in given if isinstance(item, dict)]
    if not messages:
        raise OpenAIError(400, "Missing required parameter: 'messages'.", param="messages")
    return messages


def _schema(body: Json) -> tuple[str | None, Json | None]:
    wanted = body.get("response_format") or (body.get("text") or {}).get("format") or {}
    kind = wanted.get("type")
    if kind == "json_object":
        return None, _ANY_JSON
    if kind != "json_schema":
        return None, None
    described = wanted.get("json_schema") or wanted
    schema = described.get("schema")
    if not isinstance(schema, dict):
        raise OpenAIError(400, "Invalid schema for response_format.", param="response_format")
    return str(described.get("name") or ""), schema


def _words(
    messages: list[Json], schema: Json | None, rule: Rule | None, found: market.Found | None
) -> str:
    if rule is not None and rule.text is not None:
        return rule.text
    if rule is not None and rule.json is not None:
        return orjson.dumps(rule.json).decode()
    if found is not None:
        return found.said
    if market.is_about_prices(schema):
        return market.extract(content_text(messages[-1].get("content")))
    answer = respond(understand(messages))
    if schema is None:
        return answer.reply
    filled = Filler(schema, answer).fill()
    if rule is not None and rule.merge is not None and isinstance(filled, dict):
        filled = {**filled, **rule.merge}
    return orjson.dumps(filled).decode()


async def _suffer(fault: Fault) -> bool:
    """Let the fault happen; True asks for rubbish."""
    match fault.kind:
        case "latency" | "slow":
            await asyncio.sleep(fault.delay)
        case "error":
            raise OpenAIError(500, "The server had an error.", "server_error")
        case "429":
            error = OpenAIError(429, "Rate limit reached.", "requests", code="rate_limit_exceeded")
            error.retry_after = max(int(fault.delay), 1)
            raise error
        case "blocked":
            raise OpenAIError(
                403,
                "Country, region, or territory not supported.",
                code="unsupported_country_region_territory",
            )
        case "drop_before":
            raise DroppedError
    return fault.kind == "rubbish"


async def _obey(rule: Rule) -> None:
    if rule.delay:
        await asyncio.sleep(rule.delay)
    if rule.drop:
        raise DroppedError
    if rule.status is not None and rule.status >= 400:  # noqa: PLR2004
        raise OpenAIError(rule.status, rule.error or "scripted error", "scripted")


async def _stream(send: Send, pieces: Iterator[bytes], headers: list[tuple[bytes, bytes]]) -> None:
    headers = [*headers, (b"content-type", b"text/event-stream; charset=utf-8")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for piece in pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
