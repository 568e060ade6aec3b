"""Text from outside, made harmless to read: what cannot be seen is taken out."""

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
