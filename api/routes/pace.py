"""When automatic replies leave: pauses, nights, working hours; and what is never left to them."""

from typing import Any

from fastapi import APIRouter, Depends
from pydantic import Field

from api.access import Acting, Core
from api.limits import by_person
from api.problems import describe
from api.shapes import In, Out, Words
from core.delivery.pace import pause_range
from core.flags.names import Flag
from core.identity.permissions import Permission
from core.ports.ai import Intent
from core.tenants.models import DelayProfile, NightMode, TenantSettings
from core.tenants.service import change_settings, settings_of

router = APIRouter(
    prefix="/tenant",
    tags=["store"],
    dependencies=[Depends(by_person)],
    responses=describe(401, 403),
)
_EXAMPLES = (40, 200, 600)


class PauseExample(Out):
    """What the chosen profile makes of a text of so many letters."""

    profile: DelayProfile
    letters: int
    least_seconds: float
    most_seconds: float


class PaceSettings(Out):
    """`flag_on`: HUMAN_DELAY_ENABLED; without it none of this is in force."""

    flag_on: bool
    human_delay: bool
    delay_profile: DelayProfile
    typing_indicator: bool
    night_mode: NightMode
    night_from: str
    night_until: str
    night_multiplier: float
    night_text: str
    wait_for_hours: bool
    time_zone: str
    examples: list[PauseExample]
    version: int


class PaceChanges(In):
    """Any subset. Times are «HH:MM» of the store's zone; from equal to until: no night."""

    human_delay: bool = False
    delay_profile: Words = ""
    typing_indicator: bool = False
    night_mode: Words = ""
    night_from: Words = ""
    night_until: Words = ""
    night_multiplier: float = 1
    night_text: Words = Field(default="", max_length=5000)
    wait_for_hours: bool = False


class Shift(Out):
    """«24:00» is the end of the day; `breaks` are pairs of times within."""

    open: str
    close: str
    breaks: list[tuple[str, str]] = Field(default_factory=list)


class Holiday(Out):
    """Closed on all days from `from` to `until`, dates both."""

    first: str = Field(alias="from")
    until: str
    name: str = ""


class WorkingHours(Out):
    """`days` null: around the clock; a weekday left out or null: closed."""

    days: dict[str, Shift | None] | None = None
    holidays: list[Holiday] = Field(default_factory=list)


class HoursGiven(In):
    """As WorkingHours; whatever is refused is named: `working_hours.days.mon.close`."""

    days: dict[str, Any] | None = None
    holidays: list[Any] = Field(default_factory=list, max_length=200)


class Policies(Out):
    always_escalate_intents: list[Intent]
    forbidden_topics: list[str]
    disabled_learning_intents: list[Intent]
    version: int


class PolicyChanges(In):
    """Any subset. A topic is found by the stems of its words, next to each other."""

    always_escalate_intents: list[Words] = Field(default_factory=list, max_length=50)
    forbidden_topics: list[Words] = Field(default_factory=list, max_length=200)
    disabled_learning_intents: list[Words] = Field(default_factory=list, max_length=50)


@router.get("/pace")
async def read_pace(app: Core, actor: Acting) -> PaceSettings:
    flag_on = await app.flags.on(Flag.HUMAN_DELAY_ENABLED, actor.tenant_id)
    async with app.uow(actor.tenant_id) as uow:
        return _pace(await settings_of(uow), flag_on=flag_on)


@router.patch("/pace")
async def change_pace(app: Core, actor: Acting, changes: PaceChanges) -> PaceSettings:
    """All of them or none; whatever is refused is named."""
    flag_on = await app.flags.on(Flag.HUMAN_DELAY_ENABLED, actor.tenant_id)
    async with app.uow(actor.tenant_id) as uow:
        _, settings = await change_settings(uow, actor, _given(changes))
        return _pace(settings, flag_on=flag_on)


@router.get("/hours")
async def read_hours(app: Core, actor: Acting) -> WorkingHours:
    async with app.uow(actor.tenant_id) as uow:
        return WorkingHours.model_validate((await settings_of(uow)).working_hours)


@router.put("/hours")
async def put_hours(app: Core, actor: Acting, given: HoursGiven) -> WorkingHours:
    """All of them at once."""
    kept = given.model_dump(mode="json", exclude_none=True)
    async with app.uow(actor.tenant_id) as uow:
        _, settings = await change_settings(uow, actor, {"working_hours": kept})
        return WorkingHours.model_validate(settings.working_hours)


@router.get("/policies")
async def read_policies(app: Core, actor: Acting) -> Policies:
    async with app.uow(actor.tenant_id) as uow:
        return Policies.model_validate(await settings_of(uow))


@router.patch("/policies")
async def change_policies(app: Core, actor: Acting, changes: PolicyChanges) -> Policies:
    """All of them or none; whatever is refused is named."""
    async with app.uow(actor.tenant_id) as uow:
        _, settings = await change_settings(
            uow, actor, _given(changes), needs=Permission.MANAGE_POLICIES
        )
        return Policies.model_validate(settings)


def _given(changes: In) -> dict[str, Any]:
    return changes.model_dump(mode="json", include=changes.model_fields_set)


def _pace(row: TenantSettings, *, flag_on: bool) -> PaceSettings:
    examples = []
    for profile in DelayProfile:
        for letters in _EXAMPLES:
            least, most = pause_range(profile, letters)
            examples.append(
                PauseExample(
                    profile=profile,
                    letters=letters,
                    least_seconds=round(least.total_seconds(), 1),
                    most_seconds=round(most.total_seconds(), 1),
                )
            )
    return PaceSettings(
        flag_on=flag_on,
        human_delay=row.human_delay,
        delay_profile=DelayProfile(row.delay_profile),
        typing_indicator=row.typing_indicator,
        night_mode=NightMode(row.night_mode),
        night_from=row.night_from,
        night_until=row.night_until,
        night_multiplier=float(row.night_multiplier),
        night_text=row.night_text,
        wait_for_hours=row.wait_for_hours,
        time_zone=row.time_zone,
        examples=examples,
        version=row.version,
    )
