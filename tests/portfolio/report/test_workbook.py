"""Tests of the Excel workbook."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.errors import OutputError
from classifier.portfolio.collection import Portfolio
from classifier.portfolio.report.workbook import write_workbook
from classifier.report import sheets
from classifier.text.headings import MAX_CELL
from tests.portfolio.conftest import Make, make_portfolio

COLUMNS = ("id", "text")
NONE: tuple[tuple[str, ...], list[Mapping[str, Any]]] = (("projekt_id", "påstående"), [])


def written(folder: Path, portfolio: Portfolio, *rows: Mapping[str, Any]) -> Any:
    path = folder / "portfölj.xlsx"
    write_workbook(path, (COLUMNS, rows), NONE, portfolio)
    return openpyxl.load_workbook(path)


def lines(sheet: Any) -> list[list[Any]]:
    return [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]


def test_workbook_sheets_in_order(make: Make, tmp_path: Path) -> None:
    assert written(tmp_path, make({})).sheetnames == ["Projekt", "Påståenden", "Korstabeller", "Att granska", "Så gjordes det"]


def test_workbook_tables_have_bold_frozen_header_and_filter(make: Make, tmp_path: Path) -> None:
    book = written(tmp_path, make({"granska": True}), {"id": "P1", "text": "Ett"}, {"id": "P2", "text": "Två"})
    sheet = book["Projekt"]
    assert lines(sheet) == [["id", "text"], ["P1", "Ett"], ["P2", "Två"]]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:B3")
    assert [cell.font.bold for cell in sheet[1]] == [True, True]
    assert book["Påståenden"].auto_filter.ref == "A1:B1"
    assert book["Att granska"].auto_filter.ref == "A1:I2"


@pytest.mark.parametrize("value", ["=1+1", "=cmd|'/C calc'!A0", "@SUM(A1)", "+1+cmd|x", "-2", "#REF!", "#N/A", "\t=1", "={1}"])
def test_workbook_no_cell_is_a_formula_or_an_error(value: str, make: Make, tmp_path: Path) -> None:
    portfolio = make({"id": value, "titel": value, "program": value, "granska": True, "status": value}, name=value)
    book = written(tmp_path, portfolio, {"id": value, "text": value})
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert kinds <= {"s", "inlineStr", "n"}
    assert book["Projekt"]["B2"].value == value
    assert [value.strip(), 1, 1, 100_000] in lines(book["Korstabeller"])


@pytest.mark.parametrize("column", ["=1+1", "#REF!"])
def test_workbook_no_header_is_a_formula(column: str, make: Make, tmp_path: Path) -> None:
    write_workbook(tmp_path / "a.xlsx", ((column,), [{column: "x"}]), NONE, make({}))
    cell = openpyxl.load_workbook(tmp_path / "a.xlsx")["Projekt"]["A1"]
    assert (cell.value, cell.data_type) == (column, "s")


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("a\x00b\x0bc\ufffed\ud800e", "abcde"),
        ("ö" * 1_000_000, "ö" * MAX_CELL),
        ("🙂" * 1_000_000, "🙂" * (MAX_CELL // 2)),
        (("Energi", "Livsmedel"), "Energi; Livsmedel"),
        ((), None),
        ("<r>a & b</r>", "<r>a & b</r>"),
        (True, True),
        (np.bool_(False), False),
        (np.int64(7), 7),
        (np.float32(0.5), 0.5),
        (math.nan, None),
        (math.inf, None),
        (pd.NA, None),
        (pd.NaT, None),
        (None, None),
        (123_456_789_012_345, 123_456_789_012_345),
        (1_234_567_890_123_456, "1234567890123456"),
        ({"a": 1}, "{'a': 1}"),
    ],
)
def test_workbook_values(value: Any, read: Any, make: Make, tmp_path: Path) -> None:
    assert written(tmp_path, make({}), {"id": "P1", "text": value})["Projekt"]["B2"].value == read


@settings(max_examples=25)
@given(value=st.text())
def test_workbook_any_text_gives_a_whole_file(value: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    book = written(tmp_path_factory.mktemp("bok"), make_portfolio({"program": value}, name=value), {"id": value, "text": "x"})
    assert book["Projekt"]["B2"].value == "x"


def test_workbook_cross_tables(make: Make, tmp_path: Path) -> None:
    known = {"effektkedja": "A", "belopp": 5.0}
    projects = make(known, {**known, "år": 2014.0}, {"fokusområde": "Innovation", "effektkedja": "B", "syfte": ("Digitalisering",)})
    sheet = lines(written(tmp_path, projects)["Korstabeller"])
    start = sheet.index(["Fokusområde", "Projekt", "Andel av projekten", "Belopp (kr)"])
    assert sheet[start + 1][:2] == ["Företagande", 2]
    assert sheet[start + 1][2:] == [pytest.approx(2 / 3), 10]
    start = sheet.index(["Fokusområde × effektkedja (projekt)", "A", "B"])
    assert sheet[start + 1 : start + 3] == [["Företagande", 2, 0], ["Innovation", 0, 1]]
    start = sheet.index(["Fokusområde × år (projekt)", "2014", "2016"])
    assert sheet[start + 1] == ["Företagande", 1, 1]
    start = sheet.index(["År", "Projekt", "Andel av projekten", "Belopp (kr)"])
    assert [line[0] for line in sheet[start + 1 : start + 3]] == ["2014", "2016"]


def test_workbook_review_most_uncertain_first(make: Make, tmp_path: Path) -> None:
    portfolio = make({"granska": True}, {"granska": True, "effektkedja_sannolikhet": 0.31234}, {})
    sheet = lines(written(tmp_path, portfolio)["Att granska"])
    assert [line[:3] for line in sheet] == [["id", "titel", "säkerhet"], ["P2", "Bygdens butik", 0.3123], ["P1", "Bygdens butik", 0.9]]


def test_workbook_says_how_it_was_made(make: Make, tmp_path: Path) -> None:
    said = lines(written(tmp_path, make({}, {"beslut": "bekräftad"}, statements=[(0, "x", "A")]))["Så gjordes det"])
    sheet = dict(line for line in said if len(line) == 2)
    assert ["Projekt", 2] in said
    assert ["Påståenden", 1] in said
    assert (sheet["Portfölj"], sheet["Modell"], sheet["Schema"], sheet["Datum"]) == ("prov.csv", "provmodell", "2026.1", "2026-11-22")
    assert sheet["Granskning"] == "Av 2 projekt är 1 bekräftade och 1 förslag, ej granskat."
    assert "inte ett skäl att bevilja eller avslå" in sheet["Avsedd användning"]
    assert sheet["U Utfall"].startswith("En förändring hos målgruppen")


def test_workbook_empty_portfolio(make: Make, tmp_path: Path) -> None:
    full = make({})
    book = written(tmp_path, Portfolio("tom", full.projects.iloc[:0], full.statements, {}))
    assert lines(book["Projekt"]) == [["id", "text"]]
    assert lines(book["Korstabeller"]) == [["Portföljen har inga projekt."]]
    assert len(lines(book["Att granska"])) == 1


def test_workbook_rows_are_not_held_together(make: Make, tmp_path: Path) -> None:
    alive: list[int] = []

    class Row(dict[str, Any]):
        def __init__(self, number: int) -> None:
            super().__init__(id=number, text="x")
            alive.append(1)

        def __del__(self) -> None:
            alive.pop()

    def rows() -> Iterator[Mapping[str, Any]]:
        for number in range(3000):
            assert len(alive) <= sheets.LOOKED_AT + 2
            yield Row(number)

    write_workbook(tmp_path / "a.xlsx", (COLUMNS, rows()), NONE, make({}))
    assert openpyxl.load_workbook(tmp_path / "a.xlsx")["Projekt"].max_row == 3001


def test_workbook_too_many_rows_for_excel(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MAX_ROWS", 3)
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"det som fanns")
    rows = [{"id": str(number), "text": ""} for number in range(3)]
    write_workbook(tmp_path / "b.xlsx", (COLUMNS, rows[:2]), NONE, make({}))
    with pytest.raises(OutputError, match=r"bladet Projekt får fler rader än Excel klarar.*\.csv"):
        write_workbook(path, (COLUMNS, rows), NONE, make({}))
    assert path.read_bytes() == b"det som fanns"
    assert sorted(item.name for item in tmp_path.iterdir()) == ["a.xlsx", "b.xlsx"]


def test_workbook_columns_are_as_wide_as_their_content(make: Make, tmp_path: Path) -> None:
    sheet = written(tmp_path, make({}), {"id": "P1", "text": "x" * 500})["Projekt"]
    assert [sheet.column_dimensions[letter].width for letter in "AB"] == pytest.approx([8, 60], abs=1)  # and the cell's margin


def test_workbook_same_portfolio_gives_same_bytes(make: Make, tmp_path: Path) -> None:
    first, second = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    for path in (first, second):
        write_workbook(path, (COLUMNS, [{"id": "P1", "text": "x"}]), NONE, make({}))
    assert first.read_bytes() == second.read_bytes()


def test_workbook_is_a_sound_archive(make: Make, tmp_path: Path) -> None:
    written(tmp_path, make({}))
    with zipfile.ZipFile(tmp_path / "portfölj.xlsx") as archive:
        assert archive.testzip() is None
