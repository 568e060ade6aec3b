"""Who is signed in, and as what."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Depends

from api.access import Core, Signed
from api.limits import by_person
from api.problems import describe
from api.shapes import Out
from core.app import App
from core.identity.permissions import Permission, Role
from core.identity.queries import MembershipView, memberships_of
from core.identity.sign_in import SignedIn
from core.tenants.models import Status

router = APIRouter(tags=["people"], dependencies=[Depends(by_person)], responses=describe(401))


class Person(Out):
    id: UUID
    name: str


class Reader(Person):
    language: Literal["ru", "en"]


class Store(Out):
    id: UUID
    name: str
    status: Status


class Membership(Out):
    tenant_id: UUID
    tenant_name: str
    role: Role


class Me(Out):
    """`tenant` and `role` are null for a member of no store."""

    user: Reader
    tenant: Store | None
    role: Role | None
    permissions: list[Permission]
    memberships: list[Membership]


@router.get("/me")
async def read_me(app: Core, signed: Signed) -> Me:
    return await me_of(app, signed)


async def me_of(app: App, signed: SignedIn) -> Me:
    async with app.platform_uow() as puow:
        stores = await memberships_of(puow, signed.user_id)
    return _me(signed, stores)


def _me(signed: SignedIn, stores: list[MembershipView]) -> Me:
    actor = signed.actor
    store = next((s for s in stores if actor is not None and s.tenant_id == actor.tenant_id), None)
    return Me(
        user=Reader.model_validate(
            {"id": signed.user_id, "name": signed.name, "language": signed.language}
        ),
        tenant=None
        if store is None
        else Store(id=store.tenant_id, name=store.tenant_name, status=Status(store.tenant_status)),
        role=actor.role if actor else None,
        permissions=sorted(actor.permissions) if actor else [],
        memberships=[Membership.model_validate(store) for store in stores],
    )
