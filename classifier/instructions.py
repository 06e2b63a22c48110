"""Corrections written to the assistant, such as "påstående 3 är utfall" or "fokusområde: Innovation"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from classifier.store.cases import statement_target
from classifier.taxonomy import Field, Scheme

MAX_WORDS = 16
_STATEMENT = re.compile(
    r"(?:påståendet?|mening(?:en)?|nr|nummer|flytta(?: påstående)?)?\s*(\d{1,4})\s*(?:är|=|:|->|→|till|ska vara|som)\s*(.+)", re.IGNORECASE
)


@dataclass(frozen=True)
class Instruction:
    """A decision put in words: what it is about, and the values decided."""

    target: str
    values: tuple[str, ...]


def read_instruction(text: str, scheme: Scheme, statements: int) -> Instruction | None:
    """Understand a short correction of an open case; ``None`` when the text is no correction.

    >>> from classifier.taxonomy import load_scheme
    >>> read_instruction("påstående 3 är utfall", load_scheme(), 9)
    Instruction(target='statement:2', values=('U',))
    """
    line = text.strip().rstrip(".!")
    if "\n" in line or not line or len(line.split()) > MAX_WORDS:
        return None
    return _about_statement(line, scheme, statements) or _about_field(line, scheme)


def _about_statement(line: str, scheme: Scheme, statements: int) -> Instruction | None:
    found = _STATEMENT.fullmatch(line)
    if not found or not 1 <= int(found[1]) <= statements:
        return None
    codes = [_column(word, scheme) for word in re.split(r"\s*(?:,|;|\boch\b|\+)\s*", found[2])]
    if not codes or None in codes or ("-" in codes and len(codes) > 1):
        return None
    return Instruction(statement_target(int(found[1]) - 1), tuple(dict.fromkeys(code for code in codes if code)))


def _column(word: str, scheme: Scheme) -> str | None:
    plain = word.strip().lower()
    for column in scheme.columns:
        name = column.name.lower()
        if plain in (column.code.lower(), name, name.split()[0]) or (len(plain) > 4 and name.startswith(plain)):
            return column.code
    return None


def _about_field(line: str, scheme: Scheme) -> Instruction | None:
    for field in Field:
        title = re.match(rf"{field.swedish}(?:t|et|en|n)?\s*(?:är|=|:|ska vara)\s*", line, re.IGNORECASE)
        if title:
            found = _labels(line[title.end() :], field, scheme)
            return Instruction(field, found) if found else None
    matches = [(field, found) for field in Field if not field.is_multiple and (found := _labels(line, field, scheme))]
    return Instruction(*matches[0]) if len(matches) == 1 else None


def _labels(words: str, field: Field, scheme: Scheme) -> tuple[str, ...]:
    """The labels that are named in full, or by a word that no other label of the field begins with."""
    named = [(label.id, label.name.lower()) for label in scheme.labels[field]]
    parts = re.split(r"\s*[,;]\s*", words.strip().lower()) if field.is_multiple else [words.strip().lower()]
    found: list[str] = []
    while parts:
        # A name may hold commas of its own, so the longest run of parts that names a label is taken.
        runs = ((end, _label(", ".join(parts[:end]), named)) for end in range(len(parts), 0, -1))
        end, label = next(((end, label) for end, label in runs if label), (0, None))
        if label is None:
            return ()
        found.append(label)
        parts = parts[end:]
    return tuple(dict.fromkeys(found))


def _label(word: str, named: Sequence[tuple[str, str]]) -> str | None:
    exact = [label for label, name in named if word in (name, label)]
    near = [label for label, name in named if len(word) > 4 and name.startswith(word)]
    return exact[0] if exact else near[0] if len(near) == 1 else None
