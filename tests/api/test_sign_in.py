"""Signing in over HTTP: init data, links, refreshing, switching, leaving."""

import asyncio
import json
from datetime import timedelta
from urllib.parse import quote

import httpx
import pytest
from init_data_py import sign

from core.app import App
from core.identity.permissions import Role
from core.identity.sign_in import login_link
from core.kernel.clock import HeldClock
from tests.api.conftest import BOT_TOKEN, Store

ANNA = {"id": 777, "first_name": "Анна", "last_name": "К.", "language_code": "en"}


def _init_data(clock: HeldClock, *, age: timedelta = timedelta(), token: str = BOT_TOKEN) -> str:
    fields = {"user": json.dumps(ANNA, ensure_ascii=False), "query_id": "AAH", "start_param": ""}
    return sign(fields, token, auth_date=clock.now() - age)


async def _enter(http: httpx.AsyncClient, init_data: str) -> httpx.Response:
    header = f"tma {init_data}".encode()
    return await http.post("/api/v1/auth/telegram", headers=[(b"authorization", header)])


async def test_a_stranger_of_telegram_signs_in_as_a_member_of_no_store(
    http: httpx.AsyncClient, clock: HeldClock
) -> None:
    answer = await _enter(http, _init_data(clock))
    assert answer.status_code == 200
    me = answer.json()["me"]
    assert me["user"]["name"] == "Анна К."
    assert (me["tenant"], me["role"], me["permissions"]) == (None, None, [])
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert (await http.get("/api/v1/me", headers=bearer)).json() == me
    refused = await http.get("/api/v1/tenant", headers=bearer)
    assert (refused.status_code, refused.json()["code"]) == (403, "auth.no_store")


async def test_init_data_is_good_for_a_day(http: httpx.AsyncClient, clock: HeldClock) -> None:
    for age, status in (
        (timedelta(hours=23, minutes=59), 200),
        (timedelta(hours=24, seconds=1), 401),
        (timedelta(seconds=-59), 200),
        (timedelta(seconds=-61), 401),
    ):
        answer = await _enter(http, _init_data(clock, age=age))
        assert answer.status_code == status, age


async def test_forged_and_garbled_init_data_is_refused_all_alike(
    http: httpx.AsyncClient, clock: HeldClock, core: App
) -> None:
    honest = _init_data(clock)
    forged = [
        _init_data(clock, token="7000000001:another-token"),
        honest.replace("777", "778"),
        honest + "&user=%7B%22id%22%3A1%7D",
        honest[: honest.index("hash=")] + "hash=" + "0" * 64,
        honest[: honest.index("hash=")] + "hash=" + quote("ё" * 32),
        honest[: honest.index("hash=")],
        "x",
        "%",
        "\xff\xfe",
        "auth_date=99999999999999999999&hash=00",
        "user=" + quote('{"id":' * 3000) + "&auth_date=1&hash=00",
        "a=b&" * 3000,
    ]
    bodies = set()
    for init_data in forged:
        answer = await _enter(http, init_data)
        assert answer.status_code == 401, init_data[:80]
        bodies.add(answer.text)
    assert len(bodies) == 1
    async with core.platform_uow() as puow:
        sql = await puow.sql()
        assert await sql.fetchval("SELECT count(*) FROM users") == 0
        assert await sql.fetchval("SELECT count(*) FROM sign_ins") == 0


@pytest.mark.parametrize("header", [None, "Bearer x", "tma", "Basic eA=="])
async def test_another_scheme_is_no_init_data(http: httpx.AsyncClient, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    answer = await http.post("/api/v1/auth/telegram", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.init_data")


async def test_of_twenty_uses_of_a_link_one_opens_a_session(
    http: httpx.AsyncClient, core: App, store: Store
) -> None:
    owner = store.sessions[Role.OWNER]
    async with core.platform_uow() as puow:
        link = await login_link(puow, owner.user_id)
    answers = await asyncio.gather(
        *(http.post("/api/v1/auth/link", json={"token": link}) for _ in range(20))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 19


async def test_a_replayed_refresh_token_ends_the_session(
    http: httpx.AsyncClient, store: Store
) -> None:
    old = store.sessions[Role.OWNER].refresh_token

    async def renew(token: str) -> httpx.Response:
        return await http.post("/api/v1/auth/refresh", json={"refresh_token": token})

    renewed = (await renew(old)).json()
    bearer = {"Authorization": f"Bearer {renewed['access_token']}"}
    assert (await http.get("/api/v1/me", headers=bearer)).status_code == 200
    assert (await renew(old)).status_code == 401
    assert (await http.get("/api/v1/me", headers=bearer)).status_code == 401
    assert (await renew(renewed["refresh_token"])).status_code == 401


async def test_leaving_ends_the_session(http: httpx.AsyncClient, store: Store) -> None:
    bearer = store.bearer()
    assert (await http.delete("/api/v1/auth/session", headers=bearer)).status_code == 204
    assert (await http.get("/api/v1/me", headers=bearer)).status_code == 401


async def test_a_foreign_store_cannot_be_switched_to(
    http: httpx.AsyncClient, store: Store, other_store: Store
) -> None:
    answers = [
        await http.post(
            "/api/v1/auth/tenant", json={"tenant_id": tenant_id}, headers=store.bearer()
        )
        for tenant_id in (str(other_store.id), "01990000-0000-7000-8000-000000000000")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].text == answers[1].text


async def test_sign_in_is_limited_by_who_holds_the_line_whatever_they_forward(
    http: httpx.AsyncClient,
) -> None:
    # A busy machine refills the bucket meanwhile, but far slower than it is emptied.
    answer, n = httpx.Response(0), 0
    for n in range(300):
        answer = await http.post(
            "/api/v1/auth/link",
            json={"token": "x"},
            headers={"X-Real-IP": f"10.0.0.{n}", "Forwarded": f"for=10.0.0.{n}"},
        )
        if answer.status_code == 429:
            break
        assert answer.status_code == 401
    assert (answer.status_code, answer.json()["code"]) == (429, "error.too_often")
    assert n >= 20
    assert int(answer.headers["Retry-After"]) >= 1
