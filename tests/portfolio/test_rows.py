"""Outcomes in, the contract's rows out: none lost, none reordered, every column where it should be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.assistant import Assistant, ProjectText, Status
from classifier.portfolio.outcome import Outcome, outcome_of
from classifier.portfolio.rows import PROJECT_COLUMNS, STATEMENT_COLUMNS, kept_names, project_row, statement_rows
from classifier.portfolio.sources import Choices, Entry, open_sources
from classifier.taxonomy import Field, Scheme
from classifier.text.tables import Row, read_table, write_table
from tests.conftest import APPLICATION
from tests.portfolio.conftest import ARABIC, GERMAN, SENTENCE, entry

MODEL = "noggrann provmodell"


def leaning(assistant: Assistant, **labels: str) -> Assistant:
    # An assistant that is as good as certain of one label in each of the named fields.
    fields = dict(assistant.bundle.heads.fields)
    for name, label in labels.items():
        field = Field(name)
        bias = np.array([100.0 if other == label else 0.0 for other in assistant.scheme.ids(field)], np.float32)
        fields[field] = replace(fields[field], bias=bias)
    return Assistant(replace(assistant.bundle, heads=replace(assistant.bundle.heads, fields=fields)), assistant.scheme)


def judged(assistant: Assistant, item: Entry) -> Outcome:
    if item.problem:
        return Outcome(item.problem)
    return outcome_of(assistant.suggest([item.project], with_evidence=False)[0], MODEL, assistant.scheme)


def rows_of(assistant: Assistant, entries: Sequence[Entry]) -> tuple[list[str], list[Row]]:
    kept = kept_names(dict.fromkeys(column for item in entries for column in item.kept))
    return [*kept.values(), *PROJECT_COLUMNS], [project_row(item, judged(assistant, item), kept, assistant.scheme) for item in entries]


def row_of(assistant: Assistant, text: str) -> Row:
    return rows_of(assistant, [entry(text)])[1][0]


def write(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


# Project rows


def test_rows_project_columns_are_the_contract() -> None:
    assert (
        *("id", "titel"),
        *("projekttyp", "projekttyp_sannolikhet", "projekttyp_alternativ"),
        *("sakområde", "sakområde_sannolikhet", "sakområde_alternativ"),
        *("fokusområde", "fokusområde_sannolikhet", "fokusområde_alternativ"),
        *("effektkedja", "effektkedja_sannolikhet", "effektkedja_alternativ"),
        *("bransch", "verktyg", "syfte", "granska", "status", "modell"),
    ) == PROJECT_COLUMNS


def test_rows_projects_keep_input_columns_first(assistant: Assistant) -> None:
    entries = [entry(SENTENCE, 1, text=SENTENCE, budget=100), entry(SENTENCE, 2, text=SENTENCE, län="Västerbotten")]
    columns, rows = rows_of(assistant, entries)
    assert columns == ["text", "budget", "län", *PROJECT_COLUMNS]
    assert [(row.get("budget"), row.get("län")) for row in rows] == [(100, None), (None, "Västerbotten")]
    assert [(row["id"], row["titel"]) for row in rows] == [("1", "titel 1"), ("2", "titel 2")]


def test_rows_projects_rename_collisions(assistant: Assistant) -> None:
    columns, (row,) = rows_of(assistant, [entry(SENTENCE, status="beviljad", id="gammalt", budget=1)])
    assert columns == ["status (indata)", "id (indata)", "budget", *PROJECT_COLUMNS]
    assert (row["status (indata)"], row["id (indata)"]) == ("beviljad", "gammalt")
    assert (row["status"], row["id"]) == (Status.PROPOSED.value, "1")


@pytest.mark.parametrize("names", [("status", "status (indata)"), ("status (indata)", "status")])
def test_rows_projects_rename_without_losing_a_column(assistant: Assistant, names: tuple[str, str]) -> None:
    columns, (row,) = rows_of(assistant, [entry(SENTENCE, **{names[0]: "ett", names[1]: "två"})])
    assert len(columns) == len(set(columns)) == len(PROJECT_COLUMNS) + 2
    assert [row[column] for column in columns[:2]] == ["ett", "två"]
    assert row["status"] == Status.PROPOSED.value


def test_rows_projects_of_own_output_keep_everything(assistant: Assistant, tmp_path: Path) -> None:
    path = write(tmp_path / "0.csv", f"id;text;budget\nA1;{SENTENCE};100\n")
    for number in range(1, 4):
        columns, rows = rows_of(assistant, list(open_sources([str(path)], Choices(), lambda _: None).entries()))
        path = tmp_path / f"{number}.csv"
        write_table(path, columns, rows)
        assert len(columns) == len(set(columns)) == len(rows[0])
    assert {name for name in columns if name.startswith("status")} == {"status", "status (indata)", "status (indata) (indata)"}
    assert (rows[0]["id"], rows[0]["budget"]) == ("A1", "100")


def test_rows_project_has_every_cell(assistant: Assistant, scheme: Scheme) -> None:
    row = row_of(assistant, APPLICATION)
    assert list(row) == [*("id", "titel"), *(column for column in row if column in PROJECT_COLUMNS[2:])]
    assert set(row) == set(PROJECT_COLUMNS)
    (suggestion,) = assistant.suggest([ProjectText(APPLICATION, "titel 1", "1")])
    for field in (Field.PROJEKTTYP, Field.FOKUSOMRADE, Field.EFFEKTKEDJA):
        proposal = suggestion.proposals[field]
        assert row[field.swedish] == scheme.written(field, proposal.values[0])
        assert row[f"{field.swedish}_sannolikhet"] == round(proposal.probability, 4)


def test_rows_project_sakomrade_follows_fokusomrade(assistant: Assistant, scheme: Scheme) -> None:
    for label in scheme.labels[Field.FOKUSOMRADE]:
        row = row_of(leaning(assistant, fokusomrade=label.id), SENTENCE)
        assert row["sakområde"] == scheme.sakomrade_of(label.id).name
        assert row["sakområde_sannolikhet"] >= row["fokusområde_sannolikhet"] > 0.99


@pytest.mark.parametrize("leaf", ["kompetensforsorjning", "ovrigt"])
def test_rows_project_own_leaf_is_a_dash(assistant: Assistant, scheme: Scheme, leaf: str) -> None:
    row = row_of(leaning(assistant, fokusomrade=leaf), SENTENCE)
    assert row["fokusområde"] == "-"
    assert row["sakområde"] == scheme.label(Field.FOKUSOMRADE, leaf).name


def test_rows_project_other_leaves_have_names(assistant: Assistant) -> None:
    assert row_of(leaning(assistant, fokusomrade="innovation"), SENTENCE)["fokusområde"] == "Innovation"


def test_rows_project_alternatives(assistant: Assistant, scheme: Scheme) -> None:
    names = {label.name for label in scheme.labels[Field.PROJEKTTYP]}
    row = row_of(assistant, APPLICATION)
    (suggestion,) = assistant.suggest([ProjectText(APPLICATION, "titel 1")])
    proposal = suggestion.proposals[Field.PROJEKTTYP]
    expected = [share for label, share in proposal.ranked[1:] if label in proposal.likely]
    found = re.findall(r"([^;(]+) \((0\.\d\d)\)(?:; |$)", row["projekttyp_alternativ"])
    assert expected
    assert [share for _, share in found] == [f"{share:.2f}" for share in expected]
    assert {name for name, _ in found} <= names - {row["projekttyp"]}


def test_rows_project_certain_has_no_alternatives(assistant: Assistant) -> None:
    row = row_of(leaning(assistant, projekttyp="forstudie"), SENTENCE)
    assert (row["projekttyp"], row["projekttyp_alternativ"]) == ("Förstudie", "")


def test_rows_project_several_values(assistant: Assistant, scheme: Scheme) -> None:
    row = row_of(assistant, APPLICATION)
    (suggestion,) = assistant.suggest([ProjectText(APPLICATION, "titel 1")])
    for field in (Field.BRANSCH, Field.VERKTYG, Field.SYFTE):
        names = [scheme.label(field, label).name for label in suggestion.proposals[field].values]
        assert len(names) > 1
        assert row[field.swedish].split(";") == names


def test_rows_project_granska(assistant: Assistant) -> None:
    sure = leaning(assistant, fokusomrade="innovation", effektkedja="direkt")
    assert row_of(sure, SENTENCE)["granska"] == "falskt"
    assert row_of(sure, "")["granska"] == "sant"
    assert row_of(sure, GERMAN)["granska"] == "sant"


def test_rows_project_granska_when_doubtful(assistant: Assistant) -> None:
    row = row_of(leaning(assistant, effektkedja="direkt"), SENTENCE)
    assert row["fokusområde_sannolikhet"] < 0.6 < row["effektkedja_sannolikhet"]
    assert row["granska"] == "sant"


def test_rows_project_status_tells_language(assistant: Assistant) -> None:
    status = row_of(assistant, GERMAN)["status"]
    assert status.startswith("förslag, ej granskat. ")
    assert "svenska eller engelska" in status


@pytest.mark.parametrize(
    ("text", "status"),
    [("", "tom text"), ("Ny butik", "för kort text"), (ARABIC, "skriftspråket stöds inte")],
    ids=["empty", "short", "arabic"],
)
def test_rows_project_without_proposal_says_why(assistant: Assistant, text: str, status: str) -> None:
    row = row_of(assistant, text)
    assert (row["id"], row["titel"], row["status"], row["granska"]) == ("1", "titel 1", status, "sant")
    assert {row[column] for column in PROJECT_COLUMNS if column not in ("id", "titel", "status", "granska")} == {""}


def test_rows_project_unreadable_says_why(assistant: Assistant) -> None:
    entries = [
        entry(SENTENCE, 1),
        Entry(ProjectText("", "x", "x"), {"fil": "x.pdf"}, "Filen kan inte läsas: x.pdf är skadad"),
        entry(SENTENCE, 3),
    ]
    columns, rows = rows_of(assistant, entries)
    assert columns[0] == "fil"
    assert [row["id"] for row in rows] == ["1", "x", "3"]
    assert (rows[1]["status"], rows[1]["granska"], rows[1]["fil"]) == ("Filen kan inte läsas: x.pdf är skadad", "sant", "x.pdf")
    assert rows[0]["status"] == rows[2]["status"] == Status.PROPOSED.value


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from([SENTENCE, "", "Ny butik", ARABIC, "\n", "problem"]), max_size=12))
def test_rows_projects_none_lost(assistant: Assistant, texts: list[str]) -> None:
    entries = [replace(entry(text, number), problem="skadad" if text == "problem" else "") for number, text in enumerate(texts)]
    _, rows = rows_of(assistant, entries)
    assert [row["id"] for row in rows] == [str(number) for number in range(len(texts))]
    assert [row["status"] == Status.PROPOSED.value for row in rows] == [text == SENTENCE for text in texts]
    assert all(row["status"] for row in rows)
    assert all(bool(row["projekttyp"]) == (text == SENTENCE) for row, text in zip(rows, texts, strict=True))


# Statement rows


def test_rows_statement_columns_are_the_contract() -> None:
    assert STATEMENT_COLUMNS == (
        "projekt_id",
        "nr",
        "start",
        "slut",
        "påstående",
        "kolumn",
        "kolumner",
        "R",
        "A",
        "P",
        "U",
        "K",
        "L",
        "utanför",
    )


def test_rows_statements_of_projects(assistant: Assistant) -> None:
    entries = [entry(APPLICATION, 1), entry("", 2), replace(entry("", 3), problem="skadad"), entry(SENTENCE, 4)]
    rows = [row for item in entries for row in statement_rows(item, judged(assistant, item))]
    first = [row for row in rows if row["projekt_id"] == "1"]
    assert [row["projekt_id"] for row in rows] == ["1"] * len(first) + ["4"]
    assert [row["nr"] for row in first] == list(range(1, len(first) + 1))
    assert len(first) > 4
    for row in rows:
        assert tuple(row) == STATEMENT_COLUMNS
        assert abs(sum(row[code] for code in ("R", "A", "P", "U", "K", "L", "utanför")) - 1) < 0.001
        assert row["kolumner"].split(";")[0] == row["kolumn"]
        assert row["utanför"] == round(row["utanför"], 4)
    assert all(APPLICATION[row["start"] : row["slut"]] == row["påstående"] for row in first)


def test_rows_statements_main_column_is_likeliest(assistant: Assistant) -> None:
    item = entry(APPLICATION)
    for row in statement_rows(item, judged(assistant, item)):
        shares = {code: row["utanför" if code == "-" else code] for code in "RAPUKL-"}
        assert shares[row["kolumn"]] == max(shares.values())


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".jsonl"])
def test_rows_survive_the_file(assistant: Assistant, tmp_path: Path, ending: str) -> None:
    columns, rows = rows_of(assistant, [entry(APPLICATION, 1, text=APPLICATION), entry("", 2, text="")])
    path = tmp_path / f"ut{ending}"
    write_table(path, columns, rows)
    table = read_table(path.read_bytes(), path.name)
    assert list(table.columns) == columns
    assert [str(row["id"]) for row in table.rows] == ["1", "2"]
    assert [row["status"] for row in table.rows] == [Status.PROPOSED.value, "tom text"]
    assert table.rows[0]["text"] == APPLICATION
    assert float(table.rows[0]["projekttyp_sannolikhet"]) == rows[0]["projekttyp_sannolikhet"]
