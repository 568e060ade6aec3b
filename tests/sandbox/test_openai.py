"""The model's stand-in: answers from the request alone, in the schema asked for."""

import json
from typing import Literal

import pytest
from openai import AsyncOpenAI, AuthenticationError, BadRequestError, LengthFinishReasonError
from pydantic import BaseModel, ValidationError

from sandbox.testing import Sandbox

pytestmark = pytest.mark.asyncio

SOURCES = [
    {
        "id": "p-camry", "kind": "product", "title": "АКПП U250E Toyota Camry V40",
        "text": "Контрактная, пробег 80 тыс. км", "price": 45000, "currency": "RUB",
        "sku": "U250E-40", "stock": 2,
    },
    {
        "id": "p-almera", "kind": "product", "title": "АКПП Nissan Almera G15", "text": "",
        "price": 38000, "currency": "RUB", "sku": "DP8", "stock": 0,
    },
    {
        "id": "d-ship", "kind": "delivery", "title": "Доставка",
        "text": "Отправляем СДЭК по всей России. Доставка в Казань занимает 3–5 дней.",
    },
    {
        "id": "d-back", "kind": "returns", "title": "Возврат",
        "text": "Вернуть деталь можно в течение 14 дней. Нужен чек.",
    },
]  # fmt: skip


class Fact(BaseModel):
    kind: str
    value: str
    quote: str
    source_id: str


class Draft(BaseModel):
    reply: str
    intent: Literal["price", "availability", "shipping", "return", "discount", "complaint", "other"]
    confidence: float
    sources: list[str]
    facts: list[Fact]
    language: str
    needs_human: bool
    reason: str | None


async def draft(
    client: AsyncOpenAI, turn: str, *, system: str = "Цены пиши как {{price:ID}}."
) -> Draft:
    asked = {
        "customer": {"name": "Иван Петров"},
        "turn": [turn],
        "history": [],
        "sources": SOURCES,
        "store": {"language": "ru", "tone": "friendly", "address_form": "вы"},
    }
    done = await client.chat.completions.parse(
        model="gpt-4.1-mini",
        messages=[
            {"role": "system", "content": system},
            {"role": "user", "content": json.dumps(asked, ensure_ascii=False)},
        ],
        response_format=Draft,
    )
    assert done.usage is not None
    assert done.usage.prompt_tokens > done.usage.completion_tokens > 0
    parsed = done.choices[0].message.parsed
    assert parsed is not None
    return parsed


async def test_a_price_is_answered_from_the_right_product(openai: AsyncOpenAI) -> None:
    answer = await draft(openai, "Есть АКПП на Камри 40, сколько стоит?")
    assert answer.intent == "price"
    assert answer.sources[0] == "p-camry"
    assert "{{price:p-camry}}" in answer.reply
    assert "U250E" in answer.reply
    assert answer.reply.startswith("Здравствуйте, Иван!")
    assert {(f.kind, f.source_id) for f in answer.facts} >= {("price", "p-camry")}
    assert answer.confidence >= 0.8
    assert not answer.needs_human
    plain = await draft(openai, "Сколько стоит АКПП на Camry?", system="Отвечай.")
    assert "45\u202f000\u202f₽" in plain.reply


@pytest.mark.parametrize(
    ("turn", "intent", "source", "words"),
    [
        ("Есть коробка на Альмеру?", "availability", "p-almera", "нет в наличии"),
        ("Сколько идёт доставка в Казань?", "shipping", "d-ship", "3–5 дней"),
        ("Можно вернуть, если не подойдёт?", "return", "d-back", "14 дней"),
        ("Это обман, коробка сломалась!", "complaint", "d-back", ""),
        ("А скидка будет на АКПП Camry?", "discount", "p-camry", "U250E"),
    ],
)
async def test_each_intent_finds_its_source(
    openai: AsyncOpenAI, turn: str, intent: str, source: str, words: str
) -> None:
    answer = await draft(openai, turn)
    assert answer.intent == intent
    assert source in answer.sources
    assert words in answer.reply


async def test_what_no_source_knows_goes_to_a_person(openai: AsyncOpenAI) -> None:
    answer = await draft(openai, "Вы красите бамперы?")
    assert answer.needs_human
    assert answer.sources == []
    assert answer.confidence < 0.5


async def test_responses_and_streams_speak_too(openai: AsyncOpenAI) -> None:
    parsed = await openai.responses.parse(
        model="gpt-4.1", input="Сколько стоит доставка?", text_format=Draft
    )
    assert parsed.output_parsed is not None
    assert parsed.output_parsed.intent == "shipping"
    stream = await openai.chat.completions.create(
        model="gpt-4.1-mini", messages=[{"role": "user", "content": "Привет"}], stream=True
    )
    said = "".join([c.choices[0].delta.content or "" async for c in stream if c.choices])
    assert said.startswith("Здравствуйте!")


async def test_embeddings_are_stable_near_and_sized(openai: AsyncOpenAI) -> None:
    made = await openai.embeddings.create(
        model="text-embedding-3-small",
        input=["АКПП на Камри", "коробка автомат Camry", "условия возврата"],
        dimensions=512,
    )
    camry, box, back = (item.embedding for item in made.data)
    assert len(camry) == 512
    assert sum(x * x for x in camry) == pytest.approx(1, abs=1e-4)

    def near(a: list[float], b: list[float]) -> float:
        return sum(x * y for x, y in zip(a, b, strict=True))

    assert near(camry, box) > near(camry, back) + 0.2
    again = await openai.embeddings.create(
        model="text-embedding-3-small", input="АКПП на Камри", encoding_format="float"
    )
    assert len(again.data[0].embedding) == 1536
    with pytest.raises(BadRequestError):
        await openai.embeddings.create(model="text-embedding-3-small", input="")


async def test_only_the_sandboxs_key_opens(sandbox: Sandbox) -> None:
    async with AsyncOpenAI(api_key="sk-foreign-key-123456", base_url=sandbox.openai_base) as other:
        with pytest.raises(AuthenticationError, match="Incorrect API key"):
            await other.models.list()


async def test_a_test_puts_words_into_its_mouth(sandbox: Sandbox, openai: AsyncOpenAI) -> None:
    await sandbox.script(
        {"contains": "бампер", "text": "не JSON", "times": 1},
        {"matches": "зеркал[оа]", "schema": "Draft", "cut": 20},
        {"call": 3, "merge": {"confidence": 0.11}},
        {"contains": "руль", "refusal": "Не могу помочь."},
    )
    with pytest.raises(ValidationError):
        await draft(openai, "Есть бампер?")
    with pytest.raises(LengthFinishReasonError):
        await draft(openai, "Есть зеркала?")
    assert (await draft(openai, "Есть АКПП?")).confidence == 0.11
    refused = await openai.chat.completions.create(
        model="gpt-4.1-mini", messages=[{"role": "user", "content": "руль?"}]
    )
    assert refused.choices[0].message.refusal == "Не могу помочь."
    await sandbox.call("DELETE", "openai/script")
    assert (await draft(openai, "Есть бампер?")).needs_human
    rows = await sandbox.requests(target="openai")
    assert rows[0]["method"] == "chat/completions"
    assert "бампер" in str(rows[0]["params"])
