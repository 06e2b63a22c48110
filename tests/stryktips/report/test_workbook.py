"""Tests of the workbook of a session."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from classifier.errors import OutputError
from classifier.stryktips.crosses import Crosses
from classifier.stryktips.report.session import Session
from classifier.stryktips.report.workbook import SHEETS, write_session_workbook
from tests.stryktips.report.conftest import EVERY, HOSTILE, SCHEME, cases, chain, empty, hostile, large, marks, players, session_of, small
from tests.stryktips.report.conftest import SMALL as COUPON

every_session = pytest.mark.parametrize("make", EVERY.values(), ids=EVERY)


def written(folder: Path, session: Session) -> Any:
    write_session_workbook(folder / "session.xlsx", session, SCHEME)
    return openpyxl.load_workbook(folder / "session.xlsx")


def lines(sheet: Any) -> list[dict[str, Any]]:
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


@every_session
def test_workbook_sheets_in_order_with_header_and_filter(make: Callable[[], Session], tmp_path: Path) -> None:
    book = written(tmp_path, make())
    assert book.sheetnames == [*SHEETS, "Om"]
    for name in SHEETS:
        assert book[name].freeze_panes == "A2"
        assert book[name].auto_filter.ref
        assert all(cell.font.bold for cell in book[name][1])


def test_workbook_rows_with_counts_key_and_tips(tmp_path: Path) -> None:
    first, second, third = lines(written(tmp_path, small())["Påståenden"])
    assert (first["Nr"], first["Påstående"], first["Runda"], first["Svar"], first["Likhet"]) == (1, "Vinnväxt", 1, 4, 1)
    assert (first["R hela"], first["R svaga"], first["L hela"]) == (4, 0, 0)
    assert (second["A hela"], second["A svaga"], second["Rummets svar"], second["Facit"], second["Likhet med facit"]) == (
        1,
        1,
        "A",
        "(A)",
        0.5,
    )
    assert (first["Modellens tips"], first["Modellen A"], first["Modellen R"]) == ("A (P)", 0.6, None)
    assert (first["Modellen utanför kedjan"], third["Modellen utanför kedjan"]) == (0.1, None)
    assert (third["Likhet"], third["Enighet (α)"], third["Facit"], third["Modellens tips"]) == (None, None, None, None)


def test_workbook_alpha_of_rows_has_the_whole_as_its_weighted_mean(tmp_path: Path) -> None:
    session = small()
    found = [
        (line["Svar"], line["Enighet (α)"]) for line in lines(written(tmp_path, session)["Påståenden"]) if line["Enighet (α)"] is not None
    ]
    assert sum(number * alpha for number, alpha in found) / sum(number for number, _ in found) == pytest.approx(session.agreement, abs=1e-3)


def test_workbook_every_answer_of_every_round(tmp_path: Path) -> None:
    made = [*marks({"p1": ["R (A)", "A"], "p2": ["L"]}), *marks({"p2": ["R", ""]}, 2)]
    book = written(tmp_path, session_of(COUPON, players(2), made))
    found = lines(book["Kryss"])
    assert [(line["Spelare"], line["Runda"], line["Nr"], line["Kryss"]) for line in found] == [
        ("Spelare 1", 1, 1, "R (A)"),
        ("Spelare 1", 1, 2, "A"),
        ("Spelare 1", 2, 1, "R (A)"),
        ("Spelare 1", 2, 2, "A"),
        ("Spelare 2", 1, 1, "L"),
        ("Spelare 2", 2, 1, "R"),
    ]
    assert [found[0][code] for code in "RAPUKL"] == ["X", "(X)", None, None, None, None]
    assert len(lines(book["Påståenden"])) == 2 * len(COUPON.rows)


@every_session
def test_workbook_crosses_can_be_read_back(make: Callable[[], Session], tmp_path: Path) -> None:
    session = make()
    if any(row.choice.value != "kolumn" for row in session.rows):
        return
    found = [line for line in lines(written(tmp_path, session)["Kryss"]) if line["Runda"] == session.round]
    assert len(found) == sum(map(len, session.answers))
    for line in found:
        full, weak = (frozenset(code for code in "RAPUKL" if line[code] == mark) for mark in ("X", "(X)"))
        assert Crosses(full, weak) == Crosses.parse(line["Kryss"])


def test_workbook_cases_have_a_column_for_every_label(tmp_path: Path) -> None:
    book = written(tmp_path, cases(2, 1))
    heads = [cell.value for cell in book["Kryss"][1]]
    assert len(heads) == len(set(heads))
    assert {"Sakområde: Övrigt", "Fokusområde: Övrigt"} <= set(heads)
    assert [line["Fråga"] for line in lines(book["Kryss"])[:3]] == [
        "Projekt 0: sakområde",
        "Projekt 0: fokusområde",
        "Projekt 0: effektkedja",
    ]


def test_workbook_tie_in_an_exercise_with_one_answer_is_said(tmp_path: Path) -> None:
    made = marks({"g1": ["A", "U"], "g2": ["P", "U"]})
    rows = lines(written(tmp_path, session_of(chain().room.coupon, players(0, 2), made))["Påståenden"])
    assert [line["Rummets svar"] for line in rows] == ["delat: A / P", "U"]


def test_workbook_history_in_swedish_time(tmp_path: Path) -> None:
    moment = datetime.datetime(2026, 7, 1, 22, 30, tzinfo=datetime.UTC)
    changes = [("p1", 1, 1, "A", moment), ("p1", 1, 1, "", moment), ("borta", 1, 99, "A", moment)]
    found = lines(written(tmp_path, small(changes=changes))["Ändringar"])
    assert [(line["Tid"], line["Spelare"], line["Nr"], line["Kryss"]) for line in found] == [
        (datetime.datetime(2026, 7, 2, 0, 30), "Spelare 1", 2, "A"),
        (datetime.datetime(2026, 7, 2, 0, 30), "Spelare 1", 2, None),
    ]


def test_workbook_points_reasons_and_reflections(tmp_path: Path) -> None:
    book = written(tmp_path, small())
    assert [(line["Spelare"], line["Mot facit"], line["Möjliga mot facit"]) for line in lines(book["Poäng"])][:2] == [
        ("Spelare 3", 2, 2),
        ("Spelare 1", 1.5, 2),
    ]
    assert lines(book["Motiveringar"])[1] == {
        "Nr": 2,
        "Påstående": "Teknikutveckling",
        "Spelare": "Bord 1",
        "Kryss": "K L",
        "Motivering": "Det är ett mål i sig.",
    }
    assert lines(book["Reflektion"])[0] == {"Fråga": "Hur gick det?", "Spelare": "Spelare 2", "Svar": "Bra."}


def test_workbook_names_and_teams_only_when_shown(tmp_path: Path) -> None:
    hidden, shown = (written(tmp_path, large(12, 3, names_shown=names)) for names in (False, True))
    texts = {str(cell.value) for sheet in hidden for row in sheet.iter_rows() for cell in row}
    assert not any("Namn " in text or "Lag " in text for text in texts)
    assert lines(shown["Kryss"])[0] | {"Grupp": "Lag 0", "Spelare": "Namn 0"} == lines(shown["Kryss"])[0]


def test_workbook_about_says_what_it_is(tmp_path: Path) -> None:
    said = [[cell for cell in row if cell is not None] for row in written(tmp_path, small())["Om"].iter_rows(values_only=True)]
    assert ["Session", "Torsdagens övning"] in said
    assert ["Personers namn", "är dolda"] in said
    assert any(row[0] == "U Utfall" for row in said if row)


def test_workbook_no_cell_is_a_formula_and_hostile_text_is_kept(tmp_path: Path) -> None:
    signs = ["=1+1", "+1+cmd|x", "-2", "@SUM(A1)", "#REF!", "{=1}"]
    session = hostile(reasons=[("p0", 0, sign) for sign in signs], reflections=[("p0", 0, HOSTILE)])
    book = written(tmp_path, session)
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert kinds <= {"s", "inlineStr", "n", "d"}
    assert [line["Motivering"] for line in lines(book["Motiveringar"])] == signs
    assert lines(book["Reflektion"])[0]["Svar"].startswith("=cmd|")


def test_workbook_nobody(tmp_path: Path) -> None:
    book = written(tmp_path, empty())
    assert [len(lines(book[name])) for name in SHEETS] == [3, 0, 0, 0, 0, 0]


def test_workbook_unwritable_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "fil").write_text("")
    with pytest.raises(OutputError, match=r"session\.xlsx"):
        write_session_workbook(tmp_path / "fil" / "session.xlsx", small(), SCHEME)


def test_workbook_large_room_does_not_take_long(tmp_path: Path) -> None:
    session = large(200, 100)
    start = time.process_time()
    write_session_workbook(tmp_path / "session.xlsx", session, SCHEME)
    assert time.process_time() - start < 10  # 2.5 s on a quiet core; the bound only catches what grows out of hand
