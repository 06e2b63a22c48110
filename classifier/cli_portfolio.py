"""`effektkedja report` and `effektkedja compare`: what a classified portfolio consists of, and how two differ."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.console import check_inputs, say
from classifier.errors import UsageError

if TYPE_CHECKING:
    from classifier.portfolio.collection import Portfolio
    from classifier.portfolio.comparison import Agreement, Comparison
    from classifier.portfolio.judged import Judged

FIELDS = ("projekttyp", "fokusområde", "effektkedja")
SHOWN = 15


def add_report_command(command: argparse.ArgumentParser) -> None:
    """Add what `report` takes."""
    command.add_argument("source", metavar="PORTFÖLJ", help="fil från classify eller sidan Portfölj, eller en portföljs id")
    command.add_argument("-o", "--out", required=True, type=Path, metavar="UT", help="rapport (.html eller .docx) eller arbetsbok (.xlsx)")
    command.add_argument("--statements", type=Path, metavar="FIL", help="påståendena, när de ligger i en egen fil")
    command.set_defaults(run=_report)


def add_compare_command(command: argparse.ArgumentParser) -> None:
    """Add what `compare` takes."""
    command.add_argument("first", metavar="A", help="fil från classify eller sidan Portfölj, eller en portföljs id")
    command.add_argument("second", nargs="?", metavar="B", help="en portfölj till")
    command.add_argument("--years", nargs=2, metavar=("ÅR-ÅR", "ÅR-ÅR"), help="jämför två perioder i A, till exempel 2014-2016 2017-2020")
    command.add_argument("--labels", nargs=2, metavar=("FÄLT", "KOLUMN"), help="jämför modellens värden i ett fält med en kolumn i A")
    command.add_argument("-o", "--out", type=Path, metavar="UT", help="skriv en rapport om A med jämförelsen (.html eller .docx)")
    command.set_defaults(run=_compare)


def _report(options: argparse.Namespace) -> None:
    from classifier.portfolio.exchange import STATEMENT_EXPORT, export_columns, export_rows, export_statements
    from classifier.portfolio.report.report import write_report
    from classifier.portfolio.report.workbook import write_workbook
    from classifier.report.documents import REPORT_ENDINGS
    from classifier.taxonomy import load_scheme

    ending = options.out.suffix.lower()
    if ending not in (*REPORT_ENDINGS, ".xlsx"):
        raise UsageError(f"{options.out.name} har en ändelse som en rapport inte kan ha; använd {', '.join(REPORT_ENDINGS)} eller .xlsx")
    check_inputs(options.statements)
    portfolio, judged, kept = _read(options.source, options.statements)
    if ending in REPORT_ENDINGS:
        write_report(portfolio, options.out)
    else:
        projects = (export_columns(kept), export_rows(judged, kept, load_scheme()))
        write_workbook(options.out, projects, (STATEMENT_EXPORT, export_statements(judged)), portfolio)
    say(f"{len(portfolio.projects)} projekt och {len(portfolio.statements)} påståenden finns i {options.out}.")


def _compare(options: argparse.Namespace) -> None:
    from classifier.portfolio.comparison import agreement, between_years, compare, labels_in_file
    from classifier.portfolio.report.report import write_report
    from classifier.taxonomy import load_scheme

    if sum(map(bool, (options.second, options.years, options.labels))) != 1:
        raise UsageError("ange en portfölj till, --years eller --labels (ett av dem)")
    if options.labels and options.out:
        raise UsageError("-o går inte ihop med --labels; jämförelsen skrivs på skärmen")
    portfolio, judged, kept = _read(options.first)
    if options.labels:
        field, column = options.labels
        if field not in FIELDS:
            raise UsageError(f"fältet {field} finns inte; välj bland {', '.join(FIELDS)}")
        if column not in kept:
            raise UsageError(f"{portfolio.name} har ingen kolumn {column!r}. Kolumner: {', '.join(kept)}")
        labels, sakomraden = labels_in_file((item.entry.kept for item in judged), column)
        sys.stdout.write(_agreement_told(agreement(portfolio, field, labels, load_scheme(), sakomraden), portfolio, labels))
        return
    found = between_years(portfolio, *map(_period, options.years)) if options.years else compare(portfolio, _read(options.second)[0])
    sys.stdout.write(_comparison_told(found))
    if options.out:
        write_report(portfolio, options.out, found)
        say(f"Jämförelsen finns i {options.out}.")


def _read(source: str, statements: Path | None = None) -> tuple[Portfolio, list[Judged], tuple[str, ...]]:
    """A portfolio by its file or its id in the database, its projects, and its input columns."""
    from classifier.portfolio.exchange import made_of, read_export
    from classifier.portfolio.judged import as_portfolio
    from classifier.portfolios import made
    from classifier.store.database import open_database
    from classifier.store.runs import Runs
    from classifier.taxonomy import load_scheme

    scheme = load_scheme()
    if Path(source).is_file():
        found = read_export(Path(source), scheme, statements)
        for note in found.notes:
            say(note)
        return as_portfolio(found.name, found.judged, made_of(found, scheme), scheme), found.judged, found.kept
    runs = Runs(open_database(), scheme)
    run = runs.get(source)
    if run is None:
        known = "; ".join(f"{run.id} ({run.name})" for run in runs.all()[:SHOWN])
        raise UsageError(f"{source} är varken en fil eller en portföljs id" + (f". Portföljer: {known}" if known else ""))
    judged = list(runs.stream(run.id))
    return as_portfolio(run.name, judged, made(run), scheme), judged, run.kept


def _period(written: str) -> range:
    found = re.fullmatch(r"(\d{4})(?:[-–](\d{4}))?", written.strip())
    if not found or int(found[2] or found[1]) < int(found[1]):
        raise UsageError(f"perioden {written} går inte att läsa; skriv till exempel 2014-2016")
    return range(int(found[1]), int(found[2] or found[1]) + 1)


def _comparison_told(found: Comparison) -> str:
    first, second = found.names
    lines = []
    for name, table in found.tables.items():
        lines.append(f"\n{name.capitalize()} (andel i {first} → {second}, skillnad i procentenheter)")
        lines += [f"  {_row_told(row)}" for row in table.head(SHOWN).to_dict("records")]
    return "\n".join(lines).lstrip() + "\n"


def _row_told(row: Any) -> str:
    return f"{row['värde']}: {row['andel_första']:.1%} → {row['andel_andra']:.1%} ({row['skillnad']:+.1f})".replace(".", ",")


def _agreement_told(found: Agreement, portfolio: Portfolio, labels: list[str]) -> str:
    lines = [
        f"{found.compared} projekt jämförda: {found.agreement:.1%} lika, Cohens kappa {found.kappa:.2f}".replace(".", ","),
        "",
        found.confusion.to_string(),
        "",
        f"Olika ({len(found.disagreements)}), de säkraste förslagen först:",
    ]
    for number in found.disagreements[:SHOWN]:
        row = portfolio.projects.loc[number]
        lines.append(f"  rad {number + 1} {row['titel']}: filen {labels[number]}, modellen {row[found.field]}")
    if found.unknown:
        lines.append(
            "Värden som inte finns i schemat: " + ", ".join(f"{value} ({count})" for value, count in found.unknown.most_common(SHOWN))
        )
    return "\n".join(lines) + "\n"
