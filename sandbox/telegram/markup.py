"""parse_mode=HTML read as Telegram reads it: text, entities in UTF-16 units, or a refusal."""

import re
from dataclasses import dataclass, field

from sandbox.shapes import Json
from sandbox.telegram.errors import bad_request

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_CHARACTER = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(lt|gt|amp|quot));?")
_FOUND = re.compile(
    r"(?P<url>\b(?:https?://|www\.)[^\s<>\"']+[^\s<>\"'.,;:!?)\]])"
    r"|(?P<email>\b[\w.+-]+@[\w-]+\.[\w.-]*\w)"
    r"|(?<![\w/])(?P<mention>@[A-Za-z]\w{3,31})"
    r"|(?<![\w/])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@\w+)?)"
    r"|(?<!\w)(?P<hashtag>\#\w*[^\W\d]\w*)"
)
_WORD = {stops: re.compile(rf"[^\s{stops}]*") for stops in (">", "=>")}
_MARK = re.compile(r"[<&]")
_SPACE = re.compile(r"\s*")
MAX_CODEPOINT = 0x10FFFF


def utf16(text: str) -> int:
    """Length as Telegram counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


@dataclass(slots=True)
class _Open:
    tag: str
    begin: int
    attributes: dict[str, str] = field(default_factory=dict)


class _HtmlReader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.text: list[str] = []
        self.units = 0
        self.entities: list[Json] = []
        self.nested: list[_Open] = []

    def read(self) -> tuple[str, list[Json]]:
        source = self.source
        while self.at < len(source):
            match = _MARK.search(source, self.at)
            stop = match.start() if match else len(source)
            if stop > self.at:
                self.put(source[self.at : stop])
                self.at = stop
            elif source[stop] == "&":
                self.character()
            elif source.startswith("</", stop):
                self.close()
            else:
                self.open()
        if self.nested:
            raise self.refusal(
                f'Can\'t find end tag corresponding to start tag "{self.nested[-1].tag}"'
            )
        self.entities.sort(key=lambda e: (e["offset"], -e["length"]))
        return "".join(self.text), self.entities

    def put(self, piece: str) -> None:
        self.text.append(piece)
        self.units += utf16(piece)

    def refusal(self, what: str, position: int | None = None) -> Exception:
        where = ""
        if position is not None:
            where = f" at byte offset {len(self.source[:position].encode())}"
        return bad_request(f"can't parse entities: {what}{where}")

    def character(self) -> None:
        match = _CHARACTER.match(self.source, self.at)
        if match is None:
            self.put("&")
            self.at += 1
            return
        hexadecimal, decimal, name = match.groups()
        if name:
            self.put(_NAMED[name])
        else:
            code = int(hexadecimal, 16) if hexadecimal else int(decimal)
            valid = 0 < code <= MAX_CODEPOINT and not 0xD800 <= code <= 0xDFFF  # noqa: PLR2004
            self.put(chr(code) if valid else match.group())
        self.at = match.end()

    def word(self, stops: str) -> str:
        match = _WORD[stops].match(self.source, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match.group()

    def skip_space(self) -> None:
        if match := _SPACE.match(self.source, self.at):
            self.at = match.end()

    def open(self) -> None:
        begin = self.at
        self.at += 1
        tag = self.word(">").lower()
        if self.at >= len(self.source):
            raise self.refusal("Unclosed start tag", begin)
        if tag not in _TAGS:
            raise self.refusal(f'Unsupported start tag "{tag}"', begin)
        opened = _Open(tag, self.units)
        while True:
            self.skip_space()
            if self.at >= len(self.source):
                raise self.refusal("Unclosed start tag", begin)
            if self.source[self.at] == ">":
                break
            name, value = self.attribute(tag, begin)
            opened.attributes[name] = value
        self.at += 1
        if tag == "span" and opened.attributes.get("class") != "tg-spoiler":
            raise self.refusal('Tag "span" must have class "tg-spoiler"', begin)
        self.nested.append(opened)

    def attribute(self, tag: str, begin: int) -> tuple[str, str]:
        start = self.at
        name = self.word("=>").lower()
        if not name:
            raise self.refusal(f'Empty attribute name in the tag "{tag}"', start)
        self.skip_space()
        if self.at >= len(self.source):
            raise self.refusal("Unclosed start tag", begin)
        if self.source[self.at] != "=":
            if name == "expandable":
                return name, "1"
            raise self.refusal(
                f'Expected equal sign in declaration of an attribute of the tag "{tag}"', start
            )
        self.at += 1
        self.skip_space()
        if self.at < len(self.source) and self.source[self.at] in "\"'":
            end = self.source.find(self.source[self.at], self.at + 1)
            if end < 0:
                raise self.refusal("Unclosed start tag", begin)
            value = self.source[self.at + 1 : end]
            self.at = end + 1
        else:
            value = self.word(">")
        return name, _CHARACTER.sub(lambda m: _NAMED.get(m.group(3) or "", m.group()), value)

    def close(self) -> None:
        begin = self.at
        self.at += 2
        tag = self.word(">").lower()
        self.skip_space()
        if self.at >= len(self.source) or self.source[self.at] != ">":
            raise self.refusal("Unclosed end tag", begin)
        self.at += 1
        if not self.nested:
            raise self.refusal("Unexpected end tag", begin)
        opened = self.nested.pop()
        if tag and tag != opened.tag:
            raise bad_request(
                "can't parse entities: Unmatched end tag at byte offset "
                f"{len(self.source[:begin].encode())}, "
                f'expected "</{opened.tag}>", found "</{tag}>"'
            )
        self.entity(opened)

    def entity(self, opened: _Open) -> None:
        length = self.units - opened.begin
        if length == 0:
            return
        entity: Json = {"offset": opened.begin, "length": length, "type": _TAGS[opened.tag]}
        given = opened.attributes
        match opened.tag:
            case "a":
                url = given.get("href", "")
                if "." not in url and "://" not in url:
                    return
                entity["url"] = url
            case "tg-emoji":
                entity["custom_emoji_id"] = given.get("emoji-id", "")
            case "blockquote" if "expandable" in given:
                entity["type"] = "expandable_blockquote"
            case "code" if self.nested and self.nested[-1].tag == "pre":
                language = given.get("class", "")
                if language.startswith("language-"):
                    self.nested[-1].attributes["language"] = language.removeprefix("language-")
                return
            case "pre" if given.get("language"):
                entity["language"] = given["language"]
        self.entities.append(entity)


def found_entities(text: str) -> list[Json]:
    """Links, mentions, commands and the like that the server finds by itself."""
    if not any(mark in text for mark in ("/", "@", "#", "www.")):
        return []
    return [
        {
            "offset": utf16(text[: match.start()]),
            "length": utf16(match.group()),
            "type": match.lastgroup,
        }
        for match in _FOUND.finditer(text)
    ]


def _trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    shorter = text.rstrip()
    lead = len(shorter) - len(shorter.lstrip())
    if lead == 0 and len(shorter) == len(text):
        return text, entities
    cut = utf16(shorter[:lead])
    shorter = shorter[lead:]
    end = utf16(shorter)
    kept = []
    for entity in entities:
        begin = max(entity["offset"] - cut, 0)
        length = min(entity["offset"] - cut + entity["length"], end) - begin
        if length > 0:
            kept.append({**entity, "offset": begin, "length": length})
    return shorter, kept


def formatted(
    source: str, parse_mode: str | None, given: list[Json] | None = None
) -> tuple[str, list[Json]]:
    """Text and entities of what a bot sent; refuses what Telegram refuses."""
    mode = (parse_mode or "").lower()
    if mode == "html":
        if "<" in source or "&" in source:
            text, entities = _HtmlReader(source).read()
        else:
            text, entities = source, []
    elif mode in ("markdown", "markdownv2"):
        raise bad_request("the sandbox reads parse_mode HTML only")
    elif mode:
        raise bad_request("unsupported parse_mode")
    else:
        text, entities = source, list(given or [])
    text, entities = _trimmed(text, entities)
    covered = [(e["offset"], e["offset"] + e["length"]) for e in entities]
    for extra in found_entities(text):
        begin, end = extra["offset"], extra["offset"] + extra["length"]
        if not any(begin < b and a < end for a, b in covered):
            entities.append(extra)
    entities.sort(key=lambda e: (e["offset"], -e["length"]))
    return text, entities
