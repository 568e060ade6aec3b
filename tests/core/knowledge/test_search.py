from collections.abc import Sequence
from decimal import Decimal

import pytest

from core.knowledge.embed import OfflineEmbedder
from core.knowledge.models import SourceKind
from core.onboarding.demo import seed
from core.ports.ai import AiFailure, Embedded
from tests.core.knowledge.shop import Product, Shop, part
from tests.support.examples import examples

STAFF = [
    {"name": "Иван", "role": "customer", "user_id": 1, "chat_id": 1},
    {"name": "Олег", "role": "owner", "user_id": 2, "chat_id": 2},
    {"name": "Анна", "role": "operator", "user_id": 3, "chat_id": 3},
    {"name": "Мария", "role": "operator", "user_id": 4, "chat_id": 4},
]
STORE_BOT = "7000000002:SANDBOX-demo-store-bot"


@pytest.fixture
async def demo(app: Product) -> Shop:
    return Shop(app, await seed(app, STAFF, STORE_BOT))


ANSWERED = [
    ("Есть АКПП на Camry 40, сколько стоит?", "АКПП Toyota Camry 40 2.4 U250E"),
    ("почём коробка на тойоту камри 2008 года 2.4", "АКПП Toyota Camry 40 2.4 U250E"),
    ("вариатор на икстрейл Т31 есть?", "Вариатор Nissan X-Trail T31 JF011E"),
    ("генератор на 2AZ-FE", "Генератор Toyota 2AZ-FE"),
    ("дверь водительская camry v40", "Дверь передняя левая Toyota Camry 40"),
    ("какая гарантия на двигатель?", "Гарантия на агрегаты"),
    ("Сколько идёт доставка до Казани?", "Доставка по России"),
    ("можно ли вернуть деталь если не подошла", "Возврат и обмен"),
    ("до скольки работаете в субботу?", "График работы и контакты"),
    ("скидку сделаете?", "Скидки и цены для сервисов"),
    ("можно наложенным платежом?", "Способы оплаты"),
]
FOREIGN = [
    "какая завтра погода в Сочи",
    "посоветуй рецепт борща",
    "who is the president of France",
    "хочу заказать пиццу маргариту",
    "привет",
    "???",
    "",
]


async def test_the_demo_store_answers_its_questions(demo: Shop) -> None:
    first = {question: (await demo.asks(question))[:1] for question, _ in ANSWERED}
    assert {q: [f.title for f in found] for q, found in first.items()} == {
        question: [title] for question, title in ANSWERED
    }
    (akpp,) = first[ANSWERED[0][0]]
    assert (akpp.price, akpp.currency, akpp.stock, akpp.sku) == (
        Decimal(45000),
        "RUB",
        2,
        "U250E-CAM40",
    )


@pytest.mark.parametrize("again", [1, 2])
async def test_an_unknown_question_finds_nothing(demo: Shop, again: int) -> None:
    assert again
    assert {q: await demo.asks(q) for q in FOREIGN} == {q: [] for q in FOREIGN}


async def test_the_demo_store_is_made_once(demo: Shop) -> None:
    assert await seed(demo.app, STAFF, STORE_BOT) == demo.tenant_id
    (row,) = await demo.sql(
        "SELECT (SELECT count(*) FROM memberships) people, (SELECT count(*) FROM products) goods,"
        " (SELECT count(*) FROM channel_accounts) bots"
    )
    assert tuple(row) == (3, 42, 1)


@examples(
    "typed", ["81170-33671", "81170 33671", "8117033671", "есть 81170-33671?", "арт. 81170–33671"]
)
async def test_an_article_typed_any_way_is_first(demo: Shop, typed: str) -> None:
    assert (await demo.asks(typed))[0].sku == "81170-33671"


async def test_an_article_typed_in_cyrillic_or_begun_is_first(demo: Shop) -> None:
    assert (await demo.asks("нужна 26060-JG00А"))[0].sku == "26060-JG00A"  # noqa: RUF100
    assert (await demo.asks("U250E"))[0].sku == "U250E-CAM40"


async def test_only_the_kinds_that_were_asked_for(demo: Shop) -> None:
    found = await demo.asks("гарантия на двигатель Camry", kinds=[SourceKind.DOCUMENT])
    assert {one.kind for one in found} == {SourceKind.DOCUMENT}


async def test_another_store_is_never_searched(demo: Shop, rival: Shop) -> None:
    assert await rival.asks("АКПП на Camry 40") == []
    assert await rival.asks("U250E-CAM40") == []
    await rival.sells(part("АКПП Toyota Camry 40 чужая", "U250E-CAM40", 1))
    await rival.app.index()
    assert [f.price for f in await rival.asks("U250E-CAM40")] == [1]
    assert 1 not in {f.price for f in await demo.asks("АКПП Camry 40 чужая U250E-CAM40")}


async def test_the_best_come_first_and_no_source_crowds_out(shop: Shop) -> None:
    await shop.writes("Доставка", "\n\n".join(["Доставка в город сто рублей. " * 30] * 6))
    await shop.writes("Самовывоз", "Доставка не нужна: заберите сами.")
    await shop.app.index()
    found = await shop.asks("доставка")
    assert [f.score for f in found] == sorted((f.score for f in found), reverse=True)
    assert len([f for f in found if f.title == "Доставка"]) == 2
    assert "Самовывоз" in {f.title for f in found}


class Down(OfflineEmbedder):
    async def embed(self, texts: Sequence[str]) -> Embedded:
        del texts
        raise AiFailure("ai.timeout", again=True)


async def test_without_its_embedder_a_store_is_searched_by_words(demo: Shop) -> None:
    demo.app.embedder = Down()
    assert (await demo.asks("гарантия на двигатель"))[0].title == "Гарантия на агрегаты"


async def test_vectors_of_another_embedder_are_not_compared(demo: Shop) -> None:
    await demo.sql("UPDATE chunks SET embedder = 'other', lexemes = '' RETURNING id")
    assert await demo.asks("гарантия на двигатель") == []


@examples("text", ["'", "\\", "а' | б & !", "':* <->", "x" * 10_000, "ё\u0000№"])
async def test_any_text_may_be_asked(demo: Shop, text: str) -> None:
    await demo.asks(text)
