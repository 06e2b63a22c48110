"""Coupons: the rows of an exercise, what can be crossed in each, and a key where there is one."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from classifier.chain import CHAIN_CODES
from classifier.errors import StryktipsError
from classifier.stryktips.crosses import Crosses
from classifier.taxonomy import Field, Label, Scheme

COUPON_FILE = Path(__file__).with_name("coupon.toml")
MOST_ROWS = 100
"""More rows than this cannot be talked through in one sitting."""
LONGEST_ROW, LONGEST_ABOUT, LONGEST_TITLE = 600, 6_000, 120
"""Characters in a row's statement, in the text it is about, and in a coupon's title."""


class Exercise(StrEnum):
    """What the players do. The value is what the store says."""

    STRYKTIPS = "stryktips"
    """Every statement gets crosses in one or more of the six columns."""
    CHAIN = "pussla"
    """Pussla insatslogiken: the cards of one project are each laid into one column of the chain."""
    CASES = "kategorisera"
    """Kategorisera projektcase: every project gets a sakområde, a fokusområde and an effektkedja."""

    @property
    def is_single(self) -> bool:
        """Whether a row takes one cross only."""
        return self is not Exercise.STRYKTIPS


class Choice(StrEnum):
    """What can be crossed in a row. The value is what the store says."""

    COLUMN = "kolumn"
    SAKOMRADE = "sakomrade"
    FOKUSOMRADE = "fokusomrade"
    EFFEKTKEDJA = "effektkedja"


CASE_CHOICES = (Choice.SAKOMRADE, Choice.FOKUSOMRADE, Choice.EFFEKTKEDJA)
"""What a project is given in :attr:`Exercise.CASES`, in order."""


@dataclass(frozen=True)
class Row:
    """One row of a coupon."""

    text: str
    """The statement or card; of a case the project's title."""
    key: Crosses | None = None
    """The key's crosses; nothing when the row has none."""
    choice: Choice = Choice.COLUMN
    about: str = ""
    """The text of the project that the row asks about, where it is needed to answer."""


@dataclass(frozen=True)
class Coupon:
    """The rows of an exercise in order."""

    title: str
    exercise: Exercise
    rows: tuple[Row, ...]

    @property
    def has_key(self) -> bool:
        """Whether any row has a key."""
        return any(row.key for row in self.rows)


def checked(coupon: Coupon, scheme: Scheme) -> Coupon:
    """The coupon, when it can be played.

    Raises:
        StryktipsError: when it cannot; the message says which row and what to do.
    """
    rows = coupon.rows
    if not coupon.title.strip() or len(coupon.title) > LONGEST_TITLE:
        raise StryktipsError(f"ge kupongen ett namn på högst {LONGEST_TITLE} tecken")
    if not rows:
        raise StryktipsError("kupongen är tom; skriv minst ett påstående, ett per rad")
    if len(rows) > MOST_ROWS:
        raise StryktipsError(f"kupongen har {len(rows)} rader, och högst {MOST_ROWS} ryms i en session; välj ut de viktigaste")
    for number, row in enumerate(rows, 1):
        if not row.text.strip():
            raise StryktipsError(f"rad {number} är tom; skriv ett påstående eller ta bort raden")
        if any(unicodedata.category(character) == "Cc" and character not in "\n\t" for character in row.text + row.about):
            raise StryktipsError(f"rad {number} har tecken som inte går att visa; skriv om raden")
        if len(row.text) > LONGEST_ROW:
            raise StryktipsError(f"rad {number} har {len(row.text)} tecken; korta den till högst {LONGEST_ROW}")
        if len(row.about) > LONGEST_ABOUT:
            raise StryktipsError(f"texten vid rad {number} har {len(row.about)} tecken; korta den till högst {LONGEST_ABOUT}")
        if row.key is not None:
            check_crosses(row.key, row.choice, coupon.exercise, scheme, f"facit på rad {number}")
    return coupon


def check_crosses(crosses: Crosses, choice: Choice, exercise: Exercise, scheme: Scheme, what: str = "raden") -> None:
    """Check that crosses stand at choices that exist, and that there is one at most where only one can be given.

    Raises:
        StryktipsError: when they do not.
    """
    known = choice_ids(choice, scheme)
    unknown = sorted(set(crosses.weights) - set(known))
    if unknown:
        raise StryktipsError(f"{what} har ett kryss i {unknown[0][:40]!r}, som inte finns; välj bland {', '.join(known)}")
    if exercise.is_single and len(crosses) > 1:
        raise StryktipsError(f"{what} kan bara ha ett kryss i den här övningen; välj det som passar bäst")


def choices(choice: Choice, scheme: Scheme) -> tuple[Label, ...]:
    """What can be crossed, in the scheme's order."""
    if choice is Choice.COLUMN:
        return tuple(scheme.column(code) for code in CHAIN_CODES)
    return scheme.sakomraden if choice is Choice.SAKOMRADE else scheme.labels[Field(choice.value)]


def choice_ids(choice: Choice, scheme: Scheme) -> tuple[str, ...]:
    """The ids of what can be crossed: column codes, or ids of labels."""
    return CHAIN_CODES if choice is Choice.COLUMN else tuple(label.id for label in choices(choice, scheme))


@cache
def standard() -> Coupon:
    """The nineteen statements of the exercise with the key that was filled in at the workshop of 2017-12-14 (source 001)."""
    found = tomllib.loads(COUPON_FILE.read_text(encoding="utf-8"))
    rows = tuple(Row(row["text"], Crosses.parse(row["facit"])) for row in found["rad"])
    return Coupon(found["titel"], Exercise.STRYKTIPS, rows)


def as_data(coupon: Coupon, scheme: Scheme) -> dict[str, Any]:
    """The coupon as plain data for JSON; :func:`from_data` reads it again."""
    rows = [
        {
            "text": row.text,
            "choice": row.choice.value,
            "key": None if row.key is None else row.key.written(choice_ids(row.choice, scheme)),
            "about": row.about,
        }
        for row in coupon.rows
    ]
    return {"title": coupon.title, "exercise": coupon.exercise.value, "rows": rows}


def from_data(data: Mapping[str, Any]) -> Coupon:
    """A coupon from what :func:`as_data` made of it."""
    rows: Sequence[Mapping[str, Any]] = data["rows"]
    return Coupon(
        data["title"],
        Exercise(data["exercise"]),
        tuple(
            Row(row["text"], None if row["key"] is None else Crosses.parse(row["key"]), Choice(row["choice"]), row["about"]) for row in rows
        ),
    )
