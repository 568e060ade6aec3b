"""What stands under the customer's words: the draft, or what has become of the answer."""

from dataclasses import dataclass, field
from datetime import datetime

from aiogram.enums import ButtonStyle

from bot.cards.price import price_button, wants_price
from bot.cards.screen import Button, Buttons, copy_button
from bot.html import Html, head, inline, joined, plain
from bot.taps import Act, stamp_of
from core.kernel.i18n import Speaker, knows
from core.suggestions.card import CardView, OutboundShown, SourceShown, SuggestionShown

_MOST_SOURCES = 5
_MOST_UNBOUND = 5
_LONGEST_TITLE = 60
_LONGEST_DOUBT = 120
_BY_HAND = frozenset({"engine_off", "learning_mode"})
_LOCKS = _BY_HAND | {
    "autosend_off",
    "store_disallows",
    "intent_not_allowed",
    "no_licence",
    "below_licence",
    "breaker_tripped",
}
_SAID_OTHERWISE = frozenset(
    {"unbound_facts", "self_check_failed"}
)  # by the line of what is unbound
# With these another try would end the same.
_HOPELESS = frozenset({"ai.off", "ai.no_key", "ai.no_subscription", "ai.no_words"})
_SUCCESS, _DANGER, _PRIMARY = ButtonStyle.SUCCESS, ButtonStyle.DANGER, ButtonStyle.PRIMARY

Rows = list[list[Button]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operator reads of the answer.

    `sign` opens the card, `title` says where the answer stands, `text` is the draft or reply.

    `notes` follow it.
    """

    sign: str
    title: Html
    rows: Rows
    text: str = ""
    notes: Html = field(default_factory=Html)


def answer_of(view: CardView, speaker: Speaker, now: datetime) -> Answer:
    """The answer's part of a card of the newest turn."""
    reply, draft = view.outbound, view.suggestion
    if reply is not None and reply.state != "cancelled":
        return _reply(view, reply, speaker)
    if draft is not None and draft.status == "pending":
        return _pending(view, draft, speaker, now)
    if view.escalation is not None:
        return _escalated(view, speaker)
    if view.turn.state in {"quiet", "drafting"} and not view.ai_off:
        title = plain(speaker.say("card.drafting")).bold()
        return Answer("🔵", title, _waiting_rows(view, speaker), notes=_hint(speaker))
    if reply is not None:
        return _with_hands(view, speaker, "🟡", plain(speaker.say("card.cancelled")).bold())
    if view.turn.state == "answered":
        title = plain(speaker.say("card.answered_elsewhere")).bold()
        return Answer("🟢", title, _done_rows(view, speaker))
    return _without_draft(view, draft, speaker)


def signed(text: str, name: str | None, *more: str | None) -> Html:
    """«Отправлено в 12:03 · Анна»."""
    parts = [plain(text).bold(), inline(name or ""), *(inline(extra or "") for extra in more)]
    return joined(parts, by=" · ")


def reason_of(prefix: str, reason: str | None, speaker: Speaker) -> str | None:
    """A reason in words: by its key if it is one of ours, else as somebody wrote it."""
    if not reason:
        return None
    for key in (reason, f"{prefix}.{reason}", f"reason.{reason}"):
        if knows(key, speaker.language):
            return speaker.say(key)
    return head(reason, 200)


def reply_title(reply: OutboundShown, speaker: Speaker) -> Html:
    """Where a reply stands, in one line."""
    author = reply.author_name or speaker.say(f"author.{reply.author}")
    match reply.state:
        case "scheduled" if reply.waits_for:
            why = reason_of("channel", reply.waits_for, speaker)
            return signed(speaker.say("card.waits_for", why=why), author)
        case "scheduled":
            moment = f"{reply.due_at.astimezone(speaker.zone):%H:%M:%S}"
            return signed(speaker.say("card.leaves_at", clock=moment), author)
        case "sent":
            moment = speaker.clock(reply.settled_at or reply.due_at)
            return signed(speaker.say("card.sent_at", clock=moment), author)
        case "rejected":
            why = reason_of("channel", reply.problem, speaker)
            return signed(speaker.say("card.not_sent"), why, author)
        case "parked":
            why = reason_of("channel", reply.problem, speaker)
            return signed(speaker.say("card.parked"), why, author)
        case "unsure":
            return signed(speaker.say("card.unsure"), author)
        case "cancelled":
            return signed(speaker.say("card.cancelled_short"), author)
    return signed(speaker.say("card.leaving"), author)


REPLY_SIGNS = {"sent": "🟢", "rejected": "⚠", "unsure": "⚠", "parked": "⚠", "cancelled": "⚪"}


def reply_rows(view: CardView, reply: OutboundShown, speaker: Speaker) -> Rows:
    """What can still be done about a reply."""
    buttons, stamp = Buttons(view), stamp_of(reply.id)
    if reply.state == "scheduled":
        return [[buttons.act(speaker.say("button.undo"), Act.UNDO, stamp, _DANGER)]]
    if reply.state == "parked":
        return [
            [
                buttons.act(speaker.say("button.retry"), Act.SEND_AGAIN, stamp, _SUCCESS),
                buttons.act(speaker.say("button.undo"), Act.UNDO, stamp, _DANGER),
            ]
        ]
    if reply.state == "unsure":
        return [
            [
                buttons.act(speaker.say("button.arrived"), Act.ARRIVED, stamp, _SUCCESS),
                buttons.act(speaker.say("button.send_again"), Act.SEND_AGAIN, stamp, _DANGER),
            ]
        ]
    return []


def _reply(view: CardView, reply: OutboundShown, speaker: Speaker) -> Answer:
    sign = REPLY_SIGNS.get(reply.state, "⏳")
    title = plain(f"{sign} ") + reply_title(reply, speaker)
    notes, rows = Html(), reply_rows(view, reply, speaker)
    if reply.state == "sent":
        rows = _done_rows(view, speaker)
    elif reply.state == "rejected":
        buttons = Buttons(view)
        copy = copy_button(speaker.say("button.copy"), reply.text)
        rows = [
            [buttons.act(speaker.say("button.write"), Act.WRITE, style=_PRIMARY), *copy],
            [_escalate(view, speaker), _more(view, speaker)],
        ]
        notes = _hint(speaker)
    elif reply.state == "unsure":
        notes = plain(speaker.say("card.unsure_hint"))
    draft = view.suggestion
    if draft is not None and draft.status == "auto_sent" and "without_licence" in draft.reasons:
        notes = joined([notes, plain(speaker.say("card.without_licence")).italic()])
    return Answer(sign, title, rows, reply.text, notes)


def _pending(view: CardView, draft: SuggestionShown, speaker: Speaker, now: datetime) -> Answer:
    buttons, stamp = Buttons(view), stamp_of(draft.id, draft.version)
    title = [plain(speaker.say("card.draft")).bold()]
    if draft.intent:
        title.append(inline(speaker.say(f"intent.{draft.intent}")))
    if draft.score is not None:
        title.append(plain(speaker.say("card.score", percent=round(draft.score * 100))))
    rows = [
        [
            buttons.act(speaker.say("button.approve"), Act.APPROVE, stamp, _SUCCESS),
            buttons.act(speaker.say("button.edit"), Act.EDIT, stamp, _PRIMARY),
        ],
        [
            buttons.act(speaker.say("button.reject"), Act.SHOW_REJECT, stamp),
            _escalate(view, speaker),
        ],
        [
            buttons.act(speaker.say("button.regenerate"), Act.REGENERATE, stamp),
            *(price_button(view, speaker) if wants_price(view, now) else ()),
            _more(view, speaker),
        ],
    ]
    notes = [
        _sources(draft.sources, speaker),
        _unbound(draft, speaker),
        *_doubts(draft, speaker),
        _reasons(draft, speaker),
    ]
    if draft.editing_until is not None and draft.editing_until > now:
        clock = speaker.clock(draft.editing_until)
        notes.append(
            inline(speaker.say("card.editing", name=draft.editing_by or "", clock=clock)).italic()
        )
        rows[0][1] = buttons.act(speaker.say("button.abandon_edit"), Act.ABANDON_EDIT, stamp)
    if view.escalation is not None:
        notes.append(_escalation_line(view, speaker))
    sign = "🔴" if view.escalation is not None else "🟡"
    return Answer(sign, joined(title, by=" · "), rows, draft.text, joined(notes))


def _without_draft(view: CardView, draft: SuggestionShown | None, speaker: Speaker) -> Answer:
    if draft is not None and draft.status == "rejected":
        clock = speaker.clock(draft.decided_at) if draft.decided_at else ""
        why = reason_of("reject", draft.reason, speaker)
        title = signed(speaker.say("card.rejected_at", clock=clock), draft.decided_by, why)
        return _with_hands(view, speaker, "🟡", title)
    # Where the AI is off nobody need wait to be told: what is drawn first is drawn last.
    failure = draft.failure if draft is not None else "ai.off" if view.ai_off else None
    why = reason_of("ai", failure, speaker)
    off = draft is None or draft.failure is None or draft.failure in _HOPELESS
    title = plain(speaker.say("card.no_draft" if off else "card.no_ai")).bold()
    notes = inline(speaker.say("card.because", why=why)).italic() if why else Html()
    return _with_hands(view, speaker, "🟡", title, notes)


def _with_hands(
    view: CardView, speaker: Speaker, sign: str, title: Html, notes: Html | None = None
) -> Answer:
    """No draft stands: the person answers, or asks for another draft."""
    buttons = Buttons(view)
    rows = [
        [buttons.act(speaker.say("button.write"), Act.WRITE, style=_PRIMARY)],
        [_escalate(view, speaker), _more(view, speaker)],
    ]
    draft = view.suggestion
    if draft is not None and draft.status != "pending" and draft.failure not in _HOPELESS:
        stamp = stamp_of(draft.id, draft.version)
        rows[0].append(buttons.act(speaker.say("button.regenerate"), Act.REGENERATE, stamp))
    return Answer(sign, title, rows, notes=joined([notes or Html(), _hint(speaker)]))


def _escalated(view: CardView, speaker: Speaker) -> Answer:
    buttons = Buttons(view)
    rows = [
        [buttons.act(speaker.say("button.write"), Act.WRITE, style=_PRIMARY)],
        [_more(view, speaker)],
    ]
    return Answer("🔴", _escalation_line(view, speaker), rows, notes=_hint(speaker))


def _escalation_line(view: CardView, speaker: Speaker) -> Html:
    called = view.escalation
    if called is None:
        return Html()
    why = reason_of("escalate", called.reason, speaker)
    clock = speaker.clock(called.opened_at)
    by = called.by or speaker.say("author.system")
    return plain("🔴 ") + signed(speaker.say("card.escalated_at", clock=clock), by, why)


def _waiting_rows(view: CardView, speaker: Speaker) -> Rows:
    write = Buttons(view).act(speaker.say("button.write"), Act.WRITE, style=_PRIMARY)
    return [[write, _escalate(view, speaker)], [_more(view, speaker)]]


def _done_rows(view: CardView, speaker: Speaker) -> Rows:
    resolve = Buttons(view).act(speaker.say("button.resolve"), Act.RESOLVE)
    return [[resolve, _more(view, speaker)]]


def _escalate(view: CardView, speaker: Speaker) -> Button:
    return Buttons(view).act(speaker.say("button.escalate"), Act.SHOW_ESCALATE)


def _more(view: CardView, speaker: Speaker) -> Button:
    return Buttons(view).act(speaker.say("button.more"), Act.SHOW_MORE)


def _hint(speaker: Speaker) -> Html:
    return plain(speaker.say("card.reply_hint")).italic()


def _sources(sources: tuple[SourceShown, ...], speaker: Speaker) -> Html:
    if not sources:
        return Html()
    shown = joined([_source(source, speaker) for source in sources[:_MOST_SOURCES]], by=" · ")
    rest = len(sources) - _MOST_SOURCES
    more = plain(speaker.say("card.and_more", n=rest)) if rest > 0 else Html()
    return plain(speaker.say("card.sources")) + plain(" ") + joined([shown, more], by=" · ")


def _source(source: SourceShown, speaker: Speaker) -> Html:
    title = inline(head(source.title, _LONGEST_TITLE))
    if source.kind != "product":
        return plain("«") + title + plain("»")
    figures = []
    if source.price is not None and source.currency:
        figures.append(speaker.money(source.price, source.currency))
    if source.stock is not None:
        figures.append(speaker.say("card.stock", n=source.stock))
    return title + plain(" — ") + plain(", ".join(figures)) if figures else title


def _unbound(draft: SuggestionShown, speaker: Speaker) -> Html:
    if not draft.unbound:
        return Html()
    said = ", ".join(f"«{head(fact, _LONGEST_TITLE)}»" for fact in draft.unbound[:_MOST_UNBOUND])
    return plain("⚠ ") + inline(speaker.say("card.unbound", facts=said))


def _doubts(draft: SuggestionShown, speaker: Speaker) -> list[Html]:
    """A line for each kind of doubt, with the words it is about."""
    about: dict[str, list[str]] = {}
    for kind, text in draft.doubts:
        about.setdefault(kind, []).append(text)
    lines = []
    for kind, texts in about.items():
        if kind == "no_judge":
            why = reason_of("ai", texts[0], speaker) or ""
            lines.append(plain("⚠ ") + inline(speaker.say("doubt.no_judge", why=why)))
        elif knows(f"doubt.{kind}", speaker.language):
            what = ", ".join(
                f"«{head(one, _LONGEST_DOUBT)}»" for one in texts[:_MOST_UNBOUND] if one
            )
            lines.append(plain("⚠ ") + inline(speaker.say(f"doubt.{kind}", what=what)))
    return lines


def _reasons(draft: SuggestionShown, speaker: Speaker) -> Html:
    """Why the engine left it to a person; where nothing is sent by itself, only what is amiss."""
    by_hand = not _BY_HAND.isdisjoint(draft.reasons)
    known = [
        speaker.say(f"reason.{reason}")
        for reason in draft.reasons
        if reason not in _SAID_OTHERWISE
        and not (by_hand and reason in _LOCKS)
        and knows(f"reason.{reason}", speaker.language)
    ]
    if not known:
        return Html()
    return inline(speaker.say("card.because", why=", ".join(known))).italic()
