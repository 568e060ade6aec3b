"""What each setting takes, and who may change it; whatever does not fit is refused by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from zoneinfo import available_timezones

from babel.numbers import list_currencies

from core.identity.permissions import Permission
from core.kernel.errors import DomainError, Kind
from core.ports.ai import Intent
from core.tenants.hours import hours_of, time_of_day
from core.tenants.models import (
    AddressForm,
    DelayProfile,
    Language,
    Mode,
    NightMode,
    TenantSettings,
    Tone,
)

LONGEST_UNDO_SECONDS = 30
LONGEST_HOLD_SECONDS = 600
LONGEST_NAME = 120
LONGEST_NIGHT_TEXT = 1000
MOST_TOPICS = 100
LONGEST_TOPIC = 80

Check = Callable[[str, object], Any]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: what it takes and the permission that changing it asks for."""

    check: Check
    permission: Permission = Permission.MANAGE_TENANT_SETTINGS


def invalid(field: str, key: str, **params: object) -> DomainError:
    return DomainError(Kind.INVALID, key, field=field, **params)


def name_of_store(value: object) -> str:
    name = value.strip() if isinstance(value, str) else ""
    if not name or len(name) > LONGEST_NAME:
        raise invalid("name", "settings.name", most=LONGEST_NAME)
    return name


def _one_of(choices: type[StrEnum]) -> Check:
    def check(field: str, value: object) -> str:
        try:
            return str(choices(str(value)))
        except ValueError as refused:
            raise invalid(field, "settings.one_of", choices=", ".join(choices)) from refused

    return check


def _whole(least: int, most: int) -> Check:
    def check(field: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise invalid(field, "settings.whole_number", least=least, most=most)
        return value

    return check


def _number(least: str, most: str, places: str) -> Check:
    """A number from least to most, kept with so many places."""

    def check(field: str, value: object) -> Decimal:
        try:
            given = Decimal("NaN") if isinstance(value, bool) else Decimal(str(value))
        except InvalidOperation:
            given = Decimal("NaN")
        if given.is_nan() or not Decimal(least) <= given <= Decimal(most):
            raise invalid(field, "settings.number", least=least, most=most)
        return given.quantize(Decimal(places))

    return check


def _switch(field: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise invalid(field, "settings.switch")
    return value


def _currency(field: str, value: object) -> object:
    if not isinstance(value, str) or value not in list_currencies():
        raise invalid(field, "settings.currency")
    return value


def _time_zone(field: str, value: object) -> object:
    if not isinstance(value, str) or value not in available_timezones():
        raise invalid(field, "settings.time_zone")
    return value


def _intents(field: str, value: object) -> list[str]:
    given = value if isinstance(value, list) else [None]
    unknown = [one for one in given if one not in list(Intent)]
    if unknown:
        choices = ", ".join(Intent)
        raise invalid(field, "settings.intent", name=str(unknown[0])[:80], choices=choices)
    return [str(intent) for intent in Intent if intent in given]


def _topics(field: str, value: object) -> list[str]:
    given = value if isinstance(value, list) else [None]
    if len(given) > MOST_TOPICS:
        raise invalid(field, "settings.topics", most=MOST_TOPICS, length=LONGEST_TOPIC)
    topics: dict[str, None] = {}
    for topic in given:
        words = " ".join(topic.split()) if isinstance(topic, str) else ""
        if len(words) > LONGEST_TOPIC or not any(letter.isalnum() for letter in words):
            raise invalid(field, "settings.topics", most=MOST_TOPICS, length=LONGEST_TOPIC)
        topics[words] = None
    return list(topics)


def _time(field: str, value: object) -> object:
    if time_of_day(value) is None:
        raise invalid(field, "hours.time")
    return value


def _night_text(field: str, value: object) -> str:
    text = value.strip() if isinstance(value, str) else None
    if text is None or len(text) > LONGEST_NIGHT_TEXT:
        raise invalid(field, "settings.text", most=LONGEST_NIGHT_TEXT)
    return text


def _hours(field: str, value: object) -> object:
    if not isinstance(value, dict):
        raise invalid(field, "hours.days")
    hours_of(value)
    return value


_AUTOSEND, _POLICIES = Permission.MANAGE_AUTOSEND, Permission.MANAGE_POLICIES
SETTINGS: Mapping[str, Setting] = {
    "name": Setting(lambda _, value: name_of_store(value)),
    "language": Setting(_one_of(Language)),
    "tone": Setting(_one_of(Tone)),
    "address_form": Setting(_one_of(AddressForm)),
    "currency": Setting(_currency),
    "time_zone": Setting(_time_zone),
    "default_mode": Setting(_one_of(Mode)),
    "undo_seconds": Setting(_whole(0, LONGEST_UNDO_SECONDS)),
    "hold_seconds": Setting(_whole(0, LONGEST_HOLD_SECONDS), _AUTOSEND),
    "t_auto": Setting(_number("0", "1", "0.001"), _AUTOSEND),
    "t_escale": Setting(_number("0", "1", "0.001"), _AUTOSEND),
    "autosend_allowed": Setting(_switch, _AUTOSEND),
    "autosend_without_licence": Setting(_switch, _AUTOSEND),
    "autosend_alpha": Setting(_number("0.01", "0.2", "0.001"), _AUTOSEND),
    "intents_autosend_allowed": Setting(_intents, _AUTOSEND),
    "intents_force_handoff": Setting(_intents, _AUTOSEND),
    "always_escalate_intents": Setting(_intents, _POLICIES),
    "forbidden_topics": Setting(_topics, _POLICIES),
    "disabled_learning_intents": Setting(_intents, _POLICIES),
    "human_delay": Setting(_switch),
    "delay_profile": Setting(_one_of(DelayProfile)),
    "typing_indicator": Setting(_switch),
    "night_mode": Setting(_one_of(NightMode)),
    "night_from": Setting(_time),
    "night_until": Setting(_time),
    "night_multiplier": Setting(_number("1", "20", "0.01")),
    "night_text": Setting(_night_text),
    "working_hours": Setting(_hours),
    "wait_for_hours": Setting(_switch),
}


def checked(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes, each as it is kept."""
    return {field: SETTINGS[field].check(field, value) for field, value in changes.items()}


def check_together(settings: TenantSettings, changes: Mapping[str, Any]) -> None:
    """What no setting breaks alone: the thresholds' order, a night text that is asked for."""

    def now(field: str) -> Any:
        return changes.get(field, getattr(settings, field))

    if now("t_escale") > now("t_auto") and {"t_auto", "t_escale"} & set(changes):
        field = "t_escale" if "t_escale" in changes else "t_auto"
        raise invalid(field, "settings.thresholds", t_escale=now("t_escale"), t_auto=now("t_auto"))
    if (
        {"night_mode", "night_text"} & set(changes)
        and now("night_mode") == NightMode.AUTO_REPLY
        and not now("night_text")
    ):
        raise invalid("night_text", "settings.night_text")
