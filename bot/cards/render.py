"""The picture of a card: pure, never longer than a message may be, nothing of it unescaped."""

from datetime import datetime

from bot.cards.answer import REPLY_SIGNS, Answer, answer_of, reply_rows, reply_title
from bot.cards.pages import page_rows
from bot.cards.price import price_note
from bot.cards.screen import Buttons, Screen
from bot.cards.words import cut, earlier, newest, snippet, whole_length
from bot.html import LONGEST_MESSAGE, Html, head, inline, joined, plain
from bot.taps import Act
from core.kernel.i18n import Speaker
from core.suggestions.card import CardView

_LONGEST_NAME = 64
_LONGEST_SNIPPET = 60
_GAPS = 8  # blank lines between the blocks
_SHORTEST_EARLIER = 60
# Their line has buttons, or will change by itself.
_OPEN_REPLIES = {"scheduled", "claimed", "sending", "unsure", "parked"}


def render(view: CardView, speaker: Speaker, now: datetime) -> Screen:
    """What the card shows at this moment."""
    if not view.newest or view.thread.status == "resolved":
        return _line(view, speaker)
    answer = answer_of(view, speaker, now)
    market = price_note(view, speaker, now)
    top = joined([_repeated(view, speaker), _header(view, answer, speaker)])
    room = LONGEST_MESSAGE - top.length - answer.title.length - answer.notes.length
    room -= market.length + _GAPS
    for_turn = min(
        whole_length(view.turn, speaker),
        max(room - len(answer.text.encode("utf-16-le")) // 2, room // 2),
    )
    words = newest(view.turn, speaker, for_turn)
    reply = cut(answer.text, room - words.length, speaker) if answer.text else Html()
    left = room - words.length - reply.length
    before = earlier(view.turn.earlier, speaker, left - 2) if left > _SHORTEST_EARLIER else Html()
    text = joined(
        [top, before, words, joined([answer.title, reply]), market, answer.notes], by="\n\n"
    )
    return Screen(text.source, page_rows(view, speaker) or answer.rows)


def _line(view: CardView, speaker: Speaker) -> Screen:
    """A card of an older turn, or of a conversation that is over: one line, its end of the story.

    While its reply is on its way, in doubt or parked, the line keeps the buttons for that.
    """
    reply = view.outbound
    said = snippet(view.turn, speaker, _LONGEST_SNIPPET)
    if reply is not None and reply.state != "cancelled":
        sign, end = REPLY_SIGNS.get(reply.state, "⏳"), reply_title(reply, speaker)
        rows = reply_rows(view, reply, speaker)
    elif view.thread.status == "resolved":
        sign, end = "⚪", plain(speaker.say("card.resolved"))
        reopen = Buttons(view).act(speaker.say("button.reopen"), Act.REOPEN)
        rows = [[reopen]] if view.newest else []
    else:
        sign, end, rows = "⚪", plain(speaker.say("card.moved_on")), []
    name = inline(head(view.thread.customer, _LONGEST_NAME)).bold()
    number = plain(speaker.say("card.number", n=view.thread.number))
    parts = joined([plain(f"{sign} ") + name, number, said, end], by=" · ")
    final = not view.newest and (reply is None or reply.state not in _OPEN_REPLIES)
    return Screen(joined([_repeated(view, speaker), parts]).source, rows, final=final)


def _repeated(view: CardView, speaker: Speaker) -> Html:
    return plain(speaker.say("card.repeated")).italic() if view.repeats else Html()


def _header(view: CardView, answer: Answer, speaker: Speaker) -> Html:
    thread = view.thread
    first = [
        plain(f"{answer.sign} ") + inline(head(thread.customer, _LONGEST_NAME)).bold(),
        plain(speaker.say(f"channel_kind.{thread.channel}")),
    ]
    if thread.waiting_since is not None:
        since = speaker.clock(thread.waiting_since)
        first.append(plain(speaker.say("card.waiting", clock=since)))
    second = [
        plain(speaker.say(f"mode.{thread.mode}")),
        plain(speaker.say("card.number", n=thread.number)),
    ]
    if thread.assignee:
        second.append(inline(speaker.say("card.assignee", name=head(thread.assignee, 64))))
    return joined([joined(first, by=" · "), joined(second, by=" · ")])
