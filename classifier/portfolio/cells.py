"""Cells of rows that this program wrote → what was proposed and decided."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping
from typing import Any

from classifier.portfolio.outcome import FieldOutcome, Outcome, Share, StatementOutcome
from classifier.portfolio.sources import text_of
from classifier.taxonomy import Field, Scheme
from classifier.taxonomy.scheme import COLUMN_CODES, NO_FOCUS
from classifier.text.tables import Row

NONE_OF_THESE = "inget av dessa"
"""What is written where a person has decided that no label fits."""
Spoken = tuple[StatementOutcome, str]
"""A statement and what it says."""


class RowReader:
    """Reads cells by the names of a scheme's labels, and counts those that name none."""

    def __init__(self, scheme: Scheme) -> None:
        self.ids = {name: {label.name: label.id for label in scheme.labels[name]} for name in Field}
        self.areas = {label.name: label.id for label in scheme.sakomraden}
        self.own_leaves = {label.parent: label.id for label in scheme.labels[Field.FOKUSOMRADE] if label.is_own_leaf}
        self.scheme = scheme
        self.unknown = 0

    def decided(self, row: Row) -> dict[Field, tuple[str, ...]]:
        """What has been decided of a project; a cell that names no label says nothing."""
        decided: dict[Field, tuple[str, ...]] = {}
        for name in Field:
            cell = row.get(f"{name.swedish}_beslut")
            if text_of(cell).strip() == NONE_OF_THESE:
                decided[name] = ()
            elif values := self._known(cell, name):
                decided[name] = values
        return decided

    def outcome(self, row: Row, statements: tuple[StatementOutcome, ...]) -> Outcome:
        """What was proposed for a project; without a fokusområde nothing was."""
        status, model, needs_review = text_of(row.get("status")), text_of(row.get("modell")), text_of(row.get("granska")) != "falskt"
        fields = {name: found for name in Field if (found := self._proposed(row, name))}
        if Field.FOKUSOMRADE not in fields:
            return Outcome(status, model, needs_review)
        own = self.scheme.sakomrade_of(fields[Field.FOKUSOMRADE].values[0]).id
        areas = ((own, _share(row.get("sakområde_sannolikhet"))), *_alternatives(row.get("sakområde_alternativ"), self.areas))
        return Outcome(status, model, needs_review, fields, areas, statements)

    def notes(self, name: str) -> tuple[str, ...]:
        """What the user should know of what was read."""
        cells = "1 cell" if self.unknown == 1 else f"{self.unknown} celler"
        return (f"{name}: {cells} har värden som inte finns i schemat och lästes inte.",) if self.unknown else ()

    def _proposed(self, row: Row, name: Field) -> FieldOutcome | None:
        cell = row.get(name.swedish)
        if name.is_multiple:
            return FieldOutcome(self._known(cell, name), 0.0)
        if name is Field.FOKUSOMRADE and text_of(cell) == NO_FOCUS:
            leaf = self.own_leaves.get(self.areas.get(text_of(row.get("sakområde")), ""))
            values = tuple(filter(None, [leaf]))
        else:
            values = self._known(cell, name)
        if not values:
            return None
        share = _share(row.get(f"{name.swedish}_sannolikhet"))
        others = _alternatives(row.get(f"{name.swedish}_alternativ"), self.ids[name])
        return FieldOutcome(values, share, ((values[0], share), *others))

    def _known(self, cell: Any, name: Field) -> tuple[str, ...]:
        """The labels that a cell names; none when one of them is unknown, or there are several where there can be one."""
        parts = dict.fromkeys(part.strip() for part in text_of(cell).split(";") if part.strip())
        if any(part not in self.ids[name] for part in parts) or (len(parts) > 1 and not name.is_multiple):
            self.unknown += 1
            return ()
        return tuple(self.ids[name][part] for part in parts)


def signed(row: Row) -> tuple[bool, str, datetime.datetime | None]:
    """Whether a project is marked for review, who decided about it, and when."""
    return text_of(row.get("märkt")) == "sant", text_of(row.get("beslut_av")), _moment(text_of(row.get("beslut_tid")))


def spoken(row: Mapping[str, Any]) -> Spoken:
    """The statement of a row, as it was placed, and what it says."""
    shares = tuple(_share(row.get("utanför" if code == "-" else code)) for code in COLUMN_CODES)
    columns = tuple(code for code in text_of(row.get("kolumner")).split(";") if code in COLUMN_CODES)
    return StatementOutcome(whole(row.get("start")), whole(row.get("slut")), columns or ("-",), shares), text_of(row.get("påstående"))


def whole(cell: Any) -> int:
    """A whole number from 0; 0 when the cell holds none."""
    return max(0, int(_share(cell)))


def _alternatives(cell: Any, ids: Mapping[str, str]) -> tuple[Share, ...]:
    found = (re.fullmatch(r"(.+) \((\d[.,]\d\d)\)", part) for part in text_of(cell).split("; "))
    return tuple((ids[item[1]], _share(item[2])) for item in found if item and item[1] in ids)


def _share(cell: Any) -> float:
    try:
        share = float(cell if isinstance(cell, int | float) else str(cell).replace(",", "."))
    except (ValueError, OverflowError):
        return 0.0
    return share if math.isfinite(share) else 0.0


def _moment(written: str) -> datetime.datetime | None:
    try:
        moment = datetime.datetime.fromisoformat(written)
        return moment.astimezone(datetime.UTC) if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
    except (ValueError, OverflowError):
        return None
