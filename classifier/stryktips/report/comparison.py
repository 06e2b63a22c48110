"""Several sessions beside each other: the same statements, and how differently the rooms answered them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from classifier.files import whole_file
from classifier.report.documents import check_ending, write_document
from classifier.report.parts import Grid, Report, Section, bounded_grid
from classifier.report.sheets import HEADING, PLAIN, Line, add_lines, add_table, styles_of
from classifier.report.wording import NONE, brief, count, decimal, listing, share
from classifier.stryktips.agreement import disagreement, unlikeness
from classifier.stryktips.coupon import Choice
from classifier.stryktips.crosses import Crosses
from classifier.stryktips.report.session import Session
from classifier.stryktips.report.telling import UNITY
from classifier.stryktips.wording import agreed, room_answer, row_text
from classifier.taxonomy import Scheme
from classifier.text.excel_writer import open_book
from classifier.text.headings import plain

STATEMENT, DISTANCE, WORKBOOK = "påstående", "distance", ".xlsx"
MEASURES = {"majoritet": "rummets svar", "likhet": "likhet", "svar": "svar"}
"""What is told of each session → how it is written after the session's name."""
MOST_SHOWN = 100
LONGEST_STATEMENT, LONGEST_NAME = 160, 40
HOW = (
    "Likhet är hur lika svaren i en session är: 100 % när alla har svarat likadant. Påståenden är desamma när bokstäver och siffror är desamma. Olikheten är 0 när rummen har samma svar och 1 när deras svar inte har något kryss "
    "gemensamt; med fler än två sessioner är den medelvärdet för alla par. Påståenden som bara en session har besvarat står sist."
)


@dataclass(frozen=True)
class _Answered:
    """What one room answered in one row."""

    majority: Crosses
    written: str
    unity: float | None
    answers: int


def compare_sessions(sessions: Sequence[Session], scheme: Scheme) -> pd.DataFrame:
    """What each room answered to the same statements.

    Args:
        sessions: those compared; statements that nobody in any of them has answered are left out.
        scheme: whose names the crosses are written by.

    Returns:
        One row a statement, those that the rooms answered most differently first: ``påstående``, for each session, under its name of
        :func:`session_names`, ``NAME: majoritet`` (text), ``NAME: likhet`` (of its answers, 0 to 1) and ``NAME: svar``, empty where the session does not have
        the statement, and ``distance``: the mean unlikeness of all pairs of majorities, NaN where there is but one, which stand last.
    """
    names = session_names(sessions)
    texts: dict[tuple[str, Choice], str] = {}
    found: dict[tuple[str, Choice], dict[str, _Answered]] = {}
    for name, session in zip(names, sessions, strict=True):
        for key, (text, answered) in _answered(session, scheme).items():
            texts.setdefault(key, text)
            found.setdefault(key, {})[name] = answered
    rows = [{STATEMENT: texts[key], **_cells(names, rooms), DISTANCE: _distance(list(rooms.values()))} for key, rooms in found.items()]
    columns = [STATEMENT, *(f"{name}: {measure}" for name in names for measure in MEASURES), DISTANCE]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(DISTANCE, ascending=False, kind="stable", na_position="last", ignore_index=True)


def session_names(sessions: Sequence[Session]) -> list[str]:
    """What sessions are called beside each other: title and day, numbered where two would be called the same."""
    names = [f"{brief(session.title, LONGEST_NAME)} {session.day}" for session in sessions]
    seen: Counter[str] = Counter()
    told = []
    for name in names:
        seen[name] += 1
        told.append(f"{name} ({seen[name]})" if names.count(name) > 1 else name)
    return told


def as_grid(compared: pd.DataFrame) -> Grid:
    """A comparison as a table to read: each statement with what the rooms answered, one room a line.

    Args:
        compared: what :func:`compare_sessions` gave.
    """
    names = _names(compared)
    rows = [
        (
            brief(statement, LONGEST_STATEMENT),
            "\n".join(f"{name}: {answer}" for name, answer in zip(names, told, strict=True) if answer),
            decimal(distance, 2),
        )
        for statement, told, distance in answers_in_words(compared)
    ]
    return bounded_grid(
        "De som rummen svarade mest olika på först", ("Påstående", "Rummens svar", "Olikhet"), rows, ("Olikhet",), MOST_SHOWN
    )


def answers_in_words(compared: pd.DataFrame) -> list[tuple[str, tuple[str, ...], float]]:
    """A comparison in words.

    Args:
        compared: what :func:`compare_sessions` gave.

    Returns:
        For every statement its text, what each session's room answered (empty where it has not), and the distance.
    """
    names = _names(compared)
    return [
        (row[STATEMENT], tuple(_told(row, name) if row[f"{name}: svar"] else "" for name in names), row[DISTANCE])
        for row in _records(compared)
    ]


def comparison_of(sessions: Sequence[Session], scheme: Scheme) -> Report:
    """The report that sets sessions beside each other."""
    compared = compare_sessions(sessions, scheme)
    shared = int(compared[DISTANCE].notna().sum())
    said = [f"{count(len(sessions), 'session', 'sessioner')} jämförs: {listing(session_names(sessions))}."]
    said.append(
        f"{count(shared, 'påstående', 'påståenden')} har besvarats i minst två av dem."
        if shared
        else "De har inga besvarade påståenden gemensamt."
    )
    grids = (as_grid(compared),) if len(compared) else ()
    overview = Section("Sessionerna", tuple(said), (), (_overview(sessions),))
    return Report("Stryktipset: sessioner jämförda", (overview, Section("Samma påståenden, olika rum", (HOW,), (), grids)))


def write_comparison(path: Path, sessions: Sequence[Session], scheme: Scheme) -> None:
    """Write a comparison.

    Args:
        path: where it is written; its ending, ``.xlsx``, ``.docx`` or ``.html``, says as what.
        sessions: those compared.
        scheme: whose names the crosses are written by.

    Raises:
        UsageError: when the ending is another.
        OutputError: when the file cannot be written.
    """
    if path.suffix.lower() == WORKBOOK:
        _write_workbook(path, sessions, scheme)
    else:
        check_ending(path)
        write_document(path, comparison_of(sessions, scheme))


def _write_workbook(path: Path, sessions: Sequence[Session], scheme: Scheme) -> None:
    compared = compare_sessions(sessions, scheme)
    heads = {column: _head(column) for column in compared.columns}
    rows = [{heads[column]: _cell(value) for column, value in row.items()} for row in _records(compared)]
    with whole_file(path) as file, open_book(file, author="Effektkedjeassistenten", title="Stryktipset: sessioner jämförda") as book:
        styles = styles_of(book)
        add_table(book, "Jämförelse", (list(heads.values()), rows), path.name, styles)
        overview = _overview(sessions)
        lines: list[Line] = [[(head, HEADING) for head in overview.columns], *([(cell, PLAIN) for cell in row] for row in overview.rows)]
        add_lines(book, "Om", [*lines, [], [(HOW, PLAIN)]], (60, 14, 14, 14, 30), styles)


def _answered(session: Session, scheme: Scheme) -> dict[tuple[str, Choice], tuple[str, _Answered]]:
    """The rows that anybody in a session has answered, by what makes rows the same; of two that are the same, the first."""
    found: dict[tuple[str, Choice], tuple[str, _Answered]] = {}
    for number, row in enumerate(session.rows):
        majority = session.majorities[number]
        if majority is not None:
            answered = _Answered(
                majority,
                room_answer(majority, row, scheme, session.room.coupon.exercise),
                session.unity[number],
                len(session.answers[number]),
            )
            # A text without letters or digits is compared as it stands.
            found.setdefault((plain(row.text) or row.text.strip(), row.choice), (row_text(row), answered))
    return found


def _cells(names: Sequence[str], rooms: Mapping[str, _Answered]) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    for name in names:
        room = rooms.get(name)
        values = ("", None, 0) if room is None else (room.written, room.unity, room.answers)
        cells |= {f"{name}: {measure}": value for measure, value in zip(MEASURES, values, strict=True)}
    return cells


def _distance(rooms: Sequence[_Answered]) -> float:
    return disagreement(Counter(room.majority for room in rooms), unlikeness) if len(rooms) > 1 else math.nan


def _names(compared: pd.DataFrame) -> list[str]:
    return [column.removesuffix(": majoritet") for column in compared.columns if column.endswith(": majoritet")]


def _records(compared: pd.DataFrame) -> list[dict[str, Any]]:
    return [dict(zip(compared.columns, row, strict=True)) for row in compared.itertuples(index=False, name=None)]


def _told(row: Mapping[str, Any], name: str) -> str:
    """What a room answered, with how alike its answers are."""
    unity = row[f"{name}: likhet"]
    alike = "" if pd.isna(unity) else f", likhet {share(float(unity))}"
    return f"{row[f'{name}: majoritet']} ({count(row[f'{name}: svar'], 'svar', 'svar')}{alike})"


def _overview(sessions: Sequence[Session]) -> Grid:
    rows = [
        (
            name,
            str(len(session.played)),
            str(len(session.rows)),
            NONE if session.agreement is None else decimal(session.agreement, 2),
            agreed(session.agreement),
        )
        for name, session in zip(session_names(sessions), sessions, strict=True)
    ]
    return bounded_grid(
        "Enighet i varje session", ("Session", "Svarande", "Rader", UNITY, "I ord"), rows, ("Svarande", "Rader", UNITY), MOST_SHOWN
    )


def _head(column: str) -> str:
    """A column's name as the workbook writes it."""
    name, _, measure = column.rpartition(": ")
    return {STATEMENT: "Påstående", DISTANCE: "Olikhet"}.get(column, f"{name}: {MEASURES.get(measure, measure)}")


def _cell(value: Any) -> Any:
    return round(value, 3) if isinstance(value, float) else value
