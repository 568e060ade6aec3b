"""Files that are zip archives inside (.docx, .xlsx), looked over before anybody unpacks them."""

import io
import zipfile

from core.kernel.errors import DomainError, Kind

LARGEST_UNPACKED = 200_000_000
MOST_MEMBERS = 5_000
# Office text packs 10 to 30 times; a bomb packs a thousand.
_DENSEST = 200
_SMALL = 1_000_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def check_office(raw: bytes, member: str) -> None:
    """INVALID unless it is an archive that holds this member and unpacks to a sane size.

    The sizes an archive states are the most its reader ever unpacks: zipfile stops there.
    """
    if raw.startswith(_OLE):  # Office's old format, and its shell around encrypted files
        raise DomainError(Kind.INVALID, "import.old_or_locked")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, OSError) as broken:
        raise broken_file() from broken
    unpacked = sum(one.file_size for one in members)
    dense = any(
        one.file_size > _SMALL and one.file_size > _DENSEST * max(1, one.compress_size)
        for one in members
    )
    if unpacked > LARGEST_UNPACKED or len(members) > MOST_MEMBERS or dense:
        raise DomainError(Kind.INVALID, "import.bomb", most_megabytes=LARGEST_UNPACKED // 1_000_000)
    if any(one.flag_bits & 1 for one in members):
        raise DomainError(Kind.INVALID, "import.old_or_locked")
    if all(one.filename != member for one in members):
        raise broken_file()


def broken_file() -> DomainError:
    return DomainError(Kind.INVALID, "import.broken_file")
