"""What people really send, and what nobody should: all of it loses nothing."""

import httpx
import orjson

from core.channels import inbox, operator_inbox
from core.channels.inbox import Mailbox
from core.ports.channel import RawUpdate
from tests.support.world import Shop, World

QUESTION = "Есть АКПП на Camry 40?"


async def test_10_000_characters_are_one_turn_kept_whole(world: World) -> None:
    shop = await world.shop(quiet_milliseconds=500)
    ivan = await shop.customer("Иван")
    text = "".join(f"Вопрос {number}. " for number in range(900))[:10_000].strip()
    assert len(await ivan.writes(text)) == 3  # as Telegram's own apps cut it
    await shop.anna.card("Вопрос")
    rows = await shop.rows("SELECT text FROM messages WHERE tenant_id = $1 ORDER BY id")
    kept = "".join(row["text"] for row in rows)
    assert kept.replace(" ", "") == text.replace(" ", "")
    turns = await shop.rows("SELECT id FROM turns WHERE tenant_id = $1")
    assert len(turns) == 1


async def test_a_reply_too_long_is_refused_by_name_and_the_card_stays(shop: Shop) -> None:
    ivan = await shop.customer("Иван")
    await ivan.writes(QUESTION)
    card = await shop.anna.card(QUESTION)
    await shop.anna.taps("Править", card)
    question = await shop.anna.sees("Правка ответа")
    # 4,096 units are what a message of Telegram's holds, an emoji is two of them.
    await shop.anna.replies("🚗" * 2048, to=question)
    await shop.anna.sees("Отправлено в", only=card)
    assert await ivan.got() == ["🚗" * 2048]


async def test_signs_emoji_and_right_to_left_arrive_as_written(shop: Shop) -> None:
    ivan = await shop.customer("Иван <b>Петров</b>")
    odd = "a < b && c > d <i>нет</i> &amp; 👩‍👩‍👧‍👦 שלום עולם مرحبا \u202eabc"
    await ivan.writes(odd)
    card = await shop.anna.card("a < b && c > d <i>нет</i> &amp; 👩‍👩‍👧‍👦 שלום עולם")
    assert "Иван <b>Петров</b>" in card.text
    answer = "<b>Да</b> & нет 🚚 כן"
    await shop.anna.replies(answer, to=card)
    assert await ivan.receives(answer) == answer
    [row] = await shop.rows("SELECT text FROM messages WHERE tenant_id = $1 AND direction = 'in'")
    assert row["text"] == odd


async def test_a_lone_angle_bracket_is_a_question_like_any_other(shop: Shop) -> None:
    ivan = await shop.customer("Иван")
    await ivan.writes("<")
    card = await shop.anna.card("<")
    await shop.anna.replies("<", to=card)
    assert await ivan.receives("<") == "<"


async def test_a_button_pressed_by_somebody_of_another_store_does_nothing(world: World) -> None:
    ours, theirs = await world.shop(), await world.shop()
    stranger = await world.stranger("Чужой")
    ivan = await ours.customer("Иван")
    await ivan.writes(QUESTION)
    card = await ours.anna.card(QUESTION)
    for outsider in (theirs.anna, theirs.oleg, stranger):
        # The press of a message in their own chat, with the data of ours.
        await outsider.writes("/help")
        own = await outsider.sees()
        said = await world.sandbox.call(
            "POST",
            "telegram/callbacks",
            {
                "chat_id": outsider.id,
                "message_id": own.id,
                "user_id": outsider.id,
                "data": card.buttons["Отправить"],
            },
        )
        assert said["answer"] is not None
        assert said["answer"]["text"] != "Отправляю"
    assert await ivan.got() == []
    await ours.anna.taps("Отправить", card)
    await ours.anna.sees("Отправлено в", only=card)


async def test_words_that_answer_nothing_are_answered_with_what_to_do(shop: Shop) -> None:
    await shop.anna.writes("и что теперь?")
    await shop.anna.sees("напишите ответ на его карточку")


async def test_malformed_updates_hold_nobody_up(world: World, shop: Shop) -> None:
    mailbox = Mailbox(shop.tenant_id, shop.account_id)
    bot_id = int(world.sandbox.operator_token.partition(":")[0])
    for number, payload in enumerate(
        (
            "{",
            '{"update_id": 1, "message": 5}',
            '{"update_id": 2}',
            "[]",
            '{"message": {"chat": 1}}',
        )
    ):
        await inbox.keep(world.app.db, mailbox, [RawUpdate(f"9{number}", "broken", payload)])
        await operator_inbox.keep(
            world.app.db, bot_id, [RawUpdate(f"9{number}", f"chat:{shop.anna.id}", payload)]
        )
    ivan = await shop.customer("Иван")
    await ivan.writes(QUESTION)
    card = await shop.anna.card(QUESTION)
    await shop.anna.taps("Отправить", card)
    await shop.anna.sees("Отправлено в", only=card)
    assert len(await ivan.got()) == 1
    left = await shop.rows(
        "SELECT id FROM channel_updates WHERE tenant_id = $1 AND done_at IS NULL"
    )
    assert not left


async def test_rubbish_at_the_webhooks_door_stays_outside(world: World, shop: Shop) -> None:
    update = orjson.dumps({"update_id": 5, "message": {"chat": {"id": 1}, "text": "взлом"}})
    async with httpx.AsyncClient(trust_env=False) as http:
        for path in (f"/webhooks/telegram/{shop.account_id}", "/webhooks/telegram/operator"):
            for secret in ("", "wrong", "неверно"):
                answer = await http.post(
                    world.api_url + path,
                    content=update,
                    headers={b"x-telegram-bot-api-secret-token": secret.encode()},
                )
                assert answer.status_code in {401, 403, 404}
    assert not await shop.rows("SELECT id FROM channel_updates WHERE tenant_id = $1")
