"""Reads a message as Telegram would: refuses bad markup, gives the text that is seen."""

from html.parser import HTMLParser

_KNOWN = {"a", "b", "i", "s", "pre", "blockquote"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in _KNOWN, tag
        if tag == "a":
            [(name, address)] = attrs
            assert name == "href"
            assert (address or "").startswith("https://")
        else:
            assert attrs in ([], [("expandable", None)])
        assert not (tag == "blockquote" and "blockquote" in self.open), "a quote within a quote"
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.seen.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(f"a declaration: {decl}")

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data}")


def seen(source: str) -> str:
    """What a reader of the message sees; AssertionError where Telegram would answer 400."""
    reader = _Reader()
    reader.feed(source)
    reader.close()
    assert not reader.open, f"left open: {reader.open}"
    return "".join(reader.seen)


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
