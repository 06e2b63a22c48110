"""Many projects in, the contract's rows out: none lost, none reordered, every column where it should be."""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.assistant import Assistant, ProjectText, Status
from classifier.errors import DocumentError, UsageError
from classifier.model.windows import Segment
from classifier.portfolio import (
    BATCH,
    PROJECT_COLUMNS,
    STATEMENT_COLUMNS,
    Choices,
    Entry,
    classify,
    classify_statements,
    project_rows,
    read_entries,
    statement_column,
    statement_rows,
)
from classifier.taxonomy import Field, Scheme
from classifier.text.documents import MAX_CHARACTERS
from classifier.text.tables import Row, Table, read_table, write_table
from tests.conftest import APPLICATION

SENTENCE = "Fyra bagerier i bygden delar på en ny ugn."
ARABIC = "يساعد المشروع الشركات الصغيرة في القرى"
GERMAN = (
    "Das Projekt hilft kleinen Betrieben im ländlichen Raum. Zwölf Handwerker erhalten eine Schulung und lernen neue Werkzeuge "
    "kennen. Dadurch steigt der Umsatz der Betriebe und junge Leute bleiben im Dorf."
)


@pytest.fixture
def seen(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    documents: list[list[str]] = []
    encode = assistant.bundle.encoder.encode

    def record(batch: Sequence[Sequence[Segment]]) -> list[np.ndarray]:
        documents.extend([segment.text for segment in document] for document in batch)
        return encode(batch)

    monkeypatch.setattr(assistant.bundle.encoder, "encode", record)
    return documents


def leaning(assistant: Assistant, **labels: str) -> Assistant:
    # An assistant that is as good as certain of one label in each of the named fields.
    fields = dict(assistant.bundle.heads.fields)
    for name, label in labels.items():
        field = Field(name)
        bias = np.array([100.0 if other == label else 0.0 for other in assistant.scheme.ids(field)], np.float32)
        fields[field] = replace(fields[field], bias=bias)
    return Assistant(replace(assistant.bundle, heads=replace(assistant.bundle.heads, fields=fields)), assistant.scheme)


def entry(text: str, number: int = 1, /, **kept: Any) -> Entry:
    return Entry(ProjectText(text, f"titel {number}", str(number)), kept)


def rows_of(assistant: Assistant, entries: Sequence[Entry]) -> tuple[list[str], list[Row]]:
    return project_rows(entries, classify(assistant, entries, lambda _: None), assistant.scheme)


def row_of(assistant: Assistant, text: str) -> Row:
    return rows_of(assistant, [entry(text)])[1][0]


def read(*sources: Path | str, said: list[str] | None = None, **choices: str) -> list[Entry]:
    return read_entries([str(source) for source in sources], Choices(**choices), (said if said is not None else []).append)


def write(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


def statements_table(*rows: tuple[Any, ...], columns: tuple[str, ...] = ("projekt_id", "påstående")) -> Table:
    return Table("rader.csv", columns, tuple(dict(zip(columns, row, strict=True)) for row in rows))


def classify_rows(assistant: Assistant, table: Table, text_column: str | None = None) -> tuple[list[str], list[Row]]:
    return classify_statements(assistant, table, statement_column(table, text_column, [].append), lambda _: None)


def give_stdin(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


# Project rows


def test_portfolio_project_columns_are_the_contract() -> None:
    assert (
        *("id", "titel"),
        *("projekttyp", "projekttyp_sannolikhet", "projekttyp_alternativ"),
        *("sakområde", "sakområde_sannolikhet", "sakområde_alternativ"),
        *("fokusområde", "fokusområde_sannolikhet", "fokusområde_alternativ"),
        *("effektkedja", "effektkedja_sannolikhet", "effektkedja_alternativ"),
        *("bransch", "verktyg", "syfte", "granska", "status"),
    ) == PROJECT_COLUMNS


def test_portfolio_project_rows_keep_input_columns_first(assistant: Assistant) -> None:
    entries = [entry(SENTENCE, 1, text=SENTENCE, budget=100), entry(SENTENCE, 2, text=SENTENCE, län="Västerbotten")]
    columns, rows = rows_of(assistant, entries)
    assert columns == ["text", "budget", "län", *PROJECT_COLUMNS]
    assert [(row.get("budget"), row.get("län")) for row in rows] == [(100, None), (None, "Västerbotten")]
    assert [(row["id"], row["titel"]) for row in rows] == [("1", "titel 1"), ("2", "titel 2")]


def test_portfolio_project_rows_rename_collisions(assistant: Assistant) -> None:
    columns, (row,) = rows_of(assistant, [entry(SENTENCE, status="beviljad", id="gammalt", budget=1)])
    assert columns == ["status (indata)", "id (indata)", "budget", *PROJECT_COLUMNS]
    assert (row["status (indata)"], row["id (indata)"]) == ("beviljad", "gammalt")
    assert (row["status"], row["id"]) == (Status.PROPOSED.value, "1")


@pytest.mark.parametrize("names", [("status", "status (indata)"), ("status (indata)", "status")])
def test_portfolio_project_rows_rename_without_losing_a_column(assistant: Assistant, names: tuple[str, str]) -> None:
    columns, (row,) = rows_of(assistant, [entry(SENTENCE, **{names[0]: "ett", names[1]: "två"})])
    assert len(columns) == len(set(columns)) == len(PROJECT_COLUMNS) + 2
    assert [row[column] for column in columns[:2]] == ["ett", "två"]
    assert row["status"] == Status.PROPOSED.value


def test_portfolio_project_rows_of_own_output_keep_everything(assistant: Assistant, tmp_path: Path) -> None:
    path = write(tmp_path / "0.csv", f"id;text;budget\nA1;{SENTENCE};100\n")
    for number in range(1, 4):
        columns, rows = rows_of(assistant, read(path))
        path = tmp_path / f"{number}.csv"
        write_table(path, columns, rows)
        assert len(columns) == len(set(columns)) == len(rows[0])
    assert {name for name in columns if name.startswith("status")} == {"status", "status (indata)", "status (indata) (indata)"}
    assert (rows[0]["id"], rows[0]["budget"]) == ("A1", "100")


def test_portfolio_project_row_has_every_cell(assistant: Assistant, scheme: Scheme) -> None:
    row = row_of(assistant, APPLICATION)
    assert list(row) == [*("id", "titel"), *(column for column in row if column in PROJECT_COLUMNS[2:])]
    assert set(row) == set(PROJECT_COLUMNS)
    (suggestion,) = assistant.suggest([ProjectText(APPLICATION, "titel 1", "1")])
    for field in (Field.PROJEKTTYP, Field.FOKUSOMRADE, Field.EFFEKTKEDJA):
        proposal = suggestion.proposals[field]
        assert row[field.swedish] == scheme.written(field, proposal.values[0])
        assert row[f"{field.swedish}_sannolikhet"] == round(proposal.probability, 4)


def test_portfolio_project_row_sakomrade_follows_fokusomrade(assistant: Assistant, scheme: Scheme) -> None:
    for label in scheme.labels[Field.FOKUSOMRADE]:
        row = row_of(leaning(assistant, fokusomrade=label.id), SENTENCE)
        assert row["sakområde"] == scheme.sakomrade_of(label.id).name
        assert row["sakområde_sannolikhet"] >= row["fokusområde_sannolikhet"] > 0.99


@pytest.mark.parametrize("leaf", ["kompetensforsorjning", "ovrigt"])
def test_portfolio_project_row_own_leaf_is_a_dash(assistant: Assistant, scheme: Scheme, leaf: str) -> None:
    row = row_of(leaning(assistant, fokusomrade=leaf), SENTENCE)
    assert row["fokusområde"] == "-"
    assert row["sakområde"] == scheme.label(Field.FOKUSOMRADE, leaf).name


def test_portfolio_project_row_other_leaves_have_names(assistant: Assistant) -> None:
    assert row_of(leaning(assistant, fokusomrade="innovation"), SENTENCE)["fokusområde"] == "Innovation"


def test_portfolio_project_row_alternatives(assistant: Assistant, scheme: Scheme) -> None:
    names = {label.name for label in scheme.labels[Field.PROJEKTTYP]}
    row = row_of(assistant, APPLICATION)
    (suggestion,) = assistant.suggest([ProjectText(APPLICATION, "titel 1")])
    proposal = suggestion.proposals[Field.PROJEKTTYP]
    expected = [share for label, share in proposal.ranked[1:] if label in proposal.likely]
    found = re.findall(r"([^;(]+) \((0\.\d\d)\)(?:; |$)", row["projekttyp_alternativ"])
    assert expected
    assert [share for _, share in found] == [f"{share:.2f}" for share in expected]
    assert {name for name, _ in found} <= names - {row["projekttyp"]}


def test_portfolio_project_row_certain_has_no_alternatives(assistant: Assistant) -> None:
    row = row_of(leaning(assistant, projekttyp="forstudie"), SENTENCE)
    assert (row["projekttyp"], row["projekttyp_alternativ"]) == ("Förstudie", "")


def test_portfolio_project_row_several_values(assistant: Assistant, scheme: Scheme) -> None:
    row = row_of(assistant, APPLICATION)
    (suggestion,) = assistant.suggest([ProjectText(APPLICATION, "titel 1")])
    for field in (Field.BRANSCH, Field.VERKTYG, Field.SYFTE):
        names = [scheme.label(field, label).name for label in suggestion.proposals[field].values]
        assert len(names) > 1
        assert row[field.swedish].split(";") == names


def test_portfolio_project_row_granska(assistant: Assistant) -> None:
    sure = leaning(assistant, fokusomrade="innovation", effektkedja="direkt")
    assert row_of(sure, SENTENCE)["granska"] == "falskt"
    assert row_of(sure, "")["granska"] == "sant"
    assert row_of(sure, GERMAN)["granska"] == "sant"


def test_portfolio_project_row_granska_when_doubtful(assistant: Assistant) -> None:
    row = row_of(leaning(assistant, effektkedja="direkt"), SENTENCE)
    assert row["fokusområde_sannolikhet"] < 0.6 < row["effektkedja_sannolikhet"]
    assert row["granska"] == "sant"


def test_portfolio_project_row_status_tells_language(assistant: Assistant) -> None:
    status = row_of(assistant, GERMAN)["status"]
    assert status.startswith("förslag, ej granskat. ")
    assert "svenska eller engelska" in status


@pytest.mark.parametrize(
    ("text", "status"),
    [("", "tom text"), ("Ny butik", "för kort text"), (ARABIC, "skriftspråket stöds inte")],
    ids=["empty", "short", "arabic"],
)
def test_portfolio_project_row_without_proposal_says_why(assistant: Assistant, text: str, status: str) -> None:
    row = row_of(assistant, text)
    assert (row["id"], row["titel"], row["status"], row["granska"]) == ("1", "titel 1", status, "sant")
    assert {row[column] for column in PROJECT_COLUMNS[2:-2]} == {""}


def test_portfolio_project_row_unreadable_says_why(assistant: Assistant) -> None:
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
def test_portfolio_project_rows_none_lost(assistant: Assistant, texts: list[str]) -> None:
    entries = [replace(entry(text, number), problem="skadad" if text == "problem" else "") for number, text in enumerate(texts)]
    _, rows = rows_of(assistant, entries)
    assert [row["id"] for row in rows] == [str(number) for number in range(len(texts))]
    assert [row["status"] == Status.PROPOSED.value for row in rows] == [text == SENTENCE for text in texts]
    assert all(row["status"] for row in rows)
    assert all(bool(row["projekttyp"]) == (text == SENTENCE) for row, text in zip(rows, texts, strict=True))


def test_portfolio_classify_across_batches(assistant: Assistant) -> None:
    entries = [entry(SENTENCE if number % 3 else "", number) for number in range(2 * BATCH + 5)]
    steps: list[int] = []
    found = classify(assistant, entries, steps.append)
    assert steps == [BATCH, BATCH, 5]
    assert [item.project.id for item in found if item] == [str(number) for number in range(len(entries))]


def test_portfolio_classify_nothing(assistant: Assistant) -> None:
    assert classify(assistant, [], lambda _: None) == []
    assert project_rows([], [], assistant.scheme) == (list(PROJECT_COLUMNS), [])


# Statement rows


def test_portfolio_statement_columns_are_the_contract() -> None:
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


def test_portfolio_statement_rows_of_projects(assistant: Assistant) -> None:
    entries = [entry(APPLICATION, 1), entry("", 2), replace(entry("", 3), problem="skadad"), entry(SENTENCE, 4)]
    rows = statement_rows(classify(assistant, entries, lambda _: None))
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


def test_portfolio_statement_rows_main_column_is_likeliest(assistant: Assistant) -> None:
    rows = statement_rows(classify(assistant, [entry(APPLICATION)], lambda _: None))
    for row in rows:
        shares = {code: row["utanför" if code == "-" else code] for code in "RAPUKL-"}
        assert shares[row["kolumn"]] == max(shares.values())


def test_portfolio_statements_share_a_project(assistant: Assistant, seen: list[list[str]]) -> None:
    table = statements_table(("A", "Ett."), ("B", "Två."), ("A", "Tre."), ("B", "Fyra."))
    _, rows = classify_rows(assistant, table)
    assert seen[:2] == [["Ett.", "Tre."], ["Två.", "Fyra."]]  # then each by itself
    assert [(row["projekt_id"], row["nr"], row["påstående"]) for row in rows] == [
        ("A", 1, "Ett."),
        ("B", 1, "Två."),
        ("A", 2, "Tre."),
        ("B", 2, "Fyra."),
    ]


def test_portfolio_statements_without_project_stand_alone(assistant: Assistant, seen: list[list[str]]) -> None:
    _, rows = classify_rows(assistant, statements_table(("", "Ett."), (None, "Två."), ("1", "Tre."), ("", "Fyra.")))
    assert seen == [["Ett."], ["Två."], ["Tre."], ["Fyra."]]
    assert [row["nr"] for row in rows] == [1, 1, 1, 1]


def test_portfolio_statements_no_project_column(assistant: Assistant, seen: list[list[str]]) -> None:
    columns, rows = classify_rows(assistant, statements_table(("Ett.",), ("Två.",), columns=("mening",)))
    assert seen == [["Ett."], ["Två."]]
    assert columns == [*STATEMENT_COLUMNS, "status"]
    assert [row["projekt_id"] for row in rows] == ["", ""]


def test_portfolio_statements_number_as_project(assistant: Assistant, seen: list[list[str]]) -> None:
    _, rows = classify_rows(assistant, statements_table((3.0, "Ett."), (3, "Två."), ("3", "Tre.")))
    assert seen[0] == ["Ett.", "Två.", "Tre."]
    assert [row["projekt_id"] for row in rows] == ["3", "3", "3"]


def test_portfolio_statements_stand_as_they_are(assistant: Assistant, seen: list[list[str]]) -> None:
    said = "Kurser hålls. Tio får jobb, vilket leder till att orten växer."
    _, (row,) = classify_rows(assistant, statements_table(("A", said)))
    assert seen == [[said]]
    assert (row["påstående"], row["start"], row["slut"], row["status"]) == (said, 0, len(said), Status.PROPOSED.value)


def test_portfolio_statements_empty_row_keeps_its_place(assistant: Assistant, seen: list[list[str]]) -> None:
    _, rows = classify_rows(assistant, statements_table(("A", "Ett."), ("A", ""), ("A", "  "), ("A", None), ("A", "Fem."), ("", "")))
    assert seen[0] == ["Ett.", "Fem."]
    assert [row["nr"] for row in rows] == [1, 2, 3, 4, 5, 1]
    assert [row["status"] for row in rows] == [Status.PROPOSED.value, *["tom text"] * 3, Status.PROPOSED.value, "tom text"]
    assert [row["påstående"].strip() for row in rows] == ["Ett.", "", "", "", "Fem.", ""]
    assert ["kolumn" in row for row in rows] == [True, False, False, False, True, False]


def test_portfolio_statements_other_script_keeps_its_row(assistant: Assistant) -> None:
    _, rows = classify_rows(assistant, statements_table(("", ARABIC), ("", "Ett.")))
    assert [(row["påstående"], row["status"]) for row in rows] == [
        (ARABIC, "skriftspråket stöds inte"),
        ("Ett.", Status.PROPOSED.value),
    ]


def test_portfolio_statements_keep_input_columns_first(assistant: Assistant) -> None:
    columns, (row,) = classify_rows(
        assistant, statements_table(("A", "Ett.", "x", "godkänd"), columns=("projekt_id", "påstående", "källa", "status"))
    )
    assert columns == ["källa", "status (indata)", *STATEMENT_COLUMNS, "status"]
    assert (row["källa"], row["status (indata)"], row["status"]) == ("x", "godkänd", Status.PROPOSED.value)


def test_portfolio_statements_chosen_column(assistant: Assistant) -> None:
    table = statements_table(("Ett.", "Två."), columns=("text", "led"))
    assert classify_rows(assistant, table, "led")[1][0]["påstående"] == "Två."
    with pytest.raises(UsageError, match="Kolumner: text, led"):
        classify_rows(assistant, table, "fel")


def test_portfolio_statements_missing_column_names_option(assistant: Assistant) -> None:
    with pytest.raises(UsageError, match=r"--text-column.*Kolumner: kod, led"):
        classify_rows(assistant, statements_table(("a", "b"), columns=("kod", "led")))


def test_portfolio_statements_column_is_said() -> None:
    said: list[str] = []
    table = Table("led.csv", ("projekt_id", "mening"), (), ("led.csv: rubrikerna hittades på rad 2.",))
    assert statement_column(table, None, said.append) == "mening"
    assert statement_column(replace(table, columns=("mening", "led"), notes=()), "led", said.append) == "led"
    assert said == [
        "led.csv: rubrikerna hittades på rad 2.",
        "led.csv: påstående = mening, projekt_id = projekt_id",
        "led.csv: påstående = led, projekt_id = saknas",
    ]


def test_portfolio_statements_across_batches(assistant: Assistant) -> None:
    steps: list[int] = []
    table = statements_table(*((f"p{number % (BATCH + 3)}", f"Påstående {number}.") for number in range(2 * BATCH)))
    _, rows = classify_statements(assistant, table, "påstående", steps.append)
    assert sum(steps) == len(rows) == 2 * BATCH
    assert [row["påstående"] for row in rows] == [f"Påstående {number}." for number in range(2 * BATCH)]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(["", "A", "B"]), st.sampled_from(["Ett.", "", " ", ARABIC])), max_size=12))
def test_portfolio_statements_none_lost(assistant: Assistant, given_rows: list[tuple[str, str]]) -> None:
    _, rows = classify_rows(assistant, statements_table(*given_rows))
    assert [(row["projekt_id"], row["påstående"]) for row in rows] == [(project, text) for project, text in given_rows]
    counts = {"A": 0, "B": 0}
    for (project, text), row in zip(given_rows, rows, strict=True):
        counts[project] = counts.get(project, 0) + 1 if project else 1
        assert row["nr"] == counts[project]
        assert (row["status"] == "tom text") == (not text.strip())


# Sources


def test_portfolio_read_table(tmp_path: Path) -> None:
    said: list[str] = []
    path = write(tmp_path / "lista.csv", f"Diarienummer;Projektnamn;Beskrivning;Budget\nA1;Ugnen;{SENTENCE};100\nA2;;;\n")
    first, second = read(path, said=said)
    assert first.project == ProjectText(SENTENCE, "Ugnen", "A1")
    assert first.kept == {"Diarienummer": "A1", "Projektnamn": "Ugnen", "Beskrivning": SENTENCE, "Budget": "100"}
    assert second.project == ProjectText("", "", "A2")
    assert said == ["lista.csv: text = Beskrivning, titel = Projektnamn, id = Diarienummer"]


def test_portfolio_read_table_without_id_uses_row_number(tmp_path: Path) -> None:
    said: list[str] = []
    entries = read(write(tmp_path / "lista.csv", "text;län\nEtt;A\nTvå;B\n"), said=said)
    assert [item.project.id for item in entries] == ["1", "2"]
    assert said == ["lista.csv: text = text, titel = saknas, id = radnummer"]


def test_portfolio_read_table_carries_own_id_and_title(tmp_path: Path, assistant: Assistant) -> None:
    columns, rows = rows_of(assistant, read(write(tmp_path / "lista.csv", f"id;titel;text\nA1;Ugnen;{SENTENCE}\n")))
    assert columns == ["text", *PROJECT_COLUMNS]
    assert (rows[0]["id"], rows[0]["titel"]) == ("A1", "Ugnen")


def test_portfolio_read_table_chosen_columns(tmp_path: Path) -> None:
    path = write(tmp_path / "lista.csv", "id;text;nyckel;rubriken;mål\n1;Fel;K9;Rubrik;Rätt\n")
    (found,) = read(path, id="nyckel", title="rubriken", text="mål")
    assert found.project == ProjectText("Rätt", "Rubrik", "K9")
    assert list(found.kept) == ["id", "text", "nyckel", "rubriken", "mål"]


@pytest.mark.parametrize("choice", ["id", "title", "text"])
def test_portfolio_read_table_wrong_column_lists_columns(tmp_path: Path, choice: str) -> None:
    path = write(tmp_path / "lista.csv", "text;län\nEtt;A\n")
    with pytest.raises(UsageError, match=r"'finnsinte'.*Kolumner: text, län"):
        read(path, **{choice: "finnsinte"})


def test_portfolio_read_table_missing_text_column(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--text-column.*Kolumner: kod, budget"):
        read(write(tmp_path / "lista.csv", "kod;budget\nA;1\n"))


def test_portfolio_read_table_too_long_row_keeps_its_place(tmp_path: Path, assistant: Assistant) -> None:
    texts = [SENTENCE, "a" * (MAX_CHARACTERS + 1), SENTENCE]
    lines = "\n".join(json.dumps({"id": number, "text": text, "län": "AC"}) for number, text in enumerate(texts))
    entries = read(write(tmp_path / "lista.jsonl", lines))
    _, rows = rows_of(assistant, entries)
    assert [row["id"] for row in rows] == ["0", "1", "2"]
    assert "rad 2" in rows[1]["status"]
    assert "Dela upp texten" in rows[1]["status"]
    assert rows[1]["län"] == "AC"
    assert rows[2]["status"] == Status.PROPOSED.value


def test_portfolio_read_jsonl_line_separator_inside_text(tmp_path: Path) -> None:
    path = tmp_path / "lista.jsonl"
    write_table(path, ["text"], [{"text": "Ett\u2028två\u0085tre"}, {"text": "Fyra"}])
    assert [item.project.text for item in read(path)] == ["Ett\u2028två\u0085tre", "Fyra"]


def test_portfolio_read_document_is_one_project(tmp_path: Path) -> None:
    (found,) = read(write(tmp_path / "ansökan 7.md", APPLICATION))
    assert found.project == ProjectText(APPLICATION, "", "ansökan 7")
    assert found.kept == {"fil": "ansökan 7.md"}


def test_portfolio_read_document_notes_are_said(tmp_path: Path) -> None:
    path = tmp_path / "gammal.txt"
    path.write_bytes("Ny brygga vid sjön".encode("cp1252"))
    said: list[str] = []
    assert read(path, said=said)[0].project.text == "Ny brygga vid sjön"
    assert "Windows-1252" in said[0]


def test_portfolio_read_several_sources_in_order(tmp_path: Path) -> None:
    table = write(tmp_path / "b.csv", "id;text\n1;Ett\n2;Två\n")
    document = write(tmp_path / "a.txt", "Tre")
    assert [item.project.text for item in read(table, document, table)] == ["Ett", "Två", "Tre", "Ett", "Två"]


def test_portfolio_read_folder(tmp_path: Path) -> None:
    (tmp_path / "under").mkdir()
    write(tmp_path / "b.txt", "Två")
    write(tmp_path / "a.csv", "text\nEtt\n")
    write(tmp_path / "under" / "c.MD", "Tre")
    write(tmp_path / "bild.png", "")
    write(tmp_path / ".dold.txt", "Dold")
    write(tmp_path / "~$b.docx", "Word har b.docx öppen")
    (tmp_path / "skadad.pdf").write_bytes(b"ingen riktig PDF")
    said: list[str] = []
    entries = read(tmp_path, said=said)
    assert [(item.project.id, item.project.text) for item in entries] == [("1", "Ett"), ("b", "Två"), ("skadad", ""), ("c", "Tre")]
    assert entries[2].problem.startswith("Filen kan inte läsas: skadad.pdf")
    assert entries[2].problem in said
    assert f"1 fil i {tmp_path.name} har en ändelse som inte stöds och läses inte." in said


def test_portfolio_read_folder_without_readable_files(tmp_path: Path) -> None:
    write(tmp_path / "bild.png", "")
    with pytest.raises(UsageError, match="inga filer som går att läsa"):
        read(tmp_path)


def test_portfolio_read_missing_source(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"saknas\.csv finns inte"):
        read(tmp_path / "saknas.csv")


def test_portfolio_read_unknown_ending_keeps_a_row(tmp_path: Path) -> None:
    (found,) = read(write(tmp_path / "bild.png", ""))
    assert "ändelse som inte stöds" in found.problem


def test_portfolio_read_damaged_table(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="rad 2: inte giltig JSON"):
        read(write(tmp_path / "lista.jsonl", '{"text": "Ett"}\n{"text": \n'))


def test_portfolio_read_stdin_text(monkeypatch: pytest.MonkeyPatch) -> None:
    give_stdin(monkeypatch, b"\xef\xbb\xbf" + APPLICATION.replace("\n", "\r\n").encode())
    assert read("-") == [Entry(ProjectText(APPLICATION, "", "1"), {})]


@pytest.mark.parametrize("start", [b"", b"\n ", b"\xef\xbb\xbf"], ids=["plain", "blank line", "byte order mark"])
def test_portfolio_read_stdin_jsonl(monkeypatch: pytest.MonkeyPatch, start: bytes) -> None:
    give_stdin(monkeypatch, start + b'{"id": "A", "text": "Ett"}\n{"id": "B", "text": null}\n')
    assert [(item.project.id, item.project.text) for item in read("-")] == [("A", "Ett"), ("B", "")]


def test_portfolio_read_stdin_empty_keeps_a_row(monkeypatch: pytest.MonkeyPatch, assistant: Assistant) -> None:
    give_stdin(monkeypatch, b"")
    _, (row,) = rows_of(assistant, read("-"))
    assert (row["id"], row["status"]) == ("1", "tom text")


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".jsonl"])
def test_portfolio_rows_survive_the_file(assistant: Assistant, tmp_path: Path, ending: str) -> None:
    columns, rows = rows_of(assistant, [entry(APPLICATION, 1, text=APPLICATION), entry("", 2, text="")])
    path = tmp_path / f"ut{ending}"
    write_table(path, columns, rows)
    table = read_table(path.read_bytes(), path.name)
    assert list(table.columns) == columns
    assert [str(row["id"]) for row in table.rows] == ["1", "2"]
    assert [row["status"] for row in table.rows] == [Status.PROPOSED.value, "tom text"]
    assert table.rows[0]["text"] == APPLICATION
    assert float(table.rows[0]["projekttyp_sannolikhet"]) == rows[0]["projekttyp_sannolikhet"]
