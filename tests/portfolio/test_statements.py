"""A table of statements in, the same rows out with their columns: read together where they belong together, none lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.assistant import Assistant, Status
from classifier.errors import UsageError
from classifier.model.windows import Segment
from classifier.portfolio.rows import STATEMENT_COLUMNS
from classifier.portfolio.statements import BATCH, classify_statements, statement_column
from classifier.text.tables import Row, Table
from tests.portfolio.conftest import ARABIC


@pytest.fixture
def seen(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    documents: list[list[str]] = []
    encode = assistant.bundle.encoder.encode

    def record(batch: Sequence[Sequence[Segment]]) -> list[np.ndarray]:
        documents.extend([segment.text for segment in document] for document in batch)
        return encode(batch)

    monkeypatch.setattr(assistant.bundle.encoder, "encode", record)
    return documents


def statements_table(*rows: tuple[Any, ...], columns: tuple[str, ...] = ("projekt_id", "påstående")) -> Table:
    return Table("rader.csv", columns, tuple(dict(zip(columns, row, strict=True)) for row in rows))


def classify_rows(assistant: Assistant, table: Table, text_column: str | None = None) -> tuple[list[str], list[Row]]:
    return classify_statements(assistant, table, statement_column(table, text_column, [].append), lambda _: None)


def test_statements_share_a_project(assistant: Assistant, seen: list[list[str]]) -> None:
    table = statements_table(("A", "Ett."), ("B", "Två."), ("A", "Tre."), ("B", "Fyra."))
    _, rows = classify_rows(assistant, table)
    assert seen[:2] == [["Ett.", "Tre."], ["Två.", "Fyra."]]  # then each by itself
    assert [(row["projekt_id"], row["nr"], row["påstående"]) for row in rows] == [
        ("A", 1, "Ett."),
        ("B", 1, "Två."),
        ("A", 2, "Tre."),
        ("B", 2, "Fyra."),
    ]


def test_statements_without_project_stand_alone(assistant: Assistant, seen: list[list[str]]) -> None:
    _, rows = classify_rows(assistant, statements_table(("", "Ett."), (None, "Två."), ("1", "Tre."), ("", "Fyra.")))
    assert seen == [["Ett."], ["Två."], ["Tre."], ["Fyra."]]
    assert [row["nr"] for row in rows] == [1, 1, 1, 1]


def test_statements_no_project_column(assistant: Assistant, seen: list[list[str]]) -> None:
    columns, rows = classify_rows(assistant, statements_table(("Ett.",), ("Två.",), columns=("mening",)))
    assert seen == [["Ett."], ["Två."]]
    assert columns == [*STATEMENT_COLUMNS, "status"]
    assert [row["projekt_id"] for row in rows] == ["", ""]


def test_statements_number_as_project(assistant: Assistant, seen: list[list[str]]) -> None:
    _, rows = classify_rows(assistant, statements_table((3.0, "Ett."), (3, "Två."), ("3", "Tre.")))
    assert seen[0] == ["Ett.", "Två.", "Tre."]
    assert [row["projekt_id"] for row in rows] == ["3", "3", "3"]


def test_statements_stand_as_they_are(assistant: Assistant, seen: list[list[str]]) -> None:
    said = "Kurser hålls. Tio får jobb, vilket leder till att orten växer."
    _, (row,) = classify_rows(assistant, statements_table(("A", said)))
    assert seen == [[said]]
    assert (row["påstående"], row["start"], row["slut"], row["status"]) == (said, 0, len(said), Status.PROPOSED.value)


def test_statements_empty_row_keeps_its_place(assistant: Assistant, seen: list[list[str]]) -> None:
    _, rows = classify_rows(assistant, statements_table(("A", "Ett."), ("A", ""), ("A", "  "), ("A", None), ("A", "Fem."), ("", "")))
    assert seen[0] == ["Ett.", "Fem."]
    assert [row["nr"] for row in rows] == [1, 2, 3, 4, 5, 1]
    assert [row["status"] for row in rows] == [Status.PROPOSED.value, *["tom text"] * 3, Status.PROPOSED.value, "tom text"]
    assert [row["påstående"].strip() for row in rows] == ["Ett.", "", "", "", "Fem.", ""]
    assert ["kolumn" in row for row in rows] == [True, False, False, False, True, False]


def test_statements_other_script_keeps_its_row(assistant: Assistant) -> None:
    _, rows = classify_rows(assistant, statements_table(("", ARABIC), ("", "Ett.")))
    assert [(row["påstående"], row["status"]) for row in rows] == [
        (ARABIC, "skriftspråket stöds inte"),
        ("Ett.", Status.PROPOSED.value),
    ]


def test_statements_keep_input_columns_first(assistant: Assistant) -> None:
    columns, (row,) = classify_rows(
        assistant, statements_table(("A", "Ett.", "x", "godkänd"), columns=("projekt_id", "påstående", "källa", "status"))
    )
    assert columns == ["källa", "status (indata)", *STATEMENT_COLUMNS, "status"]
    assert (row["källa"], row["status (indata)"], row["status"]) == ("x", "godkänd", Status.PROPOSED.value)


def test_statements_chosen_column(assistant: Assistant) -> None:
    table = statements_table(("Ett.", "Två."), columns=("text", "led"))
    assert classify_rows(assistant, table, "led")[1][0]["påstående"] == "Två."
    with pytest.raises(UsageError, match="Kolumner: text, led"):
        classify_rows(assistant, table, "fel")


def test_statements_missing_column_names_option(assistant: Assistant) -> None:
    with pytest.raises(UsageError, match=r"--text-column.*Kolumner: kod, led"):
        classify_rows(assistant, statements_table(("a", "b"), columns=("kod", "led")))


def test_statements_column_is_said() -> None:
    said: list[str] = []
    table = Table("led.csv", ("projekt_id", "mening"), (), ("led.csv: rubrikerna hittades på rad 2.",))
    assert statement_column(table, None, said.append) == "mening"
    assert statement_column(replace(table, columns=("mening", "led"), notes=()), "led", said.append) == "led"
    assert said == [
        "led.csv: rubrikerna hittades på rad 2.",
        "led.csv: påstående = mening, projekt_id = projekt_id",
        "led.csv: påstående = led, projekt_id = saknas",
    ]


def test_statements_across_batches(assistant: Assistant) -> None:
    steps: list[int] = []
    table = statements_table(*((f"p{number % (BATCH + 3)}", f"Påstående {number}.") for number in range(2 * BATCH)))
    _, rows = classify_statements(assistant, table, "påstående", steps.append)
    assert sum(steps) == len(rows) == 2 * BATCH
    assert [row["påstående"] for row in rows] == [f"Påstående {number}." for number in range(2 * BATCH)]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.sampled_from(["", "A", "B"]), st.sampled_from(["Ett.", "", " ", ARABIC])), max_size=12))
def test_statements_none_lost(assistant: Assistant, given_rows: list[tuple[str, str]]) -> None:
    _, rows = classify_rows(assistant, statements_table(*given_rows))
    assert [(row["projekt_id"], row["påstående"]) for row in rows] == [(project, text) for project, text in given_rows]
    counts = {"A": 0, "B": 0}
    for (project, text), row in zip(given_rows, rows, strict=True):
        counts[project] = counts.get(project, 0) + 1 if project else 1
        assert row["nr"] == counts[project]
        assert (row["status"] == "tom text") == (not text.strip())


def test_statements_cell_that_is_no_text(assistant: Assistant) -> None:
    _, rows = classify_rows(assistant, statements_table(("A", float("nan")), (float("nan"), 7.0)))
    assert [(row["projekt_id"], row["påstående"], row["status"]) for row in rows] == [
        ("A", "", "tom text"),
        ("", "7", Status.PROPOSED.value),
    ]
