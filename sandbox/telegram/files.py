"""Files of chats: ids bound to one bot, sizes, the pictures' dimensions."""

import mimetypes
import secrets
import struct
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from sandbox.archive import Archive
from sandbox.shapes import Json
from sandbox.telegram.errors import bad_request

DOWNLOAD_LIMIT = 20 * 1024 * 1024
UPLOAD_LIMIT = 50 * 1024 * 1024
PHOTO_LIMIT = 10 * 1024 * 1024
_FOLDERS = {
    "photo": "photos",
    "document": "documents",
    "voice": "voice",
    "video": "videos",
    "audio": "music",
    "animation": "animations",
    "sticker": "stickers",
    "video_note": "video_notes",
}
_DEFAULT_MIME = {
    "photo": "image/jpeg",
    "voice": "audio/ogg",
    "video": "video/mp4",
    "audio": "audio/mpeg",
    "animation": "video/mp4",
    "sticker": "image/webp",
    "video_note": "video/mp4",
}
KINDS = tuple(_FOLDERS)
_THUMBNAILS = (90, 320, 800)


@dataclass(slots=True)
class Stored:
    """One file; `width` and `height` are read from PNG, JPEG, GIF and WebP headers."""

    unique: str
    kind: str
    name: str
    mime: str
    size: int
    width: int
    height: int
    path: str


class Files:
    """Bytes in memory, or in a folder beside the log."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._meta: dict[str, Stored] = {}
        self._bytes: dict[str, bytes] = {}
        self._by_path: dict[str, str] = {}
        self._count = 0

    def put(self, kind: str, name: str, content: bytes, mime: str | None = None) -> Stored:
        guessed = mime or mimetypes.guess_type(name)[0] or _DEFAULT_MIME.get(kind)
        width, height = dimensions(content)
        unique = secrets.token_hex(8)
        suffix = PurePosixPath(name).suffix or mimetypes.guess_extension(guessed or "") or ".bin"
        self._count += 1
        stored = Stored(
            unique,
            kind,
            name,
            guessed or "application/octet-stream",
            len(content),
            width,
            height,
            f"{_FOLDERS[kind]}/file_{self._count}{suffix.lower()}",
        )
        if folder := self._folder():
            folder.mkdir(parents=True, exist_ok=True)
            (folder / unique).write_bytes(content)
        else:
            self._bytes[unique] = content
        self._know(stored)
        self._archive.record(self.fact(stored))
        return stored

    def read(self, unique: str) -> bytes | None:
        if unique in self._bytes:
            return self._bytes[unique]
        folder = self._folder()
        if folder is None or unique not in self._meta or not (folder / unique).exists():
            return None
        return (folder / unique).read_bytes()

    def meta(self, unique: str) -> Stored | None:
        return self._meta.get(unique)

    def at_path(self, path: str) -> Stored | None:
        unique = self._by_path.get(path)
        return self._meta.get(unique) if unique else None

    def resolve(self, bot_id: int, file_id: str) -> Stored:
        """The file behind an id; ids are good for the one bot they were given to."""
        parts = file_id.split("-")
        if len(parts) >= 3 and parts[1] == str(bot_id):  # noqa: PLR2004
            stored = self._meta.get(parts[2])
            if stored is not None:
                return stored
        raise bad_request("wrong file identifier/HTTP URL specified")

    def _folder(self) -> Path | None:
        return self._archive.folder / "files" if self._archive.folder else None

    def _know(self, stored: Stored) -> None:
        self._meta[stored.unique] = stored
        self._by_path[stored.path] = stored.unique

    @staticmethod
    def fact(stored: Stored) -> Json:
        return {"e": "file", "file": asdict(stored)}

    def restore(self, fact: Json) -> None:
        self._know(Stored(**fact["file"]))
        self._count += 1

    def facts(self) -> list[Json]:
        return [self.fact(stored) for stored in self._meta.values()]


def media(bot_id: int, stored: Stored, kind: str, extra: Json | None = None) -> Json:
    """The message fields that show this file as `kind`."""
    base = {"file_id": f"AgA-{bot_id}-{stored.unique}", "file_unique_id": stored.unique}
    size = {"file_size": stored.size}
    width, height = stored.width or 640, stored.height or 480
    extra = extra or {}
    if kind == "photo":
        return {"photo": _photo_sizes(bot_id, stored, width, height)}
    shared: Json = {**base, **size}
    match kind:
        case "document":
            shared |= {"file_name": stored.name, "mime_type": stored.mime}
        case "voice":
            shared |= {"duration": int(extra.get("duration") or 1), "mime_type": stored.mime}
        case "audio":
            shared |= {
                "duration": int(extra.get("duration") or 1),
                "mime_type": stored.mime,
                "file_name": stored.name,
            }
        case "video" | "animation":
            shared |= {
                "width": width,
                "height": height,
                "duration": int(extra.get("duration") or 1),
                "mime_type": stored.mime,
                "file_name": stored.name,
            }
        case "video_note":
            shared |= {"length": 240, "duration": int(extra.get("duration") or 1)}
        case "sticker":
            shared |= {
                "type": "regular",
                "width": stored.width or 512,
                "height": stored.height or 512,
                "is_animated": False,
                "is_video": False,
                "emoji": extra.get("emoji") or "🙂",
            }
    if kind == "animation":
        document = {**base, **size, "file_name": stored.name, "mime_type": stored.mime}
        return {"animation": shared, "document": document}
    return {kind: shared}


def _photo_sizes(bot_id: int, stored: Stored, width: int, height: int) -> list[Json]:
    longest = max(width, height)
    sizes = []
    for index, side in enumerate([*(s for s in _THUMBNAILS if s < longest), longest]):
        scale = side / longest
        mark = "" if side == longest else f"-{index}"
        sizes.append(
            {
                "file_id": f"AgA-{bot_id}-{stored.unique}{mark}",
                "file_unique_id": f"{stored.unique}{mark}",
                "file_size": max(int(stored.size * scale * scale), 1),
                "width": max(int(width * scale), 1),
                "height": max(int(height * scale), 1),
            }
        )
    return sizes


def dimensions(content: bytes) -> tuple[int, int]:
    """Width and height in pixels, (0, 0) for what is no picture."""
    if content.startswith(b"\x89PNG") and len(content) >= 24:  # noqa: PLR2004
        return struct.unpack(">II", content[16:24])
    if content.startswith(b"GIF8") and len(content) >= 10:  # noqa: PLR2004
        return struct.unpack("<HH", content[6:10])
    if content.startswith(b"\xff\xd8"):
        return _jpeg(content)
    return 0, 0


def _jpeg(content: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:  # noqa: PLR2004
        mark = content[at + 1]
        if 0xC0 <= mark <= 0xCF and mark not in (0xC4, 0xC8, 0xCC):  # noqa: PLR2004
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
    return 0, 0
