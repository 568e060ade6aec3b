"""The telling words of a text, and how much two of them are one."""

import math
import re
from collections.abc import Collection
from functools import lru_cache

from core.knowledge.embed import ASKING
from core.knowledge.names import likes_of, names_of
from core.knowledge.stems import stem
from core.suggestions.concepts import concepts_of
from core.suggestions.numerals import SPOKEN

_WORD = re.compile(r"[^\W\d_][\w]*")
_SHORT = 3
_ROOT, _LONGEST_END, _ENDING = 4, 4, 2
_FORM, _KIN, _DERIVED, _COMPOUND, _CONCEPT = 0.9, 0.8, 0.75, 0.6, 0.6
_STOP = frozenset(
    """и в во на с со по до у к ко о об за от из для не ни а но ли есть как что это вы мы вам вас
    нас наш наша наши ваш ваша ваши он она оно они его ее их если или же бы то так там тут уже еще
    при чем через можно нужно будет были был быть только также тоже здравствуйте добрый день
    привет пожалуйста спасибо да нет свой своя своего этого этот эта эти того the a an and of to
    for in on at is are be we you your our it this that with from or if can will
    дней дня день недели неделю недель месяц месяца месяцев час часа часов минут сутки год года лет
    рублей рубля руб шт штук штуки процент процента процентов тысяч тысячи тыс
    меньше больше более менее раз дороже течение течении каждый каждая каждое каждого каждую каждом каждые сам
    сама само будем будете будут без после перед под над кроме всех весь
    составляет равна равен около примерно всего сейчас обычно цена стоит стоимость
    """.split()  # noqa: SIM905 - a list would be 90 lines
)
# «Без лифта» is not «на лифте», nor «за город» «по городу».
_TURNS = frozenset("без за до от после перед под над кроме".split())  # noqa: SIM905
_WITHOUT = frozenset({"без", "кроме"})
_PREFIXES = ("по", "за", "вы", "при", "под", "про", "раз", "рас", "на", "от", "до", "с", "у")
# Short for one another: these are names, not words of one meaning.
_SAME = {
    "питер": "петербург", "питера": "петербург", "спб": "петербург", "екб": "екатеринбург",
    "мск": "москва", "нск": "новосибирск", "kazan": "казань", "moscow": "москва",
}  # fmt: skip


@lru_cache(maxsize=4096)
def stems(text: str) -> frozenset[str]:
    """The telling words of a text, cut down to what their forms share."""
    return frozenset(telling(text))


def telling(text: str) -> list[str]:
    found, lead = [], ""
    for word in _WORD.findall(text):
        one = root(word)
        if one and lead not in _WITHOUT:
            found.append(one)
        if one and lead:
            found.append(f"{lead} {one}")
        lead = word.casefold() if word.casefold() in _TURNS else ""
    return found


@lru_cache(maxsize=65_536)
def root(word: str) -> str:
    """What a word shares with its forms; nothing of one that tells nothing."""
    word = word.casefold().replace("ё", "е")
    if len(word) < _SHORT or word in _STOP or word in ASKING or word in SPOKEN:
        return ""
    return stem(_SAME.get(word, word))


@lru_cache(maxsize=65_536)
def likeness(ours: str, theirs: str) -> float:
    """0..1 of two stems: the same, kin that begin alike, one said for the other."""
    if ours == theirs:
        return 1.0
    if " " in ours or " " in theirs:
        return 0.0
    if _groups(ours) & _groups(theirs):
        return _KIN
    if concepts_of(ours) & concepts_of(theirs):
        return _CONCEPT
    if _begins(_bare(theirs), ours) or _begins(_bare(ours), theirs):
        return _KIN
    shared = 0
    for one, other in zip(ours, theirs, strict=False):
        if one != other:
            break
        shared += 1
    shortest, longest = sorted((len(ours), len(theirs)))
    if shared == shortest > _ROOT:
        if longest - shared > _LONGEST_END:
            return _COMPOUND
        return _FORM if longest - shared <= _ENDING else _DERIVED
    if shared < max(_ROOT, shortest - 1) or longest - shared > _LONGEST_END:
        return 0.0
    if shared == _ROOT and longest - shared > _ENDING:
        return 0.0  # «подъём» and «подъезд»
    return math.sqrt(shared / longest) * _FORM


@lru_cache(maxsize=65_536)
def beginnings(one: str) -> frozenset[str]:
    """Words that are alike have one of these in common; most that are not have none."""
    forms = (one, *_bare(one))
    meant = (str(concept) for concept in concepts_of(one))
    return frozenset((*(form[:_SHORT] for form in forms), *_groups(one), *meant))


def _begins(bare: Collection[str], other: str) -> bool:
    return any(other.startswith(one) and len(other) - len(one) <= _ENDING for one in bare)


@lru_cache(maxsize=65_536)
def _bare(one: str) -> frozenset[str]:
    """Without a prefix of verbs («подержим»), without a vowel that comes and goes («белок»)."""
    found = {one[len(p) :] for p in _PREFIXES if one.startswith(p) and len(one) - len(p) >= _ROOT}
    if one.endswith("ост") and len(one) > _ROOT + 2:
        found.add(one[:-3])
    if len(one) >= _ROOT and one[-2] in "ое":
        found.add(one[:-2] + one[-1])
    return frozenset(found)


@lru_cache(maxsize=65_536)
def _groups(one: str) -> frozenset[str]:
    return frozenset(map(str, (*likes_of(one), *names_of(one))))
