"""Stems of Russian words (Snowball's algorithm) and of English ones (endings alone).

«гарантии», «гарантию», «гарантией» are one word here. Source of the Russian rules: the published
description of the Snowball Russian stemmer.
"""

import re
from functools import lru_cache

_VOWELS = "аеиоуыэюя"
_RV = re.compile(rf"^[^{_VOWELS}]*[{_VOWELS}]")
_R1 = re.compile(rf"^.*?[{_VOWELS}][^{_VOWELS}]")


def _ending(*groups: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(groups)})$")


def _longest_first(endings: str) -> str:
    return "|".join(sorted(endings.split(), key=len, reverse=True))


# Those of the first group must follow «а» or «я».
_GERUND = _ending(r"(?<=[ая])(?:вшись|вши|в)", _longest_first("ив ивши ившись ыв ывши ывшись"))
_REFLEXIVE = _ending("ся|сь")
_ADJECTIVE = _ending(
    _longest_first(
        "ее ие ые ое ими ыми ей ий ый ой ем им ым ом его ого ему ому их ых ую юю ая яя ою ею"
    )
)
_PARTICIPLE = _ending(r"(?<=[ая])(?:ем|нн|вш|ющ|щ)", "ивш|ывш|ующ")
_VERB = _ending(
    r"(?<=[ая])(?:ешь|нно|ете|йте|ла|на|ли|ем|ло|но|ет|ют|ны|ть|й|л|н)",
    _longest_first(
        "ила ыла ена ейте уйте ите или ыли ей уй ил ыл им ым ен ило ыло ено ят ует уют ит ыт ены "
        "ить ыть ишь ую ю"
    ),
)
_NOUN = _ending(
    _longest_first(
        "а ев ов ие ье е иями ями ами еи ии и ией ей ой ий й иям ям ием ем ам ом о у ах иях ях ы ь "
        "ию ью ю ия ья я"
    )
)
_SUPERLATIVE = _ending("ейше|ейш")
_DERIVATIONAL = _ending("ость|ост")
# «скидок» and «скидки», «денег» and «деньги»: the vowel that comes and goes.
_FLEETING = re.compile(r"(?<=[^аеиоуыэюя])[ое](?=[кцг]$)")
_ENGLISH = re.compile(r"(?:ies|ied|ing|edly|ed|es|ly|s|e|y)$")
_SHORTEST = 3


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of one word, lower case, with «ё» read as «е»."""
    word = word.casefold().replace("ё", "е")
    if not re.search("[а-я]", word):
        return _english(word)
    found = _RV.match(word)
    if found is None:
        return word
    head, rest = word[: found.end()], word[found.end() :]
    shorter = _GERUND.sub("", rest, count=1)
    if shorter == rest:
        rest = _REFLEXIVE.sub("", rest, count=1)
        shorter = _ADJECTIVE.sub("", rest, count=1)
        if shorter != rest:
            shorter = _PARTICIPLE.sub("", shorter, count=1)
        else:
            shorter = _VERB.sub("", rest, count=1)
            if shorter == rest:
                shorter = _NOUN.sub("", rest, count=1)
    rest = shorter.removesuffix("и")
    if _in_second_region(word, head + rest):
        rest = _DERIVATIONAL.sub("", rest, count=1)
    rest = _SUPERLATIVE.sub("", rest, count=1)
    rest = "н".join(rest.rsplit("нн", 1)) if rest.endswith("нн") else rest.removesuffix("ь")
    return _FLEETING.sub("", head + rest).replace("ь", "")


def _in_second_region(word: str, left: str) -> bool:
    """Whether «ость» at the end of what is left stands in Snowball's R2."""
    first = _R1.match(word)
    second = _R1.match(word[first.end() :]) if first else None
    if first is None or second is None:
        return False
    found = _DERIVATIONAL.search(left)
    return found is not None and found.start() >= first.end() + second.end()


def _english(word: str) -> str:
    shorter = _ENGLISH.sub("", word)
    return shorter if len(shorter) >= _SHORTEST else word
