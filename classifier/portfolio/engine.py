"""Thousands of projects through the model on every core, or on a Dask cluster: resumable, and in memory that does not grow.

Projects are cut into batches in the order they come. A batch is judged as a whole by one process, and saved as a whole: the
network rounds its numbers a little differently in other company, so a batch must hold the same texts however often a run was
stopped. Everything goes through joblib, which hands batches to the cores of this machine or to a cluster alike.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import joblib

from classifier.assistant import Assistant, ProjectText, Tier, load
from classifier.errors import DocumentError, UsageError
from classifier.model.bundle import FILES, MANIFEST_FILE, MODEL_DIR, check_files, read_manifest
from classifier.portfolio.memory import Memory, digest_of
from classifier.portfolio.outcome import Outcome, outcome_of, pack
from classifier.portfolio.sources import Entry

BATCH = 64
"""Projects judged together: enough of like length to waste little on padding, few enough that little is lost when a run is stopped."""
ONE_PROCESS = 2 * BATCH
"""With no more projects than this, starting processes takes longer than it saves."""
FAST_FROM = 500
"""From this many projects on, the fast tier is used unless the user says otherwise."""
PATIENCE = 10
"""Seconds that a cluster is given to answer."""

_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Model:
    """Which model judges, and its files where it must travel to other machines.

    Two models of the same name are the same to a process that has opened one, so it opens it once.
    """

    name: str
    """The tier and the model's version, as it is written beside every row."""
    tier: Tier
    folder: Path = field(default=MODEL_DIR, compare=False)
    files: Mapping[str, bytes] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class Cores:
    """Where batches are judged.

    Attributes:
        jobs: processes on this machine; all cores when 0.
        scheduler: address of a Dask scheduler, such as ``tcp://host:8786``, whose workers are used instead.
    """

    jobs: int = 0
    scheduler: str = ""


def tier_for(length: int) -> Tier:
    """The tier that reads a number of projects when the user asks for none."""
    return Tier.ACCURATE if length < FAST_FROM else Tier.FAST


def choose_model(length: int, tier: Tier | None = None, folder: Path = MODEL_DIR) -> Model:
    """The model for a number of projects: the tier asked for, else the accurate one for few and the fast one for many.

    Raises:
        ModelError: when there is no model in the folder.
    """
    tier = tier or tier_for(length)
    return Model(f"{tier.value} {read_manifest(folder).model_version}", tier, folder)


def compute(entries: Iterable[Entry], memory: Memory, model: Model, cores: Cores, length: int) -> Iterator[int]:
    """Judge every text that is not in memory yet; after each batch its number of projects is yielded.

    Args:
        entries: the projects, which are taken one batch at a time.
        memory: where outcomes are kept.
        model: what judges.
        cores: where.
        length: how many projects there are, which decides whether processes are worth starting.

    Raises:
        ModelError: when the model cannot be used.
        OutputError: when an outcome cannot be saved.
        UsageError: when a cluster was asked for that does not answer.
    """
    waiting: deque[tuple[int, list[bytes]]] = deque()
    failures: list[Exception] = []
    with _parallel(cores, length, model) as (parallel, shipped):
        answers = parallel(_tasks(entries, memory, model, shipped, waiting, failures))
        for packed in answers:
            size, digests = waiting.popleft()
            memory.save(zip(digests, packed, strict=True))
            yield size
    if failures:
        raise failures[0]


def outcomes(entries: Iterable[Entry], memory: Memory, model: Model) -> Iterator[tuple[Entry, Outcome]]:
    """Every project in order with what was worked out for it.

    Raises:
        DocumentError: when something has not been worked out, since the source has changed in the meantime.
    """
    for batch in _batches(entries):
        digests = [digest_of(entry.project, model.name) for entry in batch]
        found = memory.get(list({digest for digest, entry in zip(digests, batch, strict=True) if not entry.problem}))
        for entry, digest in zip(batch, digests, strict=True):
            if entry.problem:
                yield entry, Outcome(entry.problem)
            elif digest in found:
                yield entry, found[digest]
            else:
                raise DocumentError("källan har ändrats under körningen; kör samma kommando igen")


def judge(model: Model, threads: int, projects: Sequence[ProjectText]) -> list[bytes]:
    """Judge a batch in this process; runs on the core or the machine that joblib picked."""
    if not projects:
        return []
    with _one_at_a_time:  # a cluster's worker may have several threads, but spaCy's vocabulary grows as it reads
        assistant = _opened(model, threads)
        return [
            pack(outcome_of(suggestion, model.name, assistant.scheme)) for suggestion in assistant.suggest(projects, with_evidence=False)
        ]


@cache
def _opened(model: Model, threads: int) -> Assistant:
    if model.files is None:
        return load(model.folder, model.tier, threads)
    with tempfile.TemporaryDirectory() as folder:  # the files are checked against the manifest as they are opened
        for name, content in model.files.items():
            (Path(folder) / name).write_bytes(content)
        return load(Path(folder), model.tier, threads)


def _tasks(
    entries: Iterable[Entry],
    memory: Memory,
    model: Model,
    shipped: tuple[Model, int],
    waiting: deque[tuple[int, list[bytes]]],
    failures: list[Exception],
) -> Iterator[Any]:
    """A call of :func:`judge` for each batch. What goes wrong in reading is kept, since joblib calls this from a thread of its own."""
    seen: set[bytes] = set()
    try:
        for batch in _batches(entries):
            fresh = {}
            for entry in batch:
                digest = digest_of(entry.project, model.name)
                if not entry.problem and digest not in seen:
                    fresh[digest] = entry.project
            seen |= fresh.keys()
            # A batch was saved as a whole or not at all; some of it is there only when the source has changed since.
            todo = fresh if memory.lacks_any(list(fresh)) else {}
            waiting.append((len(batch), list(todo)))
            yield joblib.delayed(judge)(*shipped, list(todo.values()))
    except Exception as error:
        failures.append(error)


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    taken = iter(entries)
    while batch := list(islice(taken, BATCH)):
        yield batch


class _parallel(AbstractContextManager[tuple[joblib.Parallel, tuple[Model, int]]]):  # noqa: N801
    """joblib set up for some cores: the caller of batches, and what each call is given before its texts: the model and threads to use."""

    def __init__(self, cores: Cores, length: int, model: Model) -> None:
        self.cores, self.length, self.model = cores, length, model
        self.client: Any = None

    def __enter__(self) -> tuple[joblib.Parallel, tuple[Model, int]]:
        jobs = self.cores.jobs or os.cpu_count() or 1
        model, threads = self.model, 1
        if self.cores.scheduler:
            model = Model(model.name, model.tier, model.folder, _files(model.folder))
            self.client = _client(self.cores.scheduler)
            # Scattering hands the files to each worker once; every call after that only points at them.
            self.config = joblib.parallel_config(_cluster_backend(self.client, model))
        elif jobs == 1 or self.length <= ONE_PROCESS:
            self.config, jobs, threads = joblib.parallel_config("threading"), 1, jobs
        else:
            self.config = joblib.parallel_config("loky", inner_max_num_threads=1)
        self.config.__enter__()
        return joblib.Parallel(n_jobs=jobs, return_as="generator", batch_size=1, pre_dispatch="2*n_jobs"), (model, threads)

    def __exit__(self, *problem: object) -> None:
        self.config.__exit__(*problem)
        if self.client is not None:
            self.client.close()


def _cluster_backend(client: Any, model: Model) -> Any:
    """Joblib's own backend for Dask, which hands the model to each worker once.

    Where a cluster has but one thread joblib would work through everything in this process instead, so it is told of two.
    """
    from joblib._dask import DaskDistributedBackend

    class Cluster(DaskDistributedBackend):  # type: ignore[misc]  # joblib has no types
        def effective_n_jobs(self, n_jobs: int) -> int:
            return max(2, int(super().effective_n_jobs(n_jobs)))

    return Cluster(client=client, scatter=[model])


def _client(scheduler: str) -> Any:
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise UsageError("paketet distributed saknas; installera med: pip install -e '.[cluster]'") from error
    try:
        with ThreadPoolExecutor(1) as beside:  # the caller's own thread may have a loop running
            beside.submit(asyncio.run, asyncio.wait_for(_greet(scheduler), PATIENCE)).result()
        client = Client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:  # TypeError: an encrypted address without certificates
        raise UsageError(f"schemaläggaren {scheduler} svarar inte; starta den med dask scheduler och ange dess adress") from error
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError as error:
        client.close()
        raise UsageError(f"schemaläggaren {scheduler} har inga arbetare; starta en med: dask worker {scheduler}") from error
    return client


async def _greet(scheduler: str) -> None:
    """Connect and leave: a client waits for ever where something else than a scheduler answers, and long where nothing does."""
    from distributed import Security
    from distributed.comm import connect

    comm = await connect(scheduler, timeout=PATIENCE, **Security().get_connection_args("client"))
    await comm.close()


def _files(folder: Path) -> dict[str, bytes]:
    check_files(folder, read_manifest(folder), FILES)
    return {name: (folder / name).read_bytes() for name in (MANIFEST_FILE, *FILES)}
