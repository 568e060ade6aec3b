"""A customer and a bot talk: texts, replies, edits, albums, files."""

import asyncio

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, InputMediaPhoto, MediaUnion, ReplyParameters

from sandbox.testing import Sandbox
from tests.sandbox.conftest import attached, bot_of, picture

pytestmark = pytest.mark.asyncio


async def test_a_question_is_answered_in_the_same_chat(sandbox: Sandbox, store: Bot) -> None:
    asked = await sandbox.writes("Иван", "Есть АКПП на Camry 40?")
    (update,) = await store.get_updates()
    assert update.message is not None
    assert update.message.text == "Есть АКПП на Camry 40?"
    assert update.message.from_user is not None
    assert update.message.from_user.first_name == "Иван"
    assert update.message.message_id == asked["message_id"]

    sent = await store.send_message(
        update.message.chat.id,
        "<b>Есть</b>, 45 000 ₽",
        parse_mode="HTML",
        reply_parameters=ReplyParameters(message_id=asked["message_id"]),
    )
    assert sent.message_id > asked["message_id"]
    assert sent.text == "Есть, 45 000 ₽"
    assert sent.entities is not None
    assert (sent.entities[0].type, sent.entities[0].length) == ("bold", 4)
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.message_id == asked["message_id"]

    (received,) = await sandbox.received("Иван")
    assert received["text"] == "Есть, 45 000 ₽"
    assert received["from_bot"] is True
    assert received["reply_to"]["message_id"] == asked["message_id"]


async def test_a_reader_waits_for_the_message_instead_of_sleeping(
    sandbox: Sandbox, store: Bot
) -> None:
    people = await sandbox.people()
    reading = asyncio.create_task(sandbox.received("Иван", contains="позже"))
    await store.send_message(people["Иван"]["chat_id"], "сначала это")
    await store.send_message(people["Иван"]["chat_id"], "а это позже")
    assert [m["text"] for m in await reading] == ["а это позже"]


async def test_ids_grow_and_never_repeat(sandbox: Sandbox, store: Bot) -> None:
    people = await sandbox.people()
    ids = []
    for name in ("Иван", "Светлана", "Иван", "Дмитрий"):
        message = await store.send_message(people[name]["chat_id"], "привет")
        ids.append(message.message_id)
    assert ids == sorted(set(ids))


async def test_a_person_changes_and_takes_back_a_message(sandbox: Sandbox, store: Bot) -> None:
    said = await sandbox.writes("Иван", "Есть АКПП?")
    path = f"customers/Иван/messages/{said['message_id']}"
    await sandbox.call("PATCH", path, {"text": "Есть МКПП?"})
    first, second = await store.get_updates()
    assert first.message is not None
    assert first.message.text == "Есть АКПП?"
    assert second.edited_message is not None
    assert second.edited_message.text == "Есть МКПП?"
    assert second.edited_message.edit_date is not None
    await sandbox.call("DELETE", path)
    with pytest.raises(TelegramBadRequest, match="message to be replied not found"):
        await store.send_message(
            second.edited_message.chat.id,
            "?",
            reply_parameters=ReplyParameters(message_id=said["message_id"]),
        )


async def test_an_album_comes_as_one_group_and_its_files_download(
    sandbox: Sandbox, store: Bot
) -> None:
    shot = picture()
    files = [attached("photo", "1.png", shot, "a"), attached("photo", "2.png", shot, "a")]
    await sandbox.writes("Иван", "Вот", files=files)
    first, second = (update.message for update in await store.get_updates())
    assert first is not None
    assert second is not None
    assert first.media_group_id == second.media_group_id is not None
    assert (first.caption, second.caption) == ("Вот", None)
    assert first.photo is not None
    assert (first.photo[-1].width, first.photo[-1].height) == (1200, 800)
    assert len(first.photo) > 1
    downloaded = await store.download(first.photo[-1])
    assert downloaded is not None
    assert downloaded.read() == shot


async def test_a_file_id_is_good_for_one_bot_only(
    sandbox: Sandbox, store: Bot, operators: Bot
) -> None:
    people = await sandbox.people()
    await sandbox.writes("Иван", files=[attached("photo", "1.png", picture())])
    (update,) = await store.get_updates()
    assert update.message is not None
    assert update.message.photo is not None
    file_id = update.message.photo[-1].file_id
    again = await store.send_photo(people["Иван"]["chat_id"], file_id, caption="ваше фото")
    assert again.photo is not None
    with pytest.raises(TelegramBadRequest, match="wrong file identifier"):
        await operators.send_photo(people["Анна"]["chat_id"], file_id)


async def test_a_bot_sends_every_kind_of_file(sandbox: Sandbox, store: Bot) -> None:
    chat = (await sandbox.people())["Иван"]["chat_id"]
    paper = BufferedInputFile(b"%PDF", "Счёт №5.pdf")
    sent = await store.send_document(chat, paper, caption="Счёт")
    assert sent.document is not None
    assert sent.document.file_name == "Счёт №5.pdf"
    assert (await store.send_voice(chat, BufferedInputFile(b"OggS", "v.ogg"))).voice is not None
    assert (await store.send_video(chat, BufferedInputFile(b"mp4", "v.mp4"))).video is not None
    assert (await store.send_sticker(chat, BufferedInputFile(b"RIFF", "s.webp"))).sticker
    album: list[MediaUnion] = [
        InputMediaPhoto(media=BufferedInputFile(picture(), f"{n}.png"), caption=str(n))
        for n in range(2)
    ]
    group = await store.send_media_group(chat, album)
    assert len({message.media_group_id for message in group}) == 1
    copies = await store.copy_messages(chat, chat, [message.message_id for message in group])
    assert len(copies) == 2
    names = [f["name"] for m in await sandbox.received("Иван") for f in m["files"]]
    assert names[0] == "Счёт №5.pdf"
    rows = await sandbox.requests(method="sendDocument")
    assert rows[0]["files"] == ["Счёт №5.pdf"]


async def test_a_file_over_20_mb_cannot_be_fetched(sandbox: Sandbox, store: Bot) -> None:
    await sandbox.writes("Иван", files=[attached("document", "big.bin", b"x" * (21 << 20))])
    (update,) = await store.get_updates()
    assert update.message is not None
    assert update.message.document is not None
    with pytest.raises(TelegramBadRequest, match="file is too big"):
        await store.get_file(update.message.document.file_id)


async def test_ten_thousand_characters_come_in_pieces(sandbox: Sandbox, store: Bot) -> None:
    said = await sandbox.writes("Иван", "я" * 10_000)
    assert len(said["message_ids"]) == 3
    texts = [u.message.text or "" for u in await store.get_updates() if u.message]
    assert [len(text) for text in texts] == [4096, 4096, 1808]


async def test_two_stores_do_not_meet(sandbox: Sandbox, store: Bot) -> None:
    token = "7000000009:SANDBOX-third-store"
    added = {"token": token, "username": "ThirdStoreBot", "store": "third"}
    await sandbox.call("POST", "telegram/bots", added)
    await sandbox.call(
        "POST", "people", {"name": "Пётр", "starts": ["ThirdStoreBot", "MotorDvorBot"]}
    )
    async with bot_of(sandbox, token) as third:
        await sandbox.call(
            "POST", "customers/Пётр/messages", {"text": "Привет третьим"}, bot="ThirdStoreBot"
        )
        (update,) = await third.get_updates()
        assert update.message is not None
        assert update.message.text == "Привет третьим"
    assert await store.get_updates() == []
