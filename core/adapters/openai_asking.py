"""One structured answer of a chat model: the schema built once, the answer parsed by its model."""

import asyncio
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import orjson
from openai import APIError, AsyncOpenAI
from openai.types.chat import (
    ChatCompletionSystemMessageParam,
    ChatCompletionUserMessageParam,
)
from openai.types.completion_usage import CompletionUsage
from openai.types.shared_params import ResponseFormatJSONSchema
from pydantic import BaseModel, ValidationError

from core.adapters.openai_client import failure
from core.ports.ai import AiFailure, Usage

AnswerT = TypeVar("AnswerT", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Answered(Generic[AnswerT]):
    answer: AnswerT
    usage: Usage


class Asking(Generic[AnswerT]):
    """Asks for answers of one shape. Whatever cannot be worked with is an AiFailure."""

    def __init__(self, client: AsyncOpenAI, model: str, shape: type[AnswerT], *, most: int) -> None:
        self._client = client
        self._model = model
        self._shape = shape
        self._most = most
        # The SDK's own helper builds the schema and walks it at every call.
        self.schema: dict[str, Any] = shape.model_json_schema()
        self._format: ResponseFormatJSONSchema = {
            "type": "json_schema",
            "json_schema": {"name": shape.__name__, "schema": self.schema, "strict": True},
        }

    @property
    def fingerprint(self) -> bytes:
        return orjson.dumps(self.schema, option=orjson.OPT_SORT_KEYS)

    async def ask(self, instructions: str, question: str, seconds: float) -> Answered[AnswerT]:
        try:
            # The SDK's timeout is of each read: an answer that trickles needs one of the whole.
            async with asyncio.timeout(seconds):
                completion = await self._client.chat.completions.create(
                    model=self._model,
                    messages=[
                        ChatCompletionSystemMessageParam(role="system", content=instructions),
                        ChatCompletionUserMessageParam(role="user", content=question),
                    ],
                    response_format=self._format,
                    max_completion_tokens=self._most,
                )
        except TimeoutError as error:
            raise AiFailure("ai.timeout", again=True) from error
        except APIError as error:
            raise failure(error) from error
        except (ValueError, TypeError) as error:
            raise AiFailure("ai.rubbish", again=True) from error
        usage = self._usage(getattr(completion, "usage", None))
        choices = getattr(completion, "choices", None)
        if not choices or choices[0].message is None:
            raise AiFailure("ai.rubbish", again=True, usage=usage)
        message = choices[0].message
        if choices[0].finish_reason == "content_filter" or message.refusal:
            raise AiFailure("ai.refused", again=False, usage=usage)
        if choices[0].finish_reason == "length" or not message.content:
            raise AiFailure("ai.rubbish", again=True, usage=usage)
        try:
            return Answered(self._shape.model_validate_json(message.content), usage)
        except ValidationError as error:
            raise AiFailure("ai.rubbish", again=True, usage=usage) from error

    def _usage(self, used: CompletionUsage | None) -> Usage:
        if used is None:
            return Usage(self._model, 0, 0)
        return Usage(self._model, used.prompt_tokens or 0, used.completion_tokens or 0)
