"""How crosses, rows and agreement are written in Swedish, on screens and in reports alike."""

from __future__ import annotations

import math

from classifier.report.wording import decimal
from classifier.stryktips.coupon import Choice, Exercise, Row, choice_ids, choices
from classifier.stryktips.crosses import Crosses
from classifier.taxonomy import Column, Scheme

ROWS = {Exercise.STRYKTIPS: ("påstående", "påståenden"), Exercise.CHAIN: ("kort", "kort"), Exercise.CASES: ("fråga", "frågor")}
"""What one row of a coupon is called, and several."""
CHOICES = {
    Choice.COLUMN: "Kolumn",
    Choice.SAKOMRADE: "Sakområde",
    Choice.FOKUSOMRADE: "Fokusområde",
    Choice.EFFEKTKEDJA: "Effektkedja",
}
SHORT = {"K": "Kortsiktiga effekter", "L": "Långsiktiga effekter"}
"""Columns whose names are too long for a heading."""
AGREEMENT = ((0.8, "mycket eniga"), (0.667, "eniga"), (0.4, "ganska eniga"), (0.1, "oeniga"), (-math.inf, "som slumpen"))
"""The least α for each word. Krippendorff (Content Analysis, 4th ed., ch. 12) draws conclusions from 0.8, and tentative ones from 0.667."""
NO_CROSSES = "–"
STOPS = ".:;, "


def agreed(alpha: float | None) -> str:
    """Krippendorff's α in words; empty when there is none."""
    return "" if alpha is None else next(words for least, words in AGREEMENT if alpha >= least)


def agreement(alpha: float | None) -> str:
    """The agreement of the whole room, in words and figure."""
    if alpha is None:
        return "Enigheten kan inte räknas: det behövs fler svar, eller så har alla svarat likadant överallt."
    words = agreed(alpha)
    told = "Spelarna är inte enigare än slumpen ger" if words == "som slumpen" else f"Spelarna är {words}"
    return f"{told} (α\u00a0=\u00a0{decimal(alpha, 2)})."


def column_name(column: Column) -> str:
    """A column's name, short enough to stand in a heading."""
    return SHORT.get(column.code, column.name)


def names(row: Row, scheme: Scheme) -> dict[str, str]:
    """What can be crossed in a row: id → name."""
    labels = choices(row.choice, scheme)
    return {
        choice: column_name(label) if isinstance(label, Column) else label.name
        for choice, label in zip(choice_ids(row.choice, scheme), labels, strict=True)
    }


def crosses(found: Crosses | None, row: Row, scheme: Scheme) -> str:
    """Crosses as they are read: codes of columns or names of labels, the weak ones in brackets."""
    if found is None or not len(found):
        return NO_CROSSES
    if row.choice is Choice.COLUMN:
        return found.written(choice_ids(row.choice, scheme))
    return ", ".join(name if choice in found.full else f"({name})" for choice, name in names(row, scheme).items() if choice in found)


def room_answer(found: Crosses | None, row: Row, scheme: Scheme, exercise: Exercise) -> str:
    """What most of a room or a group answered; where each can give one answer only, several crosses are a tie and are written as one."""
    if found is None or len(found) < 2 or not exercise.is_single:
        return crosses(found, row, scheme)
    tied = [choice if row.choice is Choice.COLUMN else name for choice, name in names(row, scheme).items() if choice in found]
    return f"delat: {' / '.join(tied)}"


def numbers(full: int, weak: int) -> str:
    """Full crosses, then weak ones in brackets; empty when there are none."""
    return " ".join(filter(None, [str(full) if full else "", f"({weak})" if weak else ""]))


def row_text(row: Row) -> str:
    """A row's text without the stop it ends with, so that it can stand in a sentence; of a case with what is asked about it."""
    text = row.text.rstrip(STOPS) or row.text
    return text if row.choice is Choice.COLUMN else f"{text}: {CHOICES[row.choice].lower()}"
