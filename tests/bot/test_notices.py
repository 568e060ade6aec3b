"""What the bot tells who leads the store, beside the cards, in their language and their time."""

from core.channels import inbox
from core.channels.inbox import Mailbox
from core.channels.models import AccountState
from core.conversations.unread import set_aside
from core.delivery.accounts import account_became
from core.ports.channel import RawUpdate
from tests.bot.desk import Desk


async def nobody_could_read(desk: Desk, *lanes: str) -> None:
    updates = [RawUpdate(f"{lane}-{number}", lane, "{") for number, lane in enumerate(lanes)]
    await inbox.keep(desk.app.db, Mailbox(desk.tenant_id, desk.account.id), updates)
    async with desk.app.db.hot_platform() as sql:
        claimed = await inbox.claim(sql, desk.app.clock.now(), len(updates))
    async with desk.app.uow(desk.tenant_id) as uow:
        for one in claimed:
            await set_aside(uow, one, "unreadable")


async def test_the_owner_reads_whose_words_are_on_no_card_and_what_to_do(desk: Desk) -> None:
    await desk.customer_writes("Есть АКПП?", name="<Иван>", chat="700")
    await nobody_could_read(desk, "700", "700", "800")
    told = await desk.oleg.sees("не удалось прочитать 3 сообщения")
    assert "Писали: <Иван> (диалог 1). Загляните в сам чат" in told["text"]
    assert "хранится 30 дней" in told["text"]
    assert not [text for text in await desk.anna.everything() if "не удалось прочитать" in text]


async def test_of_a_stranger_no_name_is_said(desk: Desk) -> None:
    await nobody_could_read(desk, "900")
    told = await desk.oleg.sees("не удалось прочитать 1 сообщение")
    assert "на карточках этого нет. Загляните" in told["text"]


async def test_the_owner_reads_which_channel_is_closed_why_and_how_many_replies_wait(
    desk: Desk,
) -> None:
    async with desk.app.uow(desk.tenant_id) as uow:
        state, why = AccountState.LOGGED_OUT, "channel.token_revoked"
        await account_became(uow, desk.account.id, state, why)
    told = await desk.oleg.sees("закрыт — токен отозван")
    assert "подключает его /connect" in told["text"]
    assert "отправки" not in told["text"], "nothing waits"
