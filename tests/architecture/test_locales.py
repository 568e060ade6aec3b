"""Every text exists in every language, with the same places to fill, and every key is known."""

import ast
import string
from pathlib import Path

import pytest
from babel.messages import Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
CATALOGUES = sorted((ROOT / "locales").glob("*/LC_MESSAGES/messages.po"))
SURFACES = ("api", "bot", "core")
SPEAKERS = {"say", "count"}


def messages(path: Path) -> dict[str, Message]:
    with path.open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    return {_key(message): message for message in catalogue if message.id}


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _texts(message: Message) -> list[str]:
    given = message.string
    return [given] if isinstance(given, str) else list(given)


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_every_text_is_there_and_reviewed(path: Path) -> None:
    found = messages(path)
    assert [key for key, message in found.items() if not all(_texts(message))] == []
    assert [key for key, message in found.items() if message.fuzzy] == []


def test_the_languages_have_the_same_keys_with_the_same_places_to_fill() -> None:
    first, *others = [messages(path) for path in CATALOGUES] or [{}]
    for other in others:
        assert set(first) ^ set(other) == set()
        differ = [
            key for key, message in first.items() if _all_places(message) != _all_places(other[key])
        ]
        assert differ == []


def _all_places(message: Message) -> set[str]:
    return {name for text in _texts(message) for name in _places(text)}


def test_every_key_the_code_says_is_in_the_catalogue() -> None:
    known = set(messages(CATALOGUES[0])) if CATALOGUES else set()
    said = {
        (path.relative_to(ROOT).as_posix(), node.args[0].value)
        for folder in SURFACES
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in SPEAKERS
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
        and "." in node.args[0].value
    }
    assert {one for one in said if one[1] not in known} == set()
