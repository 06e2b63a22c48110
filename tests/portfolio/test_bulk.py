"""Sources in, result files out: every row there, and the same bytes however often the command was stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from classifier.assistant import Tier
from classifier.errors import OutputError
from classifier.portfolio import engine
from classifier.portfolio.bulk import Written, classify, work_file
from classifier.portfolio.engine import Cores
from classifier.portfolio.rows import PROJECT_COLUMNS, STATEMENT_COLUMNS
from classifier.portfolio.sources import Choices, Sources, open_sources
from classifier.text.tables import Table, read_table
from tests.conftest import APPLICATION
from tests.portfolio.conftest import SENTENCE

ENDINGS = pytest.mark.parametrize("ending", [".csv", ".xlsx", ".jsonl"])
SMALL = 4
Batches = list[list[str]]


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BATCH", SMALL)


def given(tmp_path: Path, *rows: dict[str, object]) -> Sources:
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return open_sources([str(path)], Choices(), lambda _: None)


def bridges(tmp_path: Path, count: int) -> Sources:
    return given(
        tmp_path, *({"id": number, "text": f"Föreningen bygger {number} bryggor vid sjön.", "län": "AC"} for number in range(count))
    )


def run(
    sources: Sources,
    out: Path,
    statements: Path | None = None,
    tier: Tier | None = None,
    advance: Callable[[int], object] = lambda _: None,
    said: list[str] | None = None,
) -> Written:
    return classify(sources, out, statements, tier, Cores(1), advance, (said if said is not None else []).append)


def read(path: Path) -> Table:
    return read_table(path.read_bytes(), path.name)


def interrupt_after(projects: int) -> Callable[[int], None]:
    done = [0]

    def advance(size: int) -> None:
        done[0] += size
        if done[0] >= projects:
            raise KeyboardInterrupt

    return advance


@ENDINGS
def test_bulk_classify_writes_projects_and_statements(batches: Batches, tmp_path: Path, ending: str) -> None:
    steps: list[int] = []
    sources = given(
        tmp_path,
        {"id": "A1", "titel": "Butiken", "text": APPLICATION, "budget": 100},
        {"id": "A2", "text": ""},
        {"id": "A3", "text": "Ny ugn"},
        {"id": "A4", "text": SENTENCE},
        {"id": "A5", "text": SENTENCE},
    )
    out, statements = tmp_path / "ny" / f"ut{ending}", tmp_path / "ny" / f"led{ending}"
    written = run(sources, out, statements, advance=steps.append)
    projects, said = read(out), read(statements)
    assert projects.columns == ("text", "budget", *PROJECT_COLUMNS)
    assert [(row["id"], row["status"], row["modell"]) for row in projects.rows] == [
        ("A1", "förslag, ej granskat", "noggrann provmodell"),
        ("A2", "tom text", ""),
        ("A3", "för kort text", ""),
        ("A4", "förslag, ej granskat", "noggrann provmodell"),
        ("A5", "förslag, ej granskat", "noggrann provmodell"),
    ]
    assert said.columns == STATEMENT_COLUMNS
    assert [row["projekt_id"] for row in said.rows] == ["A1"] * (len(said.rows) - 2) + ["A4", "A5"]
    assert [row["påstående"] for row in said.rows[-2:]] == [SENTENCE, SENTENCE]
    assert (written, steps) == (Written(5, len(said.rows)), [4, 1])
    assert sorted(path.name for path in out.parent.iterdir()) == sorted([out.name, statements.name])


@pytest.mark.parametrize(("tier", "model"), [(None, "noggrann provmodell"), (Tier.FAST, "snabb provmodell")])
def test_bulk_classify_says_which_model(batches: Batches, tmp_path: Path, tier: Tier | None, model: str) -> None:
    run(bridges(tmp_path, 1), tmp_path / "ut.csv", tier=tier)
    assert read(tmp_path / "ut.csv").rows[0]["modell"] == model


def test_bulk_classify_table_without_rows(batches: Batches, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("id;text\n")
    assert run(open_sources([str(tmp_path / "in.csv")], Choices(), lambda _: None), tmp_path / "ut.csv") == Written(0, 0)
    assert read(tmp_path / "ut.csv").columns == ("text", *PROJECT_COLUMNS)


def test_bulk_classify_file_that_cannot_be_read_keeps_its_row(batches: Batches, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text(SENTENCE, encoding="utf-8")
    (folder / "b.pdf").write_bytes(b"%PDF-1.7 avbruten")
    assert run(open_sources([str(folder)], Choices(), lambda _: None), tmp_path / "ut.csv") == Written(2, 0)
    first, second = read(tmp_path / "ut.csv").rows
    assert (first["fil"], first["status"]) == ("a.txt", "förslag, ej granskat")
    assert (second["fil"], second["granska"], second["modell"]) == ("b.pdf", "sant", "")
    assert second["status"].startswith("Filen kan inte läsas: b.pdf")


@ENDINGS
def test_bulk_classify_stopped_and_resumed_gives_the_same_bytes(batches: Batches, tmp_path: Path, ending: str) -> None:
    sources = bridges(tmp_path, 3 * SMALL + 1)
    whole, whole_said, out, said = (tmp_path / f"{name}{ending}" for name in ("hel", "hel_led", "ut", "led"))
    run(sources, whole, whole_said)
    batches.clear()
    for stop in (SMALL, 2 * SMALL):
        with pytest.raises(KeyboardInterrupt):
            run(sources, out, said, advance=interrupt_after(stop))
        assert work_file(out).is_file()
        assert not out.exists()
        assert not said.exists()
    assert run(sources, out, said) == Written(13, 13)
    assert len(batches) == 4  # each was judged once
    assert (out.read_bytes(), said.read_bytes()) == (whole.read_bytes(), whole_said.read_bytes())
    assert not work_file(out).exists()


def test_bulk_classify_stopped_leaves_the_old_result(batches: Batches, tmp_path: Path) -> None:
    (tmp_path / "ut.csv").write_text("det gamla")
    with pytest.raises(KeyboardInterrupt):
        run(bridges(tmp_path, 9), tmp_path / "ut.csv", advance=interrupt_after(SMALL))
    assert (tmp_path / "ut.csv").read_text() == "det gamla"


def test_bulk_classify_changed_source_after_a_stop(batches: Batches, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(bridges(tmp_path, 9), tmp_path / "ut.csv", advance=interrupt_after(2 * SMALL))
    changed = given(
        tmp_path,
        {"id": "ny", "text": "En helt ny rad kom till först."},
        *({"id": n, "text": f"Kurs {n} hålls i byn i vår."} for n in range(9)),
    )
    assert run(changed, tmp_path / "ut.csv").projects == 10
    clean = tmp_path / "hel.csv"
    run(changed, clean)
    assert (tmp_path / "ut.csv").read_bytes() == clean.read_bytes()


def test_bulk_classify_unwritable_statements_keep_the_work(batches: Batches, tmp_path: Path) -> None:
    in_the_way = tmp_path / "fil"
    in_the_way.write_text("")
    sources = bridges(tmp_path, 5)
    with pytest.raises(OutputError, match=r"led\.csv"):
        run(sources, tmp_path / "ut.csv", in_the_way / "led.csv")
    assert work_file(tmp_path / "ut.csv").is_file()
    batches.clear()
    assert run(sources, tmp_path / "ut.csv", tmp_path / "led.csv") == Written(5, 5)
    assert batches == []


def test_bulk_classify_unwritable_folder_is_told_before_any_work(batches: Batches, tmp_path: Path) -> None:
    in_the_way = tmp_path / "fil"
    in_the_way.write_text("")
    with pytest.raises(OutputError, match=r"arbetsfilen \.ut\.csv\.arbete"):
        run(bridges(tmp_path, 1), in_the_way / "ut.csv")
    assert batches == []


@pytest.mark.parametrize(
    ("ids", "told"),
    [
        (["A", "B", "A", "A"], "1 id står på flera rader (A)."),
        (["A", "B", "B", "A"], "2 id står på flera rader (B, A)."),
        ([*"ABCD", *"DCBA"], "4 id står på flera rader (D, C, B …)."),
    ],
)
def test_bulk_classify_ids_on_several_rows_are_said(batches: Batches, tmp_path: Path, ids: list[str], told: str) -> None:
    said: list[str] = []
    run(given(tmp_path, *({"id": own, "text": SENTENCE} for own in ids)), tmp_path / "ut.csv", said=said)
    (line,) = said
    assert line == f"{told} Varje rad klassificeras för sig och behåller sitt id."
    assert [row["id"] for row in read(tmp_path / "ut.csv").rows] == ids


def test_bulk_classify_rows_without_id_are_no_doubles(batches: Batches, tmp_path: Path) -> None:
    said: list[str] = []
    run(given(tmp_path, *({"id": own, "text": SENTENCE} for own in ("", "", None, "A"))), tmp_path / "ut.csv", said=said)
    assert said == []
    assert [row["id"] for row in read(tmp_path / "ut.csv").rows] == ["", "", "", "A"]
