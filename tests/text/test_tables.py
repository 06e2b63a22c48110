"""Tests of tables in and out: CSV, TSV, Excel and JSON Lines."""

from __future__ import annotations

import csv
import datetime
import errno
import io
import json
import os
import random
import time
import tracemalloc
import weakref
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.errors import DocumentError, OutputError, UsageError
from classifier.text import delimited, tables
from classifier.text.documents import MAX_BYTES, MAX_UNPACKED, clean
from classifier.text.headings import MAX_COLUMNS
from classifier.text.tables import (
    ID_NAMES,
    MAX_CELL,
    TEXT_NAMES,
    TITLE_NAMES,
    Bounds,
    Table,
    find_column,
    harmless,
    need_column,
    open_table,
    read_table,
    write_table,
)

COLUMNS = ("id", "text")
ROWS = ({"id": "1", "text": "Föreningen öppnar en butik."}, {"id": "2", "text": "Tolv volontärer\nutbildas; alla i byn, även unga."})
FORMULAS = [
    "＝1+1",
    "\r=1+1",
    "＠SUM(A1)",
    "＋SUM（A1）",
    "'=1+1",
    "''@a",
    "=1+1",
    "=cmd|' /C calc'!A0",
    "@SUM(A1:A2)",
    "+cmd|'/C calc'!A0",
    "-2+3+cmd|x",
    "\t=1+1",
    "-1\n+cmd|x",
    "\n=1+1",
    " =1+1",
]
OUTPUTS = pytest.mark.parametrize("ending", [".csv", ".xlsx", ".jsonl"])


def xlsx_bytes(*sheets: tuple[str, Sequence[Sequence[Any]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def refusal(data: bytes, name: str) -> str:
    with pytest.raises(DocumentError) as caught:
        read_table(data, name)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def written(path: Path, columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> Table:
    write_table(path, columns, rows)
    return read_table(path.read_bytes(), path.name)


@pytest.mark.parametrize(("delimiter", "name"), [(";", "a.csv"), (",", "a.csv"), ("\t", "a.csv"), ("|", "a.csv"), ("\t", "a.tsv")])
def test_tables_csv_delimiters_and_quoted_breaks(delimiter: str, name: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([COLUMNS, *(row.values() for row in ROWS)])
    assert read_table(out.getvalue().encode(), name) == Table(name, COLUMNS, ROWS)


def test_tables_csv_quoted_windows_breaks_cleaned() -> None:
    table = read_table(b'id;text\r\n1;"Vi bygger\r\nen ""butik"""\r\n', "a.csv")
    assert table.rows == ({"id": "1", "text": 'Vi bygger\nen "butik"'},)


def test_tables_csv_windows_1252_said_aloud() -> None:
    table = read_table("Ärende-id;Beskrivning\n7;Butik på Väddö – år 1\n".encode("cp1252"), "lista.csv")
    assert table.rows == ({"Ärende-id": "7", "Beskrivning": "Butik på Väddö – år 1"},)
    assert len(table.notes) == 1
    assert "lista.csv" in table.notes[0]
    assert "Windows-1252" in table.notes[0]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_tables_csv_byte_order_mark(encoding: str) -> None:
    assert read_table("id;text\n1;Väddö\n".encode(encoding), "a.csv") == Table("a.csv", COLUMNS, ({"id": "1", "text": "Väddö"},))


@pytest.mark.parametrize("title", ["Projektlista 2024", "Projekt, hela länet", "sep=,"])
@pytest.mark.parametrize("delimiter", [";", ","])
def test_tables_csv_title_above_header(title: str, delimiter: str) -> None:
    data = f"{title}\n\nid{delimiter}text\n1{delimiter}Butik\n".encode()
    table = read_table(data, "a.csv")
    assert (table.columns, table.rows) == (COLUMNS, ({"id": "1", "text": "Butik"},))
    assert table.notes == ("a.csv: rubrikerna hittades på rad 3.",)


def test_tables_csv_commas_in_text_do_not_decide() -> None:
    table = read_table(b"Kommun;Mening ett\nBoden;a, b, c, d, e\n", "a.csv")
    assert table.rows == ({"Kommun": "Boden", "Mening ett": "a, b, c, d, e"},)


def test_tables_csv_short_and_long_rows_kept() -> None:
    table = read_table(b"id;text\n1\n2;b;c\n;;\n", "a.csv")
    assert table.columns == ("id", "text", "kolumn 3")
    assert table.rows == ({"id": "1", "text": "", "kolumn 3": ""}, {"id": "2", "text": "b", "kolumn 3": "c"})


def test_tables_csv_header_only_has_no_rows() -> None:
    assert read_table(b"id;text\n", "a.csv") == Table("a.csv", COLUMNS, ())


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl"])
@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_tables_empty_refused(name: str, data: bytes) -> None:
    message = refusal(data, name)
    assert "tom" in message or "ingen tabell" in message


def test_tables_csv_binary_refused() -> None:
    assert "ingen textfil" in refusal(b"id;text\n\x00\x01", "a.csv")


def test_tables_header_duplicates_get_names_of_their_own() -> None:
    table = read_table(b"a (3);a;a;;\n1;2;3;4;5\n", "a.csv")
    assert table.columns[:2] == ("a (3)", "a")
    assert len(set(table.columns)) == 5
    assert table.columns[3:] == ("kolumn 4", "kolumn 5")
    assert list(table.rows[0].values()) == ["1", "2", "3", "4", "5"]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["a", "a (2)", "a (3)", "", "kolumn 1", "text"]), min_size=1, max_size=7))
def test_tables_header_never_loses_a_cell(header: list[str]) -> None:
    cells = [str(number) for number in range(len(header) + 1)]
    table = read_table(";".join([*header, "id"]).encode() + b"\n" + ";".join(cells).encode(), "a.csv")
    assert list(table.rows[0].values()) == cells


def test_tables_xlsx_header_on_third_row() -> None:
    data = xlsx_bytes(("Blad1", [["Projektlista"], [], ["Diarienummer", "Beskrivning", "Start"], [17, "Butik", datetime.date(2024, 5, 1)]]))
    table = read_table(data, "lista.xlsx")
    assert table.columns == ("Diarienummer", "Beskrivning", "Start")
    assert table.rows == ({"Diarienummer": 17, "Beskrivning": "Butik", "Start": datetime.datetime(2024, 5, 1)},)
    assert table.notes == ("lista.xlsx: rubrikerna hittades på rad 3.",)


def test_tables_xlsx_header_without_usual_names_is_first_row_with_two_texts() -> None:
    table = read_table(xlsx_bytes(("Blad1", [["Lista"], ["Kommun", "Vad som görs"], ["Boden", "Butik"]])), "a.xlsx")
    assert table.rows == ({"Kommun": "Boden", "Vad som görs": "Butik"},)


def test_tables_xlsx_several_sheets_first_filled_read_and_said() -> None:
    data = xlsx_bytes(("Tom", []), ("Projekt", [COLUMNS, (1, "Butik")]), ("Koder", [("kod",), ("R",)]))
    table = read_table(data, "a.xlsx")
    assert table.rows == ({"id": 1, "text": "Butik"},)
    assert len(table.notes) == 1
    assert "flera blad" in table.notes[0]
    assert "Projekt" in table.notes[0]


def test_tables_xlsx_one_filled_sheet_says_nothing() -> None:
    assert read_table(xlsx_bytes(("Projekt", [COLUMNS, (1, "Butik")]), ("Tom", [])), "a.xlsx").notes == ()


def test_tables_xlsx_wrong_dimension_in_file_read_whole() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx_bytes(("Blad1", [COLUMNS, (1, "Butik")])))) as sound, zipfile.ZipFile(out, "w") as changed:
        for name in sound.namelist():
            changed.writestr(name, sound.read(name).replace(b'<dimension ref="A1:B2"', b'<dimension ref="A1"'))
    assert read_table(out.getvalue(), "a.xlsx").rows == ({"id": 1, "text": "Butik"},)


def test_tables_xlsx_empty_refused() -> None:
    assert "tom" in refusal(xlsx_bytes(("Blad1", [])), "a.xlsx")


@pytest.mark.parametrize("data", [b"", b"id;text\n1;Butik\n"])
def test_tables_xlsx_that_is_not_one_refused(data: bytes) -> None:
    assert "ingen riktig .xlsx-fil" in refusal(data, "a.xlsx")


def test_tables_xlsx_with_password_refused() -> None:
    assert "lösenordsskyddad" in refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xlsx")


def test_tables_xlsx_damaged_read_or_refused() -> None:
    sound = xlsx_bytes(("Blad1", [COLUMNS, (1, "Butik")]))
    generator = random.Random(5)
    refused = 0
    for _ in range(60):
        data = bytearray(sound)
        start = generator.randrange(len(data))
        data[start : start + 100] = generator.randbytes(100)
        try:
            read_table(bytes(data), "a.xlsx")
        except DocumentError:
            refused += 1
    assert refused > 5


def test_tables_jsonl_rows_with_different_keys() -> None:
    table = read_table('{"id": 1, "text": "Väddö"}\n\n{"text": "Boden", "år": [2024]}\r\n'.encode(), "a.jsonl")
    assert table.columns == ("id", "text", "år")
    assert table.rows == ({"id": 1, "text": "Väddö"}, {"text": "Boden", "år": [2024]})


@pytest.mark.parametrize("line", ["{text: 1}", '{"text": "a"', '["text"]', "7", "[" * 100_000])
def test_tables_jsonl_bad_line_named_by_number(line: str) -> None:
    message = refusal(f'{{"text": "a"}}\n\n{line}\n{{"text": "b"}}\n'.encode(), "a.jsonl")
    assert "rad 3" in message
    assert "JSON" in message


def test_tables_jsonl_odd_line_separators_inside_text() -> None:
    assert read_table('{"text": "a\u2028b\x85c"}\n'.encode(), "a.jsonl").rows == ({"text": "a\u2028b\x85c"},)


@pytest.mark.parametrize("name", ["a.xls", "a.ods", "a"])
def test_tables_unknown_ending_lists_those_known(name: str) -> None:
    assert all(ending in refusal(b"id", name) for ending in (".csv", ".tsv", ".xlsx", ".jsonl"))


def test_tables_too_large_refused() -> None:
    assert "större än 50 MB" in refusal(bytes(MAX_BYTES + 1), "a.csv")


@pytest.mark.parametrize(
    ("column", "names"),
    [
        ("Projektbeskrivning", TEXT_NAMES),
        ("SAMMANFATTNING", TEXT_NAMES),
        ("abstract", TEXT_NAMES),
        ("Projektnamn", TITLE_NAMES),
        ("Ärende-id", ID_NAMES),
        ("projekt_id", ID_NAMES),
        ("Dnr.", ID_NAMES),
    ],
)
def test_tables_column_guessed_from_usual_name(column: str, names: Sequence[str]) -> None:
    assert find_column(Table("a.csv", ("Kommun", column), ()), names, None, "text") == column


def test_tables_column_usual_names_in_order_of_preference() -> None:
    assert find_column(Table("a.csv", ("Sammanfattning", "Text"), ()), TEXT_NAMES, None, "text") == "Text"
    assert find_column(Table("a.csv", ("TEXT", "text"), ()), TEXT_NAMES, None, "text") == "TEXT"


def test_tables_column_asked_for_comes_first() -> None:
    table = Table("a.csv", ("Kommun", "Text"), ())
    assert find_column(table, TEXT_NAMES, "Kommun", "text") == "Kommun"
    assert find_column(table, ID_NAMES, None, "id") is None


def test_tables_column_asked_for_missing_lists_columns() -> None:
    with pytest.raises(UsageError) as caught:
        find_column(Table("lista.csv", ("Kommun", "Text"), ()), TEXT_NAMES, "Fritext", "projektets text")
    assert all(word in str(caught.value) for word in ("lista.csv", "'Fritext'", "projektets text", "Kolumner: Kommun, Text"))


def test_tables_column_needed_missing_lists_columns_and_option() -> None:
    table = Table("lista.csv", ("Kommun", "Vad"), ())
    with pytest.raises(UsageError) as caught:
        need_column(table, TEXT_NAMES, None, "projektets text", "--text-column")
    assert all(word in str(caught.value) for word in ("lista.csv", "projektets text", "--text-column", "Kolumner: Kommun, Vad"))
    assert need_column(table, TEXT_NAMES, "Vad", "projektets text", "--text-column") == "Vad"


@OUTPUTS
def test_tables_write_and_read_back_equal(tmp_path: Path, ending: str) -> None:
    table = written(tmp_path / f"ut{ending}", COLUMNS, ROWS)
    assert (table.columns, table.rows, table.notes) == (COLUMNS, ROWS, ())


PLAIN = st.text(alphabet="abåäöÅ 12,;\"'\t\n|.:-é🙂\u2028", max_size=30).map(lambda text: "x" + clean(text) + "x")


@OUTPUTS
@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.tuples(PLAIN, PLAIN), min_size=1, max_size=4))
def test_tables_write_and_read_back_any_text(tmp_path_factory: pytest.TempPathFactory, ending: str, rows: list[tuple[str, str]]) -> None:
    records = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    table = written(tmp_path_factory.mktemp("ut") / f"ut{ending}", COLUMNS, records)
    assert (table.columns, list(table.rows)) == (COLUMNS, records)


@pytest.mark.parametrize("ending", [".xlsx", ".jsonl"])
def test_tables_write_keeps_numbers_as_numbers(tmp_path: Path, ending: str) -> None:
    assert written(tmp_path / f"ut{ending}", ("id", "nr", "p"), [{"id": "a", "nr": 3, "p": 0.25}]).rows == (
        {"id": "a", "nr": 3, "p": 0.25},
    )


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_tables_write_missing_value_is_empty_and_list_is_json(tmp_path: Path, ending: str) -> None:
    rows = [{"id": "a", "text": None, "mer": ["å", 1]}, {"id": "b"}]
    assert written(tmp_path / f"ut{ending}", ("id", "text", "mer"), rows).rows == (
        {"id": "a", "text": "", "mer": '["å", 1]'},
        {"id": "b", "text": "", "mer": ""},
    )


def test_tables_write_csv_as_excel_expects(tmp_path: Path) -> None:
    write_table(tmp_path / "ut.csv", COLUMNS, [{"id": 1, "text": "Väddö"}])
    assert (tmp_path / "ut.csv").read_bytes() == b"\xef\xbb\xbfid;text\r\n1;V\xc3\xa4dd\xc3\xb6\r\n"


def test_tables_write_xlsx_long_text_cut_at_excels_limit(tmp_path: Path) -> None:
    table = written(tmp_path / "ut.xlsx", COLUMNS, [{"id": "1", "text": "a" * (MAX_CELL + 1)}])
    assert table.rows[0]["text"] == "a" * MAX_CELL


def test_tables_write_jsonl_one_line_a_row(tmp_path: Path) -> None:
    write_table(tmp_path / "ut.jsonl", COLUMNS, ROWS)
    lines = (tmp_path / "ut.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == list(ROWS)
    assert "Föreningen" in lines[0]


@pytest.mark.parametrize("formula", FORMULAS)
def test_tables_formula_never_one_in_csv(tmp_path: Path, formula: str) -> None:
    write_table(tmp_path / "ut.csv", ("id", formula), [{"id": "1", formula: formula}])
    content = (tmp_path / "ut.csv").read_bytes().decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(content, newline=""), delimiter=";")) == [["id", "'" + formula], ["1", "'" + formula]]


@pytest.mark.parametrize("formula", FORMULAS)
def test_tables_formula_never_one_in_xlsx(tmp_path: Path, formula: str) -> None:
    write_table(tmp_path / "ut.xlsx", ("id", formula), [{"id": "1", formula: formula}])
    cells = [row[1] for row in openpyxl.load_workbook(tmp_path / "ut.xlsx").active.iter_rows()]
    assert [(cell.data_type, cell.value) for cell in cells] == [("s", formula.replace("\r", "\n"))] * 2


@pytest.mark.parametrize("value", ["-", "-3", "- 3", "-2,5 %", "+46 70 123", "R", "", "a=b", "– tolv (12) bolag"])
@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_tables_harmless_value_stays(tmp_path: Path, ending: str, value: str) -> None:
    assert harmless(value) == value
    assert written(tmp_path / f"ut{ending}", COLUMNS, [{"id": "1", "text": value}]).rows == ({"id": "1", "text": value},)


@pytest.mark.parametrize("value", [-3, 0.5, True, None])
def test_tables_harmless_other_than_text_stays(value: object) -> None:
    assert harmless(value) is value


def test_tables_jsonl_control_character_in_key_can_be_written_to_excel(tmp_path: Path) -> None:
    table = read_table(b'{"te\\u0001xt": "Butik"}\n', "a.jsonl")
    assert written(tmp_path / "ut.xlsx", table.columns, list(table.rows)).rows == ({"text": "Butik"},)


@pytest.mark.parametrize("name", ["ut.tsv", "ut.xls", "ut"])
def test_tables_write_unknown_ending_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError) as caught:
        write_table(tmp_path / name, COLUMNS, ROWS)
    assert all(word in str(caught.value) for word in (name, ".csv", ".xlsx", ".jsonl"))
    assert list(tmp_path.iterdir()) == []


@OUTPUTS
def test_tables_write_makes_the_folder_and_leaves_one_file(tmp_path: Path, ending: str) -> None:
    path = tmp_path / "ny" / f"ut{ending}"
    write_table(path, COLUMNS, ROWS)
    assert list(path.parent.iterdir()) == [path]


@OUTPUTS
def test_tables_write_replaces_an_older_file(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"ut{ending}"
    path.write_text("gammalt", encoding="utf-8")
    assert written(path, COLUMNS, ROWS).rows == ROWS


@OUTPUTS
def test_tables_write_folder_that_is_a_file_refused(tmp_path: Path, ending: str) -> None:
    (tmp_path / "mapp").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match=f"ut{ending}.*annan mapp"):
        write_table(tmp_path / "mapp" / f"ut{ending}", COLUMNS, ROWS)
    assert [path.name for path in tmp_path.iterdir()] == ["mapp"]


@OUTPUTS
def test_tables_write_unwritable_folder_leaves_no_temporary_file(tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / f"ut{ending}"
    path.write_text("gammalt", encoding="utf-8")

    def refuse(source: object, target: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(target))

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OutputError, match="kan inte skrivas"):
        write_table(path, COLUMNS, ROWS)
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_text(encoding="utf-8") == "gammalt"


class Cells(dict[str, Any]):
    """A row that can be seen to be let go of."""

    __hash__ = object.__hash__


class FullDisk(io.FileIO):
    def write(self, _: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


@OUTPUTS
def test_tables_write_full_disk_leaves_the_older_file(tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / f"ut{ending}"
    path.write_text("gammalt", encoding="utf-8")

    def full(path: Path, mode: str) -> FullDisk:
        return FullDisk(path, mode)

    with monkeypatch.context() as patch, pytest.raises(OutputError, match="frigör utrymme"):
        patch.setattr(Path, "open", full)
        write_table(path, COLUMNS, ROWS)
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_text(encoding="utf-8") == "gammalt"


@OUTPUTS
def test_tables_write_rows_that_fail_leave_the_older_file(tmp_path: Path, ending: str) -> None:
    def failing() -> Iterator[dict[str, str]]:
        yield from ROWS
        raise DocumentError("källan är skadad")

    path = tmp_path / f"ut{ending}"
    path.write_text("gammalt", encoding="utf-8")
    with pytest.raises(DocumentError, match="källan"):
        write_table(path, COLUMNS, failing())
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_text(encoding="utf-8") == "gammalt"


@OUTPUTS
def test_tables_write_one_row_at_a_time(tmp_path: Path, ending: str) -> None:
    alive: weakref.WeakSet[Cells] = weakref.WeakSet()
    most = 0

    def counted() -> Iterator[Cells]:
        nonlocal most
        for number in range(200):
            row = Cells(id=str(number), text="Butik")
            alive.add(row)
            most = max(most, len(alive))
            yield row

    write_table(tmp_path / f"ut{ending}", COLUMNS, counted())
    assert most <= 3
    assert open_table(tmp_path / f"ut{ending}").length == 200


@OUTPUTS
def test_tables_write_keeps_no_rows(tmp_path: Path, ending: str) -> None:
    write_table(tmp_path / f"ut{ending}", COLUMNS, ROWS)  # what is loaded once
    tracemalloc.start()
    try:
        write_table(tmp_path / f"ut{ending}", COLUMNS, ({"id": number, "text": "a" * 10_000} for number in range(1_500)))
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


@OUTPUTS
def test_tables_write_same_rows_give_same_bytes(tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [tmp_path / f"{name}{ending}" for name in "ab"]
    for path, day in zip(paths, (1, 2), strict=True):
        monkeypatch.setattr(time, "time", lambda day=day: 1_700_000_000.0 + 86_400 * day)
        write_table(path, (*COLUMNS, "start"), [row | {"start": datetime.date(2024, 5, 1)} for row in ROWS])
    assert paths[0].read_bytes() == paths[1].read_bytes()


ANY = st.text(max_size=30).map(clean)
NEAR_FORMULA = st.text(alphabet="'=@+-＝＋|( \t\na", max_size=8).map(clean)


@pytest.mark.parametrize("ending", [".csv", ".jsonl"])
@given(rows=st.lists(st.tuples(st.one_of(ANY, NEAR_FORMULA), st.one_of(ANY, NEAR_FORMULA)), max_size=5))
def test_tables_written_is_read_again_unchanged(tmp_path_factory: pytest.TempPathFactory, ending: str, rows: list[tuple[str, str]]) -> None:
    records = [{"id": f"{number}", "text": text, "mer": more} for number, (text, more) in enumerate([("", ""), *rows])]
    path = tmp_path_factory.mktemp("ut") / f"ut{ending}"
    write_table(path, ("id", "text", "mer"), records)
    first = path.read_bytes()
    stream = open_table(path)
    assert list(stream.rows()) == records
    write_table(path, stream.columns, stream.rows())
    assert path.read_bytes() == first


STREAMED = [
    ("a.csv", "Lista\n\nid;text\n1;Väddö\n;;\n2;b;c\n".encode("cp1252")),
    ("a.tsv", b"id\ttext\n1\t'=1+1\n"),
    ("a.csv", "id;text\n1;Väddö\n".encode("utf-16")),
    ("a.csv", b"id;text\n"),
    ("a.jsonl", '{"id": 1}\n\n{"text": "Väddö", "år": [2024]}'.encode()),
    ("a.xlsx", xlsx_bytes(("Tom", []), ("Projekt", [["Lista"], COLUMNS, (1, "Butik"), (), (2, None, 3.5)]), ("Koder", [["R"]]))),
]


@pytest.mark.parametrize(("name", "data"), STREAMED)
def test_tables_stream_holds_what_the_table_holds(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    stream, table = open_table(tmp_path / name), read_table(data, name)
    assert (stream.name, stream.columns, stream.notes) == (table.name, table.columns, table.notes)
    assert tuple(stream.rows()) == tuple(stream.rows()) == table.rows
    assert stream.length == len(table.rows)


def test_tables_stream_two_readers_at_once(tmp_path: Path) -> None:
    write_table(tmp_path / "a.xlsx", COLUMNS, ROWS)
    stream = open_table(tmp_path / "a.xlsx")
    assert list(zip(stream.rows(), stream.rows(), strict=True)) == [(row, row) for row in ROWS]


def test_tables_stream_keeps_no_rows(tmp_path: Path) -> None:
    write_table(tmp_path / "a.csv", COLUMNS, ({"id": number, "text": "a" * 10_000} for number in range(1_500)))
    tracemalloc.start()
    try:
        assert sum(len(row["text"]) for row in open_table(tmp_path / "a.csv").rows()) == 15_000_000
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_tables_stream_named_as_the_user_knows_it(tmp_path: Path) -> None:
    (tmp_path / "tmp123").write_bytes(b"\nid;text\n1;Butik\n")
    stream = open_table(tmp_path / "tmp123", "lista.csv")
    assert (stream.name, stream.notes) == ("lista.csv", ("lista.csv: rubrikerna hittades på rad 2.",))
    assert find_column(stream, TEXT_NAMES, None, "text") == need_column(stream, TEXT_NAMES, None, "text", "--text-column") == "text"


def test_tables_stream_missing_file_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"a\.csv går inte att öppna .*kontrollera"):
        open_table(tmp_path / "a.csv")


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.xlsx"])
def test_tables_stream_file_that_vanishes_refused(tmp_path: Path, name: str) -> None:
    write_table(tmp_path / name, COLUMNS, ROWS)
    stream = open_table(tmp_path / name)
    (tmp_path / name).unlink()
    with pytest.raises(DocumentError, match=name):
        list(stream.rows())


def test_tables_stream_bound_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.csv").write_bytes(b"id;text\n" + b"1;" + b"a" * 99_000 + b"\n")
    monkeypatch.setattr(tables, "ON_DISK", Bounds(50_000, 50_000, 50_000))
    with pytest.raises(DocumentError, match=r"a\.csv är större än 0 MB"):
        open_table(tmp_path / "a.csv")


def test_tables_more_cells_than_memory_holds_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "IN_MEMORY", Bounds(MAX_BYTES, MAX_UNPACKED, 2_000))
    assert len(read_table(b"id;text\n" + b"1;a\n" * 900, "a.csv").rows) == 900
    assert "celler" in refusal(b"id;text\n" + b"1;a\n" * 1_100, "a.csv")
    assert "celler" in refusal(b"id;text\n" + (b";" * 100 + b"\n") * 100, "a.csv")  # empty rows take their time
    assert "celler" in refusal(b"id;text" + b";" * 100 + b"\n" + b"1\n" * 100, "a.csv")  # short rows are filled up


def test_tables_more_columns_than_excel_has_refused() -> None:
    assert "16384 kolumner" in refusal(b"id" + b";" * MAX_COLUMNS + b"\n1\n", "a.csv")


def test_tables_sheet_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(xlsx_bytes(("Projekt", [COLUMNS, (1, "Butik")]), ("Koder", [("kod", "namn"), ("R", "resurser")]), ("Tom", [])))
    stream = open_table(path, sheet="Koder")
    assert (list(stream.rows()), stream.notes) == ([{"kod": "R", "namn": "resurser"}], ())
    with pytest.raises(UsageError, match=r"inget blad 'koder'\. Blad: Projekt, Koder, Tom"):
        open_table(path, sheet="koder")
    with pytest.raises(DocumentError, match="bladet Tom är tomt"):
        open_table(path, sheet="Tom")


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_tables_sheet_asked_for_where_there_are_none(tmp_path: Path, name: str) -> None:
    write_table(tmp_path / name, COLUMNS, ROWS)
    with pytest.raises(UsageError, match="inga blad"):
        open_table(tmp_path / name, sheet="Projekt")


BROKEN = ["FÃ¶reningen bygger pÃ¥ Ã¶n", "2020â€“2024", "Kurser p† skolan", "Kurser pŒ skolan", "F\ufffdreningen"]


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.xlsx"])
@pytest.mark.parametrize("text", BROKEN)
def test_tables_broken_letters_said_and_kept(tmp_path: Path, name: str, text: str) -> None:
    table = written(tmp_path / name, COLUMNS, [{"id": "1", "text": text}, {"id": "2", "text": "Åre – ”så” här…"}])
    assert table.rows[0]["text"] == text
    (note,) = table.notes
    assert all(word in note for word in (f"{name}: 1 rad", "trasiga tecken", "fel teckenkodning", "UTF-8"))


def test_tables_header_with_broken_letters_said() -> None:
    (note,) = read_table("id;BetrÃ¤ffande\n1;Butik\n".encode(), "a.csv").notes
    assert "som Ã¤" in note


@pytest.mark.parametrize("text", ["", "R† – fotnot", "Åsa Ã", "naïve café", "5 € per †"])
def test_tables_sound_letters_say_nothing(text: str) -> None:
    assert read_table(f"id;text\n1;{text}\n".encode(), "a.csv").notes == ()


def test_tables_one_broken_row_of_many_says_nothing() -> None:
    lines = ["id;text", *(f"{number};Butik" for number in range(50)), "51;FÃ¶rening"]
    assert read_table("\n".join(lines).encode(), "a.csv").notes == ()
    (note,) = read_table("\n".join([*lines, *lines[-1:] * 4]).encode(), "a.csv").notes
    assert "5 rader" in note


def test_tables_broken_letters_shown_as_first_met() -> None:
    (note,) = read_table("id;text\n1;PÃ¥\n2;FÃ¶r\n".encode(), "a.csv").notes
    assert "2 rader har trasiga tecken som Ã¥." in note


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(['2;"Väddö', *(f"{number};Butik" for number in range(3, 250)), '250;"Boden"'], id="closed far below"),
        pytest.param(['2;"Väddö', "3;Butik"], id="never closed"),
        pytest.param([f'2;"{"a" * 2_000_001}"'], id="long"),
    ],
)
def test_tables_csv_quote_missing_said_with_its_line(lines: Sequence[str]) -> None:
    table = read_table("\n".join(["id;text", '1;"två\nrader"', *lines]).encode(), "a.csv")
    assert table.rows[0] == {"id": "1", "text": "två\nrader"}
    (note,) = table.notes
    assert "rad 4" in note
    assert "citattecken saknas" in note or "saknas ett citattecken" in note


def test_tables_csv_first_missing_quote_said() -> None:
    (note,) = read_table(('id;text\n1;"' + "a\n" * 300 + '"\n2;"b').encode(), "a.csv").notes
    assert "rad 2 " in note


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
@pytest.mark.parametrize("last", ['2;"Väddö"', '2;5" rör', '"2";"a\nb"', '2;"a\n"', "2;"])
def test_tables_csv_sound_end_says_nothing(last: str, end: str) -> None:
    assert read_table(f"id;text\n{last}{end}".encode(), "a.csv").notes == ()


def test_tables_csv_many_breaks_in_many_cells_say_nothing() -> None:
    row = ";".join(['"' + "rad\n" * 50 + '"'] * 6)
    assert read_table(f"id;text\n{row}\n".encode(), "a.csv").notes == ()


@pytest.mark.parametrize("ending", [".csv", ".jsonl"])
def test_tables_cell_beyond_a_megabyte_read_and_written(tmp_path: Path, ending: str) -> None:
    text = 'Åre; "ö"\n' * 150_000
    table = written(tmp_path / f"ut{ending}", COLUMNS, [{"id": "1", "text": text}])
    assert table.rows == ({"id": "1", "text": text},)


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_tables_endless_line_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(delimited, "MAX_LINE", 1_000)
    assert "exportera" in refusal(b'{"text": "' + b"a" * 1_001 + b'"}', name)


def test_tables_csv_endless_cell_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "MAX_LINE", 1_000)
    message = refusal(b'id;text\n1;"' + b"a\n" * 600, "a.csv")
    assert "rad 2" in message
    assert "citattecken" in message
