"""Meeting a person: whoever comes by Telegram is a user from then on, member of a store or not."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from core.identity.models import User
from core.kernel.i18n import language_or_default
from core.kernel.ids import new_id
from core.kernel.uow import PlatformUnitOfWork

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class TelegramProfile:
    """What Telegram says of a person. `chat_id` only if they have written to the bot."""

    user_id: int
    name: str
    language: str | None = None
    chat_id: int | None = None


async def meet(puow: PlatformUnitOfWork, profile: TelegramProfile) -> User:
    """The user of a Telegram profile, made at first sight.

    The name follows Telegram; the language is taken once and then is the person's own choice.
    """
    name = profile.name.strip()[:LONGEST_NAME] or str(profile.user_id)
    row = insert(User).values(
        id=new_id(),
        name=name,
        language=language_or_default(profile.language),
        telegram_user_id=profile.user_id,
        telegram_chat_id=profile.chat_id,
        created_at=puow.clock.now(),
    )
    changes: dict[str, object] = {"name": name}
    if profile.chat_id is not None:
        changes |= {"telegram_chat_id": profile.chat_id, "telegram_unreachable_at": None}
    met = row.on_conflict_do_update(index_elements=["telegram_user_id"], set_=changes)
    user: User | None = await puow.session.scalar(
        select(User).from_statement(met.returning(User)).execution_options(populate_existing=True)
    )
    if user is None:
        raise RuntimeError("an upsert returned no row")
    return user


async def name_platform_owner(puow: PlatformUnitOfWork, user_id: UUID) -> None:
    """This person owns the platform, and administers it."""
    now = puow.clock.now()
    await puow.session.execute(
        update(User)
        .where(User.id == user_id)
        .values(
            platform_owner_at=func.coalesce(User.platform_owner_at, now),
            platform_admin_at=func.coalesce(User.platform_admin_at, now),
        )
    )


async def set_language(puow: PlatformUnitOfWork, user_id: UUID, language: str) -> None:
    """The language a person has chosen to read."""
    await puow.session.execute(
        update(User).where(User.id == user_id).values(language=language_or_default(language))
    )
