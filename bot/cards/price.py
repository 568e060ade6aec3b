"""What the market says, under the answer: never mistaken for the store's own price."""

from datetime import datetime
from decimal import Decimal

from bot.cards.screen import Button, Buttons
from bot.html import Html, head, inline, joined, plain
from bot.taps import Act
from core.kernel.i18n import Speaker, knows
from core.pricing.queries import LinkShown, PriceShown
from core.suggestions.card import CardView

_MOST_LINKS = 3
_LONGEST_ASKED = 80
_MANY = 5  # from here on the quartiles say more than the ends
_OVER = frozenset({"failed", "not_found"})


def price_button(view: CardView, speaker: Speaker) -> list[Button]:
    """«Узнать цену»; nothing while the market is being asked."""
    if not view.newest or (view.price is not None and view.price.state == "pending"):
        return []
    return [Buttons(view).act(speaker.say("button.look_up_price"), Act.LOOK_UP_PRICE)]


def wants_price(view: CardView, now: datetime) -> bool:
    """A price is asked for, the draft stands on none of the store's, and the market's is not known."""
    draft, price = view.suggestion, view.price
    if draft is None or draft.intent != "price":
        return False
    if any(source.kind == "product" and source.price is not None for source in draft.sources):
        return False
    return price is None or price.state in _OVER or _is_old(price, now)


def price_note(view: CardView, speaker: Speaker, now: datetime) -> Html:
    """A line for the range, a line for the links."""
    price = view.price
    if price is None:
        return Html()
    asked = inline(head(price.asked, _LONGEST_ASKED))
    match price.state:
        case "pending":
            return plain("🔎 ") + _named(speaker.say("price.pending"), asked)
        case "failed":
            return plain("⚠ ") + _named(_why(price, speaker), asked)
        case "not_found":
            return plain("🔎 ") + _named(speaker.say("price.not_found"), asked)
    if price.lowest is None or price.highest is None:
        return Html()
    seen = speaker.ago(price.seen_at, now) if price.seen_at else ""
    if price.source == "ai_estimate":
        span = _span(price.lowest, price.highest, price, speaker)
        first = _named(speaker.say("price.estimate", range=span, seen=seen), asked)
        return joined([plain("⚠ ") + first, _links(price.links, speaker)])
    return joined([_market(price, asked, seen, speaker), _links(price.links, speaker)])


def _market(price: PriceShown, asked: Html, seen: str, speaker: Speaker) -> Html:
    lowest, highest = price.lowest or Decimal(0), price.highest or Decimal(0)
    label = speaker.say(f"price.market.{price.condition}")
    figures = [
        _span(lowest, highest, price, speaker),
        speaker.say("price.median", sum=speaker.money(price.median or Decimal(0), price.currency)),
        speaker.count("price.listings", price.n),
        seen,
    ]
    lines = [_named(label, asked), inline(" · ".join(filter(None, figures)))]
    if price.n >= _MANY and price.quarter is not None and price.three_quarters is not None:
        usual = _span(price.quarter, price.three_quarters, price, speaker)
        lines.append(inline(speaker.say("price.usual", range=usual)))
    if price.is_weak:
        lines.append(plain("⚠ ") + plain(speaker.say("price.weak")))
    return joined(lines)


def _links(links: tuple[LinkShown, ...], speaker: Speaker) -> Html:
    shown = []
    for link in links[:_MOST_LINKS]:
        words = link.site
        if link.price is not None:
            words = f"{link.site} {speaker.say('price.at', sum=_figure(link.price))}"
        shown.append(inline(words).link(link.url))
    return joined(shown, by=" · ")


def _named(label: str, asked: Html) -> Html:
    return joined([plain(label).bold(), asked], by=" · ")


def _why(price: PriceShown, speaker: Speaker) -> str:
    key = price.problem or ""
    why = speaker.say(key) if knows(key, speaker.language) else speaker.say("ai.broke")
    return speaker.say("price.failed", why=why)


def _span(low: Decimal, high: Decimal, price: PriceShown, speaker: Speaker) -> str:
    return f"{_figure(low)}–{speaker.money(high, price.currency)}"


def _figure(amount: Decimal) -> str:
    return f"{amount:,.0f}".replace(",", "\u202f")


def _is_old(price: PriceShown, now: datetime) -> bool:
    return price.state != "pending" and price.expires_at is not None and price.expires_at <= now
