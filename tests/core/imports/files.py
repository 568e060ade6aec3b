"""Real files, made here: tables, workbooks, Word documents, PDFs."""

import io
import zipfile
from collections.abc import Sequence
from functools import cache

import docx
import openpyxl

GOODS = (
    ("Артикул", "Наименование", "Цена, руб.", "Остаток"),
    ("U250E", "АКПП Toyota Camry 40", "45 000", "2"),
    ("81170", "Фара левая", "по запросу", "нет"),
    ("67003", "Дверь передняя", "9000,50", ""),
)
HEAD = "Артикул;Наименование;Цена\n"


def csv_of(rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> bytes:
    return "\n".join(";".join(row) for row in rows).encode(encoding)


def workbook(*sheets: tuple[str, Sequence[Sequence[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    return _saved(book)


def _saved(file: openpyxl.Workbook | docx.document.Document) -> bytes:
    raw = io.BytesIO()
    file.save(raw)
    return raw.getvalue()


def word() -> bytes:
    document = docx.Document()
    document.add_heading("Условия возврата", level=1)
    document.add_paragraph("Вернуть деталь можно за четырнадцать дней.")
    document.add_paragraph("в заводской упаковке", style="List Bullet")
    document.add_paragraph("с чеком", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for n, text in enumerate(("Город", "Срок", "Казань", "3 дня")):
        table.cell(n // 2, n % 2).text = text
    return _saved(document)


def empty_word() -> bytes:
    return _saved(docx.Document())


def pdf(*pages: Sequence[str], encrypted: bool = False) -> bytes:
    """Pages of lines of Latin text, written by hand; no lines: a page that is a picture."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    kids = []
    for lines in pages:
        shown = " T* ".join(f"({line}) Tj" for line in lines)
        stream = f"BT /F1 12 Tf 14 TL 72 720 Td {shown} ET" if lines else "0 0 10 10 re f"
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        kids.append(len(objects) + 1)
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792]"
            f" /Contents {len(objects)} 0 R /Resources << /Font << /F1 << /Type /Font"
            " /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
        )
    listed = " ".join(f"{kid} 0 R" for kid in kids)
    objects[1] = f"<< /Type /Pages /Kids [{listed}] /Count {len(kids)} >>"
    raw = _laid_out(objects)
    return _encrypted(raw) if encrypted else raw


def _laid_out(objects: Sequence[str]) -> bytes:
    raw, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(raw))
        raw += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = len(raw)
    size = len(objects) + 1
    return (
        raw
        + (
            f"xref\n0 {size}\n0000000000 65535 f \n{table}"
            f"trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{end}\n%%EOF"
        ).encode()
    )


def _encrypted(raw: bytes) -> bytes:
    import pypdf  # noqa: PLC0415 - rarely wanted

    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(raw)))
    writer.encrypt("secret")
    locked = io.BytesIO()
    writer.write(locked)
    return locked.getvalue()


@cache
def bomb() -> bytes:
    """A small archive, of a letter and of a table, that unpacks to three hundred megabytes."""
    raw = io.BytesIO()
    packed = zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=9)
    with packed as archive:
        for member in ("word/document.xml", "xl/workbook.xml"):
            with archive.open(member, "w", force_zip64=True) as file:
                for _ in range(150):
                    file.write(bytes(1_000_000))
    return raw.getvalue()


OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
