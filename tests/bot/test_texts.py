"""Every text a surface asks for by name exists, in every language, with the same places."""

import re
from pathlib import Path
from string import Formatter

import pytest

from core.kernel.i18n import LANGUAGES, Speaker, knows

ROOT = Path(__file__).parents[2]
_ASKED = re.compile(r"\b(?:say|count)\(\s*\"([a-z_.]+)\"([^)]*)\)")


def asked() -> list[tuple[str, str]]:
    return sorted(
        {
            found
            for file in (ROOT / "bot").rglob("*.py")
            for found in _ASKED.findall(file.read_text())
        }
    )


@pytest.mark.parametrize(("key", "given"), asked())
def test_a_text_is_there_and_its_places_are_filled(key: str, given: str) -> None:
    for language in LANGUAGES:
        assert knows(key, language) or key == "inbox.count", f"{key} in {language}"
        text = Speaker(language).say(key)
        places = {place for _, place, _, _ in Formatter().parse(text) if place}
        assert all(re.search(rf"\b{place}=", given) for place in places - {"n"}), f"{key}: {places}"
