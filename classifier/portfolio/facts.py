"""What a table says of a project beside its text: amount, year, county, programme."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from classifier.portfolio.counties import county_of
from classifier.portfolio.sources import text_of
from classifier.text.tables import Columned, find_column

AMOUNT_NAMES = (
    "belopp",
    "belopp_sek",
    "beviljat belopp",
    "beviljat stöd",
    "beviljat",
    "stödbelopp",
    "eu-stöd",
    "bidrag",
    "budget",
    "amount",
)
YEAR_NAMES = (
    "år",
    "startår",
    "beslutsår",
    "start",
    "startdatum",
    "projektstart",
    "beslutsdatum",
    "diarieförd",
    "datum",
    "year",
    "start date",
)
COUNTY_NAMES = ("län", "projektlän", "länsnamn", "länskod", "region", "county")
PROGRAMME_NAMES = ("program", "programområde", "programnamn", "fond", "stödform", "utlysning", "programme", "program area")
MOST = 1e12
"""Kronor; more than this in one project is a number of another kind."""
LONGEST = 40
"""Characters in which an amount, or the beginning of a date, has room."""
_FACTORS = {"mnkr": 1e6, "mkr": 1e6, "msek": 1e6, "miljon": 1e6, "miljoner": 1e6, "tkr": 1e3, "tsek": 1e3, "tusen": 1e3}
_AMOUNT = re.compile(rf"(?:kr|sek)?(?P<number>-?\d[\d.,]*?)(?P<unit>{'|'.join(_FACTORS)})?(?:kr|kronor|sek|[:,]-)?\.?")
_YEAR = re.compile(r"(?<!\d)(19[5-9]\d|20\d\d)(?=\D|$|(?:[01]\d[0-3]\d)(?!\d))")


@dataclass(frozen=True)
class FactColumns:
    """Which columns of a table hold the facts; ``None`` where there is none."""

    amount: str | None = None
    year: str | None = None
    county: str | None = None
    programme: str | None = None


@dataclass(frozen=True)
class Facts:
    """The facts of one project; ``None`` or empty where they are not known."""

    amount: float | None = None
    year: int | None = None
    county: str = ""
    programme: str = ""


def guess_columns(table: Columned) -> FactColumns:
    """The columns whose names are usual for the facts."""
    names = (AMOUNT_NAMES, YEAR_NAMES, COUNTY_NAMES, PROGRAMME_NAMES)
    found = [find_column(table, usual, None, item.name) for item, usual in zip(fields(FactColumns), names, strict=True)]
    return FactColumns(*found)


def facts_of(row: Mapping[str, Any], columns: FactColumns) -> Facts:
    """The facts of a row."""
    amount, year, county, programme = (
        row.get(column) if column else None for column in (columns.amount, columns.year, columns.county, columns.programme)
    )
    return Facts(amount_of(amount), year_of(year), county_of(text_of(county)), " ".join(text_of(programme).split())[:200])


def amount_of(cell: Any) -> float | None:
    """Kronor in a cell, however it is written: ``1 234 567 kr``, ``1.234.567,50``, ``450 000:-``, ``2,5 mkr``, ``450 tkr``."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return float(cell) if abs(cell) <= MOST else None
    written = re.sub(r"\s", "", text_of(cell)).lower()
    found = _AMOUNT.fullmatch(written) if len(written) <= LONGEST else None
    if not found:
        return None
    factor = _FACTORS.get(found["unit"] or "", 1.0)
    number = _number(found["number"], may_be_grouped=factor < 1e6)
    return number * factor if abs(number * factor) <= MOST else None


def year_of(cell: Any) -> int | None:
    """The first year from 1950 to 2099 in a cell that holds a year or a date."""
    found = _YEAR.search(text_of(cell)[:LONGEST])
    return int(found[1]) if found else None


def _number(written: str, *, may_be_grouped: bool) -> float:
    """A number with thousands apart by points or commas, or a decimal comma or point."""
    separators = re.findall(r"[.,]", written)
    if len(separators) > 1 and len(set(separators)) == 1:  # the same mark twice keeps thousands apart
        written = written.replace(separators[0], "")
    elif len(separators) > 1:
        whole, _, decimals = written.rpartition(separators[-1])
        written = re.sub(r"[.,]", "", whole) + "." + decimals
    elif separators and may_be_grouped and re.fullmatch(r"-?\d{1,3}[.,]\d{3}", written):
        written = written.replace(separators[0], "")
    return float(written.replace(",", "."))
