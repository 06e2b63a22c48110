"""Tests of several sessions beside each other."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from classifier.errors import UsageError
from classifier.stryktips.coupon import Choice, Coupon, Exercise, Row
from classifier.stryktips.report.comparison import as_grid, compare_sessions, comparison_of, session_names, write_comparison
from classifier.stryktips.report.session import Session
from tests.stryktips.report.conftest import SCHEME, alone, cases, empty, hostile, large, marks, players, session_of, small


def played(title: str, rows: dict[str, list[str]], **given: Any) -> Session:
    """A room: statement → what its players crossed."""
    number = max(map(len, rows.values()))
    answers = {f"p{place + 1}": [written[place] if place < len(written) else None for written in rows.values()] for place in range(number)}
    return session_of(Coupon("x", Exercise.STRYKTIPS, tuple(map(Row, rows))), players(number), marks(answers), title=title, **given)


NORTH = played("Norr", {"Vinnväxt": ["A", "A"], "Teknikutveckling": ["A", "U"], "Bara i norr": ["R"], "Lika": ["P"]})
SOUTH = played("Söder", {"LIKA!": ["P", "P"], "  vinnväxt.": ["L"], "Teknik-utveckling": ["A U"], "Bara i söder": ["K"]})
N, S = "Norr 2026-11-22", "Söder 2026-11-22"


def test_comparison_same_statement_however_written_most_unlike_first() -> None:
    compared = compare_sessions([NORTH, SOUTH], SCHEME)
    assert compared["påstående"].tolist() == ["Vinnväxt", "Teknikutveckling", "Lika", "Bara i norr", "Bara i söder"]
    assert compared["distance"].tolist()[:3] == [1.0, 0.0, 0.0]
    assert compared["distance"].isna().tolist() == [False, False, False, True, True]
    assert compared[f"{N}: majoritet"].tolist() == ["A", "A U", "P", "R", ""]
    assert compared[f"{S}: svar"].tolist() == [1, 1, 2, 0, 1]
    assert compared[f"{N}: likhet"].tolist()[:2] == [1.0, 0.0]
    assert math.isnan(compared[f"{S}: likhet"][0])


def test_comparison_distance_is_the_mean_of_all_pairs() -> None:
    rooms = [played(f"Rum {number}", {"Vinnväxt": [written]}) for number, written in enumerate(["A", "A", "A U"])]
    assert compare_sessions(rooms, SCHEME)["distance"].tolist() == [pytest.approx((0 + 0.5 + 0.5) / 3)]


def test_comparison_unanswered_statements_are_left_out() -> None:
    assert compare_sessions([empty(), alone()], SCHEME)["påstående"].tolist() == ["Vinnväxt"]


def test_comparison_same_text_asked_about_other_things_is_not_the_same() -> None:
    compared = compare_sessions([cases(3, 2), cases(4, 2)], SCHEME)
    assert len(compared) == 6
    assert compared["distance"].notna().all()
    alike = played("Statement", {"Projekt 0": ["A"]})
    assert compare_sessions([cases(3, 1), alike], SCHEME)["distance"].isna().all()
    assert {row.choice for row in cases(3, 1).rows} == {Choice.SAKOMRADE, Choice.FOKUSOMRADE, Choice.EFFEKTKEDJA}


def test_comparison_texts_without_letters_are_told_apart() -> None:
    assert len(compare_sessions([played("x", {"?": ["A"], "!": ["U"]})], SCHEME)) == 2


def test_comparison_session_names_differ() -> None:
    assert session_names([small(), small(), NORTH]) == ["Torsdagens övning 2026-11-22 (1)", "Torsdagens övning 2026-11-22 (2)", N]
    names = session_names([small(title="ö" * 500), small(title="ö" * 501)])
    assert len(set(names)) == 2
    assert max(map(len, names)) < 60


def test_comparison_grid_names_each_room() -> None:
    grid = as_grid(compare_sessions([NORTH, SOUTH], SCHEME))
    assert [cell.replace("\u00a0", " ") for cell in grid.rows[0]] == [
        "Vinnväxt",
        f"{N}: A (2 svar, likhet 100 %)\n{S}: L (1 svar)",
        "1,00",
    ]
    assert grid.rows[-1][2] == "–"


def test_comparison_report_says_how_many_are_shared() -> None:
    report = comparison_of([NORTH, SOUTH], SCHEME)
    assert report.sections[0].paragraphs == (f"2 sessioner jämförs: {N} och {S}.", "3 påståenden har besvarats i minst två av dem.")
    assert [row[0] for row in report.sections[0].grids[0].rows] == [N, S]


@pytest.mark.parametrize("ending", [".xlsx", ".docx", ".html"])
@pytest.mark.parametrize(
    "sessions", [[], [NORTH], [NORTH, SOUTH, hostile(), empty()], [cases(), small()]], ids=["none", "one", "hostile", "mixed"]
)
def test_comparison_is_written(sessions: list[Session], ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"jämförelse{ending}"
    write_comparison(path, sessions, SCHEME)
    assert path.stat().st_size > 1000
    if ending == ".docx":
        assert docx.Document(str(path)).paragraphs[0].text == "Stryktipset: sessioner jämförda"


def test_comparison_workbook_has_swedish_heads_and_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "jämförelse.xlsx"
    write_comparison(path, [NORTH, SOUTH, hostile()], SCHEME)
    book = openpyxl.load_workbook(path)
    heads = [cell.value for cell in book["Jämförelse"][1]]
    assert heads[:4] == ["Påstående", f"{N}: rummets svar", f"{N}: likhet", f"{N}: svar"]
    assert heads[-1] == "Olikhet"
    assert [cell.value for cell in book["Jämförelse"][2]][:4] == ["Vinnväxt", "A", 1, 2]
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert kinds <= {"s", "inlineStr", "n"}


def test_comparison_other_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        write_comparison(tmp_path / "jämförelse.pdf", [NORTH], SCHEME)


def test_comparison_large_rooms(tmp_path: Path) -> None:
    compared = compare_sessions([large(60, 100, seed=seed) for seed in range(3)], SCHEME)
    assert len(compared) == 100
    assert compared["distance"].between(0, 1).all()
    assert compared["distance"].is_monotonic_decreasing
