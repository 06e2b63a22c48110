"""The commands `effektkedja corpus …`: check, count, compare and learn from the labelled texts."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from classifier.console import Bars, check_inputs, say, training_packages
from classifier.errors import UsageError

if TYPE_CHECKING:
    from classifier.assistant import Assistant
    from classifier.training.corpus import LabelledProject


def add_corpus_commands(parser: argparse.ArgumentParser) -> None:
    """Give the parser of `effektkedja corpus` its commands."""
    commands = parser.add_subparsers(title="kommandon", metavar="KOMMANDO", required=True)

    check = commands.add_parser("check", help="kontrollera form, täckning, dubbletter, personuppgifter och upprepningar")
    check.set_defaults(run=_check)
    stats = commands.add_parser("stats", help="räkna texter, påståenden och etiketter")
    stats.set_defaults(run=_stats)
    for command in (check, stats):
        command.add_argument("--corpus", type=Path, metavar="MAPP", help="mapp med märkta texter (förval: training_data/)")

    agreement = commands.add_parser("agreement", help="hur väl två läsningar stämmer överens (Krippendorffs alfa), omgång för omgång")
    agreement.add_argument("first", nargs="?", type=Path, metavar="FÖRSTA", help="förval: training_data/readings/first.jsonl")
    agreement.add_argument("second", nargs="?", type=Path, metavar="ANDRA", help="förval: training_data/readings/second.jsonl")
    agreement.set_defaults(run=_agreement)

    curve = commands.add_parser("curve", help="inlärningskurva: träna på allt fler texter och mät på verkliga")
    curve.add_argument("sizes", nargs="+", type=int, metavar="ANTAL", help="antal texter att träna på")
    curve.add_argument("--on", type=Path, required=True, metavar="FIL", help="märkta projekt (.jsonl)")
    curve.add_argument("--theme", type=Path, required=True, metavar="FIL", help="projekt med fokusområde_enligt_tema (.jsonl)")
    curve.add_argument("--order", type=Path, required=True, metavar="FIL", help="projekt med avsnitten effekt och upplägg (.jsonl)")
    curve.add_argument("--newest", action="store_true", help="träna även på lika många av de senaste texterna")
    curve.add_argument("-o", "--out", type=Path, required=True, metavar="UT", help="punkterna (.json); bilden skrivs bredvid (.svg)")
    curve.set_defaults(run=_curve)


def _check(options: argparse.Namespace) -> int:
    from classifier.taxonomy import load_scheme
    from classifier.training.quality import problems

    texts, short = _read(options)
    found = problems(texts, short, load_scheme())
    for problem in found:
        sys.stdout.write(problem + "\n")
    say(
        f"{len(texts)} texter och {len(short)} korta påståenden kontrollerade: {f'{len(found)} anmärkningar' if found else 'inget att anmärka'}."
    )
    return 1 if found else 0


def _stats(options: argparse.Namespace) -> None:
    from classifier.taxonomy import load_scheme
    from classifier.training.statistics import tables

    for table in tables(*_read(options), load_scheme()):
        sys.stdout.write(table.markdown() + "\n\n")


def _read(options: argparse.Namespace) -> tuple[list[LabelledProject], list[LabelledProject]]:
    """The texts and the short statements of the chosen folder."""
    from classifier.training.corpus import CORPUS_DIR, read_corpus, read_short_statements

    folder = options.corpus or CORPUS_DIR
    return read_corpus(folder), read_short_statements(folder)


def _agreement(options: argparse.Namespace) -> None:
    from classifier.taxonomy import load_scheme
    from classifier.training.agreement import READINGS_DIR, compare_readings
    from classifier.training.corpus import read_corpus, read_short_statements

    first, second = options.first or READINGS_DIR / "first.jsonl", options.second or READINGS_DIR / "second.jsonl"
    rounds = {project.id: f"omgång {project.round}" for project in read_corpus()}
    rounds |= {project.id: f"omgång {project.round}, korta" for project in read_short_statements()}
    for name, by_field in compare_readings(first, second, load_scheme(), rounds).items():
        sys.stdout.write(f"{name}\n")
        for field, agreement in by_field.items():
            sys.stdout.write(f"  {field}: α {agreement.alpha:.3f}, lika {agreement.share:.1%} (n = {agreement.count})\n")


def _curve(options: argparse.Namespace) -> None:
    check_inputs(options.on, options.theme, options.order)
    if min(options.sizes) < 1:
        raise UsageError("antalet texter ska vara minst 1")
    from classifier.training import evaluation
    from classifier.training.corpus import read_labelled_jsonl

    with training_packages():
        from classifier.training.adaptation import Recipe
        from classifier.training.curve import draw_curve, measure_curve
    labelled = read_labelled_jsonl(options.on)

    def measure(assistant: Assistant) -> dict[str, float]:
        found = evaluation.measure_labelled(assistant, labelled)
        return {
            "kolumn_träffsäkerhet": found["kolumn"]["träffsäkerhet"],
            "kolumn_makro_f1": found["kolumn"]["makro_f1"],
            "fokusområde": found["fokusområde"]["träffsäkerhet"],
            "effektkedja": found["effektkedja"]["träffsäkerhet"],
            "projekttyp": found["projekttyp"]["träffsäkerhet"],
            "tema": evaluation.measure_theme(assistant, options.theme)["överensstämmelse"],
            "ordning_auc": evaluation.measure_order(assistant, options.order)["auc"],
        }

    bars = Bars()
    points = measure_curve(sorted(set(options.sizes)), Recipe(), measure, options.out, bars.report, newest=options.newest)
    bars.close()
    draw_curve(points, options.out.with_suffix(".svg"))
    for point in points:
        sys.stdout.write(", ".join(f"{name} {value}" for name, value in point.items()) + "\n")
