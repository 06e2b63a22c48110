"""A project of a portfolio with all that is known of it: what came in, what was proposed, what was decided."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from classifier.decisions import CaseStatus, status_of
from classifier.portfolio.collection import CODE_COLUMNS, SEVERAL_FIELDS, SINGLE_FIELDS, Portfolio
from classifier.portfolio.facts import Facts
from classifier.portfolio.outcome import Outcome
from classifier.portfolio.sources import Entry
from classifier.taxonomy import Field, Scheme

PROJECT_FRAME = (
    *("id", "titel", "text"),
    *(name for single in SINGLE_FIELDS for name in (single, f"{single}_sannolikhet")),
    *SEVERAL_FIELDS,
    *("granska", "märkt", "beslut", "status", "modell", "belopp", "år", "län", "program"),
)
STATEMENT_FRAME = ("projekt", "nr", "påstående", "kolumn", "kolumner", *CODE_COLUMNS)


@dataclass(frozen=True)
class Judged:
    """A project as it stands."""

    number: int
    """From 0, in the order of the file."""
    entry: Entry
    facts: Facts
    outcome: Outcome
    decided: Mapping[Field, tuple[str, ...]] = field(default_factory=dict)
    marked: bool = False
    """Whether a person has marked it for review."""
    decided_by: str = ""
    decided_at: datetime.datetime | None = None
    case_id: str | None = None
    """The case it was opened as."""

    @property
    def state(self) -> CaseStatus:
        """How far the decision has come."""
        return status_of(set(self.decided), bool(self.decided))

    def values(self, name: Field) -> tuple[str, ...]:
        """The label ids of a field: those decided, else those proposed."""
        if name in self.decided:
            return self.decided[name]
        return self.outcome.fields[name].values if name in self.outcome.fields else ()


def as_portfolio(name: str, judged: Iterable[Judged], made: Mapping[str, str], scheme: Scheme) -> Portfolio:
    """Lay projects out as the tables that everything is counted and drawn from."""
    projects: list[dict[str, Any]] = []
    statements: list[tuple[Any, ...]] = []
    for row, item in enumerate(judged):
        projects.append(_project(item, scheme))
        statements += _statements(row, item)
    frame = pd.DataFrame(projects, columns=list(PROJECT_FRAME))
    for column in ("belopp", "år", *(f"{single}_sannolikhet" for single in SINGLE_FIELDS)):
        frame[column] = frame[column].astype(float)
    for column in ("granska", "märkt"):
        frame[column] = frame[column].astype(bool)
    return Portfolio(name, frame, pd.DataFrame(statements, columns=list(STATEMENT_FRAME)), made)


def _project(item: Judged, scheme: Scheme) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": item.entry.project.id,
        "titel": item.entry.project.title,
        "text": item.entry.project.text,
        "granska": item.outcome.needs_review,
        "märkt": item.marked,
        "beslut": item.state.value,
        "status": item.outcome.status,
        "modell": item.outcome.model,
        "belopp": item.facts.amount,
        "år": item.facts.year,
        "län": item.facts.county,
        "program": item.facts.programme,
    }
    for name in Field:
        names = tuple(scheme.label(name, label).name for label in item.values(name))
        if name.is_multiple:
            row[name.swedish] = names
        else:
            row[name.swedish] = next(iter(names), "")
            row[f"{name.swedish}_sannolikhet"] = item.outcome.fields[name].probability if name in item.outcome.fields else None
    focus = next(iter(item.values(Field.FOKUSOMRADE)), None)
    row["sakområde"] = scheme.sakomrade_of(focus).name if focus else ""
    row["sakområde_sannolikhet"] = item.outcome.sakomraden[0][1] if item.outcome.sakomraden else None
    return row


def _statements(row: int, item: Judged) -> Iterator[tuple[Any, ...]]:
    text = item.entry.project.text
    for number, found in enumerate(item.outcome.statements, 1):
        yield (row, number, text[found.start : found.end], found.columns[0], found.columns, *found.probabilities)
