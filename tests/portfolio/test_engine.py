"""Many projects through the model: each text judged once, none lost, and the same answers however often a run was stopped."""

from __future__ import annotations

import asyncio
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import joblib
import pytest
from distributed import LocalCluster
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifier.assistant import Assistant, ProjectText, Tier
from classifier.errors import DocumentError, ModelError, OutputError, UsageError
from classifier.model.bundle import FILES, MANIFEST_FILE, MODEL_DIR
from classifier.portfolio import engine
from classifier.portfolio.engine import FAST_FROM, ONE_PROCESS, Cores, Model, choose_model, compute, judge, outcomes
from classifier.portfolio.memory import Memory, digest_of
from classifier.portfolio.outcome import Outcome, outcome_of, pack, unpack
from classifier.portfolio.sources import Entry
from tests.portfolio.conftest import ARABIC, entry

MODEL = Model("noggrann provmodell", Tier.ACCURATE)
ONE = Cores(1)
SMALL = 4
"""Projects in a batch here."""


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BATCH", SMALL)


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with Memory(tmp_path / "arbete") as opened:
        yield opened


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> Cores:
    """Two processes, with a judge that needs no model, and refuses a text."""

    def judged(_model: Model, _threads: int, projects: Sequence[ProjectText]) -> list[bytes]:
        if any(project.text == "trasig modell" for project in projects):
            raise ModelError("den är skadad")
        return [pack(Outcome(f"läst: {project.text}")) for project in projects]

    monkeypatch.setattr(engine, "judge", judged)
    return Cores(2)


@pytest.fixture
def threads(processes: Cores, monkeypatch: pytest.MonkeyPatch) -> Cores:
    """Two threads in place of processes, which take long to start: joblib treats them alike."""
    config = joblib.parallel_config
    monkeypatch.setattr(joblib, "parallel_config", lambda _backend, **_settings: config("threading"))
    return processes


def texts(*numbers: int) -> list[Entry]:
    return [entry(f"Föreningen bygger {number} bryggor vid sjön.", place) for place, number in enumerate(numbers, 1)]


def run(entries: Sequence[Entry], memory: Memory, model: Model = MODEL, cores: Cores = ONE, length: int = 1) -> list[int]:
    return list(compute(entries, memory, model, cores, length))


def stop_after(batches: int, entries: Sequence[Entry], memory: Memory) -> None:
    going = compute(entries, memory, MODEL, ONE, len(entries))
    for _ in range(batches):
        next(going, None)
    going.close()


def answers(entries: Sequence[Entry], memory: Memory) -> list[Outcome]:
    return [outcome for _, outcome in outcomes(entries, memory, MODEL)]


def held(entries: Sequence[Entry], memory: Memory) -> int:
    return sum(not memory.lacks_any([digest_of(item.project, MODEL.name)]) for item in entries)


def expected(assistant: Assistant, entries: Sequence[Entry]) -> list[Outcome]:
    suggestions = assistant.suggest([item.project for item in entries], with_evidence=False)
    return [
        Outcome(item.problem) if item.problem else outcome_of(suggestion, MODEL.name, assistant.scheme)
        for item, suggestion in zip(entries, suggestions, strict=True)
    ]


# Which model


@pytest.mark.parametrize(
    ("length", "asked", "tier"),
    [
        (1, None, Tier.ACCURATE),
        (FAST_FROM - 1, None, Tier.ACCURATE),
        (FAST_FROM, None, Tier.FAST),
        (1, Tier.FAST, Tier.FAST),
        (FAST_FROM, Tier.ACCURATE, Tier.ACCURATE),
    ],
)
def test_engine_choose_model_tier(batches: list[list[str]], length: int, asked: Tier | None, tier: Tier) -> None:
    model = choose_model(length, asked)
    assert (model.name, model.tier) == (f"{tier.value} provmodell", tier)


def test_engine_choose_model_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="effektkedja train"):
        choose_model(1, folder=tmp_path)


# In this process


def test_engine_compute_tells_every_batch(batches: list[list[str]], memory: Memory) -> None:
    assert run(texts(*range(2 * SMALL + 1)), memory) == [SMALL, SMALL, 1]
    assert [len(batch) for batch in batches] == [SMALL, SMALL, 1]


def test_engine_compute_nothing(batches: list[list[str]], memory: Memory) -> None:
    assert run([], memory) == []
    assert answers([], memory) == []
    assert batches == []


def test_engine_outcomes_come_in_order(batches: list[list[str]], memory: Memory, assistant: Assistant) -> None:
    entries = [*texts(3, 1, 2), entry("", 4), entry("Ny ugn", 5), entry(ARABIC, 6), *texts(7, 8)]
    run(entries, memory)
    assert [item for item, _ in outcomes(entries, memory, MODEL)] == entries
    assert answers(entries, memory) == expected(assistant, entries)


def test_engine_duplicates_are_judged_once(batches: list[list[str]], memory: Memory, assistant: Assistant) -> None:
    same = [Entry(ProjectText("Fyra bagerier delar på en ny ugn.", "Ugnen", str(number)), {"rad": number}) for number in range(2 * SMALL)]
    other = Entry(replace(same[0].project, title="Samma text, annan titel"), {})
    assert run([*same, other], memory) == [SMALL, SMALL, 1]
    assert batches == [["Fyra bagerier delar på en ny ugn."], ["Fyra bagerier delar på en ny ugn."]]
    assert answers([*same, other], memory) == expected(assistant, [*same, other])


def test_engine_unreadable_keep_their_place(batches: list[list[str]], memory: Memory, assistant: Assistant) -> None:
    entries = texts(*range(2 * SMALL))
    for place in (0, 3, *range(SMALL, 2 * SMALL)):
        entries[place] = replace(entries[place], problem=f"Filen kan inte läsas: {place}")
    assert run(entries, memory) == [SMALL, SMALL]
    assert [len(batch) for batch in batches] == [2]
    assert answers(entries, memory) == expected(assistant, entries)


def test_engine_outcomes_that_are_not_there_yet(batches: list[list[str]], memory: Memory) -> None:
    entries = texts(*range(2 * SMALL))
    stop_after(1, entries, memory)
    found = outcomes(entries, memory, MODEL)
    assert [item for item, _ in islice(found, SMALL)] == entries[:SMALL]
    with pytest.raises(DocumentError, match="har ändrats under körningen; kör samma kommando igen"):
        next(found)


# Stopped and resumed


def test_engine_resumed_judges_only_what_is_missing(batches: list[list[str]], memory: Memory, assistant: Assistant) -> None:
    entries = texts(*range(3 * SMALL))
    stop_after(2, entries, memory)
    first = [text for batch in batches for text in batch]
    assert run(entries, memory) == [SMALL] * 3
    assert sorted(text for batch in batches for text in batch) == sorted(item.project.text for item in entries)
    assert len(first) < len(entries)
    assert answers(entries, memory) == expected(assistant, entries)
    batches.clear()
    assert run(entries, memory) == [SMALL] * 3
    assert batches == []


def test_engine_resumed_batch_has_the_same_company(batches: list[list[str]], memory: Memory, tmp_path: Path) -> None:
    entries = texts(0, 1, 0, 2, 3, 1, 4, 5, 6, 6, 7, 8)
    stop_after(1, entries, memory)
    run(entries, memory)
    stopped = sorted(batches)
    batches.clear()
    with Memory(tmp_path / "annat") as other:
        run(entries, other)
        assert sorted(batches) == stopped
        assert answers(entries, other) == answers(entries, memory)


def test_engine_other_model_judges_anew(batches: list[list[str]], memory: Memory) -> None:
    entries = texts(1, 2)
    run(entries, memory)
    fast = Model("snabb provmodell", Tier.FAST)
    run(entries, memory, fast)
    assert len(batches) == 2
    assert {outcome.model for _, outcome in outcomes(entries, memory, fast)} == {"snabb provmodell"}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 9), max_size=14), st.integers(0, 3), st.lists(st.integers(0, 9), max_size=14))
def test_engine_changed_source_gives_right_answers(
    batches: list[list[str]], assistant: Assistant, first: list[int], done: int, then: list[int]
) -> None:
    before, after = texts(*first), texts(*then)
    with tempfile.TemporaryDirectory() as folder, Memory(Path(folder) / "arbete") as memory:
        stop_after(done, before, memory)
        assert sum(run(after, memory)) == len(after)
        assert answers(after, memory) == expected(assistant, after)


# What goes wrong


def failing(entries: Sequence[Entry]) -> Iterator[Entry]:
    yield from entries
    raise DocumentError("rad 6: inte giltig JSON")


def test_engine_reading_error_surfaces(batches: list[list[str]], memory: Memory) -> None:
    entries = texts(*range(SMALL + 1))
    with pytest.raises(DocumentError, match="rad 6"):
        list(compute(failing(entries), memory, MODEL, ONE, 9))
    assert held(entries, memory) == SMALL  # what came before is kept


def test_engine_full_disk_surfaces(batches: list[list[str]], memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_packed: object) -> None:
        raise OutputError("frigör utrymme")

    monkeypatch.setattr(memory, "save", full)
    with pytest.raises(OutputError, match="frigör utrymme"):
        run(texts(1), memory)


def test_engine_model_that_cannot_be_opened_surfaces(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_model: Model, _threads: int) -> Assistant:
        raise ModelError("filen encoder.onnx saknas")

    monkeypatch.setattr(engine, "_opened", broken)
    with pytest.raises(ModelError, match=r"encoder\.onnx"):
        run(texts(1), memory)


def test_engine_judge_nothing_opens_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_opened", None)
    assert judge(MODEL, 1, []) == []


# Which cores


@pytest.mark.parametrize(
    ("cores", "length", "backend", "jobs", "threads"),
    [
        (Cores(1), 10_000, "threading", 1, 1),
        (Cores(4), ONE_PROCESS, "threading", 1, 4),
        (Cores(4), ONE_PROCESS + 1, "loky", 4, 1),
        (Cores(0), ONE_PROCESS + 1, "loky", 3, 1),
        (Cores(0), 1, "threading", 1, 3),
    ],
)
def test_engine_parallel_choice(monkeypatch: pytest.MonkeyPatch, cores: Cores, length: int, backend: str, jobs: int, threads: int) -> None:
    chosen: list[str] = []
    config = joblib.parallel_config

    def record(backend: str, **settings: Any) -> Any:
        chosen.append(backend)
        return config(backend, **settings)

    monkeypatch.setattr(joblib, "parallel_config", record)
    monkeypatch.setattr(engine.os, "cpu_count", lambda: 3)
    with engine._parallel(cores, length, MODEL) as (parallel, shipped):
        assert (chosen, parallel.n_jobs, shipped) == ([backend], jobs, (MODEL, threads))


def test_engine_processes_give_outcomes_in_order(processes: Cores, memory: Memory) -> None:
    entries = texts(*range(5 * SMALL))
    assert run(entries, memory, cores=processes, length=ONE_PROCESS + 1) == [SMALL] * 5
    assert [outcome.status for outcome in answers(entries, memory)] == [f"läst: {item.project.text}" for item in entries]


def test_engine_processes_reading_error_does_not_hang(processes: Cores, memory: Memory) -> None:
    entries = texts(*range(3 * SMALL + 1))
    with pytest.raises(DocumentError, match="rad 6"):
        list(compute(failing(entries), memory, MODEL, processes, ONE_PROCESS + 1))
    assert held(entries, memory) == 3 * SMALL


def test_engine_threads_failure_surfaces_and_is_resumed(threads: Cores, memory: Memory) -> None:
    entries = [*texts(*range(2 * SMALL)), entry("trasig modell")]
    with pytest.raises(ModelError, match="den är skadad"):
        run(entries, memory, cores=threads, length=ONE_PROCESS + 1)
    whole = texts(*range(2 * SMALL + 1))
    assert run(whole, memory, cores=threads, length=ONE_PROCESS + 1) == [SMALL, SMALL, 1]
    assert len(answers(whole, memory)) == len(whole)


@pytest.mark.filterwarnings("ignore:.*tasks have been successfully executed")
def test_engine_threads_stopped_in_the_middle(threads: Cores, memory: Memory) -> None:
    entries = texts(*range(20 * SMALL))
    going = compute(entries, memory, MODEL, threads, ONE_PROCESS + 1)
    assert [next(going), next(going)] == [SMALL, SMALL]
    going.close()
    assert held(entries, memory) == 2 * SMALL
    assert sum(run(entries, memory, cores=threads, length=ONE_PROCESS + 1)) == len(entries)


# A model that has travelled


def test_engine_opened_uses_the_files_that_came(monkeypatch: pytest.MonkeyPatch, assistant: Assistant) -> None:
    opened: list[tuple[dict[str, bytes], Tier, int]] = []

    def load(folder: Path, tier: Tier, threads: int) -> Assistant:
        opened.append(({path.name: path.read_bytes() for path in folder.iterdir()}, tier, threads))
        return assistant

    monkeypatch.setattr(engine, "load", load)
    monkeypatch.setattr(engine, "_opened", engine._opened.__wrapped__)
    files = {"manifest.json": b"{}", "encoder.onnx": b"vikter"}
    here = Model("snabb provmodell", Tier.FAST, MODEL_DIR, files)  # another model may lie in the same folder on another machine
    (packed,) = judge(here, 1, [ProjectText("Fyra bagerier delar på en ny ugn.")])
    assert opened == [(files, Tier.FAST, 1)]
    assert unpack(packed).model == "snabb provmodell"


def test_engine_opened_once_for_a_name(monkeypatch: pytest.MonkeyPatch, assistant: Assistant) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(engine, "load", lambda folder, _tier, _threads: opened.append(folder) or assistant)
    engine._opened.cache_clear()
    for files in (None, {}, {"manifest.json": b""}):
        assert engine._opened(Model("en för sig", Tier.FAST, files=files), 1) is assistant
    assert len(opened) == 1
    engine._opened.cache_clear()


def test_engine_cluster_damaged_model_is_not_sent(tmp_path: Path, memory: Memory) -> None:
    for name in (MANIFEST_FILE, *FILES):
        (tmp_path / name).write_bytes((MODEL_DIR / name).read_bytes() if name == MANIFEST_FILE else b"skadad")
    model = replace(MODEL, folder=tmp_path)
    with pytest.raises(ModelError, match="kontrollsumma"):
        run(texts(1), memory, model, Cores(scheduler="tcp://127.0.0.1:1"))


# A cluster


def test_engine_cluster_package_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"pip install -e '\.\[cluster\]'"):
        engine._client("tcp://127.0.0.1:8786")


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:1", "127.0.0.1:1", "hej", "", "http://127.0.0.1:8786", "tcp://127.0.0.1:port", "tls://127.0.0.1:1"]
)
def test_engine_cluster_that_does_not_answer(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(engine, "PATIENCE", 0.2)
    with pytest.raises(UsageError) as caught:
        engine._client(address)
    assert f"schemaläggaren {address} svarar inte; starta den med dask scheduler" in str(caught.value)


def test_engine_cluster_asked_for_where_a_loop_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PATIENCE", 0.2)

    async def ask() -> None:
        with pytest.raises(UsageError, match="svarar inte"):
            engine._client("tcp://127.0.0.1:1")

    with ThreadPoolExecutor(1) as beside:  # a browser test before this one leaves a loop in the main thread
        beside.submit(asyncio.run, ask()).result()


def test_engine_cluster_address_of_something_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(UsageError, match="svarar inte"):
        engine._client(f"tcp://127.0.0.1:{server.getsockname()[1]}")


def test_engine_cluster_without_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PATIENCE", 1)
    with (
        LocalCluster(processes=False, n_workers=0, dashboard_address=None, protocol="tcp://") as cluster,
        pytest.raises(UsageError, match=f"{cluster.scheduler_address} har inga arbetare; starta en med: dask worker"),
    ):
        engine._client(cluster.scheduler_address)


class Sent(bytes):
    """Bytes that count how often they are packed to be sent."""

    times = 0

    def __reduce_ex__(self, _protocol: object) -> tuple[type[bytes], tuple[bytes]]:
        Sent.times += 1
        return bytes, (bytes(self),)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cores]:
    """A real scheduler and a real worker, each reached over the network."""
    with LocalCluster(processes=True, n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        yield Cores(scheduler=cluster.scheduler_address)


def test_engine_cluster_gives_the_same_as_this_machine(
    cluster: Cores, memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, entries = tmp_path / "modell", [*texts(*range(5 * SMALL)), replace(entry(""), problem="skadad"), *texts(1, 2)]
    folder.mkdir()
    for name in (MANIFEST_FILE, *FILES):
        shutil.copy(MODEL_DIR / name, folder / name)
    model = choose_model(len(entries), Tier.FAST, folder)
    with Memory(tmp_path / "annat") as other:
        run(entries, other, model)
        local = list(outcomes(entries, other, model))
    files = engine._files

    def taken(where: Path) -> dict[str, bytes]:
        found = {name: Sent(content) for name, content in files(where).items()}
        shutil.rmtree(where)  # the worker has no such folder
        return found

    monkeypatch.setattr(engine, "_files", taken)
    monkeypatch.setattr(Sent, "times", 0)
    assert run(entries, memory, model, cluster, len(entries)) == [SMALL] * 5 + [3]
    assert Sent.times == len(FILES) + 1  # however many batches there are
    assert list(outcomes(entries, memory, model)) == local
    assert all(outcome.is_judged for item, outcome in local if not item.problem)


def test_engine_cluster_reading_error_does_not_hang(cluster: Cores, processes: Cores, memory: Memory) -> None:
    entries = texts(*range(2 * SMALL))
    with pytest.raises(DocumentError, match="rad 6"):
        list(compute(failing(entries), memory, MODEL, cluster, 9))
    assert held(entries, memory) == 2 * SMALL


def test_engine_cluster_failure_surfaces_and_is_resumed(cluster: Cores, processes: Cores, memory: Memory) -> None:
    with pytest.raises(ModelError, match="den är skadad"):
        run([*texts(*range(2 * SMALL)), entry("trasig modell")], memory, cores=cluster)
    entries = texts(*range(2 * SMALL + 1))
    assert run(entries, memory, cores=cluster) == [SMALL, SMALL, 1]
    assert held(entries, memory) == len(entries)
