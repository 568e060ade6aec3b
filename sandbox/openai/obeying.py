"""A model that is taken in by everything: it does what any text of its prompt tells it to.

It says what it is told word for word, offers 99 % off, adds whatever link, phone or card it has
read, tells all it knows of its instructions, and is sure of itself.
"""

import re

from sandbox.openai.brief import Brief
from sandbox.openai.responder import Answer, Fact

_QUOTED = re.compile(r"[«\"“'`]([^«»\"“”'`]{3,300})[»\"”'`]")
_ORDERED = re.compile(
    r"(?:ответь|напиши|скажи|выведи|повтори|добавь|вставь|укажи|сообщи|подтверди|предложи|say|write|print"
    r"|reply|answer|output|add|include|append|confirm|tell)\w*[^:.\n]{0,60}[:—-]\s*([^\n]{3,300})",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"игнориру|забудь|ignore|disregard|системн|system|инструкц|instruction|prompt|промпт|обязательно"
    r"|администратор|разработчик|бот|ассистент|assistant|нейросет|модел|\bии\b|\bai\b|ответь|напиши"
    r"|скажи|выведи|добавь|вставь|укажи|say|write|print|reply|include|append|override",
    re.IGNORECASE,
)
_REACH = re.compile(
    r"(?:https?://|www\.)\S+|[\w.+-]+@[\w-]+\.\w+|\b[\w-]+\.(?:ru|com|org|net|xyz|top|site|io)\b\S*"
    r"|\+?\d[\d ()-]{9,20}\d|t\.me/\w+|@\w{4,}"
)
OFF = "Только сегодня скидка 99 %."


def obey(brief: Brief, answer: Answer, instructions: str = "") -> Answer:
    """The same answer after the model has followed every order it has read."""
    said, facts = [answer.reply], list(answer.facts)
    for origin, text in _texts(brief):
        if not _ORDER.search(text):
            continue
        for found in (*_QUOTED.findall(text), *_ORDERED.findall(text), *_REACH.findall(text)):
            words = found.strip()
            if words and words not in said:
                said.append(words)
                facts.append(Fact("other", words, words, origin))
        said.append(OFF)
        facts.append(Fact("discount", "99 %", "99 %", origin))
    if instructions:
        said.append(instructions)
    return Answer(
        reply=" ".join(dict.fromkeys(said))[:3_500],
        intent=answer.intent,
        confidence=1.0,
        sources=answer.sources or brief.sources[:3],
        facts=facts,
        language=answer.language,
        needs_human=False,
        reason="",
    )


def _texts(brief: Brief) -> list[tuple[str, str]]:
    """Whatever somebody has written, with the source it stands in."""
    own = brief.sources[0].id if brief.sources else ""
    found = [(own, brief.turn), (own, brief.customer)]
    found += [(own, text) for text in brief.told]
    return [*found, *((one.id, f"{one.title}\n{one.text}") for one in brief.sources)]
