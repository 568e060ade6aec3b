"""Pictures, voices, papers: an album is one turn, a file too big is said to be."""

from tests.sandbox.conftest import picture
from tests.support.waiting import until
from tests.support.world import Shop, file

_MEGABYTE = 1024 * 1024


async def states(shop: Shop) -> list[tuple[str, str]]:
    rows = await shop.rows("SELECT kind, state FROM attachments WHERE tenant_id = $1 ORDER BY id")
    return [(row["kind"], row["state"]) for row in rows]


async def fetched(shop: Shop, count: int) -> list[tuple[str, str]]:
    """What the files have become, once none is waited for."""

    async def done() -> list[tuple[str, str]]:
        found = await states(shop)
        open_ = [state for _, state in found if state == "pending"]
        return found if len(found) == count and not open_ else []

    return await until(done, seconds=15)


async def test_an_album_is_one_turn_and_one_card(shop: Shop) -> None:
    ivan = await shop.customer("Иван")
    photo = picture(60, 40)
    album = [file("photo", f"{number}.png", photo, album="1") for number in range(3)]
    assert len(await ivan.writes("Что это за коробка?", files=album)) == 3
    card = await shop.anna.card("Что это за коробка?")
    assert card.text.count("📷") == 3 or "3 фото" in card.text or "Фото" in card.text
    assert await fetched(shop, 3) == [("photo", "stored")] * 3
    cards = [shown for shown in await shop.anna.shows() if "диалог" in shown.text]
    assert [shown.id for shown in cards] == [card.id]
    turns = await shop.rows("SELECT id FROM turns WHERE tenant_id = $1")
    messages = await shop.rows("SELECT turn_id FROM messages WHERE tenant_id = $1")
    assert {row["turn_id"] for row in messages} == {turn["id"] for turn in turns}
    assert len(turns) == 1


async def test_a_voice_without_words_is_a_card_to_answer_by_hand(shop: Shop) -> None:
    ivan = await shop.customer("Иван")
    await ivan.writes(files=[file("voice", "voice.ogg", b"OggS" + bytes(2000))])
    card = await shop.anna.card("олос", "Черновика нет", button="Ответить")
    assert await fetched(shop, 1) == [("voice", "stored")]
    await shop.anna.replies("Послушала, перезвоню.", to=card)
    await ivan.receives("Послушала, перезвоню.")


async def test_a_paper_arrives_with_its_name(shop: Shop) -> None:
    ivan = await shop.customer("Иван")
    paper = file("document", "ПТС <скан>.pdf", b"%PDF-1.4 " + bytes(500))
    await ivan.writes("Вот документ", files=[paper])
    await shop.anna.card("Вот документ", "ПТС <скан>.pdf")
    assert await fetched(shop, 1) == [("document", "stored")]


async def test_a_file_of_25_megabytes_is_said_to_be_too_big_and_loses_nothing(shop: Shop) -> None:
    ivan = await shop.customer("Иван")
    await ivan.writes("Видео поломки", files=[file("document", "video.mp4", bytes(25 * _MEGABYTE))])
    card = await shop.anna.card("Видео поломки", "video.mp4")
    assert await fetched(shop, 1) == [("document", "too_big")]
    await shop.anna.sees("video.mp4", "больш", only=card)
    await ivan.writes("А так видно?")
    await shop.anna.card("А так видно?")
