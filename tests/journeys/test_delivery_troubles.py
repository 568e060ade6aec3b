"""When Telegram drops, refuses or asks for patience, for the store's bot and the operators'."""

from tests.support.world import Customer, Shop, Shown, World

QUESTION = "Есть АКПП на Camry 40, сколько стоит?"


async def doubted(world: World, shop: Shop) -> tuple[Customer, Shown]:
    """A reply that Telegram took and never answered for."""
    ivan = await shop.customer("Иван")
    await ivan.writes(QUESTION)
    card = await shop.anna.card(QUESTION)
    await world.sandbox.fault("telegram", "drop_after_accept", method="sendMessage", bot=shop.bot)
    await shop.anna.taps("Отправить", card)
    card = await shop.anna.sees("Неизвестно, дошло ли", button="Дошло", only=card)
    assert len(await ivan.got()) == 1
    return ivan, card


async def test_a_reply_in_doubt_is_never_repeated_by_itself(world: World, shop: Shop) -> None:
    ivan, card = await doubted(world, shop)
    assert await shop.anna.taps("Дошло", card) == "Отмечено: дошло"
    await shop.anna.sees("Отправлено в", only=card)
    assert len(await ivan.got()) == 1


async def test_a_reply_in_doubt_is_sent_again_when_a_person_says_so(
    world: World, shop: Shop
) -> None:
    ivan, card = await doubted(world, shop)
    assert await shop.anna.taps("Отправить ещё раз", card) == "Отправляю ещё раз"
    await shop.anna.sees("Отправлено в", only=card)
    assert len(await ivan.got()) == 2


async def test_a_reply_that_surely_did_not_go_out_is_sent_later(world: World, shop: Shop) -> None:
    ivan = await shop.customer("Иван")
    await ivan.writes(QUESTION)
    card = await shop.anna.card(QUESTION)
    await world.sandbox.fault("telegram", "429", method="sendMessage", bot=shop.bot, seconds=1)
    await shop.anna.taps("Отправить", card)
    await shop.anna.sees("Отправлено в", only=card)
    assert len(await ivan.got()) == 1


async def test_a_customer_who_stopped_the_bot_is_told_of_on_the_card(shop: Shop) -> None:
    ivan = await shop.customer("Иван")
    await ivan.writes(QUESTION)
    card = await shop.anna.card(QUESTION)
    await ivan.blocks_bot()
    await shop.anna.taps("Отправить", card)
    await shop.anna.sees("Не отправлено", "клиент остановил бота", only=card)
    assert await ivan.got() == []
    await ivan.blocks_bot(blocked=False)
    await ivan.writes("Вернулся, есть коробка?")
    await shop.anna.card("Вернулся, есть коробка?")


async def test_an_operators_chat_that_asks_for_patience_gets_its_cards_later(
    world: World, shop: Shop
) -> None:
    await world.sandbox.fault(
        "telegram", "429", method="sendMessage", chat_id=shop.anna.id, seconds=1
    )
    ivan, sveta = await shop.customer("Иван"), await shop.customer("Светлана")
    await ivan.writes("Есть АКПП?")
    await sveta.writes("Есть вариатор?")
    await shop.anna.card("Есть АКПП?")
    await shop.anna.card("Есть вариатор?")
    cards = [shown for shown in await shop.anna.shows() if "диалог" in shown.text]
    assert len(cards) == 2


async def test_when_the_only_operator_has_blocked_the_bot_the_owner_gets_the_card(
    shop: Shop,
) -> None:
    await shop.anna.blocks_bot()
    ivan = await shop.customer("Иван")
    await ivan.writes("Есть АКПП?")
    await ivan.writes("Ау?")
    await shop.oleg.card("Ау?")


async def test_a_card_whose_sending_is_in_doubt_comes_again_and_says_so(
    world: World, shop: Shop
) -> None:
    await world.sandbox.fault(
        "telegram", "drop_after_accept", method="sendMessage", chat_id=shop.anna.id
    )
    ivan = await shop.customer("Иван")
    await ivan.writes("Есть АКПП?")
    card = await shop.anna.card("Есть АКПП?", "могла прийти дважды")
    await shop.anna.taps("Отправить", card)
    await shop.anna.sees("Отправлено в", only=card)
    assert len(await ivan.got()) == 1
