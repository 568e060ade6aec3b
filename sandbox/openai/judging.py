"""The judge's half of the model: does a sentence stand in the sources, by their words and numbers."""

import re

from sandbox.openai.brief import Brief
from sandbox.openai.words import stems
from sandbox.shapes import Json

_NUMBER = re.compile(r"\d+")
_POLITE = re.compile(
    r"здравствуй|привет|добрый|спасибо|пожалуйста|уточн|коллег|напиш|пришлите|hello|hi\b|thank"
    r"|let me|colleague|\?\s*$",
    re.IGNORECASE,
)
ENOUGH = 0.4


def rulings(brief: Brief) -> list[Json]:
    """One for each sentence, in order."""
    sources = [f"{one.title} {one.text} {one.sku} {one.price} {one.stock}" for one in brief.sources]
    numbers = {n.lstrip("0") for text in sources for n in _digits(text)}
    words = {stem for text in sources for stem in stems(text)}
    return [
        {"n": n, "ruling": _ruling(sentence, numbers, words)}
        for n, sentence in enumerate(brief.sentences, 1)
    ]


def _ruling(sentence: str, numbers: set[str], words: set[str]) -> str:
    if any(number.lstrip("0") not in numbers for number in _digits(sentence)):
        return "contradicted"
    said = [stem for stem in stems(sentence) if not stem.isdigit()]
    known = sum(stem in words for stem in said)
    if _POLITE.search(sentence) or not said or known / len(said) >= ENOUGH:
        return "supported"
    return "not_found"


def _digits(text: str) -> list[str]:
    """Numbers, thousands joined, kopecks of nothing dropped."""
    joined = re.sub(r"(?<=\d)[\u00a0\u202f\u2009 ](?=\d{3}(?!\d))", "", text)
    return _NUMBER.findall(re.sub(r"(?<=\d)[.,]0+(?!\d)", "", joined))
