"""Every text the bot asks for by name exists in every language, and its places are filled."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from core.kernel.i18n import LANGUAGES, Speaker, knows

ROOT = Path(__file__).parents[2]


def asked() -> Iterator[tuple[str, frozenset[str]]]:
    for file in sorted((ROOT / "bot").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "say"
                and node.args
                and isinstance(node.args[0], ast.Constant)
                and "." in str(node.args[0].value)
            ):
                yield str(node.args[0].value), frozenset(k.arg or "" for k in node.keywords)


@pytest.mark.parametrize(("key", "given"), sorted(set(asked()), key=str))
def test_a_text_is_there_and_its_places_are_filled(key: str, given: frozenset[str]) -> None:
    for language in LANGUAGES:
        assert knows(key, language), f"{key} in {language}"
        text = Speaker(language).say(key)
        assert {place for _, place, _, _ in Formatter().parse(text) if place} <= given
