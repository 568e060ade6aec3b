"""Against the sandbox's OpenAI, over HTTP."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from core.adapters.openai_chat import OpenAiDrafter
from core.adapters.openai_client import open_client
from core.adapters.openai_embeddings import OpenAiEmbedder
from core.kernel.transaction import InsideTransaction, in_transaction
from core.ports.ai import AiFailure, DraftRequest, Intent, Passage
from sandbox.testing import Sandbox

ASKED = DraftRequest(
    customer_name="Иван\u202e Петров",
    turn=("Есть АКПП на Camry 40,", "сколько\u200b стоит?"),
    history=(("customer", "Добрый день"), ("store", "Здравствуйте!")),
    passages=(
        Passage("P1", "product", "АКПП Toyota Camry 40 U250E", "Контрактная, пробег 78 000 км.",
                price="45000.00", currency="RUB", sku="U250E-CAM40", stock=2),
        Passage("D1", "document", "Гарантия", "На агрегаты 14 дней."),
    ),
    language="ru",
    tone="friendly",
    address_form="vy",
    store_name="Коробка передач",
    discounts_allowed=True,
)  # fmt: skip


@pytest.fixture
async def embedder(sandbox: Sandbox) -> AsyncIterator[OpenAiEmbedder]:
    client = open_client(sandbox.openai_key, sandbox.openai_base)
    made = OpenAiEmbedder(client, "text-embedding-3-small")
    yield made
    await made.close()


async def test_a_draft_has_its_parts_each_in_its_field(drafter: OpenAiDrafter) -> None:
    draft = await drafter.draft(ASKED)
    assert "{{price:P1}}" in draft.reply
    assert "45" not in draft.reply
    assert draft.intent is Intent.PRICE
    assert draft.used == ("P1",)
    assert {(fact.kind, fact.source_ref) for fact in draft.facts} == {
        ("qty", "P1"),
        ("price", "P1"),
    }
    assert not draft.needs_human
    assert draft.usage.input_tokens > 100
    assert draft.usage.output_tokens > 0


async def test_the_question_is_the_agreed_json_without_unseen_characters(
    sandbox: Sandbox, drafter: OpenAiDrafter
) -> None:
    await drafter.draft(replace(ASKED, avoid="Не так"))
    (request,) = await sandbox.requests(target="openai")
    system, user = request["params"]["messages"]
    assert (system["role"], user["role"]) == ("system", "user")
    asked = json.loads(user["content"])
    mark = asked["mark"]
    assert " " not in asked["turn"][0], "the words of others are marked"
    assert mark not in "".join(ASKED.turn)
    assert json.loads(user["content"].replace(mark, " ")) == {
        "mark": " ",
        "store": {
            "name": "Коробка передач", "language": "ru", "tone": "friendly", "address_form": "vy",
        },
        "customer": {"name": "Иван Петров"},
        "history": [
            {"from": "customer", "text": "Добрый день"},
            {"from": "store", "text": "Здравствуйте!"},
        ],
        "turn": ["Есть АКПП на Camry 40,", "сколько стоит?"],
        "sources": [
            {
                "id": "P1", "kind": "product", "title": "АКПП Toyota Camry 40 U250E",
                "text": "Контрактная, пробег 78 000 км.", "sku": "U250E-CAM40",
                "price": "45000.00", "currency": "RUB", "stock": 2,
            },
            {"id": "D1", "kind": "document", "title": "Гарантия", "text": "На агрегаты 14 дней."},
        ],
        "discounts_allowed": True,
        "avoid": "Не так",
    }  # fmt: skip
    described = request["params"]["response_format"]["json_schema"]
    assert described["strict"] is True


async def test_sources_nobody_gave_bind_nothing(sandbox: Sandbox, drafter: OpenAiDrafter) -> None:
    fact = {"kind": "price", "value": "1", "unit": None, "source_id": "P9", "quote": "1"}
    await sandbox.script({"merge": {"used_sources": ["P9", "D1", "D1"], "facts": [fact]}})
    draft = await drafter.draft(ASKED)
    assert draft.used == ("D1",)
    assert [fact.source_ref for fact in draft.facts] == [None]


@pytest.mark.parametrize(
    ("rule", "why", "again"),
    [
        ({"refusal": "Не могу"}, "ai.refused", False),
        ({"cut": 20}, "ai.rubbish", True),
        ({"rubbish": True}, "ai.rubbish", True),
        ({"text": ""}, "ai.rubbish", True),
        ({"merge": {"reply": " \u200b "}}, "ai.rubbish", True),
        ({"merge": {"reply": "а" * 4001}}, "ai.rubbish", True),
        ({"merge": {"intent": "gossip"}}, "ai.rubbish", True),
        ({"merge": {"confidence": 1.5}}, "ai.rubbish", True),
        ({"merge": {"confidence": -0.1}}, "ai.rubbish", True),
        ({"body": {"choices": []}}, "ai.rubbish", True),
        ({"body": {"error": "?"}}, "ai.rubbish", True),
        ({"status": 500}, "ai.unavailable", True),
        ({"status": 429}, "ai.limited", True),
        ({"status": 401}, "ai.key_refused", False),
        ({"status": 404}, "ai.unknown_model", False),
        ({"status": 400}, "ai.request_refused", False),
        ({"drop": True}, "ai.unavailable", True),
    ],
)
async def test_what_cannot_be_worked_with_is_a_failure_tried_once(
    sandbox: Sandbox, drafter: OpenAiDrafter, rule: dict[str, object], why: str, *, again: bool
) -> None:
    await sandbox.script(rule)
    with pytest.raises(AiFailure) as failed:
        await drafter.draft(ASKED)
    assert (failed.value.why, failed.value.again) == (why, again)
    assert len(await sandbox.requests(target="openai")) == 1


async def test_a_slow_provider_is_given_up(
    sandbox: Sandbox, drafter: OpenAiDrafter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.adapters.openai_chat.TIMEOUT_SECONDS", 0.05)
    await sandbox.script({"delay": 5})
    with pytest.raises(AiFailure) as failed:
        await drafter.draft(ASKED)
    assert (failed.value.why, failed.value.again) == ("ai.timeout", True)


async def test_the_hash_names_the_instructions_the_schema_and_the_model(
    drafter: OpenAiDrafter,
) -> None:
    client = open_client("key")
    other, same = OpenAiDrafter(client, "gpt-4.1-mini"), OpenAiDrafter(client, "gpt-4.1")
    assert other.prompt_hash != drafter.prompt_hash == same.prompt_hash
    await client.close()


async def test_neither_is_called_inside_a_transaction(
    drafter: OpenAiDrafter, embedder: OpenAiEmbedder
) -> None:
    async with in_transaction():
        with pytest.raises(InsideTransaction):
            await drafter.draft(ASKED)
        with pytest.raises(InsideTransaction):
            await embedder.embed(["текст"])


async def test_texts_are_embedded_in_batches_and_in_order(
    sandbox: Sandbox, embedder: OpenAiEmbedder
) -> None:
    texts = [f"Деталь номер {n}" for n in range(300)]
    many = await embedder.embed(texts)
    alone = await embedder.embed([texts[299]])
    assert many.vectors[299] == pytest.approx(alone.vectors[0])
    assert (len(many.vectors), {len(v) for v in many.vectors}) == (300, {512})
    assert many.embedder == "text-embedding-3-small@512"
    assert len(await sandbox.requests(target="openai")) == 4


async def test_a_vector_of_another_length_is_refused_clearly(
    sandbox: Sandbox, embedder: OpenAiEmbedder
) -> None:
    item = {"object": "embedding", "index": 0, "embedding": [0.1] * 1536}
    await sandbox.script({"endpoint": "embeddings", "body": {"data": [item], "model": "m"}})
    with pytest.raises(AiFailure) as failed:
        await embedder.embed(["текст"])
    assert (failed.value.why, failed.value.again) == ("ai.wrong_dimension", False)


@pytest.mark.parametrize(
    ("rule", "why"), [({"rubbish": True}, "ai.rubbish"), ({"status": 401}, "ai.key_refused")]
)
async def test_embeddings_fail_as_drafts_do(
    sandbox: Sandbox, embedder: OpenAiEmbedder, rule: dict[str, object], why: str
) -> None:
    await sandbox.script({"endpoint": "embeddings", **rule})
    with pytest.raises(AiFailure) as failed:
        await embedder.embed(["текст"])
    assert failed.value.why == why
