"""Documents, products, imports and the index over HTTP, as the Mini App uses them."""

from typing import Any

import httpx
import pytest

from core.app import App
from core.identity.permissions import Role
from core.imports.drain import import_due
from core.knowledge.drain import index_due
from core.knowledge.search import find
from tests.api.conftest import Store
from tests.core.imports.files import GOODS, csv_of
from tests.support.examples import examples

V1 = "/api/v1"


@pytest.fixture
def owner(http: httpx.AsyncClient, store: Store) -> httpx.AsyncClient:
    http.headers.update(store.bearer())
    return http


async def made(owner: httpx.AsyncClient, what: str, **fields: object) -> dict[str, Any]:
    answer = await owner.post(f"{V1}/{what}", json=fields)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def brought(
    owner: httpx.AsyncClient, core: App, raw: bytes, name: str = "goods.csv"
) -> dict[str, Any]:
    kind = "products" if name.endswith((".csv", ".xlsx")) else "documents"
    answer = await owner.post(f"{V1}/imports?kind={kind}", files={"file": (name, raw)})
    assert (answer.status_code, answer.json()["state"]) == (201, "uploaded"), answer.text
    await import_due(core)
    found: dict[str, Any] = (await owner.get(f"{V1}/imports/{answer.json()['id']}")).json()
    return found


async def test_a_document_is_written_changed_and_taken_out(
    owner: httpx.AsyncClient, core: App, store: Store
) -> None:
    new = await made(owner, "documents", title="Гарантия", body="Две недели.", tags=["а"])
    assert (new["type"], new["version"], new["index"]["state"]) == ("faq", 1, "waiting")
    again = await made(owner, "documents", title="Гарантия", body="Две недели.")
    assert again["id"] == new["id"]
    while await index_due(core):
        pass
    path = f"{V1}/documents/{new['id']}"
    assert (await owner.get(path)).json()["index"] == {"state": "ready", "problem": None}
    changed = await owner.patch(path, json={"version": 1, "body": "Месяц.", "category": "Общее"})
    assert (changed.json()["body"], changed.json()["version"]) == ("Месяц.", 2)
    stale = await owner.patch(path, json={"version": 1, "body": "Год."})
    assert (stale.status_code, stale.json()["code"]) == (409, "document.changed")
    assert stale.json()["params"] == {"version": 2}
    empty = await owner.patch(path, json={"version": 2, "body": " "})
    assert (empty.status_code, empty.json()["field"]) == (422, "body")
    labels = (await owner.get(f"{V1}/documents/labels")).json()
    assert labels == {"categories": ["Общее"], "tags": ["а"]}
    assert (await owner.delete(path)).status_code == 204
    assert (await owner.delete(path)).status_code == 404
    assert await find(core, store.id, "гарантия месяц") == []


async def test_documents_are_found_and_paged(owner: httpx.AsyncClient) -> None:
    for n in range(5):
        await made(
            owner, "documents", title=f"Правило {n}", body="100%_текст", category="Р",
            type="policy", tags=["т"] if n else [],
        )  # fmt: skip
    await made(owner, "documents", title="Прочее", body="другое")
    seen, cursor = [], None
    while True:
        query = {"q": "правило", "limit": "2", **({"cursor": cursor} if cursor else {})}
        page = (await owner.get(f"{V1}/documents", params=query)).json()
        assert page["total"] == 5
        seen += [one["title"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [f"Правило {n}" for n in (4, 3, 2, 1, 0)]
    for query, count in (
        ({"q": "0%_т"}, 5), ({"q": "0_%"}, 0), ({"type": "policy", "tag": "т"}, 4),
        ({"category": "Р"}, 5), ({"type": "returns"}, 0),
    ):  # fmt: skip
        assert (await owner.get(f"{V1}/documents", params=query)).json()["total"] == count, query
    odd = await owner.get(f"{V1}/documents", params={"cursor": "rubbish"})
    assert (odd.status_code, odd.json()["field"]) == (422, "cursor")


async def test_a_product_is_written_changed_and_taken_out(owner: httpx.AsyncClient) -> None:
    variants = [{"name": "с гидротрансформатором", "sku": "U250E-G", "price": "52000", "stock": 1}]
    new = await made(
        owner, "products", name="АКПП", sku="U250E", price=45000.5, stock=2, delivery="СДЭК",
        variants=variants,
    )  # fmt: skip
    assert (new["price"], new["currency"], new["variants_count"]) == ("45000.50", "RUB", 1)
    assert new["variants"] == [{**variants[0], "price": "52000.00"}]
    twin = await owner.post(f"{V1}/products", json={"name": "Другая", "sku": "U250E"})
    assert (twin.status_code, twin.json()["code"], twin.json()["field"]) == (
        409, "product.sku_taken", "sku",
    )  # fmt: skip
    path = f"{V1}/products/{new['id']}"
    changed = await owner.patch(path, json={"version": 1, "price": None, "stock": 0})
    assert (changed.json()["price"], changed.json()["stock"]) == (None, 0)
    assert changed.json()["delivery"] == "СДЭК"
    stale = await owner.patch(path, json={"version": 1, "price": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "product.changed")
    for body, field in (
        ({"version": 2, "price": -1}, "price"),
        ({"version": 2, "price": "1.234"}, "price"),
        ({"version": 2, "currency": "РУБ"}, "currency"),
        ({"version": 2, "name": ""}, "name"),
        ({"version": 2, "colour": "red"}, "colour"),
        ({"version": 2, "variants": [{"price": 1}]}, "variants.0.name"),
    ):
        refused = await owner.patch(path, json=body)
        assert (refused.status_code, refused.json()["field"]) == (422, field), refused.text
    found = await owner.get(f"{V1}/products", params={"q": "u-250 е", "stock": "out"})
    assert [one["id"] for one in found.json()["items"]] == [new["id"]]
    assert (await owner.get(f"{V1}/products?priced=true")).json()["total"] == 0
    assert (await owner.delete(path)).status_code == 204
    assert (await owner.get(path)).status_code == 404
    revived = await made(owner, "products", name="АКПП", sku="U250E")
    assert revived["id"] == new["id"]


async def test_the_wizard_from_a_file_to_the_catalogue(owner: httpx.AsyncClient, core: App) -> None:
    raw = csv_of([*GOODS, ("N1", "Новая", "=дорого", "")], "cp1251")
    seen = await brought(owner, core, raw)
    assert (seen["state"], seen["counts"]) == (
        "previewed", {"total": 4, "created": 3, "updated": 0, "unchanged": 0, "rejected": 1},
    )  # fmt: skip
    assert [column["field"] for column in seen["table"]["columns"]] == [
        "sku", "name", "price", "stock",
    ]  # fmt: skip
    path = f"{V1}/imports/{seen['id']}"
    rows = (await owner.get(f"{path}/rows", params={"result": "rejected"})).json()["items"]
    assert [(row["number"], row["reason"]["field"]) for row in rows] == [(5, "price")]
    assert "=дорого" in rows[0]["reason"]["detail"]
    noted = (await owner.get(f"{path}/rows?after=2&limit=1")).json()
    assert (noted["items"][0]["notes"][0]["code"], noted["next_after"]) == (
        "product.price_on_request", 3,
    )  # fmt: skip
    rejects = await owner.get(f"{path}/rejects")
    assert rejects.headers["content-disposition"].startswith("attachment")
    assert ";'=дорого;" in rejects.content.decode("utf-8-sig")
    refused = await owner.post(f"{path}/apply", json={"version": 1})
    assert (refused.status_code, refused.json()["code"]) == (409, "import.has_rejects")
    ask = {"version": 1, "take_good_rows": True}
    assert (await owner.post(f"{path}/apply", json=ask)).json()["state"] == "applying"
    assert (await owner.delete(path)).json()["code"] == "import.under_way"
    await import_due(core)
    done = (await owner.post(f"{path}/apply", json=ask)).json()
    assert (done["state"], done["progress"]) == ("done", {"done": 4, "total": 4})
    assert (await owner.get(f"{V1}/products")).json()["total"] == 3
    assert [one["id"] for one in (await owner.get(f"{V1}/imports")).json()["items"]] == [done["id"]]


async def test_a_document_from_a_file(owner: httpx.AsyncClient, core: App) -> None:
    seen = await brought(owner, core, "# Возврат\n\nДве недели.".encode(), "правила.md")
    assert (seen["document"]["title"], seen["document"]["type"]) == ("Возврат", "returns")
    path = f"{V1}/imports/{seen['id']}"
    again = await owner.patch(path, json={"version": 1, "document": {"type": "policy"}})
    assert (again.json()["state"], again.json()["version"]) == ("uploaded", 2)
    await import_due(core)
    await owner.post(f"{path}/apply", json={"version": 2})
    await import_due(core)
    (row,) = (await owner.get(f"{path}/rows")).json()["items"]
    document = (await owner.get(f"{V1}/documents/{row['document_id']}")).json()
    assert (document["body"], document["type"]) == ("Две недели.", "policy")


async def test_a_file_of_fifty_megabytes_is_refused_before_it_is_read(
    owner: httpx.AsyncClient, core: App
) -> None:
    async def endless() -> Any:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        for _ in range(800):
            yield b"x" * 65_536

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    said = await owner.post(
        f"{V1}/imports?kind=products", content=bytes(50_000_000), headers=headers
    )
    assert (said.status_code, said.json()["code"]) == (413, "request.too_large")
    assert said.json()["params"] == {"most_megabytes": 20}
    silent = await owner.post(f"{V1}/imports?kind=products", content=endless(), headers=headers)
    assert silent.status_code == 413
    assert (await owner.get(f"{V1}/imports")).json()["items"] == []


async def test_who_may_not_is_refused_before_the_file_is_read(
    http: httpx.AsyncClient, store: Store
) -> None:
    answer = await http.post(
        f"{V1}/imports?kind=products",
        files={"file": ("a.csv", b"a")},
        headers=store.bearer(Role.OPERATOR),
    )
    assert answer.status_code == 403


@examples(
    ("files", "kind", "code"),
    [
        ({"file": ("a.exe", b"MZ")}, "products", "import.format_unknown"),
        ({"file": ("a.pdf", b"%PDF")}, "products", "import.format_unknown"),
        ({"other": ("a.csv", b"a")}, "products", "request.missing_field"),
        ({"file": ("a.csv", b"")}, "products", "import.empty"),
        ({"file": ("a.csv", b"a")}, "people", "request.invalid_field"),
    ],
)
async def test_an_upload_that_cannot_be_names_its_field(
    owner: httpx.AsyncClient, files: Any, kind: str, code: str
) -> None:
    answer = await owner.post(f"{V1}/imports?kind={kind}", files=files)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_the_index_counts_every_source_once(
    owner: httpx.AsyncClient, core: App, store: Store
) -> None:
    for n in range(3):
        await made(owner, "products", name=f"Деталь {n}", sku=f"N{n}")
    await made(owner, "documents", title="Гарантия", body="Две недели.")
    state = (await owner.get(f"{V1}/index")).json()
    assert state["sources"] == {"documents": 1, "products": 3}
    assert [state[name] for name in ("done", "waiting", "working", "failed")] == [0, 4, 0, 0]
    jobs = (await owner.get(f"{V1}/index/jobs?limit=3")).json()
    assert len(jobs["items"]) == 3
    more = await owner.get(f"{V1}/index/jobs", params={"cursor": jobs["next_cursor"]})
    assert [job["source"]["title"] for job in more.json()["items"]] == ["Гарантия"]
    while await index_due(core):
        pass
    assert (await owner.get(f"{V1}/index")).json()["done"] == 4
    again = await owner.post(f"{V1}/index/recompute", json={"kind": "product", "anew": True})
    assert (again.status_code, again.json()["waiting"], again.json()["chunks"]) == (202, 3, 4)
    assert await find(core, store.id, "Деталь 1")
    gone = await owner.post(f"{V1}/index/invalidate", json={"kind": "document"})
    assert (gone.json()["waiting"], gone.json()["chunks"]) == (4, 3)
    assert await find(core, store.id, "гарантия две недели") == []
