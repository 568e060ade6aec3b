"""A store's settings, and the flags in force for it."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field

from api.access import Acting, Core
from api.limits import by_person
from api.problems import describe
from api.shapes import In, Moment, Out, Words
from core.flags.names import Flag
from core.tenants.models import AddressForm, Language, Mode, Status, Tenant, Tone
from core.tenants.models import TenantSettings as SettingsRow
from core.tenants.service import change_settings, settings_of, store_of

router = APIRouter(tags=["store"], dependencies=[Depends(by_person)], responses=describe(401, 403))


class TenantSettings(Out):
    id: UUID
    name: str
    status: Status
    trial_ends_at: Moment
    language: Language
    tone: Tone
    address_form: AddressForm
    currency: str
    time_zone: str
    default_mode: Mode
    undo_seconds: int
    version: int


class TenantChanges(In):
    """Any subset. Null changes nothing but is no value either: it is refused."""

    name: Words = Field(default="", max_length=500)
    language: Language = Language.RU
    tone: Tone = Tone.FRIENDLY
    address_form: AddressForm = AddressForm.VY
    currency: Words = Field(default="", max_length=8)
    time_zone: Words = Field(default="", max_length=64)
    default_mode: Mode = Mode.LEARNING
    undo_seconds: Annotated[int, Field(strict=True)] = 0

    def given(self) -> dict[str, Any]:
        return self.model_dump(mode="json", include=self.model_fields_set)


class FlagState(Out):
    name: Flag
    enabled: bool
    source: Literal["platform", "tenant", "default"]


class Flags(Out):
    items: list[FlagState]


@router.get("/tenant")
async def read_tenant(app: Core, actor: Acting) -> TenantSettings:
    async with app.uow(actor.tenant_id) as uow:
        return _shown(await store_of(uow), await settings_of(uow))


@router.patch("/tenant")
async def change_tenant(app: Core, actor: Acting, changes: TenantChanges) -> TenantSettings:
    """All of them or none; whatever is refused is named."""
    async with app.uow(actor.tenant_id) as uow:
        store, settings = await change_settings(uow, actor, changes.given())
        return _shown(store, settings)


@router.get("/flags")
async def list_flags(app: Core, actor: Acting) -> Flags:
    states = await app.flags.of(actor.tenant_id)
    return Flags(items=[FlagState.model_validate(state) for state in states.values()])


def _shown(store: Tenant, settings: SettingsRow) -> TenantSettings:
    return TenantSettings(
        id=store.id,
        name=store.name,
        status=Status(store.status),
        trial_ends_at=store.trial_ends_at,
        language=Language(settings.language),
        tone=Tone(settings.tone),
        address_form=AddressForm(settings.address_form),
        currency=settings.currency,
        time_zone=settings.time_zone,
        default_mode=Mode(settings.default_mode),
        undo_seconds=settings.undo_seconds,
        version=settings.version,
    )
