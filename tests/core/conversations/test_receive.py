"""A customer writes: what becomes of it."""

from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, select

from core.conversations.models import (
    Attachment,
    Conversation,
    Episode,
    Message,
    MessageVersion,
    Turn,
)
from core.conversations.receive import receive
from core.conversations.revise import revise, take_back
from core.conversations.service import resolve
from core.identity.duty import set_duty
from core.identity.permissions import Role
from core.kernel.tables import TenantRow
from core.kernel.uow import UnitOfWork
from core.notifications.models import Card
from core.ports.channel import AttachmentKind, InboundDelete, InboundEdit, InboundFile
from tests.support.shop import Shop, hire, open_shop

RowT = TypeVar("RowT", bound=TenantRow)


async def all_of(uow: UnitOfWork, table: type[RowT]) -> list[RowT]:
    return list(await uow.session.scalars(select(table).order_by(table.id)))


async def test_the_first_message_opens_a_conversation_and_asks_for_a_card(shop: Shop) -> None:
    received = await shop.writes("Иван", "Есть АКПП на Camry 40?")

    assert (received.new, received.duplicates) == (1, 0)
    ivan = await shop.conversation("Иван")
    assert (ivan.number, ivan.status, ivan.unread_count, ivan.version) == (1, "waiting", 1, 2)
    async with shop.app.uow(shop.tenant_id) as uow:
        [card] = await all_of(uow, Card)
        [turn] = await all_of(uow, Turn)
    assert (card.user_id, card.turn_id) == (shop.staff["Анна"].user_id, turn.id)


async def test_the_same_update_twice_is_one_message(shop: Shop) -> None:
    once = shop.message("Иван", "Здравствуйте")
    async with shop.app.uow(shop.tenant_id) as uow:
        await receive(uow, shop.account, [once, once])
    async with shop.app.uow(shop.tenant_id) as uow:
        again = await receive(uow, shop.account, [once])

    assert (again.new, again.duplicates) == (0, 1)
    async with shop.app.uow(shop.tenant_id) as uow:
        assert len(await all_of(uow, Message)) == 1
    assert (await shop.conversation("Иван")).unread_count == 1


async def test_a_burst_is_one_turn_and_one_card(shop: Shop) -> None:
    await shop.writes("Иван", "Здравствуйте")
    await shop.writes("Иван", "Есть АКПП?", "На Camry 40")

    async with shop.app.uow(shop.tenant_id) as uow:
        [turn] = await all_of(uow, Turn)
        messages = await all_of(uow, Message)
        [card] = await all_of(uow, Card)
    assert {message.turn_id for message in messages} == {turn.id}
    assert (turn.first_message_id, turn.last_message_id) == (messages[0].id, messages[-1].id)
    assert card.wanted == 2, "drawn anew once the burst went on"


async def test_writing_again_after_the_draft_is_a_new_turn_with_a_new_card(shop: Shop) -> None:
    await shop.writes("Иван", "Есть АКПП?")
    await shop.drafted("Иван", "Есть")
    await shop.writes("Иван", "И сколько стоит?")

    async with shop.app.uow(shop.tenant_id) as uow:
        first, second = await all_of(uow, Turn)
        cards = await all_of(uow, Card)
    assert (first.state, second.state) == ("superseded", "quiet")
    assert [card.turn_id for card in cards] == [first.id, second.id]


async def test_two_customers_in_one_batch_are_two_conversations(shop: Shop) -> None:
    batch = [
        shop.message("Иван", "раз"),
        shop.message("Пётр", "два"),
        shop.message("Иван", "три"),
    ]
    async with shop.app.uow(shop.tenant_id) as uow:
        await receive(uow, shop.account, batch)

    assert (await shop.conversation("Иван")).unread_count == 2
    assert (await shop.conversation("Пётр")).number == 2


async def test_an_edit_keeps_the_old_words_and_voids_the_draft(shop: Shop) -> None:
    asked = shop.message("Иван", "АКПП на Camry 40")
    async with shop.app.uow(shop.tenant_id) as uow:
        await receive(uow, shop.account, [asked])
    draft = await shop.drafted("Иван", "Есть")
    edit = InboundEdit("chat-Иван", asked.external_message_id, "АКПП на Camry 50", asked.at)
    async with shop.app.uow(shop.tenant_id) as uow:
        await revise(uow, shop.account, edit)

    async with shop.app.uow(shop.tenant_id) as uow:
        [message] = await all_of(uow, Message)
        [version] = await all_of(uow, MessageVersion)
        [turn] = await all_of(uow, Turn)
    assert (message.text, version.text) == ("АКПП на Camry 50", "АКПП на Camry 40")
    assert turn.state == "quiet", "it is drafted anew"
    assert draft.fence < (await shop.conversation("Иван")).version


async def test_an_edit_of_a_message_never_seen_is_taken_as_the_message(shop: Shop) -> None:
    edit = InboundEdit("chat-Иван", "777", "Есть АКПП?", shop.app.clock.now())
    async with shop.app.uow(shop.tenant_id) as uow:
        await revise(uow, shop.account, edit)

    assert (await shop.conversation("Иван")).last_message_text == "Есть АКПП?"


async def test_a_message_taken_back_is_marked_and_its_words_are_kept(shop: Shop) -> None:
    asked = shop.message("Иван", "Дорого!")
    async with shop.app.uow(shop.tenant_id) as uow:
        await receive(uow, shop.account, [asked])
        gone = InboundDelete("chat-Иван", asked.external_message_id, asked.at)
        await take_back(uow, shop.account, gone)

    async with shop.app.uow(shop.tenant_id) as uow:
        [message] = await all_of(uow, Message)
    assert message.text == "Дорого!"
    assert message.deleted_at is not None


async def test_the_owner_answering_on_the_phone_ends_the_turn(shop: Shop) -> None:
    await shop.writes("Иван", "Есть АКПП?")
    await shop.writes("Иван", "Да, есть", from_owner=True)

    ivan = await shop.conversation("Иван")
    assert (ivan.status, ivan.waiting_since) == ("active", None)
    async with shop.app.uow(shop.tenant_id) as uow:
        [turn] = await all_of(uow, Turn)
    assert turn.state == "answered"


async def test_start_opens_the_conversation_but_waits_for_nobody(shop: Shop) -> None:
    await shop.writes("Иван", "/start", details={"command": True})

    assert (await shop.conversation("Иван")).status == "active"
    async with shop.app.uow(shop.tenant_id) as uow:
        assert not await all_of(uow, Turn)
        assert not await all_of(uow, Card)


async def test_writing_after_resolving_opens_a_new_episode(shop: Shop) -> None:
    await shop.writes("Иван", "Есть АКПП?")
    ivan = await shop.conversation("Иван")
    async with shop.app.uow(shop.tenant_id) as uow:
        await resolve(uow, shop.staff["Анна"], ivan.id)
    await shop.writes("Иван", "А двигатель?")

    async with shop.app.uow(shop.tenant_id) as uow:
        first, second = await all_of(uow, Episode)
    assert first.resolved_at is not None
    assert second.number == 2
    assert (await shop.conversation("Иван")).episode_id == second.id


async def test_nobody_on_duty_means_the_owner_gets_the_card(shop: Shop) -> None:
    async with shop.app.uow(shop.tenant_id) as uow:
        sql = await uow.sql()
        await sql.execute("UPDATE memberships SET on_duty_since = NULL")
    await shop.writes("Иван", "Есть кто?")

    async with shop.app.uow(shop.tenant_id) as uow:
        [card] = await all_of(uow, Card)
    assert card.user_id == shop.staff["Олег"].user_id


async def test_a_new_question_goes_to_the_assignee_alone_and_to_all_once_that_one_is_off_duty(
    shop: Shop,
) -> None:
    boris = await hire(shop.app, shop.tenant_id, "Борис", Role.OPERATOR)
    await shop.writes("Иван", "Есть АКПП?")
    ivan = await shop.conversation("Иван")
    async with shop.app.uow(shop.tenant_id) as uow:
        await resolve(uow, shop.staff["Анна"], ivan.id)
        thread = await uow.lock(Conversation, ivan.id)
        thread.assignee_id = boris.user_id
    anna = shop.staff["Анна"].user_id

    await shop.writes("Иван", "А двигатель?")
    assert await _readers_of_the_newest(shop) == {boris.user_id}

    async with shop.app.uow(shop.tenant_id) as uow:
        await resolve(uow, shop.staff["Анна"], ivan.id)
        await set_duty(uow, boris, on=False)
    await shop.writes("Иван", "И коробка?")
    assert await _readers_of_the_newest(shop) == {anna}


async def _readers_of_the_newest(shop: Shop) -> set[UUID]:
    turn_id = (await shop.conversation("Иван")).turn_id
    async with shop.app.uow(shop.tenant_id) as uow:
        return {card.user_id for card in await all_of(uow, Card) if card.turn_id == turn_id}


async def test_a_files_bytes_are_work_to_do_unless_it_is_too_big(shop: Shop) -> None:
    files = (
        InboundFile(AttachmentKind.PHOTO, "f1", size=10),
        InboundFile(AttachmentKind.DOCUMENT, "f2", name="big.zip", size=25_000_000, too_big=True),
    )
    await shop.writes("Иван", "", files=files)

    async with shop.app.uow(shop.tenant_id) as uow:
        rows = await all_of(uow, Attachment)
    assert sorted((row.kind, row.state) for row in rows) == [
        ("document", "too_big"),
        ("photo", "pending"),
    ]
    assert (await shop.conversation("Иван")).last_message_text == "[photo]"


async def test_another_store_sees_nothing_of_it(shop: Shop) -> None:
    other = await open_shop(shop.app, "Чужой")
    await shop.writes("Иван", "Секрет")

    async with shop.app.uow(other.tenant_id) as uow:
        for table in (Message, Conversation, Turn, Card):
            assert await uow.session.scalar(select(func.count()).select_from(table)) == 0


async def test_quiet_is_awaited_but_not_for_ever(shop: Shop) -> None:
    for word in range(3):
        await shop.writes("Иван", f"слово {word}")
    async with shop.app.uow(shop.tenant_id) as uow:
        [turn] = await all_of(uow, Turn)
    assert turn.due_at <= turn.opened_at + timedelta(seconds=15)
