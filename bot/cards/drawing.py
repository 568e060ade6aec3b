"""The drain that hangs cards: claims those out of date, draws them, keeps where they hang."""

from collections.abc import Sequence
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

from bot.cards.render import render
from bot.cards.screen import Screen
from bot.cards.settling import Settling
from bot.lanes import Lanes
from bot.telegram import is_closed, is_unchanged, is_vanished, surely_unsent
from core.flags.names import Flag
from core.identity.reach import note_unreachable
from core.kernel.drains import Drain
from core.kernel.i18n import Speaker
from core.kernel.metrics import CARDS
from core.notifications import cards
from core.notifications.cards import ClaimedCard, DrawnCard
from core.suggestions.card import CardView
from core.suggestions.card_query import cards_of

if TYPE_CHECKING:
    from core.app import App

_BATCH = 50
_MOST_CHATS = 50
_OVER = frozenset({"answered", "superseded"})
_log = structlog.get_logger(__name__)


@lru_cache(maxsize=256)
def speaker_for(language: str, time_zone: str) -> Speaker:
    return Speaker(language, time_zone)


class _ChatPausedError(Exception):
    """The chat takes nothing more for a while."""

    def __init__(self, seconds: float, problem: str) -> None:
        super().__init__(problem)
        self.seconds = seconds
        self.problem = problem


class CardDrawing:
    """Draws cards, many chats at once, one card at a time in each."""

    def __init__(self, app: "App", bot: Bot) -> None:
        self._app = app
        self._bot = bot
        self.drain = Drain("cards", self.once, full=_BATCH)
        self._lanes: Lanes[int] = Lanes(_MOST_CHATS, self.drain.wake)
        self._settling = Settling(app, self.drain.wake)

    async def once(self) -> int:
        """Claim a batch and start drawing it; says how many were claimed."""
        await self._lanes.room()
        async with self._app.db.hot_platform() as sql:
            claimed = await cards.claim(
                sql, self._app.clock.now(), _BATCH, busy_chats=self._lanes.busy
            )
            if not claimed:
                return 0
            keys = [(card.tenant_id, card.id) for card in claimed]
            views = await cards_of(sql, keys, ai_off=await self._without_ai(keys))
        chats: dict[int, list[ClaimedCard]] = {}
        for card in claimed:
            chats.setdefault(card.chat_id, []).append(card)
        for chat_id, group in chats.items():
            self._lanes.start(chat_id, self._draw_chat(group, views))
        return len(claimed)

    async def close(self) -> None:
        await self._lanes.close()
        await self._settling.close()

    async def _without_ai(self, keys: Sequence[tuple[UUID, UUID]]) -> set[UUID]:
        """The stores among these whose AI is off."""
        flag, flags = Flag.AI_SUGGESTIONS_ENABLED, self._app.flags
        return {tenant for tenant in {t for t, _ in keys} if not await flags.on(flag, tenant)}

    async def _draw_chat(self, group: Sequence[ClaimedCard], views: dict[UUID, CardView]) -> None:
        for number, card in enumerate(group):
            try:
                await self._draw(card, views[card.id])
            except _ChatPausedError as pause:
                await self._later(group[number:], pause)
                return

    async def _draw(self, card: ClaimedCard, view: CardView) -> None:
        speaker = speaker_for(view.reader.language, view.reader.time_zone)
        screen = render(view, speaker, self._app.clock.now())
        shown = screen.hash
        message_id = card.message_id
        if message_id is None or shown != card.drawn_hash:
            message_id = await self._show(card, view, screen)
        if message_id is not None:
            self._settling.settle(DrawnCard(card, message_id, shown, screen.final))

    async def _show(self, card: ClaimedCard, view: CardView, screen: Screen) -> int | None:
        """The message the card hangs in now; None if this card is settled otherwise."""
        try:
            if card.message_id is None:
                sent = await self._bot.send_message(
                    card.chat_id, screen.text, reply_markup=screen.keyboard
                )
                CARDS.labels("sent").inc()
                return sent.message_id
            await self._bot.edit_message_text(
                screen.text,
                chat_id=card.chat_id,
                message_id=card.message_id,
                reply_markup=screen.keyboard,
            )
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
            await cards.later(sql, card, now, problem, surely_unsent=unsent)

    async def _later(self, rest: Sequence[ClaimedCard], pause: _ChatPausedError) -> None:
        """The chat keeps its cards, and every process leaves it alone until then."""
        CARDS.labels("paused").inc()
        async with self._app.db.hot_platform() as sql:
            now = self._app.clock.now()
            for card in rest:
                await cards.later(
                    sql, card, now, pause.problem, seconds=pause.seconds, surely_unsent=True
                )
            await cards.pause_chat(sql, rest[0].chat_id, now, pause.seconds)
        self.drain.wake_in(pause.seconds + 0.05)

    async def _replaced(self, card: ClaimedCard) -> None:
        async with self._app.db.hot_platform() as sql:
            await cards.replace(sql, card, self._app.clock.now())

    async def _lost(self, card: ClaimedCard, view: CardView, refusal: TelegramAPIError) -> None:
        """A customer's words must not hang on one chat that is closed."""
        CARDS.labels("gone").inc()
        async with self._app.uow(card.tenant_id) as uow:
            if not await cards.give_up(uow, card, refusal.message):
                return
            await note_unreachable(await uow.sql(), card.chat_id, self._app.clock.now())
            if view.newest and view.turn.state not in _OVER:
                await cards.pass_on(uow, card)
