"""Text from outside, made harmless to read: what cannot be seen is taken out."""

import html
import re
import unicodedata

# Format (zero-width, bidi, tags), private use, surrogates, unassigned, control.
_UNSEEN = frozenset({"Cf", "Co", "Cs", "Cn", "Cc"})
_KEPT = frozenset("\n\t")


def clean(text: str, longest: int | None = None) -> str:
    """The text without invisible characters, in NFC, plain line ends, cut at `longest`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.replace("\n", "").replace("\t", "").isprintable():
        text = "".join(c for c in text if c in _KEPT or unicodedata.category(c) not in _UNSEEN)
    text = unicodedata.normalize("NFC", text).strip()
    if longest is not None and len(text) > longest:
        return text[: longest - 1].rstrip() + "…"
    return text


_BLOCKS = re.compile(
    r"<(script|style|template|iframe)\b.*?(?:</\1\s*>|$)", re.IGNORECASE | re.DOTALL
)
_COMMENTS = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
_TAGS = re.compile(r"</?[a-zA-Z!?][^<>]{0,500}>")
_ROLES = re.compile(r"<\|[^|<>]{0,40}\|>|\[/?INST\]|<</?SYS>>", re.IGNORECASE)
_PICTURES = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e")
_MOST_HIDDEN = 8


def plain(text: str, longest: int | None = None) -> str:
    """`clean`, and without markup: tags, comments, hidden pictures, marks of a chat's roles."""
    if "&" in text or "<" in text:
        text = _TAGS.sub(" ", _COMMENTS.sub(" ", _BLOCKS.sub(" ", html.unescape(text))))
    text = _PICTURES.sub(r"\1", _ROLES.sub(" ", text))
    return clean(text, longest)


def hides(text: str) -> bool:
    """Whether somebody has written what a reader cannot see.

    A joiner inside an emoji, a soft hyphen, the marks messengers put around a name hide nothing.
    """
    if text.isascii():
        return False
    tags = any("\U000e0000" <= c <= "\U000e007f" for c in text)
    unseen = sum(
        unicodedata.category(c) in ("Cf", "Co", "Cs", "Cn")
        and c not in "\u00ad\ufeff\u200d\u2068\u2069"
        for c in text
    )
    return tags or not _BIDI.isdisjoint(text) or unseen > _MOST_HIDDEN
