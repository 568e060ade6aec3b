"""A store's people, and ways in for more of them."""

from uuid import UUID

from fastapi import APIRouter, Depends

from api.access import Acting, Core
from api.limits import by_person
from api.problems import describe
from api.routes.me import Person
from api.shapes import In, Moment, Out
from core.identity import invites, queries
from core.identity.permissions import Role

router = APIRouter(tags=["people"], dependencies=[Depends(by_person)], responses=describe(401, 403))


class Member(Out):
    membership_id: UUID
    user: Person
    role: Role
    on_duty: bool
    since: Moment


class People(Out):
    items: list[Member]


class NewInvite(In):
    role: Role


class Invite(Out):
    """The link is told this once, and lets one person in."""

    link: str
    expires_at: Moment


@router.get("/people")
async def list_people(app: Core, actor: Acting) -> People:
    async with app.uow(actor.tenant_id) as uow:
        members = await queries.people(uow, actor)
    items = [
        Member(
            membership_id=member.membership_id,
            user=Person(id=member.user_id, name=member.name),
            role=member.role,
            on_duty=member.on_duty,
            since=member.since,
        )
        for member in members
    ]
    return People(items=items)


@router.post("/invites", status_code=201, responses=describe(401, 403, 503))
async def make_invite(app: Core, actor: Acting, new: NewInvite) -> Invite:
    """A link to the bot that makes whoever presses it first a member."""
    async with app.uow(actor.tenant_id) as uow:
        made, token = invites.invite(uow, actor, new.role)
        expires_at = made.expires_at
    return Invite(
        link=invites.start_link(await app.operator_bot.username(), token), expires_at=expires_at
    )
