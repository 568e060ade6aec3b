"""The drain that hangs cards: claims those out of date, draws them, keeps where they hang."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
)

from bot.cards.hanging import hang, redraw
from bot.cards.render import render
from bot.cards.screen import Screen
from bot.lanes import Lanes
from bot.telegram import is_closed, is_unchanged, is_vanished, surely_unsent
from core.flags.names import Flag
from core.identity.reach import note_unreachable
from core.kernel.database import DATABASE_TROUBLE, relax
from core.kernel.drains import Drain
from core.kernel.i18n import Speaker
from core.kernel.metrics import CARDS
from core.kernel.uow import UnitOfWork
from core.notifications import card_claims
from core.notifications.card_claims import ClaimedCard, DrawnCard
from core.notifications.cards import pass_on
from core.suggestions.card import CardView
from core.suggestions.card_query import cards_of

if TYPE_CHECKING:
    from core.app import App

_BATCH = 50
_MOST_AT_ONCE = 50
_MOST_IN_A_CHAT = 8
# Cards that fall due within this long share a transaction.
_GAP_SECONDS = 0.002
# What was drawn waits so long for a claim to be kept with: nobody waits for that.
_KEPT_WITHIN_SECONDS = 0.012
_LONGEST_REST_SECONDS = 1.0
_LAST_TRIES = 5
_LAST_WAIT_SECONDS = 0.3
_OVER = frozenset({"answered", "superseded"})
_log = structlog.get_logger(__name__)


@lru_cache(maxsize=256)
def speaker_for(language: str, time_zone: str) -> Speaker:
    return Speaker(language, time_zone)


@asynccontextmanager
async def _told(outcome: asyncio.Future[bool]) -> AsyncIterator[None]:
    """Whether the block came to its end."""
    try:
        yield
        outcome.set_result(True)
    finally:
        if not outcome.done():
            outcome.set_result(False)


class _ChatPausedError(Exception):
    """The chat takes nothing more for a while."""

    def __init__(self, seconds: float, problem: str) -> None:
        super().__init__(problem)
        self.seconds = seconds
        self.problem = problem


class CardDrawing:
    """Draws many cards at once, a few in each chat.

    One transaction keeps what was drawn since the last and claims what is due next. Until it is
    kept a card stays leased, so nobody else draws it.
    """

    def __init__(self, app: "App", bot: Bot) -> None:
        self._app = app
        self._bot = bot
        self.drain = Drain("cards", self.once, full=_BATCH, gap=_GAP_SECONDS)
        self._lanes: Lanes[UUID] = Lanes(_MOST_AT_ONCE, self._freed)
        self._more_waiting = False
        self._keeping: asyncio.TimerHandle | None = None
        self._in_chat: Counter[int] = Counter()
        self._paused: dict[int, float] = {}
        self._drawn: list[DrawnCard] = []
        self._held: dict[UUID, ClaimedCard] = {}
        self._renewed_at = app.clock.now()

    async def once(self) -> int:
        """Keep what was drawn, claim a batch, start drawing it; says how many were claimed."""
        room = await self._lanes.room(within=_LONGEST_REST_SECONDS)
        await self._app.flags.refresh()  # at a tick rather than when a card waits
        if self._keeping is not None:
            self._keeping.cancel()
            self._keeping = None
        kept, now = len(self._drawn), self._app.clock.now()
        busy = [chat for chat, cards_ in self._in_chat.items() if cards_ >= _MOST_IN_A_CHAT]
        views: dict[UUID, CardView] = {}
        committed: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        async with _told(committed), self._app.db.hot_platform() as sql:
            if now - self._renewed_at >= card_claims.RENEW_AFTER:
                await card_claims.renew(sql, self._held.values(), now)
                self._renewed_at = now
            most = min(room, _BATCH)
            drawn = self._drawn[:kept]
            exchanged = await card_claims.exchange(sql, drawn, now, most, busy_chats=busy)
            claimed = exchanged.claimed
            if claimed:
                keys = [(card.tenant_id, card.id) for card in claimed]
                views = await cards_of(sql, keys, ai_off=await self._without_ai(keys))
            if (kept or claimed) and all(card.message_id is not None for card in claimed):
                await relax(sql)
            for card in claimed:
                self._held[card.id] = card
                self._in_chat[card.chat_id] += 1
                self._lanes.start(card.id, self._draw(card, views, committed))
        for one in drawn:
            self._let_go(one.card)
        del self._drawn[:kept]
        self._more_waiting = bool(busy) or len(claimed) == most
        if exchanged.stale:
            self.drain.wake()
        return len(claimed)

    def _freed(self) -> None:
        """A card is drawn: whoever waits for its room, or for its chat, is taken up at once."""
        if self._more_waiting:
            self.drain.wake()
        elif self._keeping is None:
            loop = asyncio.get_running_loop()
            self._keeping = loop.call_later(_KEPT_WITHIN_SECONDS, self.drain.wake)

    async def close(self) -> None:
        """Keep what has been drawn; a card sent and not kept would be sent twice."""
        await self._lanes.close()
        for _ in range(_LAST_TRIES):
            if not self._drawn:
                return
            try:
                async with self._app.db.hot_platform() as sql:
                    await card_claims.exchange(sql, self._drawn, self._app.clock.now(), 0)
                return
            except DATABASE_TROUBLE:
                await asyncio.sleep(_LAST_WAIT_SECONDS)
        _log.error("cards_unsettled", cards=len(self._drawn))

    async def _without_ai(self, keys: Sequence[tuple[UUID, UUID]]) -> set[UUID]:
        """The stores among these whose AI is off."""
        flag, flags = Flag.AI_SUGGESTIONS_ENABLED, self._app.flags
        return {tenant for tenant in {t for t, _ in keys} if not await flags.on(flag, tenant)}

    async def _draw(
        self, card: ClaimedCard, views: Mapping[UUID, CardView], committed: asyncio.Future[bool]
    ) -> None:
        """Drawn while the claim is being committed, shown only once it is."""
        drawn = False
        try:
            view = views[card.id]
            speaker = speaker_for(view.reader.language, view.reader.time_zone)
            screen = render(view, speaker, self._app.clock.now())
            if not await asyncio.shield(committed):  # others wait for it too
                return
            if view.reader.left:
                await self._left(card, view)
                return
            self._refuse_if_paused(card.chat_id)
            message_id = card.message_id
            if message_id is None or screen.hash != card.drawn_hash:
                message_id = await self._show(card, view, screen)
            if message_id is not None:
                self._drawn.append(DrawnCard(card, message_id, screen.hash, screen.final))
                drawn = True
        except _ChatPausedError as pause:
            await self._later(card, pause)
        finally:
            if not drawn:
                self._let_go(card)
            self._in_chat[card.chat_id] -= 1
            if not self._in_chat[card.chat_id]:
                del self._in_chat[card.chat_id]

    def _let_go(self, card: ClaimedCard) -> None:
        if self._held.get(card.id) is card:
            del self._held[card.id]

    def _refuse_if_paused(self, chat_id: int) -> None:
        """What was claimed before the chat asked for patience is not sent into it either."""
        left = self._paused.get(chat_id, 0.0) - asyncio.get_running_loop().time()
        if left > 0:
            raise _ChatPausedError(left, "429")
        self._paused.pop(chat_id, None)

    async def _show(self, card: ClaimedCard, view: CardView, screen: Screen) -> int | None:
        """The message the card hangs in now; None if this card is settled otherwise."""
        try:
            if card.message_id is None:
                sent = await hang(self._bot, card.chat_id, screen)
                CARDS.labels("sent").inc()
                return sent
            await redraw(self._bot, card.chat_id, card.message_id, screen)
            CARDS.labels("edited").inc()
        except TelegramRetryAfter as flood:
            raise _ChatPausedError(flood.retry_after, "429") from flood
        except TelegramForbiddenError as refusal:
            await self._lost(card, view, refusal)
            return None
        except TelegramBadRequest as refusal:
            if is_unchanged(refusal):
                return card.message_id
            await self._refused(card, view, refusal)
            return None
        except TelegramNetworkError as failure:
            await self._put_off(card, type(failure).__name__, unsent=surely_unsent(failure))
            return None
        except TelegramAPIError as failure:
            await self._put_off(card, type(failure).__name__, unsent=False)
            return None
        return card.message_id

    async def _refused(
        self, card: ClaimedCard, view: CardView, refusal: TelegramBadRequest
    ) -> None:
        if is_closed(refusal):
            await self._lost(card, view, refusal)
        elif is_vanished(refusal):
            await self._replaced(card)
        else:
            _log.error("card_refused", card=str(card.id), problem=refusal.message)
            await self._put_off(card, refusal.message, unsent=True)

    async def _put_off(self, card: ClaimedCard, problem: str, *, unsent: bool) -> None:
        CARDS.labels("failed").inc()
        async with self._app.db.hot_platform() as sql:
            now = self._app.clock.now()
            await card_claims.later(sql, card, now, problem, surely_unsent=unsent)

    async def _later(self, card: ClaimedCard, pause: _ChatPausedError) -> None:
        """The chat keeps its cards, and every process leaves it alone until then."""
        CARDS.labels("paused").inc()
        self._paused[card.chat_id] = asyncio.get_running_loop().time() + pause.seconds
        async with self._app.db.hot_platform() as sql:
            now = self._app.clock.now()
            await card_claims.later(
                sql, card, now, pause.problem, seconds=pause.seconds, surely_unsent=True
            )
            await card_claims.pause_chat(sql, card.chat_id, now, pause.seconds)
        self.drain.wake_in(pause.seconds + 0.05)

    async def _replaced(self, card: ClaimedCard) -> None:
        async with self._app.db.hot_platform() as sql:
            await card_claims.replace(sql, card, self._app.clock.now())

    async def _left(self, card: ClaimedCard, view: CardView) -> None:
        """A store's customers are nobody's business any more who has left it."""
        CARDS.labels("gone").inc()
        async with self._app.uow(card.tenant_id) as uow:
            if await card_claims.give_up(uow, card, "left the store"):
                await self._see_to_others(uow, card, view)

    async def _see_to_others(self, uow: UnitOfWork, card: ClaimedCard, view: CardView) -> None:
        """A customer's words must not hang in one chat that is closed."""
        if view.newest and view.turn.state not in _OVER:
            await pass_on(uow, card.conversation_id, card.turn_id)

    async def _lost(self, card: ClaimedCard, view: CardView, refusal: TelegramAPIError) -> None:
        CARDS.labels("gone").inc()
        async with self._app.uow(card.tenant_id) as uow:
            if not await card_claims.give_up(uow, card, refusal.message):
                return
            await note_unreachable(await uow.sql(), card.chat_id, self._app.clock.now())
            await self._see_to_others(uow, card, view)
