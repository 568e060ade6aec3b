"""What the store said before, and its people approved, is found by search when asked for."""

from core.app import App
from core.kernel.ids import new_id
from core.knowledge.drain import index_due
from core.knowledge.models import SourceKind
from core.knowledge.search import find
from core.training.models import Outcome
from core.training.service import Lesson, learn, unlearn
from tests.support.shop import Shop


async def taught(shop: Shop, outcome: Outcome, answer: str | None) -> Lesson:
    await shop.writes("Иван", "Можно забрать коробку в воскресенье?")
    conversation = await shop.conversation("Иван")
    lesson = Lesson(
        suggestion_id=new_id(), version=1, conversation_id=conversation.id, outcome=outcome,
        reason=None, user_id=None, user_message="Можно забрать коробку в воскресенье?",
        ai_suggestion="Нет", final_answer=answer, intent="other", score=None, model=None,
        prompt_hash=None, embedder=None,
    )  # fmt: skip
    async with shop.app.uow(shop.tenant_id) as uow:
        await learn(uow, lesson)
    while await index_due(shop.app):
        pass
    return lesson


async def said(app: App, shop: Shop) -> list[str]:
    found = await find(app, shop.tenant_id, "забрать в воскресенье", kinds=[SourceKind.ANSWER])
    return [one.text for one in found]


async def test_an_approved_answer_is_found_until_it_is_taken_back(app: App, shop: Shop) -> None:
    lesson = await taught(shop, Outcome.APPROVED, "В воскресенье склад закрыт, ждём в понедельник.")
    assert await said(app, shop) == ["В воскресенье склад закрыт, ждём в понедельник."]
    assert await find(app, shop.tenant_id, "забрать в воскресенье") == []
    async with app.uow(shop.tenant_id) as uow:
        await unlearn(uow, lesson.suggestion_id, lesson.version)
    assert await said(app, shop) == []


async def test_a_rejected_one_is_not(app: App, shop: Shop) -> None:
    await taught(shop, Outcome.REJECTED, None)
    assert await said(app, shop) == []
