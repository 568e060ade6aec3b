"""The queue of replies over HTTP: listed, counted, taken back by the many, tried again."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import update

from core.app import App
from core.conversations.models import Author, Conversation
from core.delivery.models import OutboundMessage
from core.delivery.service import Reply, plan
from core.identity.permissions import Role
from core.kernel.clock import HeldClock
from core.kernel.ids import new_id
from tests.api.conftest import Store
from tests.support.shop import Shop


async def planned(shop: Shop, name: str, text: str, *, late: int = 0, **columns: Any) -> UUID:
    """A reply that was due so many seconds ago."""
    await shop.writes(name, "?")
    conversation = await shop.conversation(name)
    async with shop.app.uow(shop.tenant_id) as uow:
        thread = await uow.lock(Conversation, conversation.id)
        reply = Reply(text, Author.OPERATOR, None, text)
        found = await plan(uow, thread, reply, delay=timedelta(seconds=-late))
    if columns:
        async with shop.app.uow(shop.tenant_id) as uow:
            await uow.session.execute(
                update(OutboundMessage).where(OutboundMessage.id == found.id).values(**columns)
            )
    return found.id


async def test_the_queue_is_listed_by_what_became_of_it(
    http: httpx.AsyncClient, shop_of_api: Shop, store: Store, clock: HeldClock
) -> None:
    async with shop_of_api.app.platform_uow() as puow:
        sql = await puow.sql()
        await sql.execute("UPDATE channel_accounts SET state = 'connected'")
    await planned(shop_of_api, "Иван", "скоро", late=-60)
    await planned(shop_of_api, "Пётр", "поздно", late=90)
    ended: dict[str, Any] = {"settled_at": clock.now()}
    await planned(shop_of_api, "Анна", "сомнение", state="unsure", **ended)
    await planned(
        shop_of_api, "Олег", "не ушло", state="parked", problem="channel.timeout", **ended
    )
    await planned(shop_of_api, "Яна", "ушло", late=3, state="sent", **ended)
    seen = {}
    for show in ("open", "late", "in_doubt", "parked", "done", "all"):
        answer = await http.get(f"/api/v1/outbound?show={show}", headers=store.bearer())
        assert answer.status_code == 200, answer.text
        seen[show] = [item["text"] for item in answer.json()["items"]]
    assert seen == {
        "open": ["поздно", "скоро"],
        "late": ["поздно"],
        "in_doubt": ["сомнение"],
        "parked": ["не ушло"],
        "done": ["ушло"],
        "all": ["ушло", "не ушло", "сомнение", "поздно", "скоро"],
    }
    figures = (await http.get("/api/v1/outbound/figures", headers=store.bearer())).json()
    assert (figures["waiting"], figures["due"], figures["late"]) == (2, 1, 1)
    assert (figures["in_doubt"], figures["parked"], figures["oldest_due_seconds"]) == (1, 1, 90)
    assert figures["outcomes"] == {
        "sent": 1, "rejected": 0, "unsure": 1, "parked": 1, "cancelled": 0,
    }  # fmt: skip
    assert figures["lateness_p99_seconds"] == 3
    counted = (await http.get("/metrics")).text
    assert 'sales_operator_outbound_depth{state="parked"} 1.0' in counted
    assert "sales_operator_outbound_oldest_due_seconds 90.0" in counted
    assert 'sales_operator_outbound_last_hour{outcome="sent"} 1.0' in counted


async def test_pages_follow_one_another_and_a_broken_cursor_is_refused(
    http: httpx.AsyncClient, shop_of_api: Shop, store: Store
) -> None:
    for number in range(5):
        await planned(shop_of_api, f"К{number}", f"ответ {number}", late=-number)
    for show in ("open", "all"):
        texts: list[str] = []
        cursor = ""
        while True:
            answer = await http.get(
                f"/api/v1/outbound?show={show}&limit=2{cursor}", headers=store.bearer()
            )
            page = answer.json()
            texts += [item["text"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert sorted(texts) == [f"ответ {number}" for number in range(5)]
    refused = await http.get("/api/v1/outbound?cursor=nonsense", headers=store.bearer())
    assert (refused.status_code, refused.json()["field"]) == (422, "cursor")
    unknown = await http.get("/api/v1/outbound?show=lost", headers=store.bearer())
    assert unknown.status_code == 422


async def test_many_are_taken_back_at_once_and_each_is_told_of(
    http: httpx.AsyncClient, shop_of_api: Shop, store: Store
) -> None:
    waits = await planned(shop_of_api, "Иван", "ждёт")
    flies = await planned(shop_of_api, "Пётр", "летит", state="sending")
    nobody = new_id()
    asked = {"ids": [str(one) for one in (waits, flies, nobody)]}
    answer = await http.post("/api/v1/outbound/cancel", json=asked, headers=store.bearer())
    assert answer.json() == {
        "cancelled": [str(waits)], "too_late": [str(flies)], "unknown": [str(nobody)],
    }  # fmt: skip
    operator = store.bearer(Role.OPERATOR)
    refused = await http.post("/api/v1/outbound/cancel", json=asked, headers=operator)
    assert refused.status_code == 403


async def test_a_parked_reply_is_tried_again_by_an_operator(
    http: httpx.AsyncClient, core: App, shop_of_api: Shop, store: Store
) -> None:
    parked = await planned(shop_of_api, "Иван", "ещё раз", state="parked", problem="channel.broke")
    operator = store.bearer(Role.OPERATOR)
    answer = await http.post(f"/api/v1/outbound/{parked}/retry", headers=operator)
    assert (answer.status_code, answer.json()["state"]) == (200, "scheduled")
    sent = await planned(shop_of_api, "Пётр", "ушло", state="sent")
    refused = await http.post(f"/api/v1/outbound/{sent}/retry", headers=operator)
    assert (refused.status_code, refused.json()["code"]) == (409, "outbound.not_parked")
    async with core.platform_uow() as puow:
        sql = await puow.sql()
        assert await sql.fetchval(
            "SELECT count(*) FROM audit_log WHERE action = 'outbound.retried'"
        )


async def test_while_its_channel_is_off_a_reply_waits_and_says_so(
    http: httpx.AsyncClient, core: App, shop_of_api: Shop, store: Store
) -> None:
    await planned(shop_of_api, "Иван", "ждёт канала", late=30)
    async with core.platform_uow() as puow:
        sql = await puow.sql()
        await sql.execute(
            "UPDATE channel_accounts SET state = 'disconnected', state_reason = 'channel.flag_off'"
        )
    answer = await http.get("/api/v1/outbound", headers=store.bearer())
    [item] = answer.json()["items"]
    assert item["waits_for"] == "канал выключен"
    figures = (await http.get("/api/v1/outbound/figures", headers=store.bearer())).json()
    assert figures["held"] == 1
