"""What every request meets: problems in the reader's language, caps, headers, pages, health."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from api.app import create_app
from api.pages import content_policy
from core.app import App
from core.identity.permissions import Role
from core.kernel.heartbeat import beat
from core.kernel.i18n import LANGUAGES, knows
from core.kernel.settings import Settings
from tests.api.conftest import Store, serving
from tests.support.examples import examples
from tests.support.shop import Shop

ROLES = ("bot", "worker", "scheduler", "channels")


@pytest.mark.parametrize(
    ("language", "detail"),
    [("ru-RU,en;q=0.5", "снова"), ("en", "sign in again"), ("de", "sign in again")],
)
async def test_a_refusal_speaks_the_browsers_language(
    http: httpx.AsyncClient, language: str, detail: str
) -> None:
    answer = await http.get("/api/v1/me", headers={"Accept-Language": language})
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert (problem["status"], problem["code"]) == (401, "auth.required")
    assert detail in problem["detail"]


async def test_a_persons_own_language_goes_before_the_browsers(
    http: httpx.AsyncClient, store: Store, core: App
) -> None:
    async with core.platform_uow() as puow:
        await (await puow.sql()).execute("UPDATE users SET language = 'en'")
    answer = await http.patch(
        "/api/v1/tenant",
        json={"shade": "blue"},
        headers={**store.bearer(), "Accept-Language": "ru"},
    )
    assert answer.json()["detail"] == "Unknown field “shade”"


async def test_an_unknown_setting_is_named_and_nothing_is_changed(
    http: httpx.AsyncClient, store: Store
) -> None:
    before = (await http.get("/api/v1/tenant", headers=store.bearer())).json()
    for changes, field in (
        ({"tone": "formal", "shade": "blue"}, "shade"),
        ({"tone": "formal", "id": "01990000-0000-7000-8000-000000000000"}, "id"),
        ({"tone": "formal", "status": "active"}, "status"),
        ({"tone": "formal", "trial_ends_at": "2099-01-01T00:00:00Z"}, "trial_ends_at"),
        ({"tone": "formal", "version": 7}, "version"),
        ({"tone": "formal", "undo_seconds": 31}, "undo_seconds"),
        ({"tone": "formal", "undo_seconds": True}, "undo_seconds"),
        ({"tone": "formal", "currency": "XXYZ"}, "currency"),
        ({"tone": "formal", "time_zone": "Mars/Olympus"}, "time_zone"),
        ({"tone": "rude"}, "tone"),
        ({"tone": None}, "tone"),
        ({"name": "   "}, "name"),
        ({"name": "a\x00b"}, "name"),
    ):
        answer = await http.patch("/api/v1/tenant", json=changes, headers=store.bearer())
        assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text
    assert (await http.get("/api/v1/tenant", headers=store.bearer())).json() == before


async def test_settings_change_and_their_version_grows(
    http: httpx.AsyncClient, store: Store
) -> None:
    answer = await http.patch(
        "/api/v1/tenant", json={"tone": "formal", "undo_seconds": 0}, headers=store.bearer()
    )
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["tone"], shown["undo_seconds"], shown["version"]) == ("formal", 0, 2)


@examples(
    "body",
    [b"{", b"\xff", b"[1]", b'"x"', b"null", b"[" * 20_000, b'{"token": "\\ud800"}',
     b'{"token": "a\\u0000b"}', b'{"token": 1}', b'{"token": ""}', b'{"token": NaN}'],
)  # fmt: skip
async def test_garbage_is_refused_as_a_problem(http: httpx.AsyncClient, body: bytes) -> None:
    answer = await http.post(
        "/api/v1/auth/link", content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["code"].startswith("request.")


async def test_a_body_over_the_cap_is_refused_with_or_without_its_length(
    http: httpx.AsyncClient,
) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 65536

    for content in (b" " * (1024 * 1024 + 1), endless()):
        answer = await http.post("/api/v1/auth/link", content=content)
        assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")


async def test_what_breaks_is_logged_and_not_told(
    http: httpx.AsyncClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("the secret cause")

    monkeypatch.setattr("api.routes.tenant.store_of", broken)
    answer = await http.get("/api/v1/tenant", headers=store.bearer())
    assert (answer.status_code, answer.json()["code"]) == (500, "error.unexpected")
    assert "secret" not in answer.text
    assert answer.headers["x-request-id"]


async def test_every_answer_is_safe_to_show(http: httpx.AsyncClient, store: Store) -> None:
    for path in ("/api/v1/me", "/api/v1/nowhere", "/app/", "/healthz"):
        headers = (await http.get(path, headers=store.bearer())).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "access-control-allow-origin" not in headers
    api = await http.get("/api/v1/me", headers=store.bearer())
    assert api.headers["cache-control"] == "no-store"


async def test_the_mini_app_may_be_framed_by_telegram_alone(http: httpx.AsyncClient) -> None:
    policy = (await http.get("/app/")).headers["content-security-policy"]
    assert "frame-ancestors https://web.telegram.org" in policy
    assert "script-src 'self';" in policy
    assert "8081" not in policy


def test_the_sandbox_may_frame_it_too_when_it_stands_in(settings: Settings) -> None:
    settings = settings.model_copy(update={"sandbox": True, "sandbox_port": 9999})
    assert "http://127.0.0.1:9999" in content_policy(settings)


async def test_pages_are_served_and_nothing_beside_them(http: httpx.AsyncClient) -> None:
    for route in ("", "conversations/1", "settings"):
        page = await http.get(f"/app/{route}")
        assert (page.status_code, page.headers["cache-control"]) == (200, "no-cache")
        assert "Mini App" in page.text
    asset = await http.get("/app/assets/index-1a2b3c.js")
    assert "immutable" in asset.headers["cache-control"]
    assert (await http.get("/app/assets/old.js")).status_code == 404
    for path in (
        "/app/../secret.txt",
        "/app/%2e%2e/secret.txt",
        "/app/..%2fsecret.txt",
        "/app/%00",
    ):
        assert "not yours" not in (await http.get(path)).text


async def test_a_mini_app_that_is_not_built_says_so(core: App, tmp_path: Path) -> None:
    async with serving(core, tmp_path / "none") as address, httpx.AsyncClient() as client:
        page = await client.get(f"{address}/app/")
    assert (page.status_code, "make setup" in page.text) == (503, True)


async def test_ready_means_every_role_was_seen_lately(http: httpx.AsyncClient, core: App) -> None:
    assert (await http.get("/healthz")).json() == {"status": "ok"}
    answer = await http.get("/readyz")
    assert answer.status_code == 503
    missing = {part["name"] for part in answer.json()["parts"] if not part["ok"]}
    assert missing == set(ROLES)
    for role in ROLES:
        await beat(core.nudges.redis, role, prefix=core.nudges.prefix)
    answer = await http.get("/readyz")
    assert (answer.status_code, answer.json()["ready"]) == (200, True)


async def test_without_redis_the_api_goes_on(
    http: httpx.AsyncClient, core: App, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dead(*_: object, **__: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(core.nudges.redis, "eval", dead)
    assert (await http.get("/api/v1/tenant", headers=store.bearer())).status_code == 200
    changed = await http.patch("/api/v1/tenant", json={"tone": "formal"}, headers=store.bearer())
    assert changed.status_code == 200


async def test_metrics_are_for_this_machine_or_for_who_has_the_token(
    core: App, http: httpx.AsyncClient, settings: Settings
) -> None:
    await http.get("/healthz")
    counted = await http.get("/metrics")
    assert 'sales_operator_http_requests_total{route="/healthz",status="200"}' in counted.text
    assert (await http.get("/metrics", headers={"X-Forwarded-For": "9.9.9.9"})).status_code == 404
    object.__setattr__(
        core, "settings", settings.model_copy(update={"metrics_token": SecretStr("count-me")})
    )
    for header, status in ((None, 404), ("Bearer wrong", 404), ("Bearer count-me", 200)):
        headers = {"Authorization": header} if header else {}
        assert (await http.get("/metrics", headers=headers)).status_code == status


async def test_the_document_describes_every_refusal(http: httpx.AsyncClient) -> None:
    document = (await http.get("/openapi.json")).json()
    assert {"/webhooks/telegram/operator", "/webhooks/telegram/{account_id}"} <= set(
        document["paths"]
    )
    for path, operations in document["paths"].items():
        for operation in operations.values():
            if path.startswith("/api/v1/"):
                assert {"401", "422", "429", "500"} <= set(operation["responses"]), path
    assert "HTTPValidationError" not in json.dumps(document["paths"])


async def test_the_committed_document_is_the_one_that_is_served(core: App) -> None:
    committed = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())
    assert committed == create_app(core).openapi()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_of_the_surface_has_a_text(language: str) -> None:
    codes = (
        "auth.required", "auth.init_data", "auth.link", "auth.no_store", "invite.unknown",
        "invite.used", "invite.expired", "invite.owners_only", "error.unexpected",
        "error.not_found", "error.forbidden", "error.too_often", "error.cursor",
        "error.telegram_silent", "request.malformed", "request.method", "request.too_large",
        "request.refused", "request.unknown_field", "request.missing_field",
        "request.invalid_field",
    )  # fmt: skip
    assert [code for code in codes if not knows(code, language)] == []


async def test_two_operators_at_once_one_wins_and_the_other_is_told_who(
    http: httpx.AsyncClient, shop_of_api: Shop, store: Store
) -> None:
    await shop_of_api.writes("Иван", "Сколько стоит?")
    suggestion = await shop_of_api.drafted("Иван", "Здравствуйте! Уточняем.")
    path = f"/api/v1/suggestions/{suggestion.id}/approve"
    roles = (Role.OWNER, Role.ADMIN, Role.OPERATOR)
    answers = await asyncio.gather(
        *(
            http.post(path, json={"version": suggestion.version}, headers=store.bearer(role))
            for role in roles
        )
    )
    # The same draft at the same version is one request, whoever makes it: one message is planned.
    ids = {answer.json()["id"] for answer in answers if answer.status_code == 200}
    assert len(ids) == 1
    for answer in answers:
        if answer.status_code != 200:
            problem = answer.json()
            assert (answer.status_code, problem["code"]) == (409, "suggestion.already_decided")
            assert problem["params"]["by"] in problem["detail"]


async def test_a_thread_is_read_answered_taken_back_and_closed(
    http: httpx.AsyncClient, shop_of_api: Shop, store: Store
) -> None:
    await shop_of_api.writes("Иван", "Есть АКПП на Camry?")
    bearer = store.bearer(Role.OPERATOR)
    page = (await http.get("/api/v1/conversations?status=waiting", headers=bearer)).json()
    assert page["counts"]["waiting"] == 1
    one = f"/api/v1/conversations/{page['items'][0]['id']}"
    thread = (await http.get(f"{one}/messages", headers=bearer)).json()
    assert [message["text"] for message in thread["items"]] == ["Есть АКПП на Camry?"]
    answer = {"text": "Есть, 45 000 ₽", "idempotency_key": "tap-00001"}
    sent = [await http.post(f"{one}/messages", json=answer, headers=bearer) for _ in range(2)]
    assert [reply.status_code for reply in sent] == [201, 201]
    assert sent[0].json() == sent[1].json()
    detail = (await http.get(one, headers=bearer)).json()
    assert detail["pending_outbound"]["id"] == sent[0].json()["id"]
    cancelled = await http.post(f"/api/v1/outbound/{sent[0].json()['id']}/cancel", headers=bearer)
    assert cancelled.json()["state"] == "cancelled"
    assert (await http.post(f"{one}/read", headers=bearer)).status_code == 204
    claimed = (await http.post(f"{one}/claim", headers=bearer)).json()
    assert claimed["assignee"]["name"] == "Operator"
    changed = await http.patch(one, json={"mode": "semi_auto"}, headers=bearer)
    assert changed.json()["mode"] == "semi_auto"
    called = await http.post(f"{one}/escalate", json={"reason": "owner"}, headers=bearer)
    assert called.json()["status"] == "escalated"
    for action, status in (("resolve", "resolved"), ("reopen", "active")):
        done = (await http.post(f"{one}/{action}", headers=bearer)).json()
        assert done["status"] == status


@pytest.mark.parametrize("text", ["", "  \n", "x" * 10_000, "a\x00b"])
async def test_a_reply_that_cannot_be_sent_is_refused_by_name(
    http: httpx.AsyncClient, shop_of_api: Shop, store: Store, text: str
) -> None:
    await shop_of_api.writes("Иван", "Есть?")
    conversation = await shop_of_api.conversation("Иван")
    answer = await http.post(
        f"/api/v1/conversations/{conversation.id}/messages",
        json={"text": text, "idempotency_key": "12345678"},
        headers=store.bearer(),
    )
    assert (answer.status_code, answer.json()["field"]) == (422, "text")
