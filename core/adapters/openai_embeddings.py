"""Embeddings from any OpenAI-compatible endpoint."""

import asyncio
import math
from collections.abc import Iterator, Sequence

from openai import APIError, AsyncOpenAI
from openai.types.create_embedding_response import Usage as CreatedUsage

from core.adapters.openai_client import failure
from core.kernel.transaction import refuse_inside_transaction
from core.ports.ai import AiFailure, Embedded, Usage

TIMEOUT_SECONDS = 20.0
DIMENSIONS = 512
_TEXTS_A_CALL = 128
_CHARACTERS_A_CALL = 200_000
_LONGEST = 8_000  # characters: a passage has far fewer, a question is cut


class OpenAiEmbedder:
    """Vectors of 512; its name carries the model and the length, so that none are mixed."""

    def __init__(self, client: AsyncOpenAI, model: str) -> None:
        self._client = client.with_options(timeout=TIMEOUT_SECONDS, max_retries=1)
        self.model = model
        self.name = f"{model}@{DIMENSIONS}"

    async def embed(self, texts: Sequence[str]) -> Embedded:
        refuse_inside_transaction("the embedder")
        vectors: list[list[float]] = []
        tokens = 0
        for batch in _batches(texts):
            part, used = await self._call(batch)
            vectors += part
            tokens += used
        return Embedded(vectors, self.name, Usage(self.model, tokens, 0))

    async def close(self) -> None:
        await self._client.close()

    async def _call(self, texts: list[str]) -> tuple[list[list[float]], int]:
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                answer = await self._client.embeddings.create(
                    model=self.model, input=texts, dimensions=DIMENSIONS
                )
        except TimeoutError as error:
            raise AiFailure("ai.timeout", again=True) from error
        except APIError as error:
            raise failure(error) from error
        except ValueError as error:  # an answer without data, or no JSON
            raise AiFailure("ai.rubbish", again=True) from error
        in_order = sorted(answer.data, key=lambda one: one.index)
        if [one.index for one in in_order] != list(range(len(texts))):
            raise AiFailure("ai.rubbish", again=True)
        used = _tokens(answer.usage)
        return [_unit(one.embedding) for one in in_order], used


def _tokens(usage: CreatedUsage | None) -> int:
    """Compatible endpoints may leave the usage out."""
    return usage.total_tokens if usage is not None else 0


def _unit(vector: list[float]) -> list[float]:
    if len(vector) != DIMENSIONS:
        raise AiFailure("ai.wrong_dimension", again=False)
    norm = math.sqrt(math.fsum(value * value for value in vector))
    if not math.isfinite(norm) or norm == 0.0:
        raise AiFailure("ai.rubbish", again=True)
    return [value / norm for value in vector]


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for text in texts:
        sent = text[:_LONGEST] or " "  # an empty input is refused by the endpoint
        if batch and (len(batch) == _TEXTS_A_CALL or size + len(sent) > _CHARACTERS_A_CALL):
            yield batch
            batch, size = [], 0
        batch.append(sent)
        size += len(sent)
    if batch:
        yield batch
