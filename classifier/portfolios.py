"""What the pages do with portfolios: bring one in, start and stop its run, lay it out, write it down. Knows nothing of Streamlit."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from classifier import intake
from classifier.assistant import Tier
from classifier.errors import DocumentError, EffektkedjaError, UsageError
from classifier.files import write_whole
from classifier.portfolio.collection import Portfolio
from classifier.portfolio.engine import tier_for
from classifier.portfolio.exchange import (
    NESTED,
    STATEMENT_EXPORT,
    export_columns,
    export_rows,
    export_statements,
    read_export,
)
from classifier.portfolio.facts import guess_columns
from classifier.portfolio.judged import Judged, as_portfolio
from classifier.portfolio.report.report import write_report
from classifier.portfolio.report.workbook import write_workbook
from classifier.portfolio.sources import ProjectTable
from classifier.report.documents import REPORT_ENDINGS
from classifier.services import Services
from classifier.store.runs import Run, RunColumns, RunState, new_id
from classifier.taxonomy import Field
from classifier.text.tables import (
    ID_NAMES,
    TABLE_ENDINGS,
    TEXT_NAMES,
    TITLE_NAMES,
    TableStream,
    find_column,
    need_column,
    write_table,
)
from classifier.worker import run_folder, start_worker

IMPORTED_AT_A_TIME = 1_000


@dataclass(frozen=True)
class Upload:
    """A file that was brought in and not started yet."""

    id: str
    source: str
    path: Path


def receive(data: bytes, source: str) -> Upload:
    """Keep a file that was brought in.

    Raises:
        DocumentError: when it is no table.
        OutputError: when it cannot be kept.
    """
    ending = Path(source).suffix.lower()
    if ending not in TABLE_ENDINGS:
        raise DocumentError(f"{source} är ingen tabell; använd {', '.join(TABLE_ENDINGS)} med en rad per projekt")
    upload_id = new_id()
    path = run_folder(upload_id) / f"indata{ending}"
    write_whole(path, data)
    return Upload(upload_id, source, path)


def discard(upload: Upload) -> None:
    """Remove a file that was brought in and not started."""
    shutil.rmtree(run_folder(upload.id), ignore_errors=True)


def guessed(table: TableStream) -> RunColumns:
    """Which columns seem to hold what; the first column where none seems to hold the text."""
    return RunColumns(
        find_column(table, TEXT_NAMES, None, "text") or table.columns[0],
        find_column(table, TITLE_NAMES, None, "titel"),
        find_column(table, ID_NAMES, None, "id"),
        guess_columns(table),
    )


def begin(services: Services, upload: Upload, table: TableStream, columns: RunColumns, name: str, tier: Tier | None) -> str:
    """Put a portfolio in the queue and see to it that someone works on it; returns the run's id.

    Raises:
        UsageError: when a column does not exist.
        StoreError: when it cannot be saved.
    """
    need_column(table, TEXT_NAMES, columns.text, "text", "Text")
    facts = columns.facts
    for column in (columns.title, columns.id, facts.amount, facts.year, facts.county, facts.programme):
        if column is not None and column not in table.columns:
            raise UsageError(f"{table.name} har ingen kolumn {column!r}; välj på nytt")
    kept = ProjectTable(table, columns.text, columns.title, columns.id).kept
    tier = tier or tier_for(table.length)
    services.runs.add(name.strip() or upload.source, upload.source, columns, kept, table.length, tier, table.notes, upload.id)
    start_worker()
    return upload.id


def restore(services: Services, upload: Upload, name: str) -> str:
    """Read a portfolio that this program wrote, with its decisions; returns the run's id.

    Raises:
        DocumentError: when it was written by something else.
        StoreError: when it cannot be saved.
    """
    found = read_export(upload.path, services.runs.scheme)
    tier = Tier.FAST if any(item.outcome.model.startswith(Tier.FAST) for item in found.judged) else Tier.ACCURATE
    columns = RunColumns(found.text, facts=found.facts)
    run_id = services.runs.add(
        name.strip() or upload.source, upload.source, columns, found.kept, len(found.judged), tier, found.notes, upload.id
    )
    try:
        services.runs.claim(run_id, found.models[:80])
        for start in range(0, len(found.judged), IMPORTED_AT_A_TIME):
            services.runs.add_rows(run_id, found.judged[start : start + IMPORTED_AT_A_TIME])
        services.runs.end(run_id, RunState.DONE)
    except EffektkedjaError:
        with contextlib.suppress(EffektkedjaError):
            services.runs.delete(run_id)
        raise
    return run_id


def go_on(services: Services, run: Run) -> None:
    """Put a run that was stopped back in the queue, and see to it that someone works on it."""
    services.runs.wait(run.id)
    start_worker()


def delete(services: Services, run: Run) -> None:
    """Delete a run and its files."""
    services.runs.delete(run.id)
    shutil.rmtree(run_folder(run.id), ignore_errors=True)


def lay_out(services: Services, run: Run) -> Portfolio:
    """The portfolio as it stands, as the tables that everything is counted and drawn from."""
    return as_portfolio(run.name, services.runs.stream(run.id), made(run), services.runs.scheme)


def made(run: Run) -> dict[str, str]:
    """How a portfolio was made, in words."""
    return {
        "Källa": run.source,
        "Modell": run.model,
        "Schema": run.scheme_version,
        "Datum": f"{run.created_at:%Y-%m-%d}",
        "Kolumn med text": run.columns.text,
        "Antal rader": str(run.total),
    }


def write(services: Services, run: Run, portfolio: Portfolio, path: Path, *, statements: bool = False) -> None:
    """Write a portfolio by the ending of the path: a report, a workbook, or its rows.

    Args:
        services: where it is kept.
        run: which it is.
        portfolio: the same, laid out.
        path: ``.html`` or ``.docx`` for a report, ``.xlsx`` for a workbook with everything, ``.jsonl`` for all rows with their
            statements, ``.csv`` for projects or statements.
        statements: whether a ``.csv`` holds the statements.

    Raises:
        OutputError: when it cannot be written.
    """

    def rows() -> Iterator[Judged]:
        return services.runs.stream(run.id)

    ending = path.suffix.lower()
    scheme, columns = services.runs.scheme, export_columns(run.kept)
    if ending in REPORT_ENDINGS:
        write_report(portfolio, path)
    elif ending == ".xlsx":
        write_workbook(path, (columns, export_rows(rows(), run.kept, scheme)), (STATEMENT_EXPORT, export_statements(rows())), portfolio)
    elif statements:
        write_table(path, STATEMENT_EXPORT, export_statements(rows()))
    elif ending == ".jsonl":
        write_table(path, [*columns, NESTED], export_rows(rows(), run.kept, scheme, nested=True))
    else:
        write_table(path, columns, export_rows(rows(), run.kept, scheme))


def open_case(services: Services, run: Run, number: int) -> str:
    """A row as a case in the assistant, with what has been decided of it; returns the case's id.

    Raises:
        DocumentError: when the row's text cannot be judged.
        StoreError: when the case cannot be saved.
    """
    [item] = services.runs.rows(run.id, [number])
    if item.case_id and services.cases.get(item.case_id):
        return item.case_id
    [received] = intake.receive(services, [intake.Brought(item.entry.project, run.source)])
    if not received.case_id:
        raise DocumentError(f"rad {number + 1}: {received.problem}")
    for name in Field:
        if name in item.decided:
            services.cases.decide(received.case_id, name, item.decided[name], seen_revision=0, decided_by=item.decided_by)
    services.runs.link(run.id, number, received.case_id)
    return received.case_id
