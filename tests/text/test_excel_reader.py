"""Tests of Excel workbooks in: what programs write, what people do to sheets, and what nobody should."""

from __future__ import annotations

import datetime
import io
import tracemalloc
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import openpyxl
import pytest

from classifier.errors import DocumentError
from classifier.text import excel_reader, tables
from classifier.text.tables import Bounds, Table, open_table, read_table

COLUMNS = ("id", "text", "län")
HEAD = '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="B1" t="inlineStr"><is><t>text</t></is></c></row>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHARED = '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'


def book_bytes(rows: Iterable[Iterable[object]], merged: Iterable[str] = ()) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    for cells in merged:
        book.active.merge_cells(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_parts(parts: Mapping[str, str]) -> bytes:
    """A workbook with some of its parts written by hand."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book_bytes([COLUMNS]))) as sound, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as changed:
        for name in sound.namelist():
            changed.writestr(name, parts.get(name) or sound.read(name))
        for name in set(parts) - set(sound.namelist()):
            changed.writestr(name, parts[name])
    return out.getvalue()


def sheet(rows: str, after: str = "") -> dict[str, str]:
    return {"xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{HEAD}{rows}</sheetData>{after}</worksheet>'}


def shared(*texts: str) -> dict[str, str]:
    items = "".join(f"<si>{text}</si>" for text in texts)
    with zipfile.ZipFile(io.BytesIO(book_bytes([COLUMNS]))) as archive:
        types = archive.read("[Content_Types].xml").decode()
    return {"[Content_Types].xml": types.replace("</Types>", SHARED), "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{items}</sst>'}


def read(parts: Mapping[str, str]) -> Table:
    return read_table(with_parts(parts), "a.xlsx")


def refusal(data: bytes) -> str:
    with pytest.raises(DocumentError) as caught:
        read_table(data, "a.xlsx")
    return str(caught.value)


def test_excel_reader_kinds_of_cells() -> None:
    kinds = [1, 2.5, True, False, datetime.datetime(2024, 5, 1, 12, 30), datetime.time(3, 4), datetime.timedelta(hours=30), "#N/A", " å\n"]
    table = read_table(book_bytes([[f"k{number}" for number in range(len(kinds))], kinds]), "a.xlsx")
    assert list(table.rows[0].values()) == kinds


def test_excel_reader_shared_texts_with_formatting_and_pronunciation() -> None:
    texts = (
        "<t>Butik</t>",
        "<r><t>Ny </t></r><r><rPr><b/></rPr><t>brygga</t></r>",
        "<t>_x005F_Väddö</t><rPh sb='0' eb='1'><t>ve</t></rPh>",
        "<t/>",
    )
    rows = "".join(f'<row><c t="s"><v>{number}</v></c><c t="s"><v>0</v></c></row>' for number in range(4))
    assert [row["id"] for row in read(shared(*texts) | sheet(rows)).rows] == ["Butik", "Ny brygga", "_Väddö", ""]


@pytest.mark.parametrize("number", ["-1", "1", "99999999999999999999", "x"])
def test_excel_reader_shared_text_that_is_not_there_refused(number: str) -> None:
    assert "ingen riktig" in refusal(with_parts(shared("<t>a</t>") | sheet(f'<row><c t="s"><v>{number}</v></c></row>')))


def test_excel_reader_shared_texts_beyond_memory_kept_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel_reader, "IN_MEMORY", 100)
    texts = [f"<t>{'å' * 50}{number}</t>" for number in range(50)]
    rows = "".join(f'<row><c t="s"><v>{number}</v></c></row>' for number in reversed(range(50)))
    assert [row["id"] for row in read(shared(*texts) | sheet(rows)).rows] == ["å" * 50 + str(number) for number in reversed(range(50))]


def test_excel_reader_left_out_rows_and_cells_are_empty() -> None:
    rows = '<row r="3"><c r="C3"><v>3</v></c></row><row r="2"><c r="A2"><v>9</v></c></row><row r="3"><c r="A3"><v>9</v></c></row><row r="5"/><row><c><v>6</v></c></row>'
    table = read(sheet(rows))
    assert table.columns == ("id", "text", "kolumn 3")
    assert [tuple(row.values()) for row in table.rows] == [("", "", 3), (6, "", "")]


def test_excel_reader_merged_title_and_group_header_said() -> None:
    data = book_bytes([["Projekt 2024"], ["", "Uppgifter"], COLUMNS, (1, "Butik", "AC")], ["A1:C1", "B2:C2"])
    table = read_table(data, "a.xlsx")
    assert table.rows == ({"id": 1, "text": "Butik", "län": "AC"},)
    assert table.notes == (
        "a.xlsx: rubrikerna hittades på rad 3.",
        "a.xlsx: sammanslagna celler ovanför rubrikraden (A1:C1, B2:C2) lästes som en titel och ingår inte i tabellen.",
    )


def test_excel_reader_merged_header_said() -> None:
    (note,) = read_table(book_bytes([("id", "Uppgifter", None), (1, "Butik", "AC")], ["B1:C1"]), "a.xlsx").notes
    assert "rubrikraden har sammanslagna celler (B1:C1)" in note


def test_excel_reader_merged_rows_said_with_their_columns() -> None:
    data = book_bytes([COLUMNS, *((number, f"Butik {number}", "AC") for number in range(1, 9))], ["A2:A5", "C2:C3", "C4:C5", "C6:C7"])
    table = read_table(data, "a.xlsx")
    assert [row["id"] for row in table.rows] == [1, "", "", "", 5, 6, 7, 8]
    (note,) = table.notes
    assert "bladet har sammanslagna celler (A2:A5, C2:C3, C4:C5 med flera); bara den första raden i varje har ett värde." in note
    assert "kolumnerna id, län." in note


def test_excel_reader_merged_within_a_row_said() -> None:
    (note,) = read_table(book_bytes([COLUMNS, ("Norrbotten", None, None), (1, "Butik", "BD")], ["A2:C2"]), "a.xlsx").notes
    assert "(A2:C2); bara den första kolumnen i varje har ett värde" in note


def test_excel_reader_merged_beyond_the_columns_said() -> None:
    (note,) = read(
        sheet("<row><c><v>1</v></c></row>", '<mergeCells><mergeCell ref="B2:XFD1048576"/><mergeCell ref="D2:E3"/></mergeCells>')
    ).notes
    assert note.endswith("i kolumnen text.")


def test_excel_reader_merged_without_end_counted_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel_reader, "MAX_MERGED", 2)
    (note,) = read_table(book_bytes([COLUMNS, *[(1, 2, 3)] * 8], ["A2:A3", "A4:A5", "A6:A7"]), "a.xlsx").notes
    assert note.count(":A") == 2


@pytest.mark.parametrize("ref", ["", "A", "A:B", "x", "A2:B3:C4", "1:2"])
def test_excel_reader_merged_range_that_is_none_says_nothing(ref: str) -> None:
    assert read(sheet("<row><c><v>1</v></c></row>", f'<mergeCells><mergeCell ref="{ref}"/></mergeCells>')).notes == ()


def test_excel_reader_formulas_without_results_said() -> None:
    table = read_table(book_bytes([COLUMNS, (1, "=A2", "=1+1"), (2, "Butik", "AC")]), "a.xlsx")
    assert table.rows[0] == {"id": 1, "text": "", "län": ""}
    (note,) = table.notes
    assert "2 formler saknar sparat resultat" in note
    assert "öppna filen i Excel" in note


def test_excel_reader_formulas_with_results_say_nothing() -> None:
    rows = '<row><c><f>1+1</f><v>2</v></c><c t="str"><f>A1&amp;"x"</f><v>ax</v></c></row><row><c><v>1</v></c><c t="str"><f>""</f><v></v></c></row>'
    table = read(sheet(rows))
    assert (table.rows, table.notes) == (({"id": 2, "text": "ax"}, {"id": 1, "text": ""}), ())


def test_excel_reader_one_formula_without_result_in_other_programs_way() -> None:
    (note,) = read(sheet('<row><c><v>1</v></c><c t="str"><f>A1</f></c></row>')).notes
    assert "1 formel saknar" in note


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param('<row r="1048577"><c><v>1</v></c></row>', id="row beyond the last"),
        pytest.param('<row r="99999999999999999999"><c><v>1</v></c></row>', id="row beyond reason"),
        pytest.param(f"<row>{'<c/>' * 16_386}</row>", id="cells beyond the last column"),
        pytest.param('<row><c r="AAAA2"><v>1</v></c></row>', id="column beyond reason"),
    ],
)
def test_excel_reader_more_than_a_sheet_holds_refused(rows: str) -> None:
    assert "ingen riktig" in refusal(with_parts(sheet(rows)))


def test_excel_reader_endless_cell_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel_reader, "MAX_BYTES", 200_000)
    assert "ingen riktig" in refusal(with_parts(sheet(f"<row><c t='inlineStr'><is><t>{'a' * 400_000}</t></is></c></row>")))
    assert read(sheet(f"<row><c t='inlineStr'><is><t>{'a' * 100_000}</t></is></c></row>")).rows[0]["id"] == "a" * 100_000


def test_excel_reader_text_pointed_to_too_often_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "IN_MEMORY", Bounds(1_000_000, 1_000_000, 1_000))
    text = shared(f"<t>{'a' * 300_000}</t>")
    assert len(read(text | sheet('<row><c t="s"><v>0</v></c></row>' * 3)).rows) == 3
    assert "orimligt stor" in refusal(with_parts(text | sheet('<row><c t="s"><v>0</v></c></row>' * 4)))


def test_excel_reader_large_part_that_is_read_whole_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = book_bytes([COLUMNS])
    monkeypatch.setattr(excel_reader, "MAX_PART", 500)
    assert "ingen riktig" in refusal(data)


def test_excel_reader_bomb_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(with_parts(sheet(" " * 3_000_000)))
    assert open_table(path).length == 0
    monkeypatch.setattr("classifier.text.documents.MAX_UNPACKED", 1_000_000)
    with pytest.raises(DocumentError, match=r"orimligt stor när den packas upp; dela upp den eller spara den som \.csv"):
        open_table(path)


def test_excel_reader_memory_does_not_grow_with_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    rows = "".join(f'<row ht="15"><c><v>{number}</v></c><c t="inlineStr"><is><t>{"a" * 200}</t></is></c></row>' for number in range(6_000))
    path.write_bytes(with_parts(sheet(rows, '<mergeCells><mergeCell ref="A2:A3"/></mergeCells>')))
    open_table(path)  # what is loaded once
    tracemalloc.start()
    try:
        assert sum(len(row["text"]) for row in open_table(path).rows()) == 1_200_000
        assert tracemalloc.get_traced_memory()[1] < 1_500_000
    finally:
        tracemalloc.stop()
