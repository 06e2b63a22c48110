"""What a table's file was found to suffer from, besides its cells, and how the reader is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

MAX_BREAKS = 200
"""Line breaks in one cell; a cell with more seems to hold other cells too."""
MAX_MERGED = 1_000
SHOWN = 3
"""Merged cells, and columns, that a note lists."""
MANY = 5
"""Rows with broken letters that are no chance; in a smaller table a tenth of them is enough."""
SIGNS = ("Ã", "â€", "†", "Œ", "\ufffd")
BROKEN = re.compile(r"Ã[¥¤¶…„–©¨¼\x84\x85\x96\xa0]|â€.?|[a-zåäö][†Œ]|\ufffd")
"""Letters of UTF-8 read as Windows-1252, å as MS-DOS and Macintosh wrote it, and letters that were already lost.

``SIGNS`` are in all of them, and quick to look for."""


@dataclass(frozen=True)
class Merged:
    """Cells of a sheet that were merged to one, by their outermost rows and columns from 1; only the first holds a value."""

    ref: str
    left: int
    top: int
    right: int
    bottom: int


@dataclass
class Findings:
    """Filled in while a file is read.

    Attributes:
        torn: the line on which the first cell begins that seems to have swallowed others; 0 when there is none.
        unsaved: formulas whose results the file does not hold.
        merged: merged cells, no more than ``MAX_MERGED``.
        rows: rows looked at, the header included.
        broken: how many of them have text that was once decoded with the wrong encoding.
        example: such letters.
    """

    torn: int = 0
    unsaved: int = 0
    merged: list[Merged] = field(default_factory=list)
    rows: int = 0
    broken: int = 0
    example: str = ""

    def look_at(self, cells: Iterable[Any]) -> None:
        """Look for broken letters in the cells of a row."""
        self.rows += 1
        text = "\n".join([cell for cell in cells if isinstance(cell, str)])
        if any(sign in text for sign in SIGNS) and (found := BROKEN.search(text)):
            self.broken += 1
            self.example = self.example or found.group()

    def tear(self, line: int) -> None:
        """Note that a cell which begins on a line seems to have swallowed others."""
        self.torn = self.torn or line

    def notes(self, name: str, header: int, columns: Sequence[str]) -> tuple[str, ...]:
        """What was found, in Swedish.

        Args:
            name: what the file is called.
            header: the number of the header row, from 0.
            columns: the names of the columns.
        """
        found = (*self._of_text(), *self._of_formulas(), *_of_merged(self.merged, header + 1, columns))
        return tuple(f"{name}: {note}" for note in found)

    def _of_text(self) -> Iterator[str]:
        if self.torn:
            yield (
                f"en cell som börjar på rad {self.torn} är ovanligt lång eller tar aldrig slut. Troligen saknas ett citattecken, och då har "
                "raderna efter hamnat i samma cell; rätta filen eller exportera den på nytt."
            )
        if self.broken >= MANY or self.broken * 10 >= self.rows > 0:
            yield (
                f"{_counted(self.broken, 'rad', 'rader')} har trasiga tecken som {self.example}. Filen verkar ha sparats med fel teckenkodning; "
                "exportera den på nytt som UTF-8 (i Excel: CSV UTF-8)."
            )

    def _of_formulas(self) -> Iterator[str]:
        if self.unsaved:
            yield (
                f"{_counted(self.unsaved, 'formel', 'formler')} saknar sparat resultat och lästes som tomma celler; öppna filen i Excel, spara "
                "den och läs in den på nytt."
            )


def _of_merged(merged: Sequence[Merged], header: int, columns: Sequence[str]) -> Iterator[str]:
    """What merged cells do to a table whose header row, counted from 1, is known."""
    merged = sorted(merged, key=lambda cells: (cells.top, cells.left))
    if above := [cells for cells in merged if cells.bottom < header]:
        yield f"sammanslagna celler ovanför rubrikraden ({_refs(above)}) lästes som en titel och ingår inte i tabellen."
    if beside := [cells for cells in merged if cells.top <= header <= cells.bottom]:
        yield f"rubrikraden har sammanslagna celler ({_refs(beside)}); ge varje kolumn en egen rubrik på en och samma rad."
    below = [cells for cells in merged if cells.top > header]
    if tall := [cells for cells in below if cells.bottom > cells.top]:
        yield f"bladet har sammanslagna celler ({_refs(tall)}); bara den första raden i varje har ett värde.{_columns(tall, columns)}"
    if wide := [cells for cells in below if cells.bottom == cells.top]:
        yield f"bladet har sammanslagna celler ({_refs(wide)}); bara den första kolumnen i varje har ett värde."


def _refs(merged: Sequence[Merged]) -> str:
    return ", ".join(cells.ref for cells in merged[:SHOWN]) + (" med flera" if len(merged) > SHOWN else "")


def _columns(merged: Sequence[Merged], columns: Sequence[str]) -> str:
    lacking = sorted({number for cells in merged for number in range(cells.left, min(cells.right, len(columns)) + 1)})
    names = [columns[number - 1] for number in lacking[:SHOWN]] + ["med flera"] * (len(lacking) > SHOWN)
    return f" Fyll i raderna under i {'kolumnen' if len(lacking) == 1 else 'kolumnerna'} {', '.join(names)}." if names else ""


def _counted(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"
