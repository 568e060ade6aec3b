"""A customer writes, the AI drafts, the operator taps, the customer reads."""

import asyncio

from tests.support.waiting import until
from tests.support.world import Shop, World

QUESTION = "Есть АКПП на Camry 40, сколько стоит?"


async def test_a_draft_with_the_stores_own_price_is_sent_by_one_tap(world: World) -> None:
    shop = await world.shop()
    await shop.stocked(fully=True)
    ivan = await shop.customer("Иван")
    await ivan.writes(QUESTION)
    card = await shop.anna.card(QUESTION, "Черновик", "45 000 ₽")
    assert "Источники: АКПП Toyota Camry 40 2.4 U250E — 45 000 ₽" in card.text
    assert "Иван" in card.text

    assert await shop.anna.taps("Отправить", card) == "Отправляю"
    assert "45 000 ₽" in await ivan.receives("45 000 ₽")
    await shop.anna.sees("🟢", "Отправлено в", "Анна", "45 000 ₽", only=card)
    assert len(await ivan.got()) == 1

    async def labelled() -> list[str]:
        rows = await shop.rows("SELECT outcome FROM labels WHERE tenant_id = $1")
        return [row["outcome"] for row in rows]

    assert await until(labelled) == ["approved"]


async def test_an_edited_draft_goes_out_as_the_operator_wrote_it(shop: Shop) -> None:
    ivan = await shop.customer("Иван")
    await ivan.writes(QUESTION)
    card = await shop.anna.card(QUESTION)
    await shop.anna.taps("Править", card)
    question = await shop.anna.sees("Правка ответа", button="Отменить правку")
    await shop.anna.sees("Правку ведёт Анна", only=card)
    await shop.anna.replies("Есть, отложить для вас?", to=question)
    await ivan.receives("Есть, отложить для вас?")
    await shop.anna.sees("Отправлено в", "Есть, отложить для вас?", only=card)
    assert await ivan.got() == ["Есть, отложить для вас?"]


async def test_a_rejected_draft_leaves_the_card_to_be_answered_by_hand(shop: Shop) -> None:
    ivan = await shop.customer("Иван")
    await ivan.writes(QUESTION)
    card = await shop.anna.card(QUESTION)
    await shop.anna.taps("Отклонить", card)
    await shop.anna.taps("Не хватает сведений", card)
    card = await shop.anna.sees("Черновик отклонён", "Не хватает сведений", only=card)
    assert await ivan.got() == []
    await shop.anna.replies("Уточню на складе и напишу.", to=card)
    await ivan.receives("Уточню на складе и напишу.")
    await shop.anna.sees("Отправлено в", only=card)


async def test_an_escalated_conversation_reaches_the_owner(shop: Shop) -> None:
    ivan = await shop.customer("Иван")
    await ivan.writes("Коробка пришла битая, верните деньги!")
    card = await shop.anna.card("Коробка пришла битая")
    await shop.anna.taps("Эскалировать", card)
    await shop.anna.taps("Жалоба", card)
    theirs = await shop.oleg.sees("🔴", "Коробка пришла битая", "Жалоба")
    await shop.oleg.replies("Вернём сегодня. Олег.", to=theirs)
    await ivan.receives("Вернём сегодня")
    await shop.anna.sees("Вернём сегодня", "Олег", only=card)


async def test_a_reply_can_be_taken_back_while_it_is_held(world: World) -> None:
    shop = await world.shop(undo_seconds=30)
    ivan = await shop.customer("Иван")
    await ivan.writes(QUESTION)
    card = await shop.anna.card(QUESTION)
    await shop.anna.taps("Отправить", card)
    await shop.anna.sees("⏳", "Уйдёт в", only=card)
    assert await shop.anna.taps("Отменить", card) == "Отправка отменена"
    card = await shop.anna.sees("Черновик", button="Отправить", only=card)
    assert await ivan.got() == []
    await shop.change(undo_seconds=0)
    await shop.anna.taps("Отправить", card)
    await shop.anna.sees("Отправлено в", only=card)
    assert len(await ivan.got()) == 1


async def test_of_two_operators_at_once_one_wins_and_the_other_is_told_who(shop: Shop) -> None:
    maria = await shop.operator("Мария")
    ivan = await shop.customer("Иван")
    await ivan.writes(QUESTION)
    hers, theirs = await shop.anna.card(QUESTION), await maria.card(QUESTION)
    said = await asyncio.gather(shop.anna.taps("Отправить", hers), maria.taps("Отправить", theirs))
    assert sorted(answer == "Отправляю" for answer in said) == [False, True]
    winner = "Анна" if said[0] == "Отправляю" else "Мария"
    late = next(answer for answer in said if answer != "Отправляю")
    assert late.startswith(f"Уже отправлено: {winner}")
    await shop.anna.sees("Отправлено в", winner, only=hers)
    await maria.sees("Отправлено в", winner, only=theirs)
    assert len(await ivan.got()) == 1


async def test_a_new_question_brings_a_new_card_and_the_old_one_becomes_a_line(shop: Shop) -> None:
    ivan = await shop.customer("Иван")
    await ivan.writes(QUESTION)
    old = await shop.anna.card(QUESTION)
    await ivan.writes("И доставка в Казань?")
    new = await shop.anna.card("И доставка в Казань?")
    assert new.id > old.id
    line = await shop.anna.sees("карточка ниже", only=old)
    assert "\n" not in line.text
    assert not line.buttons

    # A press on the card as it was a moment ago sends nothing and says why.
    said = await shop.anna.sandbox.call(
        "POST",
        "telegram/callbacks",
        {
            "chat_id": shop.anna.id,
            "message_id": old.id,
            "user_id": shop.anna.id,
            "data": old.buttons["Отправить"],
        },
    )
    assert "Клиент написал ещё раз" in said["answer"]["text"]
    assert await ivan.got() == []


async def test_a_burst_is_one_turn_one_card_one_draft(world: World) -> None:
    shop = await world.shop(quiet_milliseconds=700)
    ivan = await shop.customer("Иван")
    for text in ("Здравствуйте", "Есть АКПП?", "На Camry 40"):
        await ivan.writes(text)
    card = await shop.anna.card("Здравствуйте", "Есть АКПП?", "На Camry 40")
    cards = [shown for shown in await shop.anna.shows() if "диалог" in shown.text]
    assert [shown.id for shown in cards] == [card.id]
    turns = await shop.rows("SELECT id FROM turns WHERE tenant_id = $1")
    drafts = await shop.rows("SELECT id FROM suggestions WHERE tenant_id = $1")
    assert len(turns) == len(drafts) == 1


async def test_what_a_customer_changes_is_shown_and_voids_the_draft(world: World) -> None:
    shop = await world.shop()
    ivan = await shop.customer("Иван")
    [message_id] = await ivan.writes("Есть АКПП на Camry 40?")
    card = await shop.anna.card("Camry 40")
    # The next draft takes its time: until it is there the void one is not offered.
    await world.sandbox.script({"contains": "Camry 50", "times": 1, "delay": 0.7})
    await ivan.edits(message_id, "Есть АКПП на Camry 50?")
    card = await shop.anna.sees(
        "Есть АКПП на Camry 50?", "изменено клиентом", "Черновик готовится", only=card
    )
    assert "Отправить" not in card.buttons
    card = await shop.anna.card("Есть АКПП на Camry 50?", "изменено клиентом")
    versions = await shop.rows("SELECT text FROM message_versions WHERE tenant_id = $1")
    assert [row["text"] for row in versions] == ["Есть АКПП на Camry 40?"]
    assert await shop.anna.taps("Отправить", card) == "Отправляю"
    await shop.anna.sees("Отправлено в", only=card)


async def test_one_conversation_after_another_keeps_to_its_customer(shop: Shop) -> None:
    ivan, sveta = await shop.customer("Иван"), await shop.customer("Светлана")
    await asyncio.gather(ivan.writes("Есть АКПП?"), sveta.writes("Есть вариатор?"))
    for customer, words in ((ivan, "Есть АКПП?"), (sveta, "Есть вариатор?")):
        card = await shop.anna.card(words)
        await shop.anna.replies(f"Ответ: {customer.name}", to=card)
    await ivan.receives("Ответ: Иван")
    await sveta.receives("Ответ: Светлана")
    assert await ivan.got() == ["Ответ: Иван"]
    assert await sveta.got() == ["Ответ: Светлана"]
