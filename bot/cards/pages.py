"""The pages of buttons that open over a card's own: reasons, modes, «Ещё»."""

from bot.cards.price import price_button
from bot.cards.screen import Button, Buttons, copy_button
from bot.taps import ESCALATIONS, MODES, REJECTIONS, Act, stamp_of
from core.kernel.i18n import Speaker
from core.suggestions.card import CardView

Rows = list[list[Button]]


def page_rows(view: CardView, speaker: Speaker) -> Rows | None:
    """The open page; None where none is open, or where what it asks can no longer be done."""
    buttons = Buttons(view)
    back = [buttons.act(speaker.say("button.back"), Act.SHOW_MAIN)]
    pending = view.suggestion is not None and view.suggestion.status == "pending"
    subject = view.suggestion
    stamp = stamp_of(subject.id, subject.version) if pending and subject else "0"
    match view.page:
        case "reject" if pending:
            reasons = [
                buttons.act(speaker.say(f"reject.{reason}"), act, stamp)
                for act, reason in REJECTIONS.items()
            ]
            return [reasons[:2], reasons[2:], back]
        case "escalate" if view.escalation is None:
            reasons = [
                buttons.act(speaker.say(f"escalate.{reason}"), act, stamp)
                for act, reason in ESCALATIONS.items()
            ]
            return [reasons[:2], reasons[2:], back]
        case "modes":
            modes = [
                buttons.act(_ticked(speaker.say(f"mode.{mode}"), mode == view.thread.mode), act)
                for act, mode in MODES.items()
            ]
            return [modes, back]
        case "more":
            return _more(view, speaker, buttons, back)
    return None


def _more(view: CardView, speaker: Speaker, buttons: Buttons, back: list[Button]) -> Rows:
    text = view.outbound.text if view.outbound else view.suggestion.text if view.suggestion else ""
    taken = view.thread.assignee is not None
    whose = ("button.release", Act.RELEASE) if taken else ("button.claim", Act.CLAIM)
    first = [buttons.act(speaker.say(whose[0]), whose[1])]
    if view.outbound is None or view.outbound.state not in {"scheduled", "claimed", "sending"}:
        first.append(buttons.act(speaker.say("button.write"), Act.WRITE))
    first.append(buttons.act(speaker.say("button.resolve"), Act.RESOLVE))
    mode = speaker.say("button.mode", mode=speaker.say(f"mode.{view.thread.mode}"))
    second = [
        buttons.act(mode, Act.SHOW_MODES),
        *copy_button(speaker.say("button.copy"), text),
    ]
    last = [*price_button(view, speaker), *back]
    return [first, second, last]


def _ticked(label: str, chosen: bool) -> str:  # noqa: FBT001 - a label and whether it is the one
    return f"✓ {label}" if chosen else label
