"""Headings: the usual names of columns, which row of a table holds them, and what its columns are called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from classifier.text.documents import clean

TEXT_NAMES = (
    "text",
    "beskrivning",
    "projektbeskrivning",
    "sammanfattning",
    "projekttext",
    "ansökan",
    "innehåll",
    "description",
    "summary",
    "abstract",
)
STATEMENT_NAMES = ("påstående", "mening", "statement", "sentence", *TEXT_NAMES)
TITLE_NAMES = ("titel", "projektnamn", "projekttitel", "rubrik", "namn", "title", "name")
ID_NAMES = ("id", "ärendeid", "diarienummer", "ärendenummer", "dnr", "projektid", "projektnummer", "caseid")
HEADER_ROWS = 20
"""How far down a sheet the header is looked for: exports often open with a title and a blank row."""
MAX_COLUMNS = 16_384
MAX_ROWS = 1_048_576
MAX_CELL = 32_767
"""Excel's own limits. A table with more columns was split at the wrong delimiter."""


def plain(name: str) -> str:
    """A column's name as it is compared: its letters and digits in lower case."""
    return re.sub(r"[\W_]+", "", name.lower())


USUAL_NAMES = frozenset(map(plain, (*STATEMENT_NAMES, *TITLE_NAMES, *ID_NAMES)))


def header_row(lines: Sequence[Sequence[Any]]) -> int | None:
    """The first row with a usual column name, else the first with two or more texts, else the first with one.

    Args:
        lines: the cells of the first rows; no more than ``HEADER_ROWS`` are looked at.

    Returns:
        Its number from 0; ``None`` when there is no text.
    """
    texts = [[cell.strip() for cell in line if isinstance(cell, str) and cell.strip()] for line in lines[:HEADER_ROWS]]
    for number, cells in enumerate(texts):
        if not USUAL_NAMES.isdisjoint(map(plain, cells)):
            return number
    return next((number for least in (2, 1) for number, cells in enumerate(texts) if len(cells) >= least), None)


def column_names(cells: Sequence[Any], width: int) -> tuple[str, ...]:
    """Names of a table's columns, no two alike: those of the header row, else their numbers."""
    names: dict[str, None] = {}
    for number in range(width):
        name = clean(str(cells[number])).strip() if number < len(cells) else ""
        name = name or f"kolumn {number + 1}"
        while name in names:
            name = f"{name} ({number + 1})"
        names[name] = None
    return tuple(names)
