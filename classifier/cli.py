"""The command `effektkedja`: parses, calls, prints. Heavy imports wait until a command needs them."""

from __future__ import annotations

import argparse
import logging
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from classifier.cli_corpus import add_corpus_commands
from classifier.cli_portfolio import add_compare_command, add_report_command
from classifier.console import Bars, check_inputs, progress, say, training_packages
from classifier.errors import EffektkedjaError, UsageError
from classifier.files import write_json

if TYPE_CHECKING:
    from classifier.model.bundle import Manifest
    from classifier.training.corpus import LabelledProject

OK, FAILED, USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code: 0 when every row was handled, 2 for a usage error, 1 otherwise."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        options = _parser().parse_args(arguments)
        return int(options.run(options) or OK)
    except UsageError as error:
        say(str(error))
        return USAGE
    except EffektkedjaError as error:
        say(str(error))
        logging.getLogger(__name__).debug("traceback", exc_info=True)
        return FAILED
    except KeyboardInterrupt:
        say("Avbrutet.")
        return FAILED


_PARSER_MESSAGES = (
    (r"the following arguments are required: (.*)", r"det här saknas: \1"),
    (r"unrecognized arguments: (.*)", r"okända argument: \1"),
    (r"argument (.*?): invalid choice: (\S+) \(choose from (.*)\)", r"\1 finns inte: \2; välj bland \3"),
    (r"argument (.*?): expected one argument", r"\1 ska följas av ett värde"),
    (r"argument (.*?): invalid int value: (.*)", r"\1 ska vara ett heltal, inte \2"),
)


class _Parser(argparse.ArgumentParser):
    """Speaks Swedish: its help, and a usage error as one line."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, add_help=False)
        self._positionals.title = "argument"
        self._optionals.title = "flaggor"
        self.add_argument("-h", "--help", action="help", help="visa den här hjälpen")

    def format_help(self) -> str:
        """The help text with its heading in Swedish."""
        return super().format_help().replace("usage:", "användning:", 1)

    def error(self, message: str) -> NoReturn:
        for pattern, swedish in _PARSER_MESSAGES:
            message = re.sub(pattern, swedish, message)
        raise UsageError(f"{message}. Se: {self.prog} --help")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="effektkedja", description="Föreslår klassificering och effektkedja för projektansökningar.")
    commands = parser.add_subparsers(title="kommandon", metavar="KOMMANDO", required=True)

    classify = commands.add_parser("classify", help="klassificera projekt i filer, mappar eller från standard in")
    classify.add_argument("sources", nargs="+", metavar="KÄLLA", help=".csv .tsv .xlsx .jsonl .txt .md .docx .pdf, en mapp, eller -")
    classify.add_argument("-o", "--out", required=True, type=Path, metavar="UT", help="projektrader: .csv, .xlsx eller .jsonl")
    classify.add_argument("--statements", type=Path, metavar="UT2", help="skriv även påståendena, ett per rad")
    classify.add_argument("--id-column", metavar="KOLUMN", help="kolumn med id eller diarienummer")
    classify.add_argument("--title-column", metavar="KOLUMN", help="kolumn med titel")
    classify.add_argument("--text-column", metavar="KOLUMN", help="kolumn med projektets text")
    classify.add_argument(
        "--tier", choices=("auto", "noggrann", "snabb"), default="auto", help="läsning: noggrann, snabb eller auto (snabb från 500 projekt)"
    )
    classify.add_argument("--jobs", type=int, default=0, metavar="N", help="processer att använda (förval: alla kärnor)")
    classify.add_argument("--backend", choices=("local", "dask"), default="local", help="var det körs (förval: local, den här datorn)")
    classify.add_argument("--scheduler", metavar="ADRESS", help="Dask-schemaläggare, till exempel tcp://server:8786 (med --backend dask)")
    classify.set_defaults(run=_classify)

    statements = commands.add_parser("statements", help="placera påståenden, ett per rad, i stryktipsets kolumner")
    statements.add_argument(
        "source", metavar="KÄLLA", help=".csv .tsv .xlsx .jsonl, eller - (JSON Lines); rader med samma projekt_id hör ihop"
    )
    statements.add_argument("-o", "--out", required=True, type=Path, metavar="UT", help="påståenderader: .csv, .xlsx eller .jsonl")
    statements.add_argument("--text-column", metavar="KOLUMN", help="kolumn med påståendet")
    statements.set_defaults(run=_statements)

    add_report_command(commands.add_parser("report", help="skriv en rapport eller arbetsbok om en klassificerad portfölj"))
    add_compare_command(
        commands.add_parser("compare", help="jämför två portföljer, två perioder, eller modellen med filens klassificering")
    )

    train = commands.add_parser("train", help="träna om på training_data/ (ett par minuter), eller allt med --encoder")
    train.add_argument("--encoder", action="store_true", help="anpassa även encodern (kräver pip install -e '.[train]')")
    train.add_argument("--decisions", action="store_true", help="lär även av bekräftade ärenden i databasen")
    train.add_argument("--base", metavar="MODELL", help="sentence-transformers-modell att utgå från i stället för de medföljande vikterna")
    train.add_argument("--models", type=Path, metavar="MAPP", help="mapp för modellen (förval: models/)")
    train.add_argument("--corpus", type=Path, metavar="MAPP", help="mapp med märkta texter (förval: training_data/)")
    train.set_defaults(run=_train)

    evaluate = commands.add_parser("evaluate", help="mät modellen på märkta texter; utan flaggor visas korsvalideringen från träningen")
    evaluate.add_argument("--cross-validation", action="store_true", help="kör korsvalideringen på nytt (en halvtimme eller mer)")
    evaluate.add_argument("--on", type=Path, metavar="FIL", help="märkta projekt (.jsonl)")
    evaluate.add_argument("--theme", type=Path, metavar="FIL", help="projekt med fokusområde_enligt_tema (.jsonl)")
    evaluate.add_argument("--order", type=Path, metavar="FIL", help="projekt med avsnitten effekt och upplägg (.jsonl)")
    evaluate.add_argument("--explanations", action="store_true", help="mät även om de ord som visas betyder mest (med --on)")
    evaluate.add_argument("--tier", choices=("noggrann", "snabb"), default="noggrann", help="läsning att mäta (förval: noggrann)")
    evaluate.add_argument("-o", "--out", type=Path, metavar="UT", help="skriv alla mått som JSON")
    evaluate.add_argument("--pictures", type=Path, metavar="MAPP", help="rita kalibrering och förväxlingar som SVG")
    evaluate.set_defaults(run=_evaluate)

    bench = commands.add_parser("bench", help="mät hur snabbt det går på den här datorn")
    bench.add_argument("-o", "--out", type=Path, metavar="UT", help="skriv måtten som JSON")
    bench.add_argument("--peers", type=Path, metavar="MAPP", help="jämför med andra metoder, som installeras i mappen; kräver --on")
    bench.add_argument("--bulk", action="store_true", help="mät portföljer: fart, minne, avbrott, kluster (en halvtimme; kräver --on)")
    bench.add_argument("--on", type=Path, metavar="FIL", help="projekt att mäta på (.jsonl); märkta när det gäller --peers")
    bench.set_defaults(run=_bench)

    add_corpus_commands(commands.add_parser("corpus", help="granska den märkta textsamlingen"))

    app = commands.add_parser("app", help="starta webbappen")
    app.add_argument("--port", type=int, default=8501, help="port (förval: 8501)")
    app.set_defaults(run=_app)
    return parser


def _classify(options: argparse.Namespace) -> None:
    from classifier.assistant import Tier
    from classifier.portfolio import bulk
    from classifier.portfolio.engine import Cores
    from classifier.portfolio.sources import Choices, open_sources

    _check_outputs(options.out, options.statements)
    if bool(options.scheduler) != (options.backend == "dask"):
        raise UsageError("--backend dask och --scheduler hör ihop: ange båda")
    if options.jobs < 0:
        raise UsageError("--jobs ska vara 0 eller mer; 0 är alla kärnor")
    sources = open_sources(options.sources, Choices(options.id_column, options.title_column, options.text_column), say)
    tier = None if options.tier == "auto" else Tier(options.tier)
    with progress(sources.length, "projekt") as bar:
        result = bulk.classify(
            sources, options.out, options.statements, tier, Cores(options.jobs, options.scheduler or ""), bar.update, _saying(bar)
        )
    say(f"{result.projects} projekt skrevs till {options.out}.")
    if options.statements:
        say(f"{result.statements} påståenden skrevs till {options.statements}.")


def _saying(bar: Any) -> Callable[[str], None]:
    """Say things without tearing a progress bar apart."""
    return lambda line: bar.write(line, file=sys.stderr)


def _statements(options: argparse.Namespace) -> None:
    from classifier.assistant import load
    from classifier.portfolio.sources import STANDARD_INPUT
    from classifier.portfolio.statements import classify_statements, statement_column
    from classifier.text.tables import read_table, write_table

    _check_outputs(options.out)
    name = "standard in.jsonl" if options.source == STANDARD_INPUT else Path(options.source).name
    table = read_table(_bytes_of(options.source), name)
    column = statement_column(table, options.text_column, say)
    assistant = load()
    with progress(len(table.rows), "påståenden") as bar:
        columns, rows = classify_statements(assistant, table, column, bar.update)
    write_table(options.out, columns, rows)
    say(f"{len(rows)} påståenden skrevs till {options.out}.")


def _train(options: argparse.Namespace) -> None:
    folders: dict[str, Any] = {name: folder for name, folder in (("model_dir", options.models), ("corpus_dir", options.corpus)) if folder}
    if not options.encoder:
        if options.base:
            raise UsageError("--base används bara tillsammans med --encoder")
        from classifier.training.trainer import train_heads

        manifest = train_heads(**folders, decided=_decided() if options.decisions else ())
    elif options.decisions:
        raise UsageError("--decisions går inte ihop med --encoder: bekräftade ärenden tränar bara de sista lagren")
    else:
        manifest = _train_encoder(options.base, folders)
    say(f"Modell {manifest.model_version}, tränad på {manifest.corpus_texts} texter med {manifest.corpus_statements} påståenden.")


def _decided() -> list[LabelledProject]:
    from classifier.store.cases import Cases
    from classifier.store.database import open_database
    from classifier.store.games import Games
    from classifier.taxonomy import load_scheme
    from classifier.training.decisions import labelled_from_cases, labelled_from_consensus

    engine, scheme = open_database(), load_scheme()
    cases = labelled_from_cases(Cases(engine, scheme).all())
    agreed = labelled_from_consensus(Games(engine, scheme).given())
    say(f"{len(cases)} bekräftade ärenden tas med, och {len(agreed)} påståenden som deltagare i stryktipset har enats om.")
    return [*cases, *agreed]


def _train_encoder(base: str | None, folders: dict[str, Any]) -> Manifest:
    with training_packages():
        from classifier.training.adaptation import Recipe
        from classifier.training.trainer import train_all
    bars = Bars()
    manifest = train_all(Recipe(), bars.report, base_name=base, **folders)
    bars.close()
    return manifest


def _evaluate(options: argparse.Namespace) -> None:
    from classifier.assistant import Tier, load
    from classifier.training import evaluation
    from classifier.training.corpus import read_labelled_jsonl

    check_inputs(options.on, options.theme, options.order)
    if options.explanations and not options.on:
        raise UsageError("--explanations kräver märkta texter: lägg till --on")
    if options.pictures:
        with training_packages():
            from classifier.training import pictures
    assistant = load(tier=Tier(options.tier))
    result: dict[str, Any] = {"modell": assistant.bundle.manifest.model_version, "läsning": options.tier}
    if options.cross_validation:
        result["korsvalidering"] = _cross_validated()
    elif not (options.on or options.theme or options.order):
        result["korsvalidering"] = assistant.bundle.manifest.metrics.get("cross_validation")
        if result["korsvalidering"] is None:
            raise UsageError("modellen är inte korsvaliderad; ange --cross-validation, --on, --theme eller --order")
    if options.on:
        projects = read_labelled_jsonl(options.on)
        result["facit"] = evaluation.measure_labelled(assistant, projects)
        if options.explanations:
            result["förklaringar"] = evaluation.measure_explanations(assistant, projects)
    if options.theme:
        result["tema"] = evaluation.measure_theme(assistant, options.theme)
    if options.order:
        result["ordning"] = evaluation.measure_order(assistant, options.order)
    if options.out:
        write_json(options.out, result)
    for name in ("korsvalidering", "facit") if options.pictures else ():
        if name in result:
            pictures.draw_reliability(result[name], options.pictures / f"{name}_kalibrering.svg")
            pictures.draw_confusions(result[name], options.pictures / f"{name}_forvaxlingar.svg")
    sys.stdout.write(evaluation.summary(result) + "\n")


def _cross_validated() -> dict[str, Any]:
    with training_packages():
        from classifier.training.adaptation import Recipe
        from classifier.training.trainer import cross_validate
    bars = Bars()
    result = cross_validate(Recipe(), bars.report)
    bars.close()
    return result


def _bench(options: argparse.Namespace) -> None:
    from classifier.assistant import load
    from classifier.training.benchmark import measure_speed
    from classifier.training.corpus import read_corpus

    if options.peers and options.bulk:
        raise UsageError("ange --peers eller --bulk, inte båda")
    if bool(options.peers or options.bulk) != bool(options.on):
        raise UsageError("--peers och --bulk kräver --on, och --on kräver en av dem: ange texterna att mäta på")
    check_inputs(options.on)
    if options.bulk:
        from classifier.training.bulk_benchmark import measure_bulk

        result: Any = measure_bulk(options.on)
    else:
        result = _compared(options.on, options.peers) if options.peers else measure_speed(load(), read_corpus())
    if options.out:
        write_json(options.out, result)
    for row in result if isinstance(result, list) else [result]:
        sys.stdout.write(", ".join(f"{name}: {value}" for name, value in row.items()) + "\n")


def _compared(test: Path, folder: Path) -> list[dict[str, Any]]:
    with training_packages():
        from classifier.training.comparison import compare
    from classifier.training.corpus import read_corpus, read_labelled_jsonl, read_short_statements

    return compare([*read_corpus(), *read_short_statements()], read_labelled_jsonl(test), folder, say)


def _app(options: argparse.Namespace) -> int:
    import subprocess

    from classifier.ui.address import players_address
    from classifier.ui.lock import PASSWORD_VARIABLE, has_password

    own = f"http://localhost:{options.port}"
    players = players_address(own)
    others = "med lösenordet" if has_password() else f"först när {PASSWORD_VARIABLE} är satt"
    say(f"Handläggare: {own} på den här datorn; från andra datorer {others}.")
    say(f"Spelare: {players}")
    entry = Path(__file__).parents[1] / "app.py"
    streamlit = [sys.executable, "-m", "streamlit", "run", str(entry), "--logger.hideWelcomeMessage", "true"]
    command = [*streamlit, "--server.port", str(options.port)]
    return subprocess.call(command, cwd=entry.parent)


def _check_outputs(*paths: Path | None) -> None:
    """Refuse an ending that cannot be written before any work is done."""
    from classifier.text.tables import OUTPUT_ENDINGS

    if len(set(paths)) < len(paths):
        raise UsageError("-o och --statements ska vara olika filer")
    for path in filter(None, paths):
        if path.suffix.lower() not in OUTPUT_ENDINGS:
            raise UsageError(f"{path.name} har en ändelse som inte går att skriva; använd {', '.join(OUTPUT_ENDINGS)}")


def _bytes_of(source: str) -> bytes:
    from classifier.portfolio.sources import STANDARD_INPUT

    try:
        return sys.stdin.buffer.read() if source == STANDARD_INPUT else Path(source).read_bytes()
    except FileNotFoundError as error:
        raise UsageError(f"{source} finns inte") from error
    except OSError as error:
        raise UsageError(f"{source} går inte att öppna ({error.strerror})") from error
