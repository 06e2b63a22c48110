"""What is written can be read in again: the same rows, statements and decisions, whatever the texts and columns are."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.assistant import Assistant, ProjectText
from classifier.decisions import CaseStatus
from classifier.errors import DocumentError
from classifier.portfolio.cells import NONE_OF_THESE, RowReader, signed, spoken, whole
from classifier.portfolio.exchange import (
    EXPORT_COLUMNS,
    NESTED,
    ROW_NUMBER,
    STATEMENT_EXPORT,
    TAKEN,
    Imported,
    _originals,
    export_columns,
    export_rows,
    export_statements,
    is_ours,
    made_of,
    read_export,
)
from classifier.portfolio.facts import FactColumns, Facts
from classifier.portfolio.judged import Judged, as_portfolio
from classifier.portfolio.outcome import Outcome, outcome_of
from classifier.portfolio.report.workbook import write_workbook
from classifier.portfolio.rows import PROJECT_COLUMNS, STATEMENT_COLUMNS, kept_names, project_row, statement_rows
from classifier.portfolio.sources import Entry
from classifier.taxonomy import Field, Scheme
from classifier.text.tables import MAX_CELL, Row, read_table, write_table
from tests.conftest import APPLICATION
from tests.portfolio.conftest import GERMAN, SENTENCE

MODEL = "noggrann provmodell"
FORMULA = "=cmd|' /C calc'!A0 Kursen hålls i byn så att fler kan starta företag."
MARKUP = "<script>alert('x')</script> & ]]> Fler får jobb i byn; \"citat\";\trader\n\noch så vidare."
AT = datetime.datetime(2026, 11, 22, 13, 5, 7, tzinfo=datetime.timezone(datetime.timedelta(hours=1)))
Write = Callable[[Path, Sequence[Judged], Sequence[str], Scheme], tuple[Path, Path | None]]


def write_csv(folder: Path, judged: Sequence[Judged], kept: Sequence[str], scheme: Scheme) -> tuple[Path, Path | None]:
    write_table(folder / "ut.csv", export_columns(kept), export_rows(judged, kept, scheme))
    write_table(folder / "led.csv", STATEMENT_EXPORT, export_statements(judged))
    return folder / "ut.csv", folder / "led.csv"


def write_jsonl(folder: Path, judged: Sequence[Judged], kept: Sequence[str], scheme: Scheme) -> tuple[Path, Path | None]:
    write_table(folder / "ut.jsonl", [*export_columns(kept), NESTED], export_rows(judged, kept, scheme, nested=True))
    return folder / "ut.jsonl", None


def write_book(folder: Path, judged: Sequence[Judged], kept: Sequence[str], scheme: Scheme) -> tuple[Path, Path | None]:
    projects = (export_columns(kept), export_rows(judged, kept, scheme))
    write_workbook(
        folder / "ut.xlsx", projects, (STATEMENT_EXPORT, export_statements(judged)), as_portfolio("prov.csv", judged, {}, scheme)
    )
    return folder / "ut.xlsx", None


FORMATS = pytest.mark.parametrize("write", [write_csv, write_jsonl, write_book], ids=["csv", "jsonl", "xlsx"])


def judge(assistant: Assistant, text: str, own: str = "A1", title: str = "", column: str = "text", **kept: Any) -> Judged:
    project = ProjectText(text, title, own)
    (suggestion,) = assistant.suggest([project])
    return Judged(0, Entry(project, {column: text, **kept}), Facts(), outcome_of(suggestion, MODEL, assistant.scheme))


def numbered(*judged: Judged) -> list[Judged]:
    return [replace(item, number=number) for number, item in enumerate(judged)]


def varied(assistant: Assistant) -> list[Judged]:
    """Projects of every kind that a portfolio may hold, some with the same id."""
    scheme = assistant.scheme
    confirmed = {name: scheme.ids(name)[:1] for name in Field}
    leaf = judge(assistant, "Kompetensen i byn ska höjas genom kurser.", "A5")
    own_leaf = {**leaf.outcome.fields, Field.FOKUSOMRADE: replace(leaf.outcome.fields[Field.FOKUSOMRADE], values=("kompetensforsorjning",))}
    areas = tuple((scheme.sakomrade_of(label).id, share) for label, share in (("kompetensforsorjning", 0.5), ("ovrigt", 0.25)))
    return numbered(
        replace(judge(assistant, APPLICATION, title="Butiken"), decided=confirmed, decided_by="ek", decided_at=AT),
        judge(assistant, "", "A1"),
        replace(judge(assistant, FORMULA, "=1+1", "@SUM(1)"), decided={Field.SYFTE: (), Field.EFFEKTKEDJA: ()}, marked=True),
        replace(judge(assistant, MARKUP, "A1", "-2+3"), decided={Field.BRANSCH: scheme.ids(Field.BRANSCH)[:3]}),
        judge(assistant, GERMAN, ""),
        Judged(0, Entry(ProjectText("", "x", "x"), {"text": ""}), Facts(), Outcome("Filen kan inte läsas: x.pdf är skadad")),
        replace(leaf, outcome=replace(leaf.outcome, fields=own_leaf, sakomraden=areas), decided={Field.FOKUSOMRADE: ("ovrigt",)}),
        judge(assistant, SENTENCE, "A1"),
    )


def read_back(write: Write, folder: Path, judged: Sequence[Judged], kept: Sequence[str], scheme: Scheme) -> Imported:
    folder.mkdir(exist_ok=True)
    path, statements = write(folder, judged, kept, scheme)
    return read_export(path, scheme, statements)


def rows(judged: Sequence[Judged], kept: Sequence[str], scheme: Scheme) -> list[Row]:
    return list(export_rows(judged, kept, scheme, nested=True))


def plain_row(assistant: Assistant, **changes: Any) -> Row:
    (row,) = export_rows([judge(assistant, SENTENCE)], ["text"], assistant.scheme, nested=True)
    return row | changes


def read_row(tmp_path: Path, scheme: Scheme, row: Mapping[str, Any]) -> Imported:
    path = tmp_path / "ut.jsonl"
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    return read_export(path, scheme)


# There and back


@FORMATS
def test_exchange_read_gives_identical_rows(assistant: Assistant, scheme: Scheme, tmp_path: Path, write: Write) -> None:
    judged = varied(assistant)
    found = read_back(write, tmp_path / "a", judged, ["text"], scheme)
    assert (found.kept, found.text, found.notes) == (("text",), "text", ())
    assert rows(found.judged, found.kept, scheme) == rows(judged, ["text"], scheme)
    assert list(export_statements(found.judged)) == list(export_statements(judged))


@FORMATS
def test_exchange_read_gives_identical_files(assistant: Assistant, scheme: Scheme, tmp_path: Path, write: Write) -> None:
    judged = varied(assistant)
    found = read_back(write, tmp_path / "a", judged, ["text"], scheme)
    again = read_back(write, tmp_path / "b", found.judged, found.kept, scheme)
    assert again == found
    for path in (tmp_path / "a").iterdir():
        if path.suffix != ".xlsx":  # a workbook says when it was made
            assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


@FORMATS
def test_exchange_read_keeps_all_that_is_known(assistant: Assistant, scheme: Scheme, tmp_path: Path, write: Write) -> None:
    judged = varied(assistant)
    found = read_back(write, tmp_path / "a", judged, ["text"], scheme).judged
    for before, after in zip(judged, found, strict=True):
        assert (after.number, after.entry) == (before.number, replace(before.entry, problem=""))
        assert (after.decided, after.state, after.marked, after.decided_by) == (
            before.decided,
            before.state,
            before.marked,
            before.decided_by,
        )
        assert after.decided_at == before.decided_at
        assert (after.outcome.statements, after.outcome.sakomraden) == (
            before.outcome.statements,
            tuple((label, share if place == 0 else round(share, 2)) for place, (label, share) in enumerate(before.outcome.sakomraden)),
        )
        assert {name: after.values(name) for name in Field} == {name: before.values(name) for name in Field}
    assert [item.state for item in found[:3]] == [CaseStatus.CONFIRMED, CaseStatus.WAITING, CaseStatus.DRAFT]


@FORMATS
def test_exchange_read_input_columns_named_like_ours(assistant: Assistant, scheme: Scheme, tmp_path: Path, write: Write) -> None:
    names = ["status", "status (indata)", "beslut", "påståenden", "rad", "kolumn", "fokusområde", "id (indata)", "modell (indata)", "x"]
    kept = ["text", *names]
    judged = numbered(*(judge(assistant, SENTENCE, str(number), **{name: f"{name} {number}" for name in names}) for number in range(2)))
    found = read_back(write, tmp_path / "a", judged, kept, scheme)
    again = read_back(write, tmp_path / "b", found.judged, found.kept, scheme)
    for item, other in zip(judged, again.judged, strict=True):
        assert sorted(other.entry.kept.values()) == sorted(item.entry.kept.values())
        assert other.entry.kept["beslut"] == item.entry.kept["beslut"]
        assert other.entry.kept["påståenden"] == item.entry.kept["påståenden"]
    assert rows(again.judged, again.kept, scheme) == rows(found.judged, found.kept, scheme) == rows(judged, kept, scheme)


@given(
    st.lists(
        st.sampled_from([name + " (indata)" * times for name in ("status", "beslut", "påståenden", "x") for times in range(4)]), unique=True
    )
)
def test_exchange_originals_give_the_same_names_again(columns: list[str]) -> None:
    written = list(kept_names(columns, TAKEN).values())
    originals = _originals(written)
    assert list(originals) == written
    assert len(set(originals.values())) == len(written)
    assert list(kept_names(list(originals.values()), TAKEN).values()) == written


@FORMATS
def test_exchange_read_finds_facts_and_typed_cells(assistant: Assistant, scheme: Scheme, tmp_path: Path, write: Write) -> None:
    item = judge(assistant, SENTENCE, Belopp=450_000, Startår=2016, Län="AC", Program="Övre Norrland")
    found = read_back(write, tmp_path / "a", [item], list(item.entry.kept), scheme)
    assert found.facts == FactColumns("Belopp", "Startår", "Län", "Program")
    assert found.judged[0].facts == Facts(450_000.0, 2016, "Västerbottens län", "Övre Norrland")


@FORMATS
def test_exchange_read_text_in_a_column_of_another_name(assistant: Assistant, scheme: Scheme, tmp_path: Path, write: Write) -> None:
    judged = numbered(*(judge(assistant, text, column="mål", beskrivning="kort") for text in ("", APPLICATION, SENTENCE)))
    found = read_back(write, tmp_path / "a", judged, ["beskrivning", "mål"], scheme)
    assert found.text == "mål"
    assert [item.entry.project.text for item in found.judged[1:]] == [APPLICATION, SENTENCE]
    assert list(export_statements(found.judged)) == list(export_statements(judged))


@FORMATS
def test_exchange_read_without_the_text_keeps_the_statements(assistant: Assistant, scheme: Scheme, tmp_path: Path, write: Write) -> None:
    item = judge(assistant, APPLICATION)
    found = read_back(write, tmp_path / "a", [replace(item, entry=Entry(item.entry.project, {"fil": "a.txt"}))], ["fil"], scheme)
    (again,) = found.judged
    said = [row["påstående"] for row in statement_rows(item.entry, item.outcome)]
    assert found.text == ""
    assert [row["påstående"] for row in statement_rows(again.entry, again.outcome)] == said
    assert again.entry.project.text.split("\n")[1] == said[0]


def test_exchange_read_text_that_excel_has_cut(assistant: Assistant, scheme: Scheme, tmp_path: Path) -> None:
    item = judge(assistant, SENTENCE + "\n" + "x" * (MAX_CELL - len(SENTENCE) - 20) + "\n" + APPLICATION)
    found = read_back(write_book, tmp_path / "a", [item], ["text"], scheme)
    before, after = ([row["påstående"] for row in export_statements([each])] for each in (item, found.judged[0]))
    assert len(found.judged[0].entry.kept["text"]) == MAX_CELL
    assert before[0] == after[0] == SENTENCE
    assert [said[:MAX_CELL] for said in before] == after


def test_exchange_export_of_some_rows_numbers_them_anew(assistant: Assistant, scheme: Scheme, tmp_path: Path) -> None:
    some = [
        replace(item, number=number)
        for number, item in zip((7, 3), (judge(assistant, SENTENCE), judge(assistant, APPLICATION)), strict=True)
    ]
    found = read_back(write_csv, tmp_path / "a", some, ["text"], scheme)
    assert [len(item.outcome.statements) for item in found.judged] == [len(item.outcome.statements) for item in some]


# What `effektkedja classify` writes


def classified(folder: Path, judged: Sequence[Judged], ending: str, scheme: Scheme) -> tuple[Path, Path]:
    kept = kept_names(dict.fromkeys(column for item in judged for column in item.entry.kept))
    columns = [*kept.values(), *PROJECT_COLUMNS]
    write_table(folder / f"ut{ending}", columns, (project_row(item.entry, item.outcome, kept, scheme) for item in judged))
    said = (row for item in judged for row in statement_rows(item.entry, item.outcome))
    write_table(folder / f"led{ending}", STATEMENT_COLUMNS, said)
    return folder / f"ut{ending}", folder / f"led{ending}"


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".jsonl"])
def test_exchange_read_what_classify_wrote(assistant: Assistant, scheme: Scheme, tmp_path: Path, ending: str) -> None:
    judged = varied(assistant)
    found = read_export(*_swapped(classified(tmp_path, judged, ending, scheme), scheme))
    assert [item.outcome.statements for item in found.judged] == [item.outcome.statements for item in judged]  # ids that come twice too
    assert [item.entry.project.id for item in found.judged] == [item.entry.project.id for item in judged]
    assert {item.state for item in found.judged} == {CaseStatus.WAITING}
    bare = read_export(tmp_path / f"ut{ending}", scheme)
    assert [item.outcome.statements for item in bare.judged] == [()] * len(judged)


def _swapped(files: tuple[Path, Path], scheme: Scheme) -> tuple[Path, Scheme, Path]:
    return files[0], scheme, files[1]


@pytest.mark.parametrize("ending", [".csv", ".jsonl"])
def test_exchange_read_classify_keeps_input_columns_with_names_of_decisions(
    assistant: Assistant, scheme: Scheme, tmp_path: Path, ending: str
) -> None:
    item = judge(assistant, SENTENCE, **{"beslut": "bifall", "märkt": "sant", "påståenden": "tre"})
    path, _ = classified(tmp_path, [item], ending, scheme)
    (found,) = read_export(path, scheme).judged
    assert found.entry.kept == item.entry.kept
    assert (found.marked, found.decided, found.decided_by) == (False, {}, "")


def test_exchange_made_of_tells_models_and_rows(assistant: Assistant, scheme: Scheme, tmp_path: Path) -> None:
    first = judge(assistant, SENTENCE)
    second = replace(first, outcome=replace(first.outcome, model="snabb provmodell"))
    found = read_back(write_csv, tmp_path / "a", [first, second], ["text"], scheme)
    made = made_of(found, scheme)
    assert made == {"Källa": "ut.csv", "Modell": "noggrann provmodell, snabb provmodell", "Schema": scheme.version, "Antal rader": "2"}
    assert made_of(replace(found, judged=[]), scheme)["Modell"] == "okänd"


# Files that are something else, or were changed by hand


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".jsonl"])
def test_exchange_read_file_that_is_not_classified(scheme: Scheme, tmp_path: Path, ending: str) -> None:
    write_table(tmp_path / f"in{ending}", ["id", "text"], [{"id": "A1", "text": SENTENCE}])
    with pytest.raises(DocumentError) as caught:
        read_export(tmp_path / f"in{ending}", scheme)
    assert str(caught.value) == f"Filen kan inte läsas: in{ending} är inte klassificerad än; kör först: effektkedja classify"


def test_exchange_read_statements_that_are_none(assistant: Assistant, scheme: Scheme, tmp_path: Path) -> None:
    path, _ = classified(tmp_path, [judge(assistant, SENTENCE)], ".csv", scheme)
    with pytest.raises(DocumentError, match=r"ut\.csv innehåller inga påståenden; ange filen som skrevs med --statements"):
        read_export(path, scheme, path)


def test_exchange_read_statements_of_other_projects_are_said(assistant: Assistant, scheme: Scheme, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    path, _ = classified(tmp_path / "a", [judge(assistant, SENTENCE, "A1")], ".csv", scheme)
    _, said = classified(tmp_path / "b", [judge(assistant, SENTENCE, "A1"), judge(assistant, APPLICATION, "B1")], ".csv", scheme)
    found = read_export(path, scheme, said)
    lost = len(judge(assistant, APPLICATION).outcome.statements)
    assert found.notes == (f"{lost} påståenden hör inte till något projekt i filen och lästes inte.",)
    assert len(found.judged[0].outcome.statements) == 1


@pytest.mark.parametrize("rad", ["", "tre", "-1", "0", "99", "1e300", None])
def test_exchange_read_statement_without_a_row(assistant: Assistant, scheme: Scheme, tmp_path: Path, rad: object) -> None:
    path, statements = write_csv(tmp_path, [judge(assistant, SENTENCE)], ["text"], scheme)
    assert statements is not None
    said = [row | {ROW_NUMBER: rad} for row in read_table(statements.read_bytes(), "led.csv").rows]
    write_table(statements, STATEMENT_EXPORT, said)
    found = read_export(path, scheme, statements)
    assert found.judged[0].outcome.statements == ()
    assert found.notes == ("1 påståenden hör inte till något projekt i filen och lästes inte.",)


@pytest.mark.parametrize("place", ["", "abc", -5, 10**400, 1e300, float("nan"), None, [1], "12,0", 3.0])
def test_exchange_read_statement_with_hostile_cells(assistant: Assistant, scheme: Scheme, tmp_path: Path, place: object) -> None:
    row = plain_row(assistant)
    row[NESTED] = [row[NESTED][0] | {"start": place, "slut": place, "nr": place, "U": place, "kolumner": "X;;"}, "inget påstående", None]
    (found,) = read_row(tmp_path, scheme, row).judged
    (statement,) = found.outcome.statements
    assert statement.columns == ("-",)
    assert statement.start >= 0
    assert len(found.entry.project.text) <= 2 * len(SENTENCE) + 1


@pytest.mark.parametrize("nested", ["påståenden", 7, None, {}, []])
def test_exchange_read_statements_that_are_no_list(assistant: Assistant, scheme: Scheme, tmp_path: Path, nested: object) -> None:
    (found,) = read_row(tmp_path, scheme, plain_row(assistant) | {NESTED: nested}).judged
    assert found.outcome.statements == ()
    assert found.outcome.is_judged


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("fokusområde_beslut", "Innovatoin"),
        ("fokusområde_beslut", "Innovation;Företagande"),
        ("syfte_beslut", "Digitalisering;Påhitt"),
        ("effektkedja_beslut", 7),
    ],
)
def test_exchange_read_unknown_decision_is_no_decision(
    assistant: Assistant, scheme: Scheme, tmp_path: Path, column: str, cell: object
) -> None:
    found = read_row(tmp_path, scheme, plain_row(assistant, **{column: cell}))
    assert found.judged[0].decided == {}
    assert found.notes == ("ut.jsonl: 1 cell har värden som inte finns i schemat och lästes inte.",)


def test_exchange_read_none_of_these_is_a_decision(assistant: Assistant, scheme: Scheme, tmp_path: Path) -> None:
    found = read_row(tmp_path, scheme, plain_row(assistant, fokusområde_beslut=f" {NONE_OF_THESE} ", syfte_beslut=NONE_OF_THESE))
    assert found.judged[0].decided == {Field.FOKUSOMRADE: (), Field.SYFTE: ()}


def test_exchange_read_changed_proposal_brings_its_sakomrade(assistant: Assistant, scheme: Scheme, tmp_path: Path) -> None:
    (found,) = read_row(tmp_path, scheme, plain_row(assistant, fokusområde="Kultur och fritid", sakområde="Övrigt")).judged
    row = as_portfolio("p", [found], {}, scheme).projects.loc[0]
    assert (row["fokusområde"], row["sakområde"]) == ("Kultur och fritid", "Attraktiva miljöer och tillgänglighet")


@pytest.mark.parametrize("cell", ["", "Påhitt", None, 7])
def test_exchange_read_unknown_proposals_leave_the_rest(assistant: Assistant, scheme: Scheme, tmp_path: Path, cell: object) -> None:
    (found,) = read_row(tmp_path, scheme, plain_row(assistant, effektkedja=cell, bransch=cell)).judged
    assert (found.values(Field.EFFEKTKEDJA), found.values(Field.BRANSCH)) == ((), ())
    assert found.outcome.is_judged
    assert as_portfolio("p", [found], {}, scheme).projects.loc[0, "effektkedja"] == ""
    (row,) = export_rows([found], ["text"], scheme)
    assert row.get("effektkedja", "") == ""
    (unknown,) = read_row(tmp_path, scheme, plain_row(assistant, fokusområde=cell)).judged
    assert not unknown.outcome.is_judged
    assert unknown.entry.project.text == SENTENCE


@pytest.mark.parametrize("written", ["", "i går", "0001-01-01T00:00:00+23:00", "2026-13-45", "9" * 40])
def test_exchange_read_time_that_is_none(assistant: Assistant, scheme: Scheme, tmp_path: Path, written: str) -> None:
    (found,) = read_row(tmp_path, scheme, plain_row(assistant, beslut_tid=written, beslut_av="ek")).judged
    assert (found.decided_at, found.decided_by) == (None, "ek")
    assert next(export_rows([found], ["text"], scheme))["beslut_tid"] == ""


def test_exchange_read_time_without_zone_is_utc() -> None:
    assert signed({"beslut_tid": "2026-11-22T12:05:07"})[2] == datetime.datetime(2026, 11, 22, 12, 5, 7, tzinfo=datetime.UTC)


def test_exchange_columns_say_whose_they_are() -> None:
    assert is_ours(PROJECT_COLUMNS)
    assert is_ours(reversed(EXPORT_COLUMNS))
    assert not is_ours(PROJECT_COLUMNS[1:])
    assert export_columns(["text", "status"]) == ["text", "status (indata)", *EXPORT_COLUMNS]


# Cells


@given(st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.booleans(), st.lists(st.integers())))
def test_cells_bear_anything(scheme: Scheme, cell: object) -> None:
    columns = (*EXPORT_COLUMNS, *STATEMENT_COLUMNS)
    reader = RowReader(scheme)
    row = dict.fromkeys(columns, cell)
    assert not reader.outcome(row, ()).is_judged
    assert set(reader.decided(row)) == set()
    assert whole(cell) >= 0
    statement, _ = spoken(row)
    assert all(abs(share) < float("inf") for share in statement.probabilities)
    signed(row)


@pytest.mark.parametrize(("cell", "number"), [("12", 12), (12.0, 12), ("12,0", 12), ("", 0), (None, 0), ("x", 0), (-1, 0), (True, 1)])
def test_cells_whole(cell: object, number: int) -> None:
    assert whole(cell) == number
