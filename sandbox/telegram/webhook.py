"""Pushing updates to a bot's webhook: until 2xx, in order for each chat."""

import asyncio
import logging
import ssl
from collections.abc import Callable

import httpx

from sandbox.faults import Fault
from sandbox.shapes import Json, now
from sandbox.telegram.call import Call
from sandbox.telegram.errors import BotApiError
from sandbox.telegram.methods import METHODS
from sandbox.telegram.state import Bot, Telegram
from sandbox.telegram.updates import Webhook

FIRST_BACKOFF, LONGEST_BACKOFF = 0.2, 10.0
TIMEOUT = 60.0
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105
TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # webhooks of a product beside it: plain HTTP
log = logging.getLogger(__name__)


def order_key(update: Json) -> int:
    """Updates of one chat keep their order; presses queue by the person who pressed."""
    for kind, payload in update.items():
        if kind == "callback_query":
            return -int(payload["from"]["id"])
        if kind != "update_id":
            return int(payload["chat"]["id"])
    return 0


class WebhookPusher:
    """Delivers one bot's updates while it has a webhook."""

    def __init__(self, telegram: Telegram, bot: Bot, client: httpx.AsyncClient) -> None:
        self._telegram = telegram
        self._bot = bot
        self._client = client
        self._busy: set[int] = set()
        self._flying: dict[int, asyncio.Task[None]] = {}

    async def run(self) -> None:
        queue = self._bot.updates
        try:
            while True:
                if queue.webhook is not None:
                    await self._launch(queue.webhook)
                await queue.arrived.wait(60.0)
        finally:
            for task in self._flying.values():
                task.cancel()

    async def _launch(self, hook: Webhook) -> None:
        fault = self._reorder()
        if fault is not None and len(self._bot.updates.pending) == 1:
            await self._bot.updates.arrived.wait(fault.delay)
        updates = list(self._bot.updates.pending.values())
        if fault is not None:
            updates.reverse()
        waiting: set[int] = set()
        for update in updates:
            key = order_key(update)
            if key in self._busy or key in waiting or update["update_id"] in self._flying:
                continue
            if len(self._flying) >= hook.max_connections:
                break
            waiting.add(key)
            self._busy.add(key)
            task = asyncio.create_task(self._deliver(hook, update, key))
            self._flying[update["update_id"]] = task

    def _reorder(self) -> Fault | None:
        if not self._telegram.faults or not self._bot.updates.pending:
            return None
        return self._telegram.faults.take(
            "telegram", "webhook", kinds=("reorder_updates",), bot=self._bot.username
        )

    async def _deliver(self, hook: Webhook, update: Json, key: int) -> None:
        """Try until taken; the chat's later updates wait."""
        queue = self._bot.updates
        update_id = update["update_id"]
        pause = FIRST_BACKOFF
        try:
            while queue.webhook is hook and update_id in queue.pending:
                problem = await self._push(hook, update)
                if problem is None:
                    if update_id in queue.twice:
                        queue.twice.discard(update_id)
                        continue
                    queue.pending.pop(update_id, None)
                    self._telegram.confirmed(self._bot, [update_id])
                    return
                hook.last_error = (int(now()), problem)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_BACKOFF)
        finally:
            self._flying.pop(update_id, None)
            self._busy.discard(key)
            queue.arrived.send()

    async def _push(self, hook: Webhook, update: Json) -> str | None:
        headers = {SECRET_HEADER: hook.secret} if hook.secret else {}
        try:
            answer = await self._client.post(hook.url, json=update, headers=headers)
        except httpx.TimeoutException:
            return "Read timeout expired"
        except httpx.HTTPError as error:
            return f"Connection failed: {type(error).__name__}"
        if not answer.is_success:
            return f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}"
        self._obey(answer)
        return None

    def _obey(self, answer: httpx.Response) -> None:
        """A webhook may answer with a method to call."""
        if not answer.headers.get("content-type", "").startswith("application/json"):
            return
        try:
            wish = answer.json()
        except ValueError:
            return
        method = str(wish.get("method", "")).lower() if isinstance(wish, dict) else ""
        handler: Callable[[Call], object] | None = METHODS.get(method)
        if handler is not None and method != "getupdates":
            try:
                handler(Call(self._telegram, self._bot, wish, {}))
            except BotApiError as error:
                log.warning("webhook asked for %s: %s", method, error.description)


class WebhookPushers:
    """One pusher for each bot."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram
        self._client = httpx.AsyncClient(timeout=TIMEOUT, trust_env=False, verify=TLS)
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def watch(self, bot: Bot) -> None:
        if bot.id not in self._tasks:
            pusher = WebhookPusher(self._telegram, bot, self._client)
            self._tasks[bot.id] = asyncio.create_task(pusher.run())

    async def close(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        await self._client.aclose()
