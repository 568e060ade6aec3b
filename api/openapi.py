"""The OpenAPI document: FastAPI's own, with the refusals and the webhooks described as well."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from api.problems import Problem

TITLE = "AI Sales Operator"
VERSION = "1"
_REFS = "#/components/schemas/{model}"
_UPDATE = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}}},
    },
    "responses": {
        "200": {"description": "Durable; or no update at all, which repeating would not mend"},
        "401": {"description": "No such account, or not its secret"},
        "413": {"description": "Longer than any update"},
        "429": {"description": "Too many; repeat later"},
        "503": {"description": "Could not be kept; repeat later"},
    },
    "security": [{"telegram_secret": []}],
    "tags": ["webhooks"],
}
_ACCOUNT = {
    "name": "account_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "format": "uuid"},
}


def install(app: FastAPI) -> None:
    """Serve this document in place of FastAPI's."""

    def served() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = document(app)
        return app.openapi_schema

    app.openapi = served  # type: ignore[method-assign]


def document(app: FastAPI) -> dict[str, Any]:
    """What the routes say of themselves, and the rest."""
    made = get_openapi(title=app.title, version=app.version, routes=app.routes)
    components = made.setdefault("components", {})
    _, models = models_json_schema([(Problem, "serialization")], ref_template=_REFS)
    components.setdefault("schemas", {}).update(models["$defs"])
    components.setdefault("securitySchemes", {})["telegram_secret"] = {
        "type": "apiKey",
        "in": "header",
        "name": "X-Telegram-Bot-Api-Secret-Token",
    }
    made["paths"]["/webhooks/telegram/operator"] = {
        "post": {"operationId": "push_operator_update", **_UPDATE}
    }
    made["paths"]["/webhooks/telegram/{account_id}"] = {
        "post": {"operationId": "push_update", "parameters": [_ACCOUNT], **_UPDATE}
    }
    return made
