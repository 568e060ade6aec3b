"""Reasons the core keeps as keys, said in the reader's language."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Annotated, Any, Literal

from fastapi import Depends
from starlette.requests import Request

from api.problems import say, speaker_of
from api.shapes import Out
from core.kernel.i18n import Speaker
from core.knowledge.queries import IndexMark as Mark


class Reason(Out):
    """`code` is stable; `detail` is for people, in their language."""

    code: str
    detail: str


class FieldReason(Reason):
    """A reason, and the field it is about."""

    field: str | None


class IndexMark(Out):
    """Whether answers know the source as it is now."""

    state: Literal["ready", "waiting", "failed"]
    problem: Reason | None


class Reasons:
    """Says them to the reader of one request."""

    def __init__(self, speaker: Speaker) -> None:
        self._speaker = speaker

    def of(self, code: str, params: Mapping[str, object] | None = None) -> Reason:
        return Reason(code=code, detail=say(self._speaker, code, params or {}))

    def kept(self, reason: Mapping[str, Any]) -> FieldReason:
        """Of a refusal as a row keeps it."""
        said = say(self._speaker, reason["code"], reason["params"])
        return FieldReason(code=reason["code"], detail=said, field=reason["field"])

    def mark(self, mark: Mark) -> IndexMark:
        problem = None if mark.problem is None else self.of(mark.problem)
        return IndexMark.model_validate({"state": mark.state, "problem": problem})

    def shown(self, view: Any) -> dict[str, Any]:
        """The fields of a view, its mark put into words."""
        if not is_dataclass(view):
            raise TypeError(type(view).__name__)
        values = {field.name: getattr(view, field.name) for field in fields(view)}
        return {**values, "index": self.mark(values["index"])}


def _speaking(request: Request) -> Reasons:
    return Reasons(speaker_of(request))


Speaking = Annotated[Reasons, Depends(_speaking)]
