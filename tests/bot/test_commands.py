"""Commands and meetings: joining, the inbox, duty, language, invites, connecting the store's bot."""

import re

from tests.bot.desk import Desk
from tests.support.waiting import until


async def test_an_invite_made_in_the_bot_lets_one_person_in(desk: Desk) -> None:
    await desk.oleg.writes("/invite")
    await desk.oleg.taps("Оператор", "Кого пригласить")
    made = await desk.oleg.sees("Приглашение: оператор")
    token = re.search(r"start=(inv_\S+)", made["text"])
    assert token is not None
    async with desk.app.platform_uow() as puow:
        sql = await puow.sql()
        await sql.execute(
            "UPDATE memberships m SET ended_at = now() FROM users u"
            " WHERE u.id = m.user_id AND u.telegram_user_id = $1",
            desk.maria.user_id,
        )
    await desk.maria.writes("/inbox")
    await desk.maria.sees("Вы не состоите ни в одном магазине")
    await desk.maria.writes(f"/start {token.group(1)}")
    await desk.maria.sees("вы в магазине «Коробки». Роль: оператор")
    await desk.anna.writes(f"/start {token.group(1)}")
    await desk.anna.sees("Вы уже в магазине «Коробки»")


async def test_a_person_without_a_store_opens_one(desk: Desk) -> None:
    async with desk.app.platform_uow() as puow:
        sql = await puow.sql()
        await sql.execute("UPDATE memberships SET ended_at = now()")
    await desk.maria.writes("/start")
    await desk.maria.taps("Создать магазин", "Чтобы начать, откройте ссылку-приглашение")
    asked = await desk.maria.sees("Как называется магазин?")
    await desk.maria.writes("<Фары> & Ко", reply_to=asked["message_id"])
    await desk.maria.sees("Магазин «<Фары> & Ко» создан, вы владелец. Пробный период — до ")
    await desk.maria.sees("вы в магазине «<Фары> & Ко». Роль: владелец")


async def test_operators_may_not_invite_and_are_told(desk: Desk) -> None:
    await desk.anna.writes("/invite")
    await desk.anna.sees("На это нет прав")
    await desk.anna.writes("/connect")
    await desk.anna.writes("/start inv_nonsense")
    await desk.anna.sees("Такого приглашения нет")


async def test_the_inbox_lists_by_status_and_a_tap_brings_a_fresh_card(desk: Desk) -> None:
    for number in range(10):
        await desk.customer_writes(f"Вопрос {number}", chat=str(800 + number), name=f"К{number}")
    old = await desk.anna.sees("Вопрос 9")
    await desk.anna.writes("/inbox")
    inbox = await desk.anna.sees("🟡 Ждут · 10 диалогов · страница 1 из 2")
    assert "Вопрос 9" in inbox["text"]
    await desk.anna.presses("›", on=inbox)
    second = await desk.anna.sees("страница 2 из 2")
    assert "Вопрос 0" in second["text"]
    await desk.anna.presses("‹", on=second)
    inbox = await desk.anna.sees("страница 1 из 2")
    assert await desk.anna.presses("10 · К9", on=inbox) == "Карточка ниже"

    async def fresh() -> bool:
        shown = await desk.sandbox.shown(desk.anna.user_id, wait=0)
        cards = [m for m in shown if "Вопрос 9" in m["text"] and "Обучение" in m["text"]]
        return len(cards) == 1 and cards[0]["message_id"] > old["message_id"]

    await until(fresh)
    await desk.anna.presses("⚪", on=inbox)
    assert "Здесь пусто." in (await desk.anna.sees("Завершены"))["text"]


async def test_off_duty_no_cards_come(desk: Desk) -> None:
    await desk.anna.writes("/duty off")
    await desk.anna.sees("Смена окончена")
    await desk.customer_writes("Есть кто?")
    await desk.maria.sees("Есть кто?")
    cards = await desk.rows("SELECT FROM cards")
    assert len(cards) == 1


async def test_the_language_is_the_persons_choice(desk: Desk) -> None:
    await desk.anna.writes("/language")
    await desk.anna.taps("English", "Язык бота")
    await desk.anna.sees("from now on in English")
    await desk.customer_writes("Hello")
    await desk.anna.sees("Drafting…")


async def test_settings_open_the_app_and_give_a_link_good_once(desk: Desk) -> None:
    await desk.anna.writes("/settings")
    shown = await desk.anna.sees("/app/#login=")
    assert "«Коробки»" in shown["text"]


async def test_the_stores_bot_is_connected_by_its_token_which_leaves_the_chat(desk: Desk) -> None:
    await desk.oleg.writes("/connect")
    asked = await desk.oleg.sees("Пришлите токен")
    await desk.oleg.writes(desk.sandbox.store_token, reply_to=asked["message_id"])
    await desk.oleg.sees("подключён")

    async def forgotten() -> bool:
        rows = await desk.rows("SELECT payload FROM operator_updates WHERE payload <> ''")
        return not any(desk.sandbox.store_token in row["payload"] for row in rows)

    await until(forgotten)  # as soon as the update is finished, which is after the answer
    found = await desk.sandbox.call("GET", f"telegram/chats/{desk.oleg.user_id}/messages")
    assert not any(desk.sandbox.store_token in m["text"] for m in found["messages"])


async def test_words_that_answer_nothing_get_a_way_on(desk: Desk) -> None:
    await desk.anna.writes("привет")
    await desk.anna.sees("Чтобы ответить клиенту")
    await desk.anna.writes("/help")
    await desk.anna.sees("Клиент пишет — сюда приходит карточка.")


async def test_an_unreadable_update_is_parked_and_stops_nobody(desk: Desk) -> None:
    async with desk.app.db.hot_platform() as sql:
        await sql.execute(
            "INSERT INTO operator_updates (bot_id, update_id, lane, payload, received_at)"
            ' VALUES (7000000001, 1, $1, \'{"update_id": "no", "message": 5}\', now())',
            str(desk.anna.user_id),
        )
    await desk.anna.writes("/help")
    await desk.anna.sees("Клиент пишет")
    parked = await desk.rows("SELECT problem FROM operator_updates WHERE problem IS NOT NULL")
    assert [row["problem"] for row in parked] == ["unreadable: ValidationError"]


async def test_the_queue_is_the_owners_to_see(desk: Desk) -> None:
    await desk.oleg.writes("/queue")
    shown = await desk.oleg.sees("Очередь ответов")
    assert "Всё отправлено, ничего не ждёт." in shown["text"]
    await desk.customer_writes("Есть фары?")
    async with desk.app.platform_uow() as puow:
        sql = await puow.sql()
        await sql.execute(
            """
            INSERT INTO outbound_messages (tenant_id, id, conversation_id, account_id, seq,
                request_key, provider_key, external_chat_id, text, author, state, problem, due_at,
                created_at, settled_at)
            SELECT tenant_id, gen_random_uuid(), id, account_id, 1, 'k', gen_random_uuid(),
                external_chat_id, 'Есть, <левая>', 'operator', 'parked', 'channel.no_answer',
                now(), now(), now()
            FROM conversations
            """
        )
    await desk.oleg.writes("/queue")
    shown = await desk.oleg.sees("Не ушли, ждут решения: 1")
    assert "Есть, <левая>" in shown["text"]
    await desk.anna.writes("/queue")
    await desk.anna.sees("На это нет прав")
