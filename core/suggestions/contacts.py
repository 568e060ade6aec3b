"""Links, phones and cards that people of the store have sent: others wait for a person.

A source can be planted; what an operator has once let out is the store's own word.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from core.kernel.contacts import Contact, contacts_in
from core.kernel.ids import new_id
from core.kernel.uow import UnitOfWork
from core.suggestions.models import KnownContact


async def strangers(uow: UnitOfWork, contacts: Sequence[Contact]) -> list[str]:
    """Those that nobody of the store has sent yet."""
    if not contacts:
        return []
    known = await uow.session.scalars(
        select(KnownContact.key).where(
            KnownContact.tenant_id == uow.tenant_id,
            KnownContact.key.in_([contact.key for contact in contacts]),
        )
    )
    keys = set(known)
    return [contact.text for contact in contacts if contact.key not in keys]


async def remember(uow: UnitOfWork, text: str, suggestion_id: UUID) -> None:
    """A person has sent this."""
    for contact in contacts_in(text):
        known = insert(KnownContact).values(
            tenant_id=uow.tenant_id,
            id=new_id(),
            kind=contact.kind,
            key=contact.key,
            at=uow.clock.now(),
            suggestion_id=suggestion_id,
        )
        await uow.session.execute(known.on_conflict_do_nothing())


async def forget(uow: UnitOfWork, suggestion_id: UUID) -> None:
    """The person has taken it back before it went out."""
    await uow.session.execute(
        delete(KnownContact).where(
            KnownContact.tenant_id == uow.tenant_id, KnownContact.suggestion_id == suggestion_id
        )
    )
