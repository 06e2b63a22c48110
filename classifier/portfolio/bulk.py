"""Sources → result files, resumable: `effektkedja classify`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from classifier.assistant import Tier
from classifier.portfolio.engine import Cores, Model, choose_model, compute, outcomes
from classifier.portfolio.memory import Memory
from classifier.portfolio.outcome import Outcome
from classifier.portfolio.rows import PROJECT_COLUMNS, STATEMENT_COLUMNS, kept_names, project_row, statement_rows
from classifier.portfolio.sources import Entry, Say, Sources
from classifier.taxonomy import load_scheme
from classifier.text.tables import Row, write_table

SHOWN = 3


@dataclass(frozen=True)
class Written:
    """How many rows were written."""

    projects: int
    statements: int


def classify(
    sources: Sources, out: Path, statements_out: Path | None, tier: Tier | None, cores: Cores, advance: Callable[[int], object], say: Say
) -> Written:
    """Classify every project of some sources and write the contract's rows.

    Until all is done the outcomes lie in a work file beside the result. When the same command is given again they are taken
    from there; the result is the same to the byte.

    Args:
        sources: the projects.
        out: where the project rows go.
        statements_out: where the statement rows go, if anywhere.
        tier: which tier reads; chosen by the number of projects when ``None``.
        cores: where the work is done.
        advance: called with the number of projects in each batch that is done.
        say: told what the user should know.

    Raises:
        EffektkedjaError: when something cannot be read, judged or written; the work file stays.
    """
    model = choose_model(sources.length, tier)
    with Memory(work_file(out)) as memory:
        for done in compute(_counted(sources, say), memory, model, cores, sources.length):
            advance(done)
        written = _write(sources, memory, model, out, statements_out)
        memory.forget()
    return written


def work_file(out: Path) -> Path:
    """Where outcomes are kept until all are done: a hidden file beside the result."""
    return out.with_name(f".{out.name}.arbete")


def _write(sources: Sources, memory: Memory, model: Model, out: Path, statements_out: Path | None) -> Written:
    scheme, kept = load_scheme(), kept_names(sources.kept)
    count = Counter[str]()

    def found() -> Iterator[tuple[Entry, Outcome]]:
        return outcomes(sources.entries(), memory, model)

    def counted(name: str, rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            count[name] += 1
            yield row

    write_table(
        out,
        [*kept.values(), *PROJECT_COLUMNS],
        counted("projects", (project_row(entry, outcome, kept, scheme) for entry, outcome in found())),
    )
    if statements_out:
        rows = (row for entry, outcome in found() for row in statement_rows(entry, outcome))
        write_table(statements_out, STATEMENT_COLUMNS, counted("statements", rows))
    return Written(count["projects"], count["statements"])


def _counted(sources: Sources, say: Say) -> Iterator[Entry]:
    """The projects of some sources; afterwards, ids that more than one of them has are said aloud."""
    seen: set[str] = set()
    double: dict[str, None] = {}
    for entry in sources.entries():
        if entry.project.id and entry.project.id in seen:
            double[entry.project.id] = None
        seen.add(entry.project.id)
        yield entry
    if double:
        shown = ", ".join(list(double)[:SHOWN]) + (" …" if len(double) > SHOWN else "")
        say(f"{len(double)} id står på flera rader ({shown}). Varje rad klassificeras för sig och behåller sitt id.")
