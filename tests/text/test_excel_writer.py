"""Tests of an Excel workbook out."""

from __future__ import annotations

import datetime
import errno
import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import OutputError
from classifier.text import excel_writer
from classifier.text.documents import clean
from classifier.text.excel_writer import write_xlsx
from classifier.text.headings import MAX_CELL, MAX_COLUMNS
from classifier.text.tables import read_table, write_table


def written(*values: object) -> openpyxl.worksheet.worksheet.Worksheet:
    columns = [f"k{number}" for number in range(len(values))]
    out = io.BytesIO()
    write_xlsx(out, columns, [dict(zip(columns, values, strict=True))])
    return openpyxl.load_workbook(out).active


def value_of(value: object) -> Any:
    return written(value)["A2"].value


def test_excel_writer_header_bold_and_frozen() -> None:
    sheet = written(1, "a")
    assert (sheet.title, sheet.freeze_panes) == ("Förslag", "A2")
    assert [cell.font.bold for cell in sheet[1]] == [True, True]
    assert [cell.font.bold for cell in sheet[2]] == [False, False]


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (datetime.datetime(2024, 5, 1, 12, 30, 15), r"yyyy\-mm\-dd\ hh:mm:ss"),
        (datetime.time(3, 4, 5), "h:mm:ss"),
        (datetime.timedelta(hours=30), "[h]:mm:ss"),
    ],
)
def test_excel_writer_times_are_times(value: object, form: str) -> None:
    cell = written(value)["A2"]
    assert (cell.value, cell.number_format) == (value, form)


def test_excel_writer_date_is_a_date() -> None:
    cell = written(datetime.date(1999, 12, 31))["A2"]
    assert (cell.value, cell.number_format) == (datetime.datetime(1999, 12, 31), r"yyyy\-mm\-dd")


@pytest.mark.parametrize("value", [True, False, 0, -3, 0.25, 1e300, 10**15 - 1])
def test_excel_writer_numbers_are_numbers(value: object) -> None:
    assert value_of(value) == value
    assert type(value_of(value)) is type(value)


@pytest.mark.parametrize("value", [None, "", float("nan"), float("inf"), "\x00"])
def test_excel_writer_nothing_is_empty(value: object) -> None:
    assert value_of(value) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (10**15, "1000000000000000"),  # Excel would make the last digits noughts
        (10**400, "1" + "0" * 400),
        (datetime.date(1850, 1, 1), "1850-01-01"),
        (datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC), "2024-01-01 00:00:00+00:00"),
        ((1, 2), "(1, 2)"),
        (["å", 1], '["å", 1]'),
        ("#N/A", "#N/A"),
        ("<&>\"'", "<&>\"'"),
        (" å\n\t", " å\n\t"),
        ("a\x00\x0b\ud800\uffffb", "ab"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("<r>a</r>", "<r>a</r>"),
        ("<r><t>a</t></r><f>1+1</f><r></r>", "<r><t>a</t></r><f>1+1</f><r></r>"),
        ("https://example.org", "https://example.org"),
        ("{=1+1}", "{=1+1}"),
        ("12", "12"),
    ],
)
def test_excel_writer_what_excel_has_no_kind_for_is_text(value: object, text: str) -> None:
    cell = written(value)["A2"]
    assert (cell.value, cell.data_type) == (text, "s")


@given(st.text(max_size=40).map(clean))
def test_excel_writer_any_text_unchanged(text: str) -> None:
    assert (value_of(text) or "") == text.replace("\uffff", "").replace("\ufffe", "")


@pytest.mark.parametrize("text", ["a" * (MAX_CELL + 5), "🙂" * MAX_CELL, "a" + "🙂" * MAX_CELL])
def test_excel_writer_text_cut_as_excel_counts(text: str) -> None:
    kept = value_of(text)
    assert text.startswith(kept)
    assert MAX_CELL - 1 <= len(kept.encode("utf-16-le")) // 2 <= MAX_CELL


def test_excel_writer_more_rows_than_a_sheet_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel_writer, "MAX_ROWS", 10)
    write_table(tmp_path / "ut.xlsx", ["id"], ({"id": number} for number in range(9)))
    rows = iter([{"id": number} for number in range(1_000)])
    with pytest.raises(OutputError, match=r"högst 9 rader; skriv till \.csv"):
        write_table(tmp_path / "ut.xlsx", ["id"], rows)
    assert next(rows) == {"id": 10}
    assert len(read_table((tmp_path / "ut.xlsx").read_bytes(), "ut.xlsx").rows) == 9  # the older file stands


def test_excel_writer_more_columns_than_a_sheet_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"16384 kolumner; skriv till \.csv"):
        write_table(tmp_path / "ut.xlsx", [str(number) for number in range(MAX_COLUMNS + 1)], [])
    assert list(tmp_path.iterdir()) == []


def test_excel_writer_more_text_than_a_sheet_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel_writer, "MAX_SHEET", 2_000_000)
    with pytest.raises(OutputError, match=r"mer än vad ett Excelblad rymmer; skriv till \.csv"):
        write_table(tmp_path / "ut.xlsx", ["id"], ({"id": "a" * 30_000} for _ in range(100)))


def test_excel_writer_bears_no_mark_of_when() -> None:
    out = io.BytesIO()
    write_xlsx(out, ["id"], [{"id": 1}])
    assert openpyxl.load_workbook(out).properties.created == datetime.datetime(1980, 1, 1)
    with zipfile.ZipFile(out) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 31, 0, 0, 0)}


@pytest.mark.parametrize("text", ["_x000D_ text", "a_x0041_b", "<r>a & b</r>"])
def test_excel_writer_text_that_looks_escaped_read_back(tmp_path: Path, text: str) -> None:
    write_table(tmp_path / "ut.xlsx", ["id", text], [{"id": 1, text: text}])
    assert read_table((tmp_path / "ut.xlsx").read_bytes(), "ut.xlsx").rows == ({"id": 1, text: text},)


@pytest.mark.parametrize("text", ["<r>" + "a" * (MAX_CELL - 7) + "</r>more", "<r>" + "a" * MAX_CELL + "</r>"])
def test_excel_writer_markup_cut_at_the_limit_stays_text(text: str) -> None:
    assert value_of(text) == text[:MAX_CELL]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "tillfälligt"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.parametrize("owner", ["zipfile.ZipFile.write", "shutil.copyfileobj"])
def test_excel_writer_full_disk_leaves_the_older_file(temporary: Path, monkeypatch: pytest.MonkeyPatch, owner: str) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    path = temporary.parent / "ut.xlsx"
    path.write_text("gammalt", encoding="utf-8")
    monkeypatch.setattr(owner, refuse)
    with pytest.raises(OutputError, match="frigör utrymme"):
        write_table(path, ["id"], [{"id": 1}])
    assert sorted(path.parent.iterdir()) == sorted([path, temporary])
    assert path.read_text(encoding="utf-8") == "gammalt"
    assert list(temporary.iterdir()) == []


def test_excel_writer_leaves_nothing_in_the_temporary_folder(temporary: Path) -> None:
    write_table(temporary.parent / "ut.xlsx", ["id"], [{"id": 1}])
    with pytest.raises(AttributeError):
        write_table(temporary.parent / "ut.xlsx", ["id"], [{"id": 1}, 2])  # type: ignore[list-item]
    assert list(temporary.iterdir()) == []
