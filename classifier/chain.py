"""A project's statements laid out as an effect chain: what stands in each column, what is missing, what to ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from classifier.taxonomy.scheme import COLUMN_CODES

CHAIN_CODES = tuple(code for code in COLUMN_CODES if code != "-")

QUESTIONS: Mapping[str, str] = {
    "R": "Vad sätts in i projektet: pengar, arbetstid, lokaler, kunnande, parter?",
    "A": "Vad ska göras, av vem och för vem?",
    "P": "Vad ska vara levererat eller räknat när aktiviteterna är klara?",
    "U": "Vad ska de som deltar kunna eller göra annorlunda efteråt?",
    "K": "Vad ska ha förändrats i branschen, på orten eller i länet inom några år?",
    "L": "Vilket långsiktigt mål i samhället bidrar projektet till?",
}
"""What to ask the applicant when a column is empty."""


@dataclass(frozen=True)
class Board:
    """An effect chain. ``columns`` maps each code R … L to the numbers of the statements placed there."""

    columns: Mapping[str, tuple[int, ...]]

    @property
    def gaps(self) -> tuple[str, ...]:
        """The codes of columns that no statement stands in, in the order of the chain."""
        return tuple(code for code in CHAIN_CODES if not self.columns[code])

    @property
    def questions(self) -> tuple[str, ...]:
        """One question to the applicant for each gap."""
        return tuple(QUESTIONS[code] for code in self.gaps)


def lay_out(columns: Iterable[Sequence[str]]) -> Board:
    """Lay out statements, given by their column codes in order; a statement stands in each of its columns.

    >>> lay_out([("A", "P"), ("-",), ("U",)]).gaps
    ('R', 'K', 'L')
    """
    places: dict[str, list[int]] = {code: [] for code in CHAIN_CODES}
    for number, codes in enumerate(columns):
        for code in codes:
            if code in places:
                places[code].append(number)
    return Board({code: tuple(numbers) for code, numbers in places.items()})
