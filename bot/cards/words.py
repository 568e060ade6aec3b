"""The customer's words on a card: whole while they fit, else cut with an honest mark."""

from collections.abc import Sequence

from bot.html import Html, head, inline, joined, plain, units
from core.kernel.i18n import Speaker
from core.suggestions.card import AttachmentShown, MessageShown, TurnShown

_LONGEST_REPLY_HEAD = 100
_LONGEST_FILE_NAME = 60
_LONGEST_EARLIER = 200
# Less than this of a message is worse than a line that says it was left out.
_SHORTEST_HEAD = 120
# Room kept for the marks «показано 3000 из 10000 знаков» and «начало не поместилось».
_MARK = 90


def newest(turn: TurnShown, speaker: Speaker, most: int) -> Html:
    """The turn in at most `most` units: the newest messages first get their room."""
    shown: list[Html] = []
    left = most - _MARK
    for message in reversed(turn.messages):
        block = _block(message, speaker)
        if block.length + 1 <= left:
            shown.append(block)
            left -= block.length + 1
            continue
        if left > _SHORTEST_HEAD + _MARK or not shown:
            shown.append(_block(message, speaker, max(left - _MARK, 0)))
            left = 0
        break
    missing = turn.hidden or len(shown) < len(turn.messages)
    lead = plain(speaker.say("card.turn_cut")).italic() if missing else Html()
    return joined([lead, joined(reversed(shown)).quote()])


def whole_length(turn: TurnShown, speaker: Speaker) -> int:
    """How much room the turn would like."""
    return sum(_block(message, speaker).length + 1 for message in turn.messages) + _MARK


def earlier(messages: Sequence[MessageShown], speaker: Speaker, most: int) -> Html:
    """The episode before the turn, newest last, folded; the oldest are left out first."""
    title = plain(speaker.say("card.earlier")).italic()
    shown: list[Html] = []
    left = most - title.length - 2
    for message in reversed(messages):
        who = message.author_name or speaker.say(f"author.{message.author}")
        words = head(" ".join(message.text.split()), _LONGEST_EARLIER)
        if units(words) < units(" ".join(message.text.split())) or message.length > len(
            message.text
        ):
            words += "…"
        line = joined(
            [
                inline(f"{speaker.clock(message.at)} {who}:"),
                inline(words),
                _files(message, speaker),
            ],
            by=" ",
        )
        if line.length + 1 > left:
            break
        shown.append(line)
        left -= line.length + 1
    if not shown:
        return Html()
    return joined([title, joined(reversed(shown)).quote(folded=True)])


def snippet(turn: TurnShown, speaker: Speaker, most: int) -> Html:
    """The turn in a few words, for a line."""
    for message in turn.messages:
        words = " ".join(message.text.split())
        if words:
            short = head(words, most)
            return inline(f"«{short}»" if short == words else f"«{short}…»")
    for message in turn.messages:
        if message.attachments:
            return _files(message, speaker)
    return Html()


def cut(text: str, most: int, speaker: Speaker, length: int | None = None) -> Html:
    """Somebody's text in at most `most` units; `length` is the whole if this is but its head."""
    whole = length or len(text)
    if whole == len(text) and units(text) <= most:
        return plain(text)
    short = head(text, max(most - _MARK, 0))
    mark = speaker.say("card.text_cut", shown=len(short), whole=whole)
    return plain(short) + plain(f"… {mark}").italic()


def _block(message: MessageShown, speaker: Speaker, most: int | None = None) -> Html:
    lines: list[Html] = []
    if message.reply_to:
        lines.append(inline(f"↩ {head(message.reply_to, _LONGEST_REPLY_HEAD)}").italic())
    lines.append(_files(message, speaker))
    if message.text:
        room = units(message.text) if most is None else most
        written = cut(message.text, room, speaker, message.length)
        lines.append(written.struck() if message.deleted else written)
    if not message.text and not message.attachments:
        lines.append(plain(speaker.say("card.empty_message")).italic())
    marks = [
        speaker.say(key)
        for key, stands in (
            ("card.edited", message.edited and not message.deleted),
            ("card.deleted", message.deleted),
        )
        if stands
    ]
    lines.append(plain(" · ".join(marks)).italic())
    return joined(lines)


def _files(message: MessageShown, speaker: Speaker) -> Html:
    return joined([_file(file, speaker) for file in message.attachments], by=" ")


def _file(file: AttachmentShown, speaker: Speaker) -> Html:
    label = speaker.say(f"attachment.{file.kind}")
    if file.name and file.kind in {"document", "audio"}:
        label = f"{label}: {head(file.name, _LONGEST_FILE_NAME)}"
    if file.too_big:
        label = f"{label} · {speaker.say('attachment.too_big')}"
    return inline(f"[{label}]").italic()
