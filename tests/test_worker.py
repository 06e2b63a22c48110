"""The worker: takes what waits, saves as it goes, stops when asked, goes on where it was, and says what went wrong."""

from __future__ import annotations

import datetime
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

import classifier.worker
from classifier.assistant import Tier
from classifier.errors import ModelError
from classifier.portfolio import engine
from classifier.portfolio.engine import Model
from classifier.portfolio.facts import FactColumns, Facts
from classifier.portfolio.judged import Judged
from classifier.store.runs import Run, RunColumns, Runs, RunState
from classifier.text.tables import write_table
from classifier.worker import RUN_FOLDER_VARIABLE, input_file, run_folder, start_worker, work

SMALL = 4
Batches = list[list[str]]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RUN_FOLDER_VARIABLE, str(tmp_path / "korningar"))
    monkeypatch.setattr(engine, "BATCH", SMALL)


def text_of(number: int) -> str:
    return f"Föreningen bygger {number} bryggor vid sjön."


def queued(runs: Runs, count: int, *, source: str = "prov.csv", columns: RunColumns | None = None, tier: Tier = Tier.ACCURATE) -> str:
    """A run that waits, with its file."""
    rows = [{"id": f"P{number}", "text": text_of(number), "belopp": "450 tkr", "start": "2016-05-01"} for number in range(count)]
    columns = columns or RunColumns("text", None, "id", FactColumns(amount="belopp", year="start"))
    run_id = runs.add("Portfölj", source, columns, ["text", "belopp", "start"], count, tier)
    write_table(input_file(run_of(runs, run_id)), ["id", "text", "belopp", "start"], rows)
    return run_id


def run_of(runs: Runs, run_id: str) -> Run:
    run = runs.get(run_id)
    assert run is not None
    return run


def rows_of(runs: Runs, run_id: str) -> list[Judged]:
    return list(runs.stream(run_id))


def stop_after(rows: int, runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody clicks on stop when that many rows are saved."""
    add = runs.add_rows

    def add_and_stop(self: Runs, run_id: str, judged: Sequence[Judged]) -> bool:
        goes_on = add(run_id, judged)
        if run_of(self, run_id).done >= rows:
            self.stop(run_id)
            return self.beat(run_id)
        return goes_on

    monkeypatch.setattr(Runs, "add_rows", add_and_stop)


@pytest.mark.parametrize("source", ["prov.csv", "prov.XLSX", "prov.jsonl"])
def test_worker_works_through_a_run(runs: Runs, batches: Batches, source: str) -> None:
    run_id = queued(runs, 2 * SMALL + 1, source=source)
    assert work(runs.engine) == 1
    run, rows = run_of(runs, run_id), rows_of(runs, run_id)
    assert (run.state, run.message, run.done, run.model) == (RunState.DONE, "", 9, "noggrann provmodell")
    assert [(row.number, row.entry.project.id, row.entry.project.text) for row in rows] == [(n, f"P{n}", text_of(n)) for n in range(9)]
    assert {(row.facts, row.outcome.status) for row in rows} == {(Facts(450_000.0, 2016), "förslag, ej granskat")}
    assert rows[0].entry.kept == {"text": text_of(0), "belopp": "450 tkr", "start": "2016-05-01"}
    assert [path.name for path in run_folder(run_id).iterdir()] == [f"indata{Path(source).suffix.lower()}"]  # no work file


def test_worker_finds_nothing_to_do(runs: Runs, batches: Batches) -> None:
    assert work(runs.engine) == 0


def test_worker_works_through_all_that_wait_in_turn(runs: Runs, batches: Batches) -> None:
    ids = [queued(runs, 2) for _ in range(3)]
    assert work(runs.engine) == 3
    assert {run_of(runs, run_id).state for run_id in ids} == {RunState.DONE}


def test_worker_table_without_rows(runs: Runs, batches: Batches) -> None:
    run_id = queued(runs, 0)
    work(runs.engine)
    assert (run_of(runs, run_id).state, rows_of(runs, run_id)) == (RunState.DONE, [])


def test_worker_reads_with_the_tier_that_was_chosen(runs: Runs, batches: Batches) -> None:
    run_id = queued(runs, 1, tier=Tier.FAST)
    work(runs.engine)
    assert run_of(runs, run_id).model == rows_of(runs, run_id)[0].outcome.model == "snabb provmodell"


def test_worker_takes_the_columns_that_were_chosen_and_no_others(runs: Runs, batches: Batches) -> None:
    run_id = queued(runs, 1, columns=RunColumns("text"))
    work(runs.engine)
    [row] = rows_of(runs, run_id)
    assert (row.entry.project.id, row.facts) == ("1", Facts())  # though there is a column called id


def test_worker_dates_of_excel(runs: Runs, batches: Batches) -> None:
    run_id = runs.add("Portfölj", "prov.xlsx", RunColumns("text", facts=FactColumns(year="start")), ["text", "start"], 1, Tier.FAST)
    write_table(input_file(run_of(runs, run_id)), ["text", "start"], [{"text": text_of(1), "start": datetime.date(2016, 5, 1)}])
    work(runs.engine)
    [row] = rows_of(runs, run_id)
    assert (row.facts.year, row.entry.kept["start"]) == (2016, "2016-05-01")


def test_worker_stopped_and_resumed_without_double_rows(runs: Runs, batches: Batches, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = queued(runs, 4 * SMALL)
    with monkeypatch.context() as patch:
        stop_after(2 * SMALL, runs, patch)
        assert work(runs.engine) == 1
    run = run_of(runs, run_id)
    assert (run.state, run.done) == (RunState.STOPPED, 2 * SMALL)
    assert (run_folder(run_id) / "arbete").is_file()
    assert work(runs.engine) == 0  # it waits for somebody
    runs.wait(run_id)
    batches.clear()
    assert work(runs.engine) == 1
    run = run_of(runs, run_id)
    assert (run.state, run.done, run.begun_with) == (RunState.DONE, 4 * SMALL, 2 * SMALL)
    assert [row.entry.project.text for row in rows_of(runs, run_id)] == [text_of(number) for number in range(4 * SMALL)]
    assert sum(map(len, batches)) <= 2 * SMALL
    assert not (run_folder(run_id) / "arbete").exists()


def test_worker_stopped_by_deleting_the_run(runs: Runs, batches: Batches, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = queued(runs, 3 * SMALL)
    add = runs.add_rows

    def add_and_delete(self: Runs, run_id: str, judged: Sequence[Judged]) -> bool:
        add(run_id, judged)
        self.delete(run_id)
        return self.beat(run_id)

    monkeypatch.setattr(Runs, "add_rows", add_and_delete)
    assert work(runs.engine) == 1
    assert runs.all() == rows_of(runs, run_id) == []


def test_worker_killed_goes_on_where_it_was(runs: Runs, batches: Batches, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = queued(runs, 3 * SMALL)
    add = runs.add_rows

    def killed(_self: Runs, run_id: str, judged: Sequence[Judged]) -> bool:
        add(run_id, judged)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Runs, "add_rows", killed)
        with pytest.raises(KeyboardInterrupt):
            work(runs.engine)
    assert run_of(runs, run_id).state is RunState.RUNNING
    assert work(runs.engine) == 0  # the other may still be alive
    monkeypatch.setattr("classifier.store.runs.SILENT_AFTER", datetime.timedelta(0))
    assert work(runs.engine) == 1
    assert (run_of(runs, run_id).state, len(rows_of(runs, run_id))) == (RunState.DONE, 3 * SMALL)


def test_worker_leaves_a_run_that_another_was_quicker_to_take(runs: Runs, batches: Batches, monkeypatch: pytest.MonkeyPatch) -> None:
    queued(runs, 1)
    monkeypatch.setattr(Runs, "claim", lambda *_: False)
    assert work(runs.engine) == 0
    assert batches == []


def test_worker_is_heard_of_during_a_long_batch(runs: Runs, batches: Batches, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = queued(runs, 1)
    heard: list[str] = []
    several = threading.Event()

    def beat(_self: Runs, run_id: str) -> bool:
        heard.append(run_id)
        if len(heard) > 2:
            several.set()
        return True

    judge = engine.judge

    def slow(model: Model, threads: int, projects: list[object]) -> list[bytes]:
        assert several.wait(10)
        return judge(model, threads, projects)  # type: ignore[arg-type]

    monkeypatch.setattr(classifier.worker, "BEAT", 0.001)
    monkeypatch.setattr(Runs, "beat", beat)
    monkeypatch.setattr(engine, "judge", slow)
    work(runs.engine)
    assert set(heard) == {run_id}
    count = len(heard)
    time.sleep(0.01)
    assert len(heard) == count  # not after it is done


# What goes wrong


def test_worker_file_that_is_missing(runs: Runs, batches: Batches) -> None:
    run_id, other = queued(runs, 1, source="Övre Norrland.csv"), queued(runs, 1)
    input_file(run_of(runs, run_id)).unlink()
    assert work(runs.engine) == 2
    run = run_of(runs, run_id)
    assert (run.state, run_of(runs, other).state) == (RunState.FAILED, RunState.DONE)
    assert run.message == (
        "Filen kan inte läsas: Övre Norrland.csv finns inte kvar på servern; ta bort körningen och lägg till filen på nytt"
    )


def test_worker_file_that_is_damaged(runs: Runs, batches: Batches) -> None:
    run_id = queued(runs, 1, source="prov.xlsx")
    input_file(run_of(runs, run_id)).write_text("ingen arbetsbok")
    work(runs.engine)
    assert run_of(runs, run_id).state is RunState.FAILED
    assert run_of(runs, run_id).message.startswith("Filen kan inte läsas: prov.xlsx är ingen riktig .xlsx-fil")


def test_worker_model_that_is_damaged(runs: Runs, batches: Batches, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(_model: Model, _threads: int) -> None:
        raise ModelError("filen encoder.onnx stämmer inte med sin kontrollsumma")

    run_id = queued(runs, 1)
    monkeypatch.setattr(engine, "_opened", damaged)
    work(runs.engine)
    run = run_of(runs, run_id)
    assert (run.state, run.done) == (RunState.FAILED, 0)
    assert run.message == "Modellen kan inte användas: filen encoder.onnx stämmer inte med sin kontrollsumma"


def test_worker_model_that_is_missing(runs: Runs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ids = [queued(runs, 1) for _ in range(2)]
    monkeypatch.setattr(engine, "read_manifest", lambda _folder: read_missing(tmp_path))
    assert work(runs.engine) == 0
    for run_id in ids:
        assert run_of(runs, run_id).state is RunState.FAILED
        assert "effektkedja train" in run_of(runs, run_id).message


def read_missing(folder: Path) -> None:
    from classifier.model.bundle import read_manifest

    read_manifest(folder / "modeller")


def test_worker_failed_run_goes_on_when_the_cause_is_gone(runs: Runs, batches: Batches, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = queued(runs, 2 * SMALL)
    judge = engine.judge

    def fails_at_last(model: Model, threads: int, projects: list[object]) -> list[bytes]:
        if len(batches) == 1:
            raise ModelError("minnet tog slut")
        return judge(model, threads, projects)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(engine, "judge", fails_at_last)
        work(runs.engine)
    assert (run_of(runs, run_id).state, run_of(runs, run_id).done) == (RunState.FAILED, SMALL)
    runs.wait(run_id)
    work(runs.engine)
    assert (run_of(runs, run_id).state, len(rows_of(runs, run_id))) == (RunState.DONE, 2 * SMALL)
    assert [len(batch) for batch in batches] == [SMALL, SMALL]


def test_worker_unexpected_error_is_logged_and_told_in_plain_words(
    runs: Runs, batches: Batches, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_model: Model, _threads: int) -> None:
        raise MemoryError("hemlig text ur en ansökan")

    run_id = queued(runs, 1)
    monkeypatch.setattr(engine, "_opened", broken)
    with caplog.at_level(logging.ERROR):
        work(runs.engine)
    run = run_of(runs, run_id)
    assert run.state is RunState.FAILED
    assert run.message.startswith("Något oväntat gick fel; det som är klart finns kvar.")
    assert "hemlig" not in run.message
    assert caplog.records


# Its process


def test_worker_starts_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[list[str], dict[str, object]]] = []
    monkeypatch.setattr(subprocess, "Popen", lambda command, **options: started.append((command, options)))
    start_worker()
    [(command, options)] = started
    assert command == [sys.executable, "-m", "classifier.worker"]
    assert options["start_new_session"] is True
    assert (Path(str(options["cwd"])) / "classifier" / "worker.py").is_file()
    assert run_folder("arbetare.log").is_file()


@pytest.mark.parametrize(("cores", "jobs"), [(1, 1), (2, 2), (3, 2), (8, 7), (None, 1)])
def test_worker_leaves_cores_to_the_pages(monkeypatch: pytest.MonkeyPatch, cores: int | None, jobs: int) -> None:
    monkeypatch.setattr(classifier.worker.os, "cpu_count", lambda: cores)
    assert classifier.worker._jobs() == jobs


def test_worker_main_works_until_nothing_waits(runs: Runs, batches: Batches, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = queued(runs, 1)
    gave_way: list[bool] = []
    monkeypatch.setattr(classifier.worker, "give_way", lambda: gave_way.append(True))  # nobody's own process can go back to where it was
    monkeypatch.setattr(classifier.worker, "open_database", lambda: runs.engine)
    classifier.worker.main()
    assert gave_way == [True]
    assert run_of(runs, run_id).state is RunState.DONE
