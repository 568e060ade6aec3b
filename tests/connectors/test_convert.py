"""What the Bot API says, in our words: every kind of message, and every kind of nonsense."""

from contextlib import suppress
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.telegram_bot.convert import LARGEST_DOWNLOAD, read
from core.ports.channel import (
    AttachmentKind,
    Inbound,
    InboundEdit,
    InboundMessage,
    RawUpdate,
    Reachability,
    Unreadable,
)
from core.ports.telegram import envelope

CHAT = {"id": 5_200_000_001, "type": "private", "first_name": "Иван"}
IVAN = {"id": 5_200_000_001, "is_bot": False, "first_name": "Иван", "last_name": "Петров"}


def said(update: dict[str, Any]) -> list[Inbound]:
    return read(RawUpdate("1", "", orjson.dumps({"update_id": 1, **update}).decode()))


def message(**fields: Any) -> InboundMessage:
    base = {"message_id": 9, "date": 1_790_000_000, "chat": CHAT, "from": IVAN}
    [only] = said({"message": {**base, **fields}})
    assert isinstance(only, InboundMessage)
    return only


def test_a_text_with_its_reply_and_quote() -> None:
    got = message(
        text="А эта\0?", reply_to_message={"message_id": 4, "date": 1}, quote={"text": "АКПП"}
    )
    assert (got.text, got.user_name, got.external_chat_id) == (
        "А эта?",
        "Иван Петров",
        "5200000001",
    )
    assert (got.reply_to_external_id, got.details) == ("4", {"quote": "АКПП"})


def test_the_largest_of_a_photo_is_taken() -> None:
    sizes = [
        {"file_id": name, "width": side, "height": side, "file_size": side}
        for name, side in (("s", 90), ("l", 1280), ("m", 320))
    ]
    got = message(photo=sizes, caption="такая", media_group_id="77")
    assert (got.text, got.album_key) == ("такая", "77")
    assert got.files[0].external_file_id == "l"


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("voice", AttachmentKind.VOICE),
        ("video", AttachmentKind.VIDEO),
        ("video_note", AttachmentKind.VIDEO_NOTE),
        ("audio", AttachmentKind.AUDIO),
        ("document", AttachmentKind.DOCUMENT),
        ("sticker", AttachmentKind.STICKER),
        ("animation", AttachmentKind.VIDEO),
    ],
)
def test_every_kind_of_file(field: str, kind: AttachmentKind) -> None:
    [file] = message(**{field: {"file_id": "f", "duration": 3, "file_size": 10}}).files
    assert (file.kind, file.external_file_id, file.size, file.too_big) == (kind, "f", 10, False)
    [big] = message(**{field: {"file_id": "f", "file_size": LARGEST_DOWNLOAD + 1}}).files
    assert big.too_big


def test_a_place_and_a_contact_carry_their_details() -> None:
    place = message(
        location={"latitude": 55.7, "longitude": 37.6}, venue={"title": "СТО", "address": "Мира 1"}
    )
    assert place.files[0].kind is AttachmentKind.LOCATION
    assert place.details["location"] == {
        "latitude": 55.7,
        "longitude": 37.6,
        "title": "СТО",
        "address": "Мира 1",
    }
    contact = message(contact={"phone_number": "+7999", "first_name": "Пётр"})
    assert contact.details["contact"] == {"name": "Пётр", "phone": "+7999", "user_id": None}


def test_start_is_a_command_and_a_poll_is_not_lost() -> None:
    assert message(text="/start promo").details == {"command": True}
    assert message(text="/started ok?").details == {}
    assert message(poll={"question": "?"}).details == {"unshown": "poll"}


def test_groups_channels_and_service_messages_say_nothing() -> None:
    group = {"message_id": 1, "date": 1, "chat": {"id": -5, "type": "group"}, "text": "эй"}
    assert said({"message": group}) == []
    assert said({"channel_post": group}) == []
    pinned = {"message_id": 1, "date": 1, "chat": CHAT, "pinned_message": {}}
    assert said({"message": pinned}) == []


def test_edits_and_blocks() -> None:
    base = {"message_id": 9, "date": 1, "edit_date": 2, "chat": CHAT, "from": IVAN}
    [edit] = said({"edited_message": {**base, "text": "иначе"}})
    assert isinstance(edit, InboundEdit)
    assert edit.text == "иначе"
    moved = {**base, "location": {"latitude": 1, "longitude": 1}}
    assert said({"edited_message": moved}) == []
    change = {"chat": CHAT, "from": IVAN, "date": 1, "new_chat_member": {"status": "kicked"}}
    [gone] = said({"my_chat_member": change})
    assert isinstance(gone, Reachability)
    assert not gone.reachable


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "null",
        "[]",
        '"text"',
        "{}",
        '{"update_id": 1, "message": 5}',
        '{"update_id": 1, "message": {}}',
        '{"update_id": 1, "message": {"chat": {"id": 1, "type": "private"}, "text": 7}}',
        (
            '{"message": {"chat": {"id": 1, "type": "private"}, "text": "a", "message_id": 1, '
            '"date": 99999999999999999}}'
        ),
        '{"update_id": 1, "my_chat_member": {"chat": {"type": "private"}}}',
    ],
)
def test_nonsense_is_unreadable_and_never_anything_else(payload: str) -> None:
    with pytest.raises(Unreadable):
        read(RawUpdate("1", "", payload))


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["chat", "from", "id", "type", "private", "text", "photo", "date", "message_id",
             "location", "contact", "quote", "reply_to_message", "sticker", "width", "voice"]
        ),
        inner,
        max_size=5,
    ),
    max_leaves=12,
)  # fmt: skip


@given(st.sampled_from(["message", "edited_message", "my_chat_member"]), _json)
def test_no_json_breaks_the_reader(field: str, value: object) -> None:
    body = orjson.dumps({"update_id": 1, field: value})
    with suppress(Unreadable):
        read(envelope(body))


def test_the_envelope_knows_number_and_lane_and_keeps_what_it_cannot_read() -> None:
    body = orjson.dumps({"update_id": 5, "message": {"chat": CHAT}})
    assert envelope(body) == RawUpdate("5", "5200000001", body.decode())
    broken = envelope(b"\xff\x00 nonsense")
    assert broken.external_id.startswith("unreadable:")
    assert "\0" not in broken.payload
    with pytest.raises(Unreadable):
        read(broken)
