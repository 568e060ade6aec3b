"""Which files are taken for what, by the ends of their names."""

from pathlib import PurePath

from core.imports.models import ImportKind
from core.kernel.errors import DomainError, Kind

LARGEST = 20_000_000
_FORMATS = {
    ImportKind.DOCUMENTS: {
        ".txt": "text", ".md": "markdown", ".markdown": "markdown", ".pdf": "pdf", ".docx": "docx",
    },
    ImportKind.PRODUCTS: {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".xlsx": "xlsx"},
}  # fmt: skip


def format_of(kind: ImportKind, file_name: str) -> str:
    """INVALID if files of this name are not taken."""
    formats = _FORMATS[kind]
    suffix = PurePath(file_name).suffix.lower()
    if suffix not in formats:
        raise DomainError(
            Kind.INVALID,
            "import.format_unknown",
            field="file",
            name=suffix or file_name[:40],
            known=", ".join(formats),
        )
    return formats[suffix]
