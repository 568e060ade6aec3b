"""Replies go out once, in order, or a person is told that nobody knows."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from core.conversations.models import Author, Conversation, Message
from core.delivery.drain import Deliverer, Held
from core.delivery.models import OutboundMessage
from core.delivery.service import Reply, plan, settle_doubt, withdraw
from core.events.relay import relay_once
from core.kernel.clock import SystemClock
from core.kernel.errors import DomainError
from core.ports.channel import (
    Capabilities,
    FileGone,
    Keep,
    Later,
    Outbound,
    Profile,
    Rejected,
    SendOutcome,
    Sent,
    Unsure,
)
from core.suggestions import reactions
from core.suggestions.at_sending import LastLook
from core.suggestions.decide import approve
from tests.support.shop import Shop

REACTIONS = reactions


class Messenger:
    """A channel of the test's own: it keeps what it was given and answers as it is told."""

    def __init__(self) -> None:
        self.given: list[Outbound] = []
        self.answers: list[SendOutcome | Exception] = []
        self.gate: asyncio.Event | None = None

    async def send(self, message: Outbound) -> SendOutcome:
        self.given.append(message)
        if self.gate is not None:
            await self.gate.wait()
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        return answer or Sent(f"m{len(self.given)}", SystemClock().now())

    @property
    def profile(self) -> Profile:
        return Profile("1", "shop_bot")

    async def pull(self, keep: Keep) -> None: ...

    async def typing(self, external_chat_id: str) -> None: ...

    async def probe(self) -> None: ...

    async def close(self) -> None: ...

    async def fetch(self, external_file_id: str) -> AsyncGenerator[bytes, None]:
        if external_file_id:
            raise FileGone(external_file_id)
        yield b""


async def reply(shop: Shop, text: str, *, delay: int = 0, fence: int | None = None) -> UUID:
    ivan = await shop.conversation("Иван")
    async with shop.app.uow(shop.tenant_id) as uow:
        thread = await uow.lock(Conversation, ivan.id)
        planned = await plan(
            uow,
            thread,
            Reply(
                text=text,
                author=Author.OPERATOR,
                author_user_id=None,
                request_key=text,
                turn_id=thread.turn_id,
                fence=fence,
            ),
            delay=timedelta(seconds=delay),
        )
    return planned.id


class Desk:
    def __init__(self, shop: Shop, *, keyed: bool = False) -> None:
        self.messenger = Messenger()
        self.deliverer = Deliverer(shop.app, wake=lambda: None, last_look=LastLook())
        self.held = {shop.account.id: Held(self.messenger, Capabilities(takes_our_key=keyed))}

    async def deliver(self) -> list[str]:
        """Until nothing is due any more; what went out, in its order."""
        while await self.deliverer.once(self.held):
            await self.deliverer.finish()
        return [message.text for message in self.messenger.given]


@pytest.fixture
async def desk(shop: Shop) -> Desk:
    await shop.writes("Иван", "Есть АКПП?")
    return Desk(shop)


async def states(shop: Shop) -> list[tuple[str, str]]:
    async with shop.app.uow(shop.tenant_id) as uow:
        rows = await uow.session.scalars(select(OutboundMessage).order_by(OutboundMessage.seq))
        return [(row.text, row.state) for row in rows]


async def test_replies_of_a_conversation_go_out_in_their_order(shop: Shop, desk: Desk) -> None:
    for text in ("раз", "два", "три"):
        await reply(shop, text)
    assert await desk.deliver() == ["раз", "два", "три"]
    async with shop.app.uow(shop.tenant_id) as uow:
        said = list(
            await uow.session.scalars(
                select(Message.text).where(Message.direction == "out").order_by(Message.id)
            )
        )
    assert said == ["раз", "два", "три"]
    assert (await shop.conversation("Иван")).last_message_text == "три"


async def test_two_deliverers_at_once_send_each_reply_once(shop: Shop, desk: Desk) -> None:
    for number in range(10):
        await shop.writes(f"К{number}", "?")
    for number in range(10):
        ivan = await shop.conversation(f"К{number}")
        async with shop.app.uow(shop.tenant_id) as uow:
            thread = await uow.lock(Conversation, ivan.id)
            text = f"ответ {number}"
            await plan(uow, thread, Reply(text, Author.OPERATOR, None, text), delay=timedelta(0))
    other = Desk(shop)
    other.messenger = desk.messenger
    other.held = desk.held
    await asyncio.gather(desk.deliver(), other.deliver())
    texts = sorted(message.text for message in desk.messenger.given)
    assert texts == sorted(f"ответ {number}" for number in range(10))


async def test_what_is_not_due_waits_and_can_be_taken_back(shop: Shop, desk: Desk) -> None:
    planned = await reply(shop, "потом", delay=60)
    assert await desk.deliver() == []
    async with shop.app.uow(shop.tenant_id) as uow:
        await withdraw(uow, shop.staff["Анна"], planned)
    assert await states(shop) == [("потом", "cancelled")]


async def test_a_reply_under_way_can_no_longer_be_taken_back(shop: Shop, desk: Desk) -> None:
    planned = await reply(shop, "летит")
    desk.messenger.gate = asyncio.Event()
    assert await desk.deliverer.once(desk.held) == 1
    async with shop.app.uow(shop.tenant_id) as uow:
        with pytest.raises(DomainError, match=r"outbound\.too_late"):
            await withdraw(uow, shop.staff["Анна"], planned)
    desk.messenger.gate.set()
    await desk.deliverer.finish()
    assert await states(shop) == [("летит", "sent")]


async def test_cancelling_and_claiming_race_and_one_of_them_wins(shop: Shop, desk: Desk) -> None:
    for number in range(20):
        planned = await reply(shop, f"гонка {number}")

        async def take_back(which: UUID = planned) -> bool:
            try:
                async with shop.app.uow(shop.tenant_id) as uow:
                    await withdraw(uow, shop.staff["Анна"], which)
            except DomainError:
                return False
            return True

        before = len(desk.messenger.given)
        taken, _ = await asyncio.gather(take_back(), desk.deliver())
        await desk.deliver()
        assert taken != (len(desk.messenger.given) > before), "never both, never neither"


async def test_a_doubt_goes_to_a_person_and_is_never_retried(shop: Shop, desk: Desk) -> None:
    planned = await reply(shop, "может быть")
    desk.messenger.answers = [Unsure("channel.timeout")]
    await desk.deliver()
    await desk.deliver()
    assert len(desk.messenger.given) == 1
    assert await states(shop) == [("может быть", "unsure")]

    async with shop.app.uow(shop.tenant_id) as uow:
        await settle_doubt(uow, shop.staff["Анна"], planned, arrived=False)
    async with shop.app.uow(shop.tenant_id) as uow:
        with pytest.raises(DomainError, match=r"outbound\.not_in_doubt"):
            await settle_doubt(uow, shop.staff["Анна"], planned, arrived=False)
    assert await desk.deliver() == ["может быть", "может быть"]
    assert await states(shop) == [("может быть", "rejected"), ("может быть", "sent")]


async def test_a_connector_that_breaks_leaves_a_doubt(shop: Shop, desk: Desk) -> None:
    await reply(shop, "бах")
    desk.messenger.answers = [RuntimeError("bug")]
    await desk.deliver()
    assert await states(shop) == [("бах", "unsure")]


async def test_what_a_dead_process_was_sending_is_in_doubt_without_a_key(
    shop: Shop, desk: Desk
) -> None:
    await reply(shop, "пропало")
    desk.messenger.gate = asyncio.Event()
    await desk.deliverer.once(desk.held)  # claimed, never settled: as if killed
    heir = Desk(shop)
    await heir.deliverer.adopt(shop.account.id, heir.held[shop.account.id])
    assert await states(shop) == [("пропало", "unsure")]
    desk.messenger.gate.set()
    await desk.deliverer.finish()
    assert await states(shop) == [("пропало", "unsure")], "the dead one's word counts no more"


async def test_with_a_key_of_ours_it_is_sent_again_under_the_same_key(
    shop: Shop, desk: Desk
) -> None:
    await reply(shop, "ещё раз")
    desk.messenger.gate = asyncio.Event()
    await desk.deliverer.once(desk.held)
    heir = Desk(shop, keyed=True)
    await heir.deliverer.adopt(shop.account.id, heir.held[shop.account.id])
    assert await heir.deliver() == ["ещё раз"]
    assert heir.messenger.given[0].key == desk.messenger.given[0].key
    desk.messenger.gate.set()
    await desk.deliverer.finish()


async def test_a_channel_that_asks_for_patience_gets_it(shop: Shop, desk: Desk) -> None:
    await reply(shop, "429")
    desk.messenger.answers = [Later(30, "channel.flood")]
    await desk.deliver()
    assert await states(shop) == [("429", "scheduled")]
    async with shop.app.uow(shop.tenant_id) as uow:
        await uow.session.execute(update(OutboundMessage).values(due_at=SystemClock().now()))
    assert await desk.deliver() == ["429", "429"]
    assert await states(shop) == [("429", "sent")]


async def test_a_refused_reply_gives_the_draft_back(shop: Shop, desk: Desk) -> None:
    await shop.change(undo_seconds=0)
    draft = await shop.drafted("Иван", "Есть")
    async with shop.app.uow(shop.tenant_id) as uow:
        await approve(uow, shop.staff["Анна"], draft.id, version=draft.version)
    desk.messenger.answers = [Rejected("channel.blocked", customer_unreachable=True)]
    await desk.deliver()
    while await relay_once(shop.app):
        pass
    assert await states(shop) == [("Есть", "rejected")]
    ivan = await shop.conversation("Иван")
    assert ivan.status == "waiting"


async def test_a_reply_behind_its_fence_is_cancelled_when_the_customer_writes(
    shop: Shop, desk: Desk
) -> None:
    ivan = await shop.conversation("Иван")
    await reply(shop, "само", fence=ivan.version)
    await shop.writes("Иван", "Передумал")
    assert await desk.deliver() == []
    assert await states(shop) == [("само", "cancelled")]
