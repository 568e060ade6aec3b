"""Cards as operators meet them: the real bot, over HTTP, against the sandbox."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from bot.cards.drawing import CardDrawing
from bot.telegram import open_bot
from core.kernel.clock import HeldClock
from core.kernel.settings import Settings
from core.notifications.card_claims import LEASE, exchange
from tests.bot.desk import Desk, Shown, open_desk, running_bot
from tests.support.waiting import until


async def test_a_card_comes_at_once_and_is_filled_in_place(desk: Desk) -> None:
    await desk.customer_writes("Есть АКПП на Camry 40?")
    pending = await desk.anna.sees("Черновик готовится…")
    await desk.drafted("В наличии, 45 000 ₽.")
    ready = await desk.anna.sees("В наличии, 45 000 ₽.")
    assert ready["message_id"] == pending["message_id"]
    assert await desk.maria.sees("В наличии, 45 000 ₽.")


async def test_approve_then_undo(desk: Desk) -> None:
    await desk.customer_writes("Сколько стоит?")
    await desk.drafted("45 000 ₽.")
    assert await desk.anna.taps("Отправить", "45 000 ₽.") == "Отправляю"
    waiting = await desk.anna.sees("⏳ Уйдёт в")
    assert [b["text"] for row in waiting["buttons"] for b in row] == ["Отменить"]
    assert "· Анна" in (await desk.maria.sees("⏳ Уйдёт в"))["text"]
    assert await desk.anna.presses("Отменить", on=waiting) == "Отправка отменена"
    again = await desk.anna.sees("Черновик · цена")
    assert again["buttons"][0][0]["text"] == "Отправить"


async def test_two_operators_at_once_one_wins_the_other_is_told_who(desk: Desk) -> None:
    await desk.customer_writes("Сколько стоит?")
    await desk.drafted("45 000 ₽.")
    cards = [await desk.anna.sees("45 000 ₽."), await desk.maria.sees("45 000 ₽.")]
    answers = await asyncio.gather(
        desk.anna.presses("Отправить", on=cards[0]),
        desk.maria.presses("Отправить", on=cards[1]),
    )
    assert sorted(answer.split(":")[0] for answer in answers) == ["Отправляю", "Уже отправлено"]
    assert len(await desk.rows("SELECT FROM outbound_messages")) == 1


async def test_a_stale_button_says_so_and_sends_nothing(desk: Desk) -> None:
    await desk.customer_writes("Сколько стоит?")
    await desk.drafted("45 000 ₽.")
    old = await desk.anna.sees("45 000 ₽.")
    data = old["buttons"][0][0]["callback_data"]
    async with desk.app.uow(desk.tenant_id) as uow:
        sql = await uow.sql()
        await sql.execute("UPDATE suggestions SET status = 'superseded'")
    await desk.drafted("46 000 ₽.")
    await desk.anna.sees("46 000 ₽.")
    said = await desk.anna.presses_data(data, on=old)
    assert said == "Черновик изменился: прочтите новый и нажмите ещё раз"
    assert not await desk.rows("SELECT FROM outbound_messages")


async def test_the_customer_writes_again_and_the_old_card_shrinks(desk: Desk) -> None:
    await desk.customer_writes("Сколько стоит?")
    await desk.drafted("45 000 ₽.")
    old = await desk.anna.sees("45 000 ₽.")
    data = old["buttons"][0][0]["callback_data"]
    assert await desk.anna.presses("Отправить", on=old) == "Отправляю"
    await desk.anna.sees("⏳ Уйдёт в")
    await desk.customer_writes("А на Corolla?")
    fresh = await desk.anna.sees("А на Corolla?")
    assert fresh["message_id"] > old["message_id"]

    async def shrunk() -> bool:
        card = await desk.anna.sees("Уйдёт в")
        return card["message_id"] == old["message_id"] and "\n" not in card["text"]

    await until(shrunk)
    assert (await desk.anna.presses_data(data, on=old)).startswith("Уже отправлено: Анна в ")


async def test_reject_asks_why_and_escalate_too(desk: Desk) -> None:
    await desk.customer_writes("Сколько стоит?")
    await desk.drafted("45 000 ₽.")
    await desk.anna.taps("Отклонить", "45 000 ₽.")

    async def asked() -> Shown:
        card = await desk.anna.sees("45 000 ₽.")
        return card if card["buttons"][0][0]["text"] == "Неверно" else {}

    card = await until(asked)
    assert await desk.anna.presses("Не тот тон", on=card) == "Черновик отклонён"
    rejected = await desk.maria.sees("Черновик отклонён в")
    assert "· Анна · Не тот тон" in rejected["text"]
    await desk.maria.presses("Эскалировать", on=rejected)

    async def reasons() -> Shown:
        card = await desk.maria.sees("Черновик отклонён в")
        return card if card["buttons"][0][0]["text"] == "Жалоба" else {}

    assert await desk.maria.presses("Жалоба", on=await until(reasons)) == "Передано на эскалацию"
    assert "· Мария · Жалоба" in (await desk.anna.sees("Эскалация в"))["text"]
    assert await desk.oleg.sees("Эскалация в"), "the owner is called, on duty or not"


async def test_edit_comes_to_be_copied_and_the_reply_is_sent(desk: Desk) -> None:
    await desk.customer_writes("Сколько стоит?")
    await desk.drafted("45 000 ₽.")
    await desk.anna.taps("Править", "45 000 ₽.")
    question = await desk.anna.sees("Правка ответа")
    assert "45 000 ₽." in question["text"]
    assert "Правку ведёт Анна" in (await desk.maria.sees("Правку ведёт"))["text"]
    await desk.anna.writes("45 000 ₽, гарантия месяц.", reply_to=question["message_id"])
    assert "гарантия месяц" in (await desk.anna.sees("⏳ Уйдёт в"))["text"]
    rows = await desk.rows("SELECT text, author FROM outbound_messages")
    assert [tuple(row) for row in rows] == [("45 000 ₽, гарантия месяц.", "operator")]


async def test_abandoned_editing_gives_the_card_back(desk: Desk) -> None:
    await desk.customer_writes("Сколько стоит?")
    await desk.drafted("45 000 ₽.")
    await desk.anna.taps("Править", "45 000 ₽.")
    question = await desk.anna.sees("Правка ответа")
    assert await desk.anna.presses("Отменить правку", on=question) == "Правка отменена"

    async def back() -> bool:
        texts = await desk.anna.everything()
        return not any("Правк" in text for text in texts)

    await until(back)


async def test_a_reply_to_the_card_goes_to_the_customer_once(desk: Desk) -> None:
    await desk.customer_writes("Сколько стоит?")
    await desk.drafted("45 000 ₽.")
    card = await desk.anna.sees("45 000 ₽.")
    await desk.sandbox.fault("telegram", "duplicate_updates", times=1)
    await desk.anna.writes("Сейчас уточню <b>всё</b>", reply_to=card["message_id"])
    assert "Сейчас уточню <b>всё</b>" in (await desk.anna.sees("⏳ Уйдёт в"))["text"]
    assert len(await desk.rows("SELECT FROM outbound_messages")) == 1


async def test_a_file_is_refused_honestly_and_too_long_a_reply_as_well(desk: Desk) -> None:
    await desk.customer_writes("Сколько стоит?")
    card = await desk.anna.sees("Сколько стоит?")
    price_list = {"kind": "document", "name": "a.txt", "base64": "0YbQtdC90YM="}
    await desk.anna.writes(reply_to=card["message_id"], files=[price_list])
    await desk.anna.sees("можно отправить только текст")
    await desk.anna.writes("ж" * 4096, reply_to=card["message_id"])
    await desk.anna.sees("⏳ Уйдёт в")
    assert len(await desk.rows("SELECT FROM outbound_messages")) == 1


async def test_an_outsider_changes_nothing(desk: Desk) -> None:
    await desk.customer_writes("Сколько стоит?")
    await desk.drafted("45 000 ₽.")
    card = await desk.anna.sees("45 000 ₽.")
    approve = card["buttons"][0][0]["callback_data"]
    async with desk.app.platform_uow() as puow:
        sql = await puow.sql()
        await sql.execute(
            "UPDATE memberships m SET ended_at = now() FROM users u"
            " WHERE u.id = m.user_id AND u.telegram_user_id = $1",
            desk.anna.user_id,
        )
    assert await desk.anna.presses_data(approve, on=card) == "Доступа к этому магазину нет."
    assert not await desk.rows("SELECT FROM outbound_messages")
    garbled = await desk.anna.presses_data("c:nonsense", on=card)
    assert garbled == "Эта кнопка устарела: смотрите карточку ниже."


async def test_an_unsure_reply_is_settled_by_a_person(desk: Desk) -> None:
    await desk.customer_writes("Сколько стоит?")
    await desk.drafted("45 000 ₽.")
    await desk.anna.taps("Отправить", "45 000 ₽.")
    await desk.anna.sees("⏳ Уйдёт в")
    async with desk.app.uow(desk.tenant_id) as uow:
        sql = await uow.sql()
        await sql.execute("UPDATE outbound_messages SET state = 'unsure', settled_at = now()")
        await sql.execute("UPDATE cards SET wanted = wanted + 1, due_at = now()")
        uow.nudge("bot")
    doubt = await desk.maria.sees("Неизвестно, дошло ли")
    assert await desk.maria.presses("Дошло", on=doubt) == "Отмечено: дошло"
    await desk.anna.sees("🟢 Отправлено в")


async def test_429_pauses_the_chat_and_keeps_the_card(desk: Desk) -> None:
    await desk.sandbox.fault("telegram", "429", method="sendMessage", times=1, seconds=1)
    await desk.customer_writes("Сколько стоит?")
    assert await desk.anna.sees("Сколько стоит?")
    assert await desk.maria.sees("Сколько стоит?")


async def test_an_operator_who_blocked_the_bot_costs_the_others_nothing(desk: Desk) -> None:
    await desk.sandbox.fault("telegram", "blocked", method="sendMessage", times=1)
    await desk.customer_writes("Сколько стоит?")

    async def one_is_gone() -> bool:
        rows = await desk.rows("SELECT state FROM cards ORDER BY state")
        return [row["state"] for row in rows] == ["gone", "shown"]

    await until(one_is_gone)
    assert len(await desk.rows("SELECT FROM users WHERE telegram_unreachable_at IS NOT NULL")) == 1


async def test_who_has_left_the_store_sees_no_more_of_it(desk: Desk) -> None:
    await desk.customer_writes("Сколько стоит?")
    await desk.anna.sees("Сколько стоит?")
    await desk.maria.sees("Сколько стоит?")
    async with desk.app.uow(desk.tenant_id) as uow:
        await (await uow.sql()).execute(
            "UPDATE memberships SET ended_at = now()"
            " WHERE user_id = (SELECT id FROM users WHERE telegram_user_id = $1)",
            desk.anna.user_id,
        )
    await desk.drafted("45 000 ₽.")
    await desk.maria.sees("45 000 ₽.")

    async def annas_is_gone() -> bool:
        rows = await desk.rows("SELECT state FROM cards ORDER BY state")
        return [row["state"] for row in rows] == ["gone", "shown"]

    await until(annas_is_gone)
    assert not any("45 000" in text for text in await desk.anna.everything())


async def test_when_nobody_on_duty_can_be_reached_the_owner_gets_the_very_card(
    desk: Desk,
) -> None:
    """One message, written once: whoever it was meant for has blocked the bot."""
    for person in (desk.anna, desk.maria):
        await desk.sandbox.fault(
            "telegram", "blocked", method="sendMessage", chat_id=person.user_id, times=1
        )
    await desk.customer_writes("Сколько стоит?")
    assert await desk.oleg.sees("Сколько стоит?")


async def test_a_deleted_card_is_sent_afresh(desk: Desk) -> None:
    await desk.customer_writes("Сколько стоит?")
    card = await desk.anna.sees("Сколько стоит?")
    await desk.sandbox.http.post(
        f"{desk.sandbox.telegram_base}/bot{desk.sandbox.operator_token}/deleteMessage",
        json={"chat_id": desk.anna.user_id, "message_id": card["message_id"]},
    )
    await desk.drafted("45 000 ₽.")
    fresh = await desk.anna.sees("45 000 ₽.")
    assert fresh["message_id"] > card["message_id"]
    assert "дважды" not in fresh["text"]


async def test_after_a_crash_in_sending_the_card_says_it_may_be_the_second(
    settings: Settings,
) -> None:
    async with open_desk(settings, bot=False) as desk:
        await desk.customer_writes("Сколько стоит?")
        async with desk.app.db.hot_platform() as sql:
            await sql.execute(
                "UPDATE cards SET state = 'sending', lease_token = gen_random_uuid(),"
                " lease_until = now() - interval '1 second'"
            )
        async with running_bot(desk.app):
            card = await desk.anna.sees("Сколько стоит?")
    assert card["text"].startswith("Связь прерывалась")


async def test_nasty_words_reach_the_chat_whole(desk: Desk) -> None:
    nasty = "< & <b>жирно</b> 👨‍👩‍👧 שלום \u202eперевёрнуто"
    await desk.customer_writes(nasty, name="<i>Иван</i> & Ко")
    card = await desk.anna.sees("жирно")
    assert nasty in card["text"]
    assert "<i>Иван</i> & Ко" in card["text"]
    await desk.customer_writes("ж" * 10_000, chat="701")
    assert "из 10000 знаков" in (await desk.anna.sees("жжж"))["text"]


async def test_a_card_that_telegram_is_slow_to_take_is_sent_by_one_bot_alone(
    settings: Settings,
) -> None:
    async with open_desk(settings, bot=False) as desk:
        clock = HeldClock(desk.app.clock.now() + timedelta(seconds=1))
        app = replace(desk.app, clock=clock)
        await desk.sandbox.fault(
            "telegram", "latency", method="sendMessage", seconds=2, times=2, bot="SalesOperatorBot"
        )
        await desk.customer_writes("Сколько стоит?")
        bot = open_bot(desk.app.settings)
        try:
            slow, other = CardDrawing(app, bot), CardDrawing(app, bot)
            assert await slow.once() == 2
            for _ in range(8):
                clock.move(timedelta(seconds=5))
                assert await slow.once() == 0, "it does not take its cards from itself"
                assert await other.once() == 0, "they are being sent"
            await slow.close()
        finally:
            await bot.session.close()
        assert [row["repeats"] for row in await desk.rows("SELECT repeats FROM cards")] == [0, 0]
        assert len([text for text in await desk.anna.everything() if "Сколько" in text]) == 1


async def test_cards_of_a_killed_bot_are_sent_within_seconds_and_say_so(
    settings: Settings,
) -> None:
    async with open_desk(settings, bot=False) as desk:
        clock = HeldClock(desk.app.clock.now() + timedelta(seconds=1))
        app = replace(desk.app, clock=clock)
        await desk.customer_writes("Сколько стоит?")
        async with desk.app.db.hot_platform() as sql:
            assert len((await exchange(sql, (), clock.now(), 10)).claimed) == 2  # and killed
        bot = open_bot(desk.app.settings)
        try:
            other = CardDrawing(app, bot)
            assert await other.once() == 0
            clock.move(LEASE + timedelta(milliseconds=1))
            assert timedelta(seconds=15) >= LEASE
            assert await other.once() == 2
            await other.close()
        finally:
            await bot.session.close()
        await desk.anna.sees("эта карточка могла прийти дважды")


async def test_a_card_whose_claim_was_not_committed_is_not_sent(settings: Settings) -> None:
    """It is drawn while the commit is under way: what is not ours is shown to nobody."""
    async with open_desk(settings, bot=False) as desk:
        await desk.customer_writes("Сколько стоит?")
        owner = await asyncpg.connect(settings.migration_database_url)
        await owner.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'the commit fails'; END $$;"
            " CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON cards"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()"
        )
        bot = open_bot(desk.app.settings)
        try:
            drawing = CardDrawing(desk.app, bot)
            with pytest.raises(asyncpg.RaiseError, match="the commit fails"):
                await drawing.once()
            await drawing.close()
            assert not [text for text in await desk.anna.everything() if "Сколько" in text]
            await owner.execute("DROP TRIGGER refuse ON cards")
            assert await drawing.once() == 2
            await drawing.close()
        finally:
            await bot.session.close()
            await owner.close()
        assert "могла прийти дважды" not in (await desk.anna.sees("Сколько"))["text"]
