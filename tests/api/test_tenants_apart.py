"""Every route of the OpenAPI document, for every role, for nobody, and with another store's ids."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from api.document import document
from core.app import App
from core.channels.models import ChannelAccount
from core.conversations.receive import AccountRef
from core.decision.models import Review
from core.decision.reviews import want_audit
from core.identity.permissions import PERMISSIONS, Permission, Role, system
from core.kernel.ids import new_id
from core.ports.channel import AttachmentKind, ChannelKind, InboundFile
from core.replay.service import ask_replay
from tests.api.conftest import Store
from tests.support.examples import examples
from tests.support.shop import Shop

_VIEW, _MANAGE = Permission.VIEW_CONVERSATIONS, Permission.MANAGE_CONVERSATIONS
_KNOWLEDGE, _PRODUCTS = Permission.MANAGE_KNOWLEDGE_BASE, Permission.MANAGE_PRODUCTS
_AUTOSEND = Permission.MANAGE_AUTOSEND
_PUBLIC = {"sign_in_by_telegram", "sign_in_by_link", "refresh_session"}
# What each route asks of who calls it; None: to be a member. A route that is not here fails.
NEEDS: dict[str, Permission | None] = {
    "read_me": None,
    "switch_store": None,
    "end_session": None,
    "read_tenant": None,
    "change_tenant": Permission.MANAGE_TENANT_SETTINGS,
    "list_flags": None,
    "read_spending": Permission.VIEW_ANALYTICS,
    "change_spending": Permission.MANAGE_TENANT_SETTINGS,
    "list_people": _VIEW,
    "make_invite": Permission.MANAGE_USERS,
    "list_conversations": _VIEW,
    "read_conversation": _VIEW,
    "change_conversation": _MANAGE,
    "list_messages": _VIEW,
    "send_message": _MANAGE,
    "mark_read": _VIEW,
    "resolve_conversation": _MANAGE,
    "reopen_conversation": _MANAGE,
    "claim_conversation": _MANAGE,
    "escalate_conversation": _MANAGE,
    "read_price_lookup": _VIEW,
    "look_up_price": _MANAGE,
    "approve_suggestion": _MANAGE,
    "reject_suggestion": _MANAGE,
    "escalate_suggestion": _MANAGE,
    "regenerate_suggestion": _MANAGE,
    "cancel_outbound": _MANAGE,
    "cancel_many_outbound": Permission.MANAGE_CHANNELS,
    "list_outbound": Permission.MANAGE_CHANNELS,
    "read_queue_figures": Permission.MANAGE_CHANNELS,
    "retry_outbound": _MANAGE,
    "resolve_outbound": _MANAGE,
    "read_attachment": _VIEW,
    "list_documents": _KNOWLEDGE,
    "list_labels": _KNOWLEDGE,
    "create_document": _KNOWLEDGE,
    "read_document": _KNOWLEDGE,
    "change_document": _KNOWLEDGE,
    "delete_document": _KNOWLEDGE,
    "list_products": _PRODUCTS,
    "create_product": _PRODUCTS,
    "read_product": _PRODUCTS,
    "change_product": _PRODUCTS,
    "delete_product": _PRODUCTS,
    # Of products here; of documents it is the other permission, and who has one has both.
    "upload_import": _PRODUCTS,
    "list_imports": _PRODUCTS,
    "read_import": _PRODUCTS,
    "correct_import": _PRODUCTS,
    "apply_import": _PRODUCTS,
    "cancel_import": _PRODUCTS,
    "list_import_rows": _PRODUCTS,
    "read_rejects": _PRODUCTS,
    "read_index": _KNOWLEDGE,
    "list_jobs": _KNOWLEDGE,
    "recompute_index": _KNOWLEDGE,
    "invalidate_index": _KNOWLEDGE,
    "read_autosend": _VIEW,
    "read_autosend_settings": None,
    "change_autosend_settings": _AUTOSEND,
    "list_certificates": _VIEW,
    "issue_certificate": _AUTOSEND,
    "withdraw_certificate": _AUTOSEND,
    "list_reviews": _MANAGE,
    "judge_review": _MANAGE,
    "ask_replay": _AUTOSEND,
    "list_replays": _VIEW,
    "read_replay": _VIEW,
    "list_cases": _VIEW,
    "read_pace": None,
    "change_pace": Permission.MANAGE_TENANT_SETTINGS,
    "read_hours": None,
    "put_hours": Permission.MANAGE_TENANT_SETTINGS,
    "read_policies": None,
    "change_policies": Permission.MANAGE_POLICIES,
}
# Ends the caller's own session: asked for last.
_LAST = "end_session"


@dataclass(frozen=True)
class Route:
    """One operation, and a body it would take."""

    name: str
    method: str
    path: str
    body: dict[str, Any] | None
    takes_file: bool = False

    @property
    def ids(self) -> list[str]:
        return [part[1:-1] for part in self.path.split("/") if part.endswith("_id}")]


def _example(schema: dict[str, Any], document: dict[str, Any]) -> Any:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return _example(document["components"]["schemas"][name], document)
    if "anyOf" in schema:
        return _example(schema["anyOf"][0], document)
    if "enum" in schema:
        return schema["enum"][-1]
    match schema.get("type"):
        case "object":
            needed = schema.get("required", [])
            return {
                name: _example(part, document)
                for name, part in schema["properties"].items()
                if name in needed
            }
        case "string" if schema.get("format") == "uuid":
            return str(new_id())
        case "string":
            return "x" * max(1, schema.get("minLength", 1))
        case "integer":
            return schema.get("minimum", 1)
        case "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case "array":
            return [_example(schema["items"], document)]
    raise AssertionError(schema)


def routes(document: dict[str, Any]) -> Iterator[Route]:
    for path, operations in document["paths"].items():
        if not path.startswith("/api/v1/"):
            continue
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema")
            body = _example(schema, document) if schema else None
            takes_file = "multipart/form-data" in content
            yield Route(operation["operationId"], method.upper(), path, body, takes_file)


@pytest.fixture(scope="session")
def every_route() -> list[Route]:
    found = list(routes(document()))
    return sorted(found, key=lambda route: route.name == _LAST)


@pytest.fixture(name="belongings")
async def other_belongings(
    core: App, other_store: Store, http: httpx.AsyncClient
) -> dict[str, UUID]:
    """What the other store has: ids by the name of the path's parameter."""
    account_id = new_id()
    async with core.uow(other_store.id) as uow:
        uow.add(
            ChannelAccount(
                tenant_id=other_store.id,
                id=account_id,
                kind=ChannelKind.TELEGRAM_BOT,
                name="other_bot",
                external_id="900900",
                state_changed_at=core.clock.now(),
                connected_at=core.clock.now(),
            )
        )
    shop = Shop(core, other_store.id, AccountRef(account_id, ChannelKind.TELEGRAM_BOT))
    photo = InboundFile(AttachmentKind.PHOTO, "f", name="a.jpg")
    await shop.writes("Иван", "Сколько стоит?", files=(photo,))
    await shop.writes("Пётр", "Есть?")
    conversation = await shop.conversation("Иван")
    suggestion = await shop.drafted("Иван", "Здравствуйте!")
    planned = await http.post(
        f"/api/v1/conversations/{(await shop.conversation('Пётр')).id}/messages",
        json={"text": "Есть", "idempotency_key": "12345678"},
        headers=other_store.bearer(),
    )
    assert planned.status_code == 201, planned.text
    async with core.platform_uow() as puow:
        sql = await puow.sql()
        attachment_id = await sql.fetchval("SELECT id FROM attachments")
    made = {}
    for name, body in (
        ("document", {"title": "Возврат", "body": "Две недели."}),
        ("product", {"name": "Фара", "price": "500"}),
    ):
        answer = await http.post(f"/api/v1/{name}s", json=body, headers=other_store.bearer())
        made[f"{name}_id"] = UUID(answer.json()["id"])
    brought = await http.post(
        "/api/v1/imports?kind=products",
        files={"file": ("goods.csv", b"a;b")},
        headers=other_store.bearer(),
    )
    made["import_id"] = UUID(brought.json()["id"])
    async with core.uow(other_store.id) as uow:
        replay = await ask_replay(uow, system(other_store.id), days=7)
        await want_audit(uow, suggestion_id=suggestion.id, version=1)
        review_id = await uow.session.scalar(select(Review.id))
    assert review_id is not None
    return {
        "replay_id": replay.id,
        "review_id": review_id,
        "conversation_id": conversation.id,
        "suggestion_id": suggestion.id,
        "outbound_id": UUID(planned.json()["id"]),
        "attachment_id": attachment_id,
        "tenant_id": other_store.id,
        **made,
    }


async def _call(
    http: httpx.AsyncClient, route: Route, ids: dict[str, UUID], headers: dict[str, str]
) -> httpx.Response:
    path = route.path.format(intent="price", **{name: ids[name] for name in route.ids})
    body = route.body
    if body and "tenant_id" in body:
        body = {**body, "tenant_id": str(ids["tenant_id"])}
    if route.takes_file:
        file = {"file": ("goods.csv", "название;цена\nФара;500".encode())}
        return await http.post(f"{path}?kind=products", files=file, headers=headers)
    return await http.request(route.method, path, json=body, headers=headers)


async def _everything(core: App, tenant_id: UUID) -> dict[str, Any]:
    """All rows of a store, table by table."""
    async with core.platform_uow() as puow:
        sql = await puow.sql()
        tables = await sql.fetch(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE a.attname = 'tenant_id' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
            " AND c.relnamespace = 'public'::regnamespace"
        )
        return {
            table["relname"]: await sql.fetchval(
                f"SELECT array_agg(t::text ORDER BY t::text) FROM {table['relname']} t"  # noqa: S608
                " WHERE tenant_id = $1",
                tenant_id,
            )
            for table in tables
        }


class _Random(dict[str, UUID]):
    def __missing__(self, name: str) -> UUID:
        return new_id()


def test_every_route_says_what_it_needs(every_route: list[Route]) -> None:
    assert {route.name for route in every_route} == NEEDS.keys() | _PUBLIC


async def test_nobody_gets_in_without_a_session(
    http: httpx.AsyncClient, every_route: list[Route], belongings: dict[str, UUID]
) -> None:
    for route in every_route:
        if route.name in _PUBLIC:
            continue
        for headers in ({}, {"Authorization": "Bearer forged"}, {"Authorization": "Basic eDp5"}):
            answer = await _call(http, route, belongings, headers)
            assert answer.status_code == 401, route
            assert answer.headers["content-type"] == "application/problem+json"


@examples("role", list(Role))
async def test_another_stores_ids_are_as_good_as_random_ones(
    http: httpx.AsyncClient,
    core: App,
    store: Store,
    other_store: Store,
    belongings: dict[str, UUID],
    every_route: list[Route],
    role: Role,
) -> None:
    before = await _everything(core, other_store.id)
    for route in every_route:
        if not route.ids and "tenant_id" not in (route.body or {}):
            continue
        foreign = await _call(http, route, belongings, store.bearer(role))
        random = await _call(http, route, _Random(), store.bearer(role))
        needs = NEEDS[route.name]
        allowed = needs is None or needs in PERMISSIONS[role]
        assert foreign.status_code == (404 if allowed else 403), (route, foreign.text)
        assert (foreign.status_code, foreign.text) == (random.status_code, random.text), route
        for id_ in belongings.values():
            assert str(id_) not in foreign.text
    assert await _everything(core, other_store.id) == before


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_does_what_it_may_and_nothing_else(
    http: httpx.AsyncClient, store: Store, every_route: list[Route], role: Role
) -> None:
    for route in every_route:
        if route.name in _PUBLIC or route.ids:
            continue
        answer = await _call(http, route, _Random(), store.bearer(role))
        needs = NEEDS[route.name]
        if needs is None or needs in PERMISSIONS[role]:
            # 404: a store to switch to; 503: the bot's name, of a Telegram that is not there;
            # 409: a licence that is not earned yet, or not there.
            allowed = (200, 201, 202, 204, 404, 409, 503)
            assert answer.status_code in allowed, (route, answer.text)
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "error.forbidden"), route


async def test_a_list_shows_one_store_alone(
    http: httpx.AsyncClient, store: Store, other_store: Store, belongings: dict[str, UUID]
) -> None:
    assert belongings
    mine = await http.get("/api/v1/conversations", headers=store.bearer())
    theirs = await http.get("/api/v1/conversations", headers=other_store.bearer())
    assert (mine.json()["items"], len(theirs.json()["items"])) == ([], 2)
    people = await http.get("/api/v1/people", headers=store.bearer())
    assert len(people.json()["items"]) == 5
