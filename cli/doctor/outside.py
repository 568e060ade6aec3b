"""Checks of the outside world: the operators' bot, the model's provider, the stores' accounts."""

from collections.abc import Sequence

import httpx

from api.health import ROLES
from cli.doctor.findings import Check, Finding, fail, ok, warn
from core.app import open_app
from core.channels.models import AccountState
from core.channels.queries import Unread, every_account, unread_by_account
from core.events.relay import parked
from core.kernel.errors import DomainError
from core.kernel.heartbeat import LIFE_SECONDS, seen_lately
from core.kernel.i18n import Speaker
from core.kernel.settings import Settings
from core.ports.ai import AiFailure

_PATIENCE = 10.0


async def telegram(settings: Settings) -> Sequence[Finding]:
    """The operators' bot answers, and gets its updates the way it is configured."""
    if settings.telegram_bot_token is None:
        return [fail("TELEGRAM_BOT_TOKEN is not set", "ask @BotFather for a bot, set its token")]
    async with open_app(settings, role="doctor") as app:
        try:
            name = await app.operator_bot.username()
        except DomainError:
            mend = "check TELEGRAM_BOT_TOKEN, TELEGRAM_API_BASE and the network"
            return [fail("Telegram does not answer, or refuses the token", mend)]
    findings = [ok(f"the operators' bot is @{name}")]
    by_webhook = settings.telegram_mode == "webhook"
    if by_webhook and not settings.public_address.startswith("https://"):
        findings.append(
            fail("TELEGRAM_MODE is webhook without https", "set PUBLIC_URL to an https address")
        )
    if by_webhook and settings.telegram_webhook_secret is None:
        findings.append(
            fail(
                "webhooks without TELEGRAM_WEBHOOK_SECRET are refused",
                "set it to 32 random letters and digits",
            )
        )
    if not settings.public_address.startswith("https://") and not settings.sandbox_on:
        findings.append(
            warn(
                "the Mini App opens by a link only: Telegram shows it over https alone",
                "set PUBLIC_URL to the https address your proxy serves",
            )
        )
    return findings


async def model(settings: Settings) -> Sequence[Finding]:
    """The provider answers to the key, and its vectors are of our dimension."""
    if settings.openai_api_key is None:
        mend = "set OPENAI_API_KEY; without it people answer without drafts"
        return [warn("no key of a model's provider", mend)]
    async with open_app(settings, role="doctor") as app:
        try:
            embedded = await app.embedder.embed(["проверка"])
        except AiFailure as failure:
            said = Speaker("en").say(failure.why)
            mend = "check OPENAI_API_KEY, OPENAI_BASE_URL and OPENAI_EMBEDDING_MODEL"
            return [fail(f"embeddings: {said}", mend)]
    findings = [ok(f"embeddings come from {embedded.embedder}")]
    base = settings.openai_base_url or "https://api.openai.com/v1"
    headers = {"Authorization": f"Bearer {settings.openai_api_key.get_secret_value()}"}
    async with httpx.AsyncClient(timeout=_PATIENCE, headers=headers) as client:
        answer = await client.get(f"{base}/models")
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        findings.append(fail("the provider refuses the key", "check OPENAI_API_KEY"))
        return findings
    for model, variable, good in (
        (settings.openai_chat_model, "OPENAI_CHAT_MODEL", "drafts come from"),
        (settings.openai_price_model, "OPENAI_PRICE_MODEL", "prices are looked up by"),
    ):
        if answer.is_success and model not in answer.text:
            findings.append(warn(f"the provider does not list {model}", f"check {variable}"))
        else:
            findings.append(ok(f"{good} {model}"))
    return findings


async def accounts(settings: Settings) -> Sequence[Finding]:
    """Every connected account of every store is at work."""
    findings = []
    async with open_app(settings, role="doctor") as app:
        async with app.platform_uow() as puow:
            found = await every_account(puow)
            unread = await unread_by_account(puow)
        for account in found:
            said = f"{account.kind} {account.name} of store {account.tenant_id}: {account.state}"
            if account.id in unread:
                findings.append(_unread(said, unread[account.id]))
            if account.state == AccountState.CONNECTED:
                findings.append(ok(said))
                continue
            reason = Speaker("en").say(account.state_reason) if account.state_reason else ""
            mend = "`sales-operator connect-bot` with a fresh token, or /connect in the bot"
            findings.append(warn(f"{said} {reason}".rstrip(), mend))
    if not findings:
        findings.append(
            warn("no store has connected its bot", "/connect in the operators' bot, or connect-bot")
        )
    return findings


def _unread(said: str, unread: Unread) -> Finding:
    """Words of customers' that stand on no card."""
    return warn(
        f"{said}; {unread.count} of its updates since {unread.since:%d.%m %H:%M} UTC were unreadable",
        "look into its chats; `problem` in the table channel_updates says why, `payload` what came",
    )


async def roles(settings: Settings) -> Sequence[Finding]:
    """All processes of a product that runs have been heard lately."""
    async with open_app(settings, role="doctor") as app:
        heard = await seen_lately(app.nudges.redis, ROLES, prefix=app.nudges.prefix)
    silent = [role for role, alive in heard.items() if not alive]
    if len(silent) == len(ROLES):
        return [ok("the product does not run at this moment")]
    if silent:
        what = f"not heard for {LIFE_SECONDS} s: {', '.join(silent)}"
        return [fail(what, "see its log; `sales-operator run` starts it again by itself")]
    return [ok(f"at work: {', '.join(heard)}")]


async def reactions(settings: Settings) -> Sequence[Finding]:
    """Every event has found its reactions."""
    async with open_app(settings, role="doctor") as app:
        given_up = await parked(app)
    mend = "report it with the worker's log; set parked_at to NULL in the outbox to try again"
    return [warn(f"{n} × {kind} given up: {why}", mend) for kind, why, n in given_up] or [
        ok("no event was given up")
    ]


OUTSIDE = (
    Check("Telegram", telegram),
    Check("AI", model),
    Check("channels", accounts),
    Check("events", reactions),
    Check("roles", roles),
)
