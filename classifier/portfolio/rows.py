"""The contract's rows: what is written of a project and of a statement."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from classifier.portfolio.outcome import Outcome, Share
from classifier.portfolio.sources import Entry
from classifier.taxonomy import Field, Scheme
from classifier.taxonomy.scheme import COLUMN_CODES
from classifier.text.tables import Row

STATEMENT_COLUMNS = (
    "projekt_id",
    "nr",
    "start",
    "slut",
    "påstående",
    "kolumn",
    "kolumner",
    *(code if code != "-" else "utanför" for code in COLUMN_CODES),
)
SINGLE_OUTPUT = ("projekttyp", "sakområde", "fokusområde", "effektkedja")
PROJECT_COLUMNS = (
    "id",
    "titel",
    *(f"{name}{ending}" for name in SINGLE_OUTPUT for ending in ("", "_sannolikhet", "_alternativ")),
    "bransch",
    "verktyg",
    "syfte",
    "granska",
    "status",
    "modell",
)
DIGITS = 4
MARK = " (indata)"
"""Put after the name of an input column where the output has one of that name."""


def project_row(entry: Entry, outcome: Outcome, kept: Mapping[str, str], scheme: Scheme) -> Row:
    """A project as the contract's row: the kept input columns under their names in ``kept``, then what is proposed."""
    row = {kept[column]: value for column, value in entry.kept.items()}
    row |= {"id": entry.project.id, "titel": entry.project.title}
    row |= project_cells(outcome, scheme) if outcome.is_judged else dict.fromkeys(PROJECT_COLUMNS[2:], "")
    return row | {"granska": _swedish(outcome.needs_review), "status": outcome.status, "modell": outcome.model}


def statement_rows(entry: Entry, outcome: Outcome) -> Iterator[Row]:
    """The statements of a project as rows of the contract."""
    for number, item in enumerate(outcome.statements, 1):
        said = entry.project.text[item.start : item.end]
        yield {"projekt_id": entry.project.id, "nr": number} | statement_cells(said, item.start, item.end, item.columns, item.probabilities)


def statement_cells(text: str, start: int, end: int, columns: Sequence[str], probabilities: Iterable[float]) -> Row:
    """A statement as cells of the contract, project and number aside; the probabilities are those of ``COLUMN_CODES``."""
    return {
        "start": start,
        "slut": end,
        "påstående": text,
        "kolumn": columns[0],
        "kolumner": ";".join(columns),
        **{("utanför" if code == "-" else code): round(share, DIGITS) for code, share in zip(COLUMN_CODES, probabilities, strict=True)},
    }


def project_cells(outcome: Outcome, scheme: Scheme) -> Row:
    """What is proposed for a project as cells of the contract."""
    names = {label.id: label.name for label in scheme.sakomraden}
    (own, share), *others = outcome.sakomraden
    cells: Row = {
        "sakområde": names[own],
        "sakområde_sannolikhet": share,
        "sakområde_alternativ": _alternatives([(names[label], chance) for label, chance in others]),
    }
    for field, found in outcome.fields.items():
        if field.is_multiple:
            cells[field.swedish] = ";".join(scheme.label(field, label).name for label in found.values)
        else:
            cells[field.swedish] = scheme.written(field, found.values[0])
            cells[f"{field.swedish}_sannolikhet"] = found.probability
            cells[f"{field.swedish}_alternativ"] = _alternatives(_named(found.likely[1:], field, scheme))
    return cells


def kept_names(columns: Collection[str], taken: Collection[str] = PROJECT_COLUMNS) -> dict[str, str]:
    """Names for input columns in the output: their own, marked where the output has a column of that name."""
    names: dict[str, str] = {}
    for column in columns:
        name = column
        while name in taken or (name != column and name in columns):
            name += MARK
        names[column] = name
    return names


def _named(shares: Sequence[Share], field: Field, scheme: Scheme) -> list[Share]:
    return [(scheme.label(field, label).name, chance) for label, chance in shares]


def _alternatives(ranked: Sequence[Share]) -> str:
    return "; ".join(f"{name} ({share:.2f})" for name, share in ranked)


def _swedish(value: Any) -> str:
    return "sant" if value else "falskt"
