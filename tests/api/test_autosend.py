"""Autosend over HTTP: settings refused by field, licences, reviews, replays, pace and hours."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest

from core.decision.reviews import want_second_look
from core.identity.permissions import PERMISSIONS, Actor, Role, Via
from core.replay.run import replay_due
from tests.api.conftest import Store
from tests.core.decision.autonomy import past
from tests.support.examples import examples
from tests.support.shop import Shop

V1 = "/api/v1"


@pytest.fixture
def shop(shop_of_api: Shop, store: Store) -> Shop:
    """The store and its owner."""
    owner = Actor(None, store.id, "Олег", Role.OWNER, Via.WEB, permissions=PERMISSIONS[Role.OWNER])
    return replace(shop_of_api, staff={"Олег": owner})


async def patch(
    http: httpx.AsyncClient, store: Store, path: str, body: dict[str, Any], *, lang: str = "ru"
) -> httpx.Response:
    headers = {**store.bearer(), "Accept-Language": lang}
    return await http.patch(f"{V1}/tenant/{path}", json=body, headers=headers)


@examples(
    ("path", "body", "field", "code"),
    [
        ("autosend", {"t_auto": 0.4, "t_escale": 0.6}, "t_escale", "settings.thresholds"),
        ("autosend", {"t_auto": 0.1}, "t_auto", "settings.thresholds"),
        ("autosend", {"t_auto": 1.01}, "t_auto", "settings.number"),
        ("autosend", {"autosend_alpha": 0.5}, "autosend_alpha", "settings.number"),
        ("autosend", {"hold_seconds": 601}, "hold_seconds", "settings.whole_number"),
        (
            "autosend",
            {"intents_autosend_allowed": ["price", "weather"]},
            "intents_autosend_allowed",
            "settings.intent",
        ),
        ("policies", {"always_escalate_intents": ["x"]}, "always_escalate_intents",
         "settings.intent"),
        ("policies", {"forbidden_topics": ["!!!"]}, "forbidden_topics", "settings.topics"),
        ("pace", {"night_from": "25:00"}, "night_from", "hours.time"),
        ("pace", {"night_mode": "sleep"}, "night_mode", "settings.one_of"),
        ("pace", {"night_mode": "auto_reply"}, "night_text", "settings.night_text"),
        ("pace", {"night_multiplier": 0.5}, "night_multiplier", "settings.number"),
        ("pace", {"colour": "red"}, "colour", "request.unknown_field"),
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_refused_with_its_field_and_nothing_is_changed(
    http: httpx.AsyncClient, store: Store, path: str, body: dict[str, Any], field: str, code: str
) -> None:
    before = (await http.get(f"{V1}/tenant/{path}", headers=store.bearer())).json()
    answer = await patch(http, store, path, body)
    assert answer.status_code == 422, answer.text
    problem = answer.json()
    named = problem.get("field") or problem["fields"][0]["field"]
    said = problem["code"] if problem.get("field") else problem["fields"][0]["code"]
    assert (named, said) == (field, code)
    assert code not in problem["detail"]
    assert (await http.get(f"{V1}/tenant/{path}", headers=store.bearer())).json() == before


async def test_a_holiday_that_ends_before_it_begins_is_refused_by_its_place(
    http: httpx.AsyncClient, store: Store
) -> None:
    backwards = {"days": None, "holidays": [{"from": "2027-01-08", "until": "2027-01-01"}]}
    answer = await http.put(f"{V1}/tenant/hours", json=backwards, headers=store.bearer())
    assert answer.status_code == 422
    assert answer.json()["field"] == "working_hours.holidays.0.until"
    kept = {
        "days": {"mon": {"open": "09:00", "close": "18:00", "breaks": [["13:00", "14:00"]]}},
        "holidays": [{"from": "2027-01-01", "until": "2027-01-08", "name": "Новый год"}],
    }
    answer = await http.put(f"{V1}/tenant/hours", json=kept, headers=store.bearer())
    assert answer.status_code == 200, answer.text
    assert (await http.get(f"{V1}/tenant/hours", headers=store.bearer())).json() == kept


async def test_settings_are_changed_at_once_and_read_back(
    http: httpx.AsyncClient, store: Store
) -> None:
    answer = await patch(
        http, store, "autosend", {"t_auto": 0.82, "intents_autosend_allowed": ["price"]}
    )
    assert answer.status_code == 200, answer.text
    assert (answer.json()["t_auto"], answer.json()["version"]) == (0.82, 2)
    pace = await patch(http, store, "pace", {"night_mode": "auto_reply", "night_text": "Утром"})
    assert pace.json()["night_text"] == "Утром"
    assert len(pace.json()["examples"]) == 9
    topics = await patch(http, store, "policies", {"forbidden_topics": [" суд ", "суд"]})
    assert topics.json()["forbidden_topics"] == ["суд"]


async def test_running_without_a_licence_is_asked_once_and_shown(
    http: httpx.AsyncClient, store: Store
) -> None:
    body: dict[str, Any] = {"autosend_without_licence": True}
    first = await patch(http, store, "autosend", body)
    assert (first.status_code, first.json()["code"]) == (409, "autosend.confirm_first")
    second = await patch(http, store, "autosend", {**body, "confirmed": True})
    assert second.json()["licence_waived_at"] is not None
    shown = (await http.get(f"{V1}/autosend", headers=store.bearer())).json()
    assert shown["without_licence"] is True
    back = await patch(http, store, "autosend", {"autosend_without_licence": False})
    assert back.json()["licence_waived_at"] is None


async def test_a_licence_is_refused_then_issued_then_withdrawn(
    http: httpx.AsyncClient, store: Store, shop: Shop
) -> None:
    await shop.writes("Иван", "Есть?")
    await past(shop, "Иван", 40)
    path = f"{V1}/autosend/availability/certificate"
    early = await http.post(path, headers=store.bearer())
    assert (early.status_code, early.json()["code"]) == (409, "licence.labels_missing")
    assert early.json()["params"]["missing"] == 5
    await past(shop, "Иван", 5)
    issued = await http.post(path, headers=store.bearer())
    assert issued.status_code == 201, issued.text
    assert (issued.json()["n"], issued.json()["k"], issued.json()["threshold"]) == (45, 0, 0.9)
    await patch(http, store, "autosend", {"intents_autosend_allowed": ["availability"]})
    shown = (await http.get(f"{V1}/autosend", headers=store.bearer())).json()
    mine = next(one for one in shown["intents"] if one["intent"] == "availability")
    assert (mine["state"], mine["missing"], mine["labels"]) == ("on", 0, 45)
    assert mine["certificate"]["id"] == issued.json()["id"]
    ended = await http.delete(path, headers=store.bearer())
    assert ended.json()["ended_why"] == "withdrawn"
    again = await http.delete(path, headers=store.bearer())
    assert (again.status_code, again.json()["code"]) == (409, "licence.none")
    listed = await http.get(f"{V1}/autosend/certificates", headers=store.bearer())
    assert [one["id"] for one in listed.json()["items"]] == [issued.json()["id"]]
    nonsense = await http.post(f"{V1}/autosend/weather/certificate", headers=store.bearer())
    assert (nonsense.status_code, nonsense.json()["field"]) == (422, "intent")


async def test_a_review_shows_the_words_and_is_judged_once(
    http: httpx.AsyncClient, store: Store, shop: Shop
) -> None:
    await shop.writes("Иван", "Есть АКПП?")
    [suggestion_id] = await past(shop, "Иван", 1)
    async with shop.app.uow(shop.tenant_id) as uow:
        await want_second_look(
            uow, suggestion_id=suggestion_id, version=2, by=None, chance=lambda: 0.0
        )
    [one] = (await http.get(f"{V1}/autosend/reviews", headers=store.bearer())).json()["items"]
    assert (one["asked"], one["reply"], one["kind"]) == (
        "Есть АКПП?", "Да, есть в наличии.", "second",
    )  # fmt: skip
    path = f"{V1}/autosend/reviews/{one['id']}"
    assert (
        await http.post(path, json={"verdict": "bad"}, headers=store.bearer())
    ).status_code == 204
    late = await http.post(path, json={"verdict": "good"}, headers=store.bearer())
    assert (late.status_code, late.json()["code"]) == (409, "review.judged")
    unknown = await http.post(
        f"{V1}/autosend/reviews/{uuid4()}", json={"verdict": "good"}, headers=store.bearer()
    )
    assert unknown.status_code == 404


async def test_a_replay_is_asked_for_followed_and_read(
    http: httpx.AsyncClient, store: Store, shop: Shop
) -> None:
    await shop.writes("Иван", "Есть?")
    await past(shop, "Иван", 1, outcome="rejected")
    asked = await http.post(
        f"{V1}/replays",
        json={"days": 14, "candidate": {"intents_autosend_allowed": ["availability"]}},
        headers=store.bearer(),
    )
    assert (asked.status_code, asked.json()["state"]) == (202, "queued")
    path = f"{V1}/replays/{asked.json()['id']}"
    assert await replay_due(shop.app) == 1
    done = (await http.get(path, headers=store.bearer())).json()
    assert (done["state"], done["done"], done["total"]) == ("done", 1, 1)
    assert len(done["result"]["curve"]) == 101
    assert done["result"]["curve"][50] | {"low": 0, "high": 0} == {
        "threshold": 0.5, "sent": 1, "judged": 1, "wrong": 1, "low": 0, "high": 0,
        "operator_hours": 0.0, "waiting_hours": 0.017,
    }  # fmt: skip
    cases = await http.get(f"{path}/cases", params={"threshold": 0.5}, headers=store.bearer())
    [risky] = cases.json()["items"]
    assert (risky["why"], risky["customer"], risky["asked"]) == ("rejected", "Иван", "Есть?")
    above = await http.get(f"{path}/cases", params={"threshold": 0.95}, headers=store.bearer())
    assert above.json()["items"] == []
    bad = await http.post(
        f"{V1}/replays",
        json={"days": 14, "candidate": {"t_auto": 0.1, "t_escale": 0.9}},
        headers=store.bearer(),
    )
    assert (bad.status_code, bad.json()["field"]) == (422, "t_escale")
