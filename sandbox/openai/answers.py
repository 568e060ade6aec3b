"""Answers in OpenAI's shapes: completions, responses, embeddings, models, errors."""

import array
import base64
import secrets
import sys
from collections.abc import Iterator

import orjson

from sandbox.openai.words import embed
from sandbox.shapes import Json, now

MODELS = ("gpt-4.1", "gpt-4.1-mini", "gpt-4o", "gpt-4o-mini", "gpt-5-mini",
          "text-embedding-3-small", "text-embedding-3-large")  # fmt: skip
_SIZES = {"text-embedding-3-large": 3072}
DEFAULT_SIZE = 1536
PIECE = 24


class OpenAIError(Exception):
    """Becomes {"error": {"message", "type", "param", "code"}}."""

    def __init__(
        self, status: int, message: str, kind: str = "invalid_request_error",
        code: str | None = None, param: str | None = None,
    ) -> None:  # fmt: skip
        super().__init__(message)
        self.status = status
        self.error: Json = {"message": message, "type": kind, "param": param, "code": code}
        self.retry_after: int | None = None


def tokens(text: str) -> int:
    """A rough count: four characters each, two for Cyrillic."""
    return max(len(text.encode()) // 4, 1)


def completion(model: str, prompt: str, said: str, *, refusal: str | None, reason: str) -> Json:
    return {
        "id": f"chatcmpl-{secrets.token_hex(12)}",
        "object": "chat.completion",
        "created": int(now()),
        "model": model,
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": None if refusal else said,
                    "refusal": refusal,
                    "annotations": [],
                },
                "logprobs": None,
                "finish_reason": reason,
            }
        ],
        "usage": _usage(tokens(prompt), tokens(said), "prompt_tokens", "completion_tokens"),
        "system_fingerprint": "fp_sandbox",
    }


def completion_chunks(whole: Json, *, usage: bool) -> Iterator[bytes]:
    """The same answer as a stream of server-sent events."""
    choice = whole["choices"][0]
    base = {k: whole[k] for k in ("id", "created", "model", "system_fingerprint")}
    base["object"] = "chat.completion.chunk"
    said = choice["message"]["content"] or ""
    deltas: list[tuple[Json, str | None]] = [({"role": "assistant", "content": ""}, None)]
    deltas += [({"content": said[at : at + PIECE]}, None) for at in range(0, len(said), PIECE)]
    deltas.append(({}, choice["finish_reason"]))
    for delta, reason in deltas:
        part = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        yield b"data: " + orjson.dumps({**base, "choices": [part]}) + b"\n\n"
    if usage:
        yield b"data: " + orjson.dumps({**base, "choices": [], "usage": whole["usage"]}) + b"\n\n"
    yield b"data: [DONE]\n\n"


def response(model: str, prompt: str, said: str, *, refusal: str | None, reason: str) -> Json:
    part: Json = {"type": "output_text", "text": said, "annotations": [], "logprobs": []}
    if refusal:
        part = {"type": "refusal", "refusal": refusal}
    whole = reason == "stop"
    return {
        "id": f"resp_{secrets.token_hex(16)}",
        "object": "response",
        "created_at": int(now()),
        "status": "completed" if whole else "incomplete",
        "error": None,
        "incomplete_details": None if whole else {"reason": "max_output_tokens"},
        "instructions": None,
        "metadata": {},
        "model": model,
        "output": [
            {
                "id": f"msg_{secrets.token_hex(16)}",
                "type": "message",
                "role": "assistant",
                "status": "completed" if whole else "incomplete",
                "content": [part],
            }
        ],
        "parallel_tool_calls": True,
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": {
            **_usage(tokens(prompt), tokens(said), "input_tokens", "output_tokens"),
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens_details": {"reasoning_tokens": 0},
        },
    }


def embeddings(body: Json) -> Json:
    model = str(body.get("model", ""))
    given = body.get("input")
    texts: list[object] = given if isinstance(given, list) else [given]
    if texts and all(isinstance(item, int) for item in texts):
        texts = [texts]
    if not texts or any(item in ("", None, []) for item in texts):
        raise OpenAIError(400, "'$.input' is invalid.", param="input")
    size = int(body.get("dimensions") or _SIZES.get(model, DEFAULT_SIZE))
    packed = body.get("encoding_format") == "base64"
    data = []
    count = 0
    for index, item in enumerate(texts):
        text = item if isinstance(item, str) else " ".join(str(t) for t in _numbers(item))
        count += tokens(text)
        vector = embed(text, size)
        data.append(
            {
                "object": "embedding",
                "index": index,
                "embedding": _packed(vector) if packed else vector,
            }
        )
    usage = {"prompt_tokens": count, "total_tokens": count}
    return {"object": "list", "data": data, "model": model, "usage": usage}


def models() -> Json:
    data = [
        {"id": name, "object": "model", "created": 1_744_000_000, "owned_by": "sandbox"}
        for name in MODELS
    ]
    return {"object": "list", "data": data}


def _numbers(item: object) -> list[object]:
    return item if isinstance(item, list) else [item]


def _packed(vector: list[float]) -> str:
    floats = array.array("f", vector)
    if sys.byteorder == "big":
        floats.byteswap()
    return base64.b64encode(floats.tobytes()).decode()


def _usage(given: int, made: int, given_name: str, made_name: str) -> Json:
    return {given_name: given, made_name: made, "total_tokens": given + made}
