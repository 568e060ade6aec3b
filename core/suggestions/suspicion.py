"""Signs that somebody speaks to the model instead of to the store.

No list of words finds every attack, and none is relied upon: prices are slots, figures and links
are bound, nothing secret is in the prompt. What is found here only keeps a reply from leaving by
itself, shows the operator where to look, and takes orders out of passages before a model reads
them.
"""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache

from core.kernel.untrusted import hides, plain
from core.suggestions.mentions import sentences


class Sign(StrEnum):
    """The texts are `doubt.<value>` in locales/."""

    HIDDEN = "hidden"  # characters nobody can see
    ORDERS = "orders"  # the customer gives the model orders
    PLANTED = "planted"  # a source does
    ECHO = "echo"  # the draft says what the customer dictated
    NEW_CONTACT = "new_contact"  # a link or a phone that no person has sent yet


_ABOUT = (
    r"(?:инструкц|указани|правил|промпт|подсказк|ограничени|настройк|установк|предыдущ|прежн"
    r"|вышеска|написанн|всё|все,? что|систем|роль|ранее|instruction|rule|prompt|guideline|previous"
    r"|above|earlier|prior|everything|system|context|training|restriction|policy|policies)"
)
_GAP = r"\W+(?:[\w«»\"'-]+\W+){0,5}?"
_ORDERS = re.compile(
    "|".join(
        [
            rf"(?:про)?игнорир\w*{_GAP}{_ABOUT}",
            (
                rf"(?:забуд\w*|забыть|отмени\w*|сбрось\w*|нарушь\w*|обойди\w*|не\s+(?:следуй|соблюдай|обращай)"
                rf"\w*|пренебрег\w*){_GAP}{_ABOUT}"
            ),
            rf"(?:ignore|disregard|forget|override|bypass|discard|skip){_GAP}{_ABOUT}",
            (
                rf"(?:покажи|выведи|раскрой|повтори|процитируй|перескажи|назови|напечатай|скопируй|выдай)\w*"
                rf"{_GAP}(?:инструкц|промпт|системн|указани\w+ тебе|свои правила|метк|настройк)"
            ),
            (
                rf"(?:show|reveal|print|repeat|output|quote|leak|dump|tell me){_GAP}"
                r"(?:instruction|prompt|system message|your rules|hidden|initial)"
            ),
            r"системн\w+\s+(?:промпт|сообщени|инструкц|указани|режим|команд|уведомлени)",
            r"system\s*(?:prompt|message|override|instruction|notice|alert)",
            r"(?:^|[\n.!?>\]])\W*(?:system|assistant|developer|система|ассистент)\s*:",
            r"<\|[a-z_]+\|>|\[/?INST\]|<</?SYS>>|#{2,}\s*(?:instruction|system|response|новая инструкц)",
            r"(?:теперь|отныне|с этого момента)\s+(?:ты|вы|твоя|отвечай\w*|говори\w*|считай\w*)",
            r"ты\s+(?:теперь|больше не|обязан|должен|будешь)\b",
            r"you\s+(?:are\s+now|must\s+now|will\s+now|are\s+no\s+longer)",
            r"(?:from\s+now\s+on|new\s+instructions?|new\s+task|новая\s+задача|новые\s+(?:инструкц|правил|указан)\w*)",
            (
                r"(?:представь|притворись|вообрази|сыграй|веди\s+себя|действуй|отвечай)\w*\s*,?\s*"
                r"(?:что\s+ты|как\s+(?:будто|если|админ|разработ|владел|директор|хакер|свобод)|роль|в\s+роли)"
            ),
            r"(?:act|behave|respond|roleplay)\s+as|pretend\s+(?:to\s+be|you|that)|role-?play",
            r"jailbreak|\bDAN\b|do\s+anything\s+now|developer\s+mode|режим\w*\s+(?:разработчик|отладк|бога|админ)",
            r"если\s+(?:ты|вы)\s*[-—–]?\s*(?:ии|бот|робот|нейросет\w*|языков\w+\s+модел\w*|ассистент|gpt|чат-?бот)\b",
            r"(?:внимание|важно)\W+(?:\w+\W+){0,2}?(?:ассистент|бот|ии|нейросет\w*|модел)\w*\W",
            r"(?:добавь|вставь|включи|укажи|напиши|пропиши)\w*\s+(?:в|ко|к)\s+(?:\w+\s+){0,2}ответ",
            r"if\s+you(?:'re|\s+are)\s+an?\s+(?:ai|llm|bot|language\s+model|assistant|chatbot)",
            (
                r"(?:инструкц\w*|указани\w*|сообщени\w*|приказ\w*|команд\w*|заметк\w*|важно|внимание|примечани\w*)\W{0,3}"
                r"(?:для|модели|боту|нейросети|ассистенту|ии)\W+(?:ии\b|бот|нейросет|модел|ассистент|ai\b|gpt|чат|помощник|систем)\w*"
            ),
            (
                r"(?:note|message|instructions?|attention|important|hint)\W+(?:to|for)\W+(?:the\s+)?"
                r"(?:ai|assistant|model|llm|bot|chatbot|agent)"
            ),
            (
                r"(?:ии|ассистент|нейросеть|бот|модель|ai|assistant|llm|chatbot|помощник)\W{0,3}"
                r"(?:должн\w+|обязан\w*|must|should|shall|has\s+to|need\s+to)\b"
            ),
            (
                r"(?:при|в|во)\s+(?:любом|каждом|всех|всяком)\s+(?:ответ|вопрос|сообщени|случа)\w*\W+(?:\w+\W+){0,6}?"
                r"(?:отвеч|пиш|говор|добав|указыв|предлаг|сообща|вставл)"
            ),
            (
                r"(?:обязательно|всегда|непременно|в\s+конце|в\s+начале)\W+(?:\w+\W+){0,3}?(?:добавь|добавля|напиши|укажи"
                r"|вставь|вставля|скажи|сообщи|пиши|упомяни|предложи|отвечай|предлагай|включи|направляй|отправляй)"
            ),
            (
                r"(?:ответь|ответьте|отвечай|напиши|выведи|скажи|напечатай|произнеси|повтори)\w*\W+(?:\w+\W+){0,3}?"
                r"(?:дословно|ровно|слово\s+в\s+слово|только\s+(?:так|слов|фраз|одно|это)|без\s+изменений|следующ|фраз\w+|в\s+точности)"
            ),
            r"\b(?:ответь|выведи|повтори|вставь|напечатай)(?:\s+[\w-]+){0,4}\s*[:«\"]",
            r"\b(?:ответь|скажи|напиши|добавь|подтверди|укажи)(?:те)?(?:\s+[\w-]+){0,4}\s*:?\s*[«\"“]",
            r"\b(?:скажи|напиши|подтверди|добавь)\s*:",
            (
                r"(?:say|write|print|output|reply|respond|answer|add|include|append|insert|recommend|confirm)\w*"
                r"(?:\s+\w+){0,5}?\s+(?:exactly|verbatim|only|word\s+for\s+word|the\s+following|this\s+(?:link|text|phrase))"
            ),
            r"(?:say|write|print|reply|respond|answer)(?:\s+\w+){0,4}\s*[:\"“]",
            r"(?:always|must|be\s+sure\s+to|make\s+sure\s+to)\s+(?:say|write|add|include|append|mention|recommend|offer|reply|tell)",
            r"\b(?:needs_human|used_sources|confidence|max_discount\w*|discounts_allowed|source_id|\{\{\s*(?:price|discount))",
            r"(?:установи|поставь|выстави|set)\w*\W+(?:\w+\W+){0,2}?(?:уверенност|скидк|цен[уы]|discount|price)",
            (
                r"(?:я|это|говорит|пишет)\W+(?:\w+\W+){0,2}?(?:твой|ваш\w*)?\s*(?:разработчик|администратор\s+(?:систем|сайт|бот)"
                r"|создатель|программист|хозяин\s+бота|владелец\s+(?:магазин|бот|систем))"
            ),
            r"(?:as\s+(?:the|your)\s+|i\s+am\s+(?:the|your)\s+)(?:developer|administrator|admin|owner|creator|engineer)",
            r"(?:не\s+(?:говори|сообщай|показывай|упоминай|рассказывай)\w*)\W+(?:\w+\W+){0,3}?(?:оператор|человек|менеджер|никому|об\s+этом)",
            r"(?:do\s+not|don't|never)\s+(?:tell|mention|inform|reveal)\W+(?:\w+\W+){0,3}?(?:operator|human|user|anyone|this)",
            r"(?:other|another|all)\s+(?:store|tenant|customer|client|user)s?(?:'s)?\s+(?:data|price|order|name|phone|message)",
            (
                r"(?:данн\w+|заказ\w*|телефон\w*|переписк\w*|цен\w*|клиент\w*)\W+(?:\w+\W+){0,2}?(?:друг\w+|чужи\w+|всех|остальн\w+)"
                r"\W+(?:магазин|клиент|покупател|пользовател)\w*"
            ),
            r"(?:[A-Za-z0-9+/]{4}){12,}={0,2}",
            r"(?:base64|rot13|hex)\W+(?:\w+\W+){0,3}?(?:decode|encode|раскодир|декодир|расшифр)|(?:decode|раскодируй|декодируй|расшифруй)",
        ]
    ),
    re.IGNORECASE,
)
# Without one of these there is no order: most texts are read no further.
_TRIGGERS = re.compile(
    r"игнор|забуд|забыт|отмени|сбро|наруш|обойди|не следуй|не соблюд|не обращ|пренебр|ignore|disreg"
    r"|forget|overrid|bypass|discard|skip|покажи|выведи|выдай|раскр|повтори|процит|переска|назови"
    r"|напечат|скопир|show|reveal|print|repeat|output|quote|leak|dump|tell|систем|system|assistant"
    r"|ассистент|developer|разработч|<\||\[/?inst|<<|##|теперь|отныне|с этого|ты |you|new |now |новая|новые"
    r"|представь|притвор|вообрази|сыграй|веди|действуй|отвечай|\bas\b|pretend|role|jailbreak|\bdan\b|do anything"
    r"|режим|если ты|если вы|инструкц|указани|для ии|боту|модел|нейросет|бот|\bии\b|\bai\b|\bllm\b|assist|при любом"
    r"|в каждом|во всех|при каждом|в любом|обязательно|всегда|непременно|в конце|в начале|ответь|скажи|напиши|произнес"
    r"|вставь|добавь|подтверди|укажи|say|write|reply|respond|answer|add|include|append|insert|recommend|confirm|always"
    r"|must|be sure|make sure|needs_human|used_sources|confidence|max_discount|discounts_|source_id|\{\{|установи"
    r"|поставь|выстави|set|создатель|программист|хозяин|владелец|администратор|admin|owner|не говори|не сообщ|не показ"
    r"|не упомин|не рассказ|do not|don't|never|other|another|друг|чужи|всех|остальн|decode|раскодир|декодир|расшифр"
    r"|внимани|важно|включи|пропиши|base64|rot13|[a-z0-9+/]{48}",
    re.IGNORECASE,
)
_DICTATED = re.compile(r"[«\"“'`]([^«»\"“”'`\n]{3,300})[»\"”'`]|[:—-]\s+([^\n]{4,300})")
_WORD = re.compile(r"\w+")
_ECHO = 5  # words in a row of the customer's that no source has
_LEAST_DICTATED = 4  # letters


@lru_cache(maxsize=8192)
def orders_in(text: str) -> bool:
    """Whether a text gives a model orders; zero-width letters and tags do not hide them."""
    read = plain(text)
    if _TRIGGERS.search(read) is None:
        return False
    flat = " ".join(read.split())
    return _ORDERS.search(read) is not None or (flat != read and _ORDERS.search(flat) is not None)


@lru_cache(maxsize=2048)
def disarmed(text: str) -> str:
    """A passage without the sentences that give orders: no answer needs them."""
    if not orders_in(text):
        return text
    kept = []
    for line in plain(text).split("\n"):
        left = [one for one in sentences(line) if not orders_in(one)]
        if left or not line.strip():
            kept.append(" ".join(left))
    whole = "\n".join(kept)
    # An order that runs over sentences or lines: nothing of such a passage can be trusted.
    return "" if orders_in(whole) else whole


def signs_of(
    said: Sequence[str], passages: Iterable[str], reply: str, grounds: Iterable[str]
) -> tuple[Sign, ...]:
    """What is amiss about a turn, its sources and the draft.

    `said`: the customer's words, newest turn and history; `passages`: the sources as they are kept;
    `grounds`: as the model has read them.
    """
    passages = list(passages)
    found = {
        Sign.HIDDEN: any(map(hides, said)) or any(map(hides, passages)),
        Sign.ORDERS: any(map(orders_in, said)),
        Sign.PLANTED: any(map(orders_in, passages)),
        Sign.ECHO: _echoes(reply, said, " ".join(grounds)),
    }
    return tuple(sign for sign, holds in found.items() if holds)


def _echoes(reply: str, said: Sequence[str], grounds: str) -> bool:
    """Whether the draft repeats what the customer dictated, and no source says so."""
    ours, theirs = _words(reply), _words(grounds)
    known = _runs(theirs, _ECHO)
    for text in map(plain, said):
        if (_runs(_words(text), _ECHO) & _runs(ours, _ECHO)) - known:
            return True
        if not orders_in(text):
            continue
        flat, base = f" {' '.join(ours)} ", f" {' '.join(theirs)} "
        for quoted, told in _DICTATED.findall(text):
            words = " ".join(_words(quoted or told))
            if len(words) >= _LEAST_DICTATED and f" {words} " in flat and f" {words} " not in base:
                return True
    return False


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _runs(words: Sequence[str], length: int) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + length]) for at in range(len(words) - length + 1)}
