"""Work through the portfolios that wait in the database, in a process of its own: `python -m classifier.worker`.

The pages start one when a portfolio has been brought in. It runs on when the browser is closed and when the app is restarted,
and gives way to the pages, which answer people who wait.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from sqlalchemy import Engine

from classifier.errors import DocumentError, EffektkedjaError
from classifier.portfolio.engine import Cores, Model, choose_model, compute, outcomes
from classifier.portfolio.facts import facts_of
from classifier.portfolio.judged import Judged
from classifier.portfolio.memory import Memory
from classifier.portfolio.sources import ProjectTable
from classifier.store.database import DEFAULT_FILE, open_database
from classifier.store.runs import Run, Runs, RunState
from classifier.taxonomy import load_scheme
from classifier.text.tables import open_table

RUN_FOLDER_VARIABLE = "EFFEKTKEDJA_RUN_FOLDER"
NICENESS = 15
"""How far the worker gives way to the pages (0 not at all, 19 wholly)."""
SPARED = 1
"""Cores left to the pages where there are more than two."""
BEAT = 15.0
"""Seconds between two signs of life."""

LOG_FILE = "arbetare.log"
"""What went wrong, beside the folders of the runs."""

log = logging.getLogger(__name__)


def run_folder(run_id: str) -> Path:
    """Where the file of a run and its work file lie."""
    return Path(os.environ.get(RUN_FOLDER_VARIABLE) or DEFAULT_FILE.parent / "korningar") / run_id


def input_file(run: Run) -> Path:
    """The file a run was brought in as."""
    return run_folder(run.id) / f"indata{Path(run.source).suffix.lower()}"


def start_worker() -> None:
    """Start a worker that outlives this process; one that finds another at work ends by itself."""
    log_file = run_folder(LOG_FILE)
    log_file.parent.mkdir(parents=True, exist_ok=True)
    with log_file.open("ab") as log_to:
        subprocess.Popen(
            [sys.executable, "-m", "classifier.worker"],
            cwd=Path(__file__).parents[1],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log_to,
        )


def work(engine: Engine) -> int:
    """Work through every run that waits; returns how many were taken."""
    runs, taken = Runs(engine, load_scheme()), 0
    while run := runs.next_waiting():
        try:
            model = choose_model(run.total, run.tier)
            if not runs.claim(run.id, model.name):
                return taken  # another worker was quicker
        except EffektkedjaError as error:
            runs.end(run.id, RunState.FAILED, str(error))
            continue
        taken += 1
        _finish(runs, run, model)
    return taken


def _finish(runs: Runs, run: Run, model: Model) -> None:
    """Work through a run and note how it ended; what is done stays done however it ends."""
    try:
        state = RunState.DONE if _work_through(runs, run, model) else RunState.STOPPED
        runs.end(run.id, state)
    except EffektkedjaError as error:
        log.warning("run %s: %s", run.id, type(error).__name__, exc_info=True)
        with contextlib.suppress(EffektkedjaError):
            runs.end(run.id, RunState.FAILED, str(error))
    except Exception:
        log.exception("run %s", run.id)
        with contextlib.suppress(EffektkedjaError):
            runs.end(
                run.id,
                RunState.FAILED,
                f"Något oväntat gick fel; det som är klart finns kvar. Försök fortsätta, och läs annars {LOG_FILE} på servern.",
            )


def _work_through(runs: Runs, run: Run, model: Model) -> bool:
    """Judge and save every row that is not saved yet; false when the run was stopped."""
    table = _table(run)
    with _beating(runs, run), Memory(run_folder(run.id) / "arbete") as memory:
        found = _judged(table, run, memory, model)
        for size in compute(table.entries(), memory, model, Cores(_jobs()), table.length):
            batch = [item for item in islice(found, size) if item.number >= run.done]  # saved before the run was stopped
            if not (runs.add_rows(run.id, batch) if batch else runs.beat(run.id)):
                return False
        memory.forget()
    return True


@contextlib.contextmanager
def _beating(runs: Runs, run: Run) -> Iterator[None]:
    """Say all the while that the worker lives: a batch of long texts takes minutes."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(BEAT):
            with contextlib.suppress(EffektkedjaError):
                runs.beat(run.id)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _judged(table: ProjectTable, run: Run, memory: Memory, model: Model) -> Iterator[Judged]:
    for number, (entry, outcome) in enumerate(outcomes(table.entries(), memory, model)):
        yield Judged(number, entry, facts_of(entry.kept, run.columns.facts), outcome)


def _table(run: Run) -> ProjectTable:
    path = input_file(run)
    if not path.is_file():
        raise DocumentError(f"{run.source} finns inte kvar på servern; ta bort körningen och lägg till filen på nytt")
    columns = run.columns
    return ProjectTable(open_table(path, run.source), columns.text, columns.title, columns.id)


def _jobs() -> int:
    cores = os.cpu_count() or 1
    return cores - SPARED if cores > 2 else cores


def give_way() -> None:
    """Let every other process go first; where the system has no such thing, nothing is done."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(NICENESS)
    # Linux may weigh sessions against each other before it looks at their processes, and the worker has a session of its own.
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(NICENESS), encoding="ascii")


def main() -> None:
    """Work until nothing waits."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    give_way()
    work(open_database())


if __name__ == "__main__":
    main()
