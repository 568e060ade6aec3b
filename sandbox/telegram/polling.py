"""getUpdates and the webhook's settings."""

import re

from sandbox.shapes import Json
from sandbox.telegram.call import Call
from sandbox.telegram.errors import bad_request, conflict
from sandbox.telegram.state import bot_fact
from sandbox.telegram.updates import Webhook

MAX_TIMEOUT = 50
_SECRET = re.compile(r"^[A-Za-z0-9_-]{1,256}$")
_URL = re.compile(r"^https?://[^\s/]+(/\S*)?$")


async def get_updates(call: Call) -> list[Json]:
    queue = call.bot.updates
    if queue.webhook is not None:
        raise conflict(
            "can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first"
        )
    _set_allowed(call)
    if offset := call.integer("offset"):
        call.telegram.confirmed(call.bot, queue.confirm(offset))
    await queue.wait(min(call.integer("timeout"), MAX_TIMEOUT))
    batch = queue.batch(call.integer("limit"))
    if batch and call.telegram.faults:
        fault = call.telegram.faults.take(
            "telegram", "getUpdates", kinds=("reorder_updates",), bot=call.bot.username
        )
        if fault is not None:
            if len(batch) == 1:
                await queue.arrived.wait(fault.delay)
                batch = queue.batch(call.integer("limit"))
            batch.reverse()
    return batch


def set_webhook(call: Call) -> bool:
    url = call.text("url")
    if not url:
        return delete_webhook(call)
    if not _URL.match(url):
        raise bad_request("bad webhook: invalid webhook URL specified")
    secret = call.text("secret_token") or None
    if secret is not None and not _SECRET.match(secret):
        raise bad_request("secret token contains unallowed characters")
    _set_allowed(call)
    queue = call.bot.updates
    if call.flag("drop_pending_updates"):
        _drop(call)
    queue.end_poll()
    queue.webhook = Webhook(url, secret, call.integer("max_connections", 40) or 40)
    queue.arrived.send()
    call.telegram.archive.record(bot_fact(call.bot))
    return True


def delete_webhook(call: Call) -> bool:
    if call.flag("drop_pending_updates"):
        _drop(call)
    if call.bot.updates.webhook is not None:
        call.bot.updates.webhook = None
        call.bot.updates.arrived.send()
        call.telegram.archive.record(bot_fact(call.bot))
    return True


def get_webhook_info(call: Call) -> Json:
    queue = call.bot.updates
    hook = queue.webhook
    info: Json = {
        "url": hook.url if hook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(queue.pending),
    }
    if hook:
        info["max_connections"] = hook.max_connections
        if hook.last_error:
            info["last_error_date"], info["last_error_message"] = hook.last_error
    if queue.allowed:
        info["allowed_updates"] = queue.allowed
    return info


def _drop(call: Call) -> None:
    queue = call.bot.updates
    gone = list(queue.pending)
    queue.pending.clear()
    queue.again.clear()
    queue.twice.clear()
    call.telegram.confirmed(call.bot, gone)


def _set_allowed(call: Call) -> None:
    if call.params.get("allowed_updates") is None:
        return
    allowed = call.json("allowed_updates")
    if isinstance(allowed, list):
        allowed = [str(kind) for kind in allowed]
        if allowed != call.bot.updates.allowed:
            call.bot.updates.allowed = allowed
            call.telegram.archive.record(bot_fact(call.bot))
