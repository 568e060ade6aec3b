"""Drafts from any OpenAI-compatible chat endpoint, by structured output."""

import asyncio
import hashlib
import math
from typing import Literal

import orjson
from openai import (
    APIError,
    AsyncOpenAI,
    ContentFilterFinishReasonError,
    LengthFinishReasonError,
)
from openai.types.chat import ParsedChatCompletion
from openai.types.completion_usage import CompletionUsage
from pydantic import BaseModel, ConfigDict, ValidationError

from core.adapters.drafting_prompt import INSTRUCTIONS, question
from core.adapters.openai_client import failure
from core.kernel.transaction import refuse_inside_transaction
from core.kernel.untrusted import clean
from core.ports.ai import AiFailure, Draft, DraftFact, DraftRequest, Intent, Usage

TIMEOUT_SECONDS = 25.0
LONGEST_ANSWER = 2_000  # tokens
LONGEST_REPLY = 4_000  # characters: one message of any messenger


class Fact(BaseModel):
    """A claim of the reply, where it is said to come from, and its very words there."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["price", "quantity", "term", "discount", "contact", "text"]
    value: str
    source_id: str | None
    quote: str | None


class Answer(BaseModel):
    """What the model is made to answer. The endpoint sees this as its schema."""

    model_config = ConfigDict(extra="forbid")
    reply: str
    intent: Literal["price", "availability", "shipping", "return", "discount", "complaint", "other"]
    confidence: float
    used_sources: list[str]
    facts: list[Fact]
    needs_human: bool
    reason: str | None
    language: str


class OpenAiDrafter:
    """Writes drafts. `prompt_hash` changes with the instructions, the schema or the model."""

    def __init__(self, client: AsyncOpenAI, model: str) -> None:
        self._client = client.with_options(timeout=TIMEOUT_SECONDS, max_retries=0)
        self.model = model
        schema = orjson.dumps(Answer.model_json_schema(), option=orjson.OPT_SORT_KEYS)
        whole = b"\0".join((INSTRUCTIONS.encode(), schema, model.encode()))
        self.prompt_hash = hashlib.sha256(whole).hexdigest()

    async def draft(self, request: DraftRequest) -> Draft:
        refuse_inside_transaction("the drafter")
        try:
            # The SDK's timeout is of each read: an answer that trickles needs one of the whole.
            async with asyncio.timeout(TIMEOUT_SECONDS):
                completion = await self._client.chat.completions.parse(
                    model=self.model,
                    messages=[
                        {"role": "system", "content": INSTRUCTIONS},
                        {"role": "user", "content": question(request)},
                    ],
                    response_format=Answer,
                    max_completion_tokens=LONGEST_ANSWER,
                )
        except TimeoutError as error:
            raise AiFailure("ai.timeout", again=True) from error
        except LengthFinishReasonError as error:
            usage = self._usage(error.completion.usage)
            raise AiFailure("ai.rubbish", again=True, usage=usage) from error
        except ContentFilterFinishReasonError as error:
            raise AiFailure("ai.refused", again=False) from error
        except APIError as error:
            raise failure(error) from error
        except (ValidationError, ValueError, TypeError) as error:
            raise AiFailure("ai.rubbish", again=True) from error
        return self._draft(completion, request)

    async def close(self) -> None:
        await self._client.close()

    def _draft(self, completion: ParsedChatCompletion[Answer], request: DraftRequest) -> Draft:
        usage = self._usage(completion.usage)
        if not completion.choices:
            raise AiFailure("ai.rubbish", again=True, usage=usage)
        message = completion.choices[0].message
        if message.refusal:
            raise AiFailure("ai.refused", again=False, usage=usage)
        answer = message.parsed
        if answer is None:
            raise AiFailure("ai.rubbish", again=True, usage=usage)
        reply = clean(answer.reply)
        if not reply:
            raise AiFailure("ai.rubbish", again=True, usage=usage)
        if len(reply) > LONGEST_REPLY:
            raise AiFailure("ai.rubbish", again=True, usage=usage)
        if not (math.isfinite(answer.confidence) and 0.0 <= answer.confidence <= 1.0):
            raise AiFailure("ai.rubbish", again=True, usage=usage)
        refs = {passage.ref for passage in request.passages}
        return Draft(
            reply=reply,
            intent=Intent(answer.intent),
            confidence=answer.confidence,
            used=tuple(dict.fromkeys(ref for ref in answer.used_sources if ref in refs)),
            # A source that was never given binds nothing: the claim stays, marked as unbound.
            facts=tuple(
                DraftFact(
                    fact.kind,
                    clean(fact.value),
                    fact.source_id if fact.source_id in refs else None,
                    clean(fact.quote) if fact.quote else None,
                )
                for fact in answer.facts
            ),
            needs_human=answer.needs_human,
            reason=clean(answer.reason, 500) if answer.reason else None,
            usage=usage,
        )

    def _usage(self, used: CompletionUsage | None) -> Usage:
        if used is None:
            return Usage(self.model, 0, 0)
        return Usage(self.model, used.prompt_tokens, used.completion_tokens)
