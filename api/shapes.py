"""What the shapes of all resources share."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer


class In(BaseModel):
    """Something a client sends: what it does not know of is refused by name."""

    model_config = ConfigDict(extra="forbid")


class Out(BaseModel):
    """Something a client reads, made from a view of the core's by the names of its fields."""

    model_config = ConfigDict(from_attributes=True)


def _storable(text: str) -> str:
    """Postgres keeps neither NUL nor half a surrogate pair."""
    if "\x00" in text:
        raise ValueError("NUL")
    text.encode()
    return text


def _utc(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


Words = Annotated[str, AfterValidator(_storable)]
LongText = Annotated[Words, Field(max_length=20_000)]
Token = Annotated[Words, Field(min_length=1, max_length=256)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
Moment = Annotated[datetime, PlainSerializer(_utc)]
