"""No press and no word of an operator's comes to nothing: the bot dies, Telegram is away, we fail."""

import asyncio
import json

import asyncpg
import pytest

from bot.taps import InboxTap, LanguageTap
from core.channels import operator_work
from core.kernel.settings import Settings
from tests.bot.desk import Desk, Shown, open_desk, running_bot
from tests.bot.mortal import bot_dies_at
from tests.support.waiting import until

BEFORE_THE_COMMIT = ("poll.fetched", "poll.kept", "press.claimed", "plan.kept")
AFTER_IT = ("unit.committed", "press.handled")
WORDS = "Не получилось. Попробуйте ещё раз."


async def _with_a_card(desk: Desk) -> Shown:
    """A draft on Анна's card; the bot that has drawn it is gone."""
    await desk.customer_writes("Сколько стоит?")
    await desk.drafted("45 000 ₽.")
    async with running_bot(desk.app):
        return await desk.anna.sees("45 000 ₽.")


async def _its_lease_is_over(desk: Desk) -> None:
    async with desk.app.db.hot_platform() as sql:
        await sql.execute(
            "UPDATE operator_updates SET lease_until = now() - interval '1 second'"
            " WHERE lease_until IS NOT NULL"
        )


async def _presses_long_ago(desk: Desk, data: str) -> None:
    """A press on a message that is gone, too old to be answered, and only now taken up."""
    anna = {"id": desk.anna.user_id, "is_bot": False, "first_name": "Анна", "language_code": "ru"}
    gone = {"message_id": 1, "date": 0, "chat": {**anna, "type": "private"}}
    query = {"id": "1", "from": anna, "message": gone, "chat_instance": "1", "data": data}
    update = {"update_id": 1, "callback_query": query}
    async with desk.app.db.hot_platform() as sql:
        await sql.execute(
            "INSERT INTO operator_updates (bot_id, update_id, lane, payload, received_at)"
            " VALUES (7000000001, 1, $1, $2, now() - interval '1 minute')",
            str(desk.anna.user_id),
            json.dumps(update),
        )


async def _all_is_done(desk: Desk) -> None:
    async def done() -> bool:
        rows = await desk.rows("SELECT done_at, problem FROM operator_updates")
        return all(row["done_at"] is not None for row in rows)

    await until(done)
    assert not await desk.rows("SELECT FROM operator_updates WHERE problem IS NOT NULL")


@pytest.mark.parametrize("point", [*BEFORE_THE_COMMIT, *AFTER_IT])
async def test_a_press_outlives_the_bot_wherever_it_dies(settings: Settings, point: str) -> None:
    async with open_desk(settings, bot=False) as desk:
        card = await _with_a_card(desk)
        pressed = asyncio.create_task(desk.anna.presses("Отправить", on=card))
        await bot_dies_at(point, desk.app.settings)
        replies = await desk.rows("SELECT FROM outbound_messages")
        assert len(replies) == (point in AFTER_IT)
        await _its_lease_is_over(desk)
        async with running_bot(desk.app):
            await desk.anna.sees("⏳ Уйдёт в")
            # Answered, unless this machine was so slow that Telegram takes no answer any more.
            assert await pressed in {"Отправляю", ""}
            await _all_is_done(desk)
        assert len(await desk.rows("SELECT FROM outbound_messages")) == 1


async def test_what_was_decided_before_the_bot_died_is_said_to_be_decided(
    settings: Settings,
) -> None:
    async with open_desk(settings, bot=False) as desk:
        card = await _with_a_card(desk)
        data = card["buttons"][0][0]["callback_data"].replace(":a:", ":r1:")
        pressed = asyncio.create_task(desk.anna.presses_data(data, on=card))
        await bot_dies_at("unit.committed", desk.app.settings)
        await _its_lease_is_over(desk)
        async with running_bot(desk.app):
            await desk.anna.sees("Черновик отклонён в ")
            said = await pressed
            assert not said or said.startswith("Черновик уже отклонён: Анна в ")


async def test_a_press_too_old_to_be_answered_is_done_and_shown(desk: Desk) -> None:
    await desk.customer_writes("Сколько стоит?")
    await desk.drafted("45 000 ₽.")
    card = await desk.anna.sees("45 000 ₽.")
    await _presses_long_ago(desk, card["buttons"][0][0]["callback_data"])
    await desk.anna.sees("⏳ Уйдёт в")
    await _all_is_done(desk)


async def test_the_refusal_of_a_press_too_old_to_be_answered_comes_as_a_message(
    desk: Desk,
) -> None:
    await desk.customer_writes("Сколько стоит?")
    await desk.drafted("45 000 ₽.")
    old = await desk.anna.sees("45 000 ₽.")
    async with desk.app.uow(desk.tenant_id) as uow:
        await (await uow.sql()).execute("UPDATE suggestions SET status = 'superseded'")
    await desk.drafted("46 000 ₽.")
    await _presses_long_ago(desk, old["buttons"][0][0]["callback_data"])
    await desk.anna.sees("Черновик изменился")
    await _all_is_done(desk)


async def test_the_inbox_is_turned_though_its_message_is_gone(desk: Desk) -> None:
    await _presses_long_ago(desk, InboxTap(tenant=desk.tenant_id, tab="waiting").pack())
    await desk.anna.sees("Ждут · 0")
    await _all_is_done(desk)


async def test_the_language_is_confirmed_though_the_question_is_gone(desk: Desk) -> None:
    await _presses_long_ago(desk, LanguageTap(language="en").pack())
    await desk.anna.sees("from now on in English")
    await _all_is_done(desk)


@pytest.mark.parametrize("point", ["poll.kept", "plan.kept", "unit.committed"])
async def test_an_edited_reply_outlives_the_bot_too(settings: Settings, point: str) -> None:
    async with open_desk(settings, bot=False) as desk:
        await _with_a_card(desk)
        async with running_bot(desk.app):
            await desk.anna.taps("Править", "45 000 ₽.")
            question = await desk.anna.sees("Правка ответа")
            await _all_is_done(desk)
        await desk.anna.writes("45 000 ₽, гарантия месяц.", reply_to=question["message_id"])
        await bot_dies_at(point, desk.app.settings)
        await _its_lease_is_over(desk)
        async with running_bot(desk.app):
            assert "гарантия месяц" in (await desk.anna.sees("⏳ Уйдёт в"))["text"]
            await _all_is_done(desk)
        assert len(await desk.rows("SELECT FROM outbound_messages")) == 1


async def test_a_command_outlives_the_bot(settings: Settings) -> None:
    async with open_desk(settings, bot=False) as desk:
        await desk.anna.writes("/help")
        await bot_dies_at("press.claimed", desk.app.settings)
        await _its_lease_is_over(desk)
        async with running_bot(desk.app):
            await desk.anna.sees("Клиент пишет — сюда приходит карточка.")


@pytest.mark.parametrize("trouble", ["error", "drop_before", "rubbish"])
async def test_a_press_waits_as_long_as_telegram_is_away(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    monkeypatch.setattr("bot.updates._OUTAGE_SECONDS", 0.01)
    await desk.customer_writes("Сколько стоит?")
    await desk.drafted("45 000 ₽.")
    card = await desk.anna.sees("45 000 ₽.")
    often = 2 * operator_work.MOST_ATTEMPTS
    await desk.sandbox.fault(
        "telegram", trouble, method="sendMessage", times=often, bot="SalesOperatorBot"
    )
    await desk.anna.presses("Править", on=card)
    await desk.anna.sees("Правка ответа")
    await _all_is_done(desk)


async def test_the_database_goes_while_a_press_is_answered(desk: Desk, settings: Settings) -> None:
    """It is marked as done as soon as the database is back: no lease is waited for."""
    await desk.customer_writes("Сколько стоит?")
    await desk.drafted("45 000 ₽.")
    card = await desk.anna.sees("45 000 ₽.")
    owner = await asyncpg.connect(settings.migration_database_url)
    await desk.sandbox.fault("telegram", "latency", method="answerCallbackQuery", seconds=1)
    pressed = asyncio.create_task(desk.anna.presses("Отправить", on=card))

    async def planned() -> bool:
        return bool(await owner.fetchval("SELECT count(*) FROM outbound_messages"))

    async def thrown_out() -> bool:
        """Whoever marks the press as done, which waits for the lock."""
        return bool(
            await owner.fetchval(
                "SELECT bool_or(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                " AND query LIKE '%operator_updates SET done_at%'"
            )
        )

    await until(planned)
    async with owner.transaction():
        await owner.execute("LOCK TABLE operator_updates IN EXCLUSIVE MODE")
        assert await pressed == "Отправляю"
        await until(thrown_out)
    await _all_is_done(desk)
    assert await owner.fetchval("SELECT attempts FROM operator_updates") == 1
    await owner.close()


async def test_a_gateways_page_in_place_of_updates_ends_no_bot(desk: Desk) -> None:
    await desk.sandbox.fault("telegram", "rubbish", method="getUpdates", times=1)
    await desk.anna.writes("/help")
    await desk.anna.sees("Клиент пишет — сюда приходит карточка.")
    await desk.anna.writes("привет")
    await desk.anna.sees("Чтобы ответить клиенту")


async def test_what_we_cannot_do_is_said_and_holds_nobody_up(
    desk: Desk, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.channels.operator_work._LONGEST_BACKOFF_SECONDS", 0)
    await desk.customer_writes("Сколько стоит?")
    await desk.drafted("45 000 ₽.")
    card = await desk.anna.sees("45 000 ₽.")
    owner = await asyncpg.connect(settings.migration_database_url)
    await owner.execute("ALTER TABLE outbound_messages RENAME COLUMN request_key TO gone")
    assert await desk.anna.presses("Отправить", on=card) == WORDS
    await owner.execute("ALTER TABLE outbound_messages RENAME COLUMN gone TO request_key")
    await owner.close()

    async def parked() -> list[str]:
        sql = "SELECT problem FROM operator_updates WHERE done_at IS NOT NULL AND problem <> ''"
        return [row["problem"] for row in await desk.rows(sql)]

    assert ["does not exist" in problem for problem in await until(parked)] == [True]
    assert await desk.anna.presses("Отправить", on=card) == "Отправляю"


async def test_what_kills_whoever_takes_it_up_is_given_up_and_said(settings: Settings) -> None:
    async with open_desk(settings, bot=False) as desk:
        await desk.anna.writes("/help")
        await bot_dies_at("press.claimed", desk.app.settings)
        async with desk.app.db.hot_platform() as sql:
            await sql.execute(
                "UPDATE operator_updates SET attempts = $1", operator_work.MOST_DEATHS
            )
        await _its_lease_is_over(desk)
        async with running_bot(desk.app):
            await desk.anna.sees(WORDS)
            await desk.anna.writes("привет")
            await desk.anna.sees("Чтобы ответить клиенту")
        assert not any("Клиент пишет" in text for text in await desk.anna.everything())
