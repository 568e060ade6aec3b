"""Refusals as RFC 9457 problems, in the reader's language, under a stable `code`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response

from core.kernel.errors import DomainError, Kind
from core.kernel.i18n import Speaker

MEDIA_TYPE = "application/problem+json"
STATUS = {
    Kind.INVALID: 422,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.LIMITED: 429,
    Kind.UNAVAILABLE: 503,
    Kind.UNAUTHENTICATED: 401,
}
_CODES = {
    400: "request.malformed",
    404: "error.not_found",
    405: "request.method",
    413: "request.too_large",
}
_FIELD_CODES = {
    "extra_forbidden": "request.unknown_field",
    "missing": "request.missing_field",
    "json_invalid": "request.malformed",
}
_Errors = Sequence[Mapping[str, Any]]


class FieldProblem(BaseModel):
    """One input that was refused."""

    model_config = ConfigDict(title="FieldProblem")

    field: str
    code: str
    detail: str


class Problem(BaseModel):
    """A refusal. `code` is stable; `detail` is for people, in their language."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    params: dict[str, str | int | float | bool | None]
    field: str | None = None
    fields: list[FieldProblem] | None = None


def speaker_of(connection: HTTPConnection) -> Speaker:
    """The language of whoever is signed in, else the first their browser names."""
    speaker: Speaker | None = getattr(connection.state, "speaker", None)
    if speaker is None:
        wanted = connection.headers.get("accept-language", "").split(",")[0].split(";")[0]
        speaker = Speaker(wanted.strip())
    return speaker


def respond(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    body = problem.model_dump(exclude_none=True)
    body["params"] = problem.params
    return Response(orjson.dumps(body), problem.status, headers, MEDIA_TYPE)


def say(speaker: Speaker, key: str, params: Mapping[str, object]) -> str:
    """The text of a key; a moment among its values becomes the reader's time of day."""
    values = {
        name: speaker.clock(value) if isinstance(value, datetime) else value
        for name, value in params.items()
    }
    return speaker.say(key, **values)


def problem_of(
    speaker: Speaker,
    status: int,
    code: str,
    params: Mapping[str, object] | None = None,
    field: str | None = None,
) -> Problem:
    given = params or {}
    return Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=say(speaker, code, given),
        code=code,
        params={name: _plain(value) for name, value in given.items()},
        field=field,
    )


def describe(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The same refusals for the OpenAPI document; 400, 413, 422, 429 and 500 go without saying."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": content}
        for status in (*statuses, 400, 413, 422, 429, 500)
    }


def install(app: FastAPI) -> None:
    """Answer every refusal as a problem."""

    async def on_domain_error(connection: HTTPConnection, error: Exception) -> Response:
        if not isinstance(error, DomainError):
            raise error
        status = STATUS[error.kind]
        problem = problem_of(speaker_of(connection), status, error.key, error.params, error.field)
        return respond(problem, _headers(error, status))

    async def on_bad_input(connection: HTTPConnection, error: Exception) -> Response:
        if not isinstance(error, RequestValidationError):
            raise error
        return respond(_bad_input(speaker_of(connection), error.errors()))

    async def on_http_error(connection: HTTPConnection, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        code = _CODES.get(error.status_code, "request.refused")
        params: dict[str, object] = {}
        if error.status_code == HTTPStatus.NOT_FOUND:
            params = {"what": "address"}
        elif error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and error.detail.isdecimal():
            params = {"most_megabytes": int(error.detail)}  # as the road says
        problem = problem_of(speaker_of(connection), error.status_code, code, params)
        return respond(problem, error.headers)

    app.add_exception_handler(DomainError, on_domain_error)
    app.add_exception_handler(RequestValidationError, on_bad_input)
    app.add_exception_handler(HTTPException, on_http_error)


def _headers(error: DomainError, status: int) -> dict[str, str]:
    if status == HTTPStatus.UNAUTHORIZED:
        return {"WWW-Authenticate": "Bearer"}
    if error.kind is Kind.LIMITED:
        return {"Retry-After": str(error.params.get("seconds", 1))}
    return {}


def _bad_input(speaker: Speaker, errors: _Errors) -> Problem:
    """The first offending input stands in front, all of them are listed."""
    fields = []
    for error in errors:
        # ("body", "tone"), ("query", "limit"); for broken JSON its second part is a position.
        path = [str(part) for part in error["loc"][1:]]
        broken = error["type"] == "json_invalid"
        name = "body" if broken or not path else ".".join(path)
        code = _FIELD_CODES.get(error["type"], "request.invalid_field")
        detail = say(speaker, code, {"name": name})
        fields.append(FieldProblem(field=name, code=code, detail=detail))
    problem = problem_of(speaker, 422, fields[0].code, {"name": fields[0].field}, fields[0].field)
    return problem.model_copy(update={"fields": fields})


def _plain(value: object) -> str | int | float | bool | None:
    if isinstance(value, datetime):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float | bool):
        return str(value) if isinstance(value, str) else value
    return str(value)
