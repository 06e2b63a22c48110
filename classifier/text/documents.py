"""Documents → text: plain text, Markdown, Word and PDF, through well-kept readers and within bounds."""

from __future__ import annotations

import codecs
import io
import logging
import re
import unicodedata
import zipfile
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import PurePath
from typing import Any, BinaryIO

from classifier.errors import DocumentError

MAX_BYTES = 50_000_000
MAX_CHARACTERS = 2_000_000
"""About 700 pages; beyond it a file is no application."""
MAX_UNPACKED = 300_000_000
MAX_RATIO = 200
"""How many times larger than its archive a file beyond ``MAX_UNPACKED`` may be when unpacked; tables of text are two to thirty."""
REMEDIES = {".docx": "klistra in texten i stället", ".xlsx": "dela upp den eller spara den som .csv"}
MAX_PAGES = 2_000
PIECE = 1 << 20
"""Bytes read at a time from a file of any size."""
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, SyntaxError, ValueError, TypeError, LookupError, AttributeError)
"""What the readers of Office and PDF files raise, besides errors of their own, at a damaged one."""

logging.getLogger("pypdf").setLevel(logging.ERROR)  # it warns of every oddity in a file that it can read all the same


Source = Callable[[], BinaryIO]
"""Opens a file anew, at its beginning, each time it is called."""


@dataclass(frozen=True)
class Document:
    """A document's text, and what the reader should know about how it was read (in Swedish)."""

    name: str
    text: str
    notes: tuple[str, ...] = ()


def read_document(data: bytes, name: str) -> Document:
    """Read a document by the ending of its name.

    Raises:
        DocumentError: when it is too large, not what its ending says, encrypted, or holds no text.
    """
    if len(data) > MAX_BYTES:
        raise DocumentError(f"{name} är större än {MAX_BYTES // 1_000_000} MB; dela upp den eller klistra in texten")
    reader = _READERS.get(PurePath(name).suffix.lower())
    if reader is None:
        raise DocumentError(f"{name} har en ändelse som inte stöds; använd {', '.join(sorted(_READERS))} eller klistra in texten")
    text, notes = reader(data, name)
    return Document(name, bounded(clean(text), name), notes)


def clean(text: str) -> str:
    """Make a text safe to keep: no control characters, one form of each letter, one kind of line break."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00ad", "")
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\u200b\u202a-\u202e\u2066-\u2069]|[\ud800-\udfff]", "", text)
    return unicodedata.normalize("NFC", text)  # last: what is left out may have stood between a letter and its accent


def bounded(text: str, name: str) -> str:
    """Return the text when it is within bounds.

    Raises:
        DocumentError: when it is not.
    """
    if len(text) > MAX_CHARACTERS:
        told = f"har {len(text):,} tecken; gränsen är {MAX_CHARACTERS:,}. Dela upp texten.".replace(",", " ")
        raise DocumentError(f"{name} {told}")
    return text


def find_encoding(file: BinaryIO, name: str) -> tuple[str, tuple[str, ...]]:
    """How a file of text is encoded: by its byte order mark, else UTF-8, else Windows-1252; the last is said aloud.

    Args:
        file: read to its end a piece at a time.
        name: what the messages call it.

    Returns:
        The name of the encoding, and what the reader should know (in Swedish).

    Raises:
        DocumentError: when the bytes are no text.
    """
    first = file.read(PIECE)
    pieces = chain((first,), iter(lambda: file.read(PIECE), b""))
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if first.startswith(mark):
            if not _decodes(pieces, encoding):
                raise DocumentError(f"{name} är skadad: teckenkodningen {encoding} stämmer inte")
            return encoding, ()
    if _decodes(_without_null(pieces, name), "utf-8"):
        return "utf-8", ()
    return "cp1252", (f"{name} lästes med teckenkodningen Windows-1252.",)


def decode(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """Decode text bytes, as :func:`find_encoding` has it.

    Raises:
        DocumentError: when the bytes are no text.
    """
    encoding, notes = find_encoding(io.BytesIO(data), name)
    return data.decode(encoding, errors="replace"), notes


def check_archive(file: BinaryIO, name: str, kind: str, most: int) -> None:
    """Check that an Office file is a sound archive of reasonable size, from its list of contents alone.

    Args:
        file: the archive; it is left at its beginning.
        name: what the messages call it.
        kind: its proper ending.
        most: the bytes that its parts may be together, unpacked.

    Raises:
        DocumentError: when it is not.
    """
    if file.read(4) == b"\xd0\xcf\x11\xe0":
        raise DocumentError(f"{name} är lösenordsskyddad eller sparad i ett äldre format; spara den som vanlig {kind} utan lösenord")
    try:
        with zipfile.ZipFile(file) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except DAMAGED as error:
        raise DocumentError(f"{name} är ingen riktig {kind}-fil; öppna den i sitt program och spara den på nytt") from error
    packed = file.seek(0, io.SEEK_END)  # not the parts' own figures: they may share their bytes
    file.seek(0)
    if unpacked > most or (unpacked > MAX_UNPACKED and unpacked > MAX_RATIO * packed):
        raise DocumentError(f"{name} är orimligt stor när den packas upp; {REMEDIES[kind]}")


def _decodes(pieces: Iterable[bytes], encoding: str) -> bool:
    """Whether the pieces together are text in an encoding; they are read to the end even when they are not."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for piece in pieces:
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        deque(pieces, maxlen=0)
        return False
    return True


def _without_null(pieces: Iterable[bytes], name: str) -> Iterator[bytes]:
    for piece in pieces:
        if b"\x00" in piece:
            raise DocumentError(f"{name} är ingen textfil; spara den som text eller välj rätt filformat")
        yield piece


def _read_plain(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    return decode(data, name)


def _read_docx(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    check_archive(io.BytesIO(data), name, ".docx", MAX_UNPACKED)
    try:
        document = docx.Document(io.BytesIO(data))
        text = "\n".join(_docx_lines(document))
    except (PackageNotFoundError, *DAMAGED) as error:
        raise DocumentError(f"{name} är ingen riktig .docx-fil; öppna den i Word och spara den på nytt") from error
    return text, ()


def _docx_lines(document: Any) -> Iterator[str]:
    """Paragraphs and tables in the order they stand; list items get a bullet, headings a blank line before them."""
    from docx.table import Table

    for block in document.iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                cells = {cell._tc: cell.text.strip() for cell in row.cells}  # a merged cell is listed once for each column
                yield "\t".join(cell for cell in cells.values() if cell)
            yield ""
            continue
        style = (block.style.name or "").lower() if block.style is not None else ""
        properties = block._p.pPr
        if style.startswith(("heading", "rubrik", "title")):
            yield ""
            yield f"# {block.text.strip()}" if block.text.strip() else ""
        elif block.text.strip() and (style.startswith("list") or (properties is not None and properties.numPr is not None)):
            yield f"• {block.text.strip()}"
        else:
            yield block.text
            yield ""


def _read_pdf(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        locked = reader.is_encrypted and not reader.decrypt("")
        pages = [] if locked else [(page.extract_text() or "").strip() for page in reader.pages[:MAX_PAGES]]
        cut = not locked and len(reader.pages) > MAX_PAGES
    except (PyPdfError, *DAMAGED) as error:
        raise DocumentError(f"{name} är skadad eller ingen riktig PDF; spara den på nytt eller klistra in texten") from error
    if locked:
        raise DocumentError(f"{name} är skyddad med lösenord; spara en kopia utan lösenord eller klistra in texten")
    if cut:
        raise DocumentError(f"{name} har fler än {MAX_PAGES} sidor; dela upp den")
    text = "\n".join(pages)
    if sum(character.isalpha() for character in text) < 3 * len(pages):
        raise DocumentError(f"{name} innehåller ingen text, troligen är den inskannad; kör textigenkänning (OCR) eller klistra in texten")
    return _join_hyphenated(text), (f"{name} är en PDF: kontrollera att texten kom med i rätt ordning.",)


def _join_hyphenated(text: str) -> str:
    """Put words back together that a line break cut in two; "små-" before "och medelstora" keeps its hyphen."""
    return re.sub(r"(?<=[a-zåäö])-\n(?=[a-zåäö])(?!(?:och|eller|samt|respektive)\b)", "", text)


_READERS: dict[str, Callable[[bytes, str], tuple[str, tuple[str, ...]]]] = {
    ".txt": _read_plain,
    ".md": _read_plain,
    ".docx": _read_docx,
    ".pdf": _read_pdf,
}
DOCUMENT_ENDINGS = tuple(_READERS)
