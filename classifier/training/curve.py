"""The learning curve: what the model reaches on real texts with ever more of the corpus: `effektkedja corpus curve`."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.errors import ModelError
from classifier.files import write_json
from classifier.model.bundle import MODEL_DIR, read_manifest
from classifier.training.corpus import CORPUS_DIR, LabelledProject, corpus_hash, read_corpus, read_short_statements
from classifier.training.pictures import save_figure
from classifier.training.trainer import Report, fingerprint, train_all

if TYPE_CHECKING:
    from classifier.assistant import Assistant
    from classifier.training.adaptation import Recipe

MEASURES = {"kolumn_makro_f1": "main column, macro-F1", "tema": "official theme, agreement", "ordning_auc": "order, AUC"}
"""The measures that are drawn, with their names in the figure."""


def in_order_of_writing(projects: Sequence[LabelledProject]) -> list[LabelledProject]:
    """Round by round; within a round in an order of chance that stays the same when texts are added."""
    return sorted(projects, key=lambda project: (project.round, hashlib.sha256(project.id.encode()).digest()))


def part_of(
    texts: Sequence[LabelledProject], short: Sequence[LabelledProject], size: int, *, newest: bool = False
) -> list[LabelledProject]:
    """The first (or the newest) so many texts, and the same share of each round's short statements as of its texts."""
    ordered = in_order_of_writing(texts)
    chosen = ordered[-size:] if newest else ordered[:size]
    part = list(chosen)
    for number in {project.round for project in short}:
        of_round = [project for project in in_order_of_writing(short) if project.round == number]
        share = sum(project.round == number for project in chosen) / max(1, sum(project.round == number for project in texts))
        part += of_round[: round(share * len(of_round))]
    return part


def measure_curve(
    sizes: Sequence[int],
    recipe: Recipe,
    measure: Callable[[Assistant], Mapping[str, float]],
    out: Path,
    report: Report,
    *,
    newest: bool = False,
    corpus_dir: Path = CORPUS_DIR,
) -> list[dict[str, Any]]:
    """Train on the first so many texts for every size, measure each model and write the points.

    A point that stands in ``out`` for the same texts and recipe is not computed again, so an interrupted run goes on. The
    model in ``models/`` is the point of all texts when it was trained on this very corpus by this very recipe.

    Args:
        sizes: numbers of texts.
        recipe: how every model is trained.
        measure: from a model to its figures.
        out: JSON file of the points.
        report: told what is trained and how far it has come.
        newest: train on as many of the newest texts too, which tells better texts from more texts.
        corpus_dir: the corpus.
    """
    from classifier.assistant import load

    texts, short = read_corpus(corpus_dir), read_short_statements(corpus_dir)
    wanted = [(size, late) for late in ((False, True) if newest else (False,)) for size in sizes]
    known = json.loads(out.read_text(encoding="utf-8")) if out.is_file() else []
    points: list[dict[str, Any]] = []
    for size, late in wanted:
        part = part_of(texts, short, size, newest=late)
        key = {"texter": min(size, len(texts)), "urval": "senaste" if late else "första", "underlag": fingerprint(part, "", recipe)}
        point = next((point for point in known if key.items() <= point.items()), None)
        if point is None:
            with tempfile.TemporaryDirectory() as folder:
                model_dir = Path(folder)
                if len(part) == len(texts) + len(short) and _is_shipped(corpus_dir, recipe):
                    model_dir = MODEL_DIR
                else:
                    train_all(recipe, _named(report, key), model_dir=model_dir, corpus_dir=corpus_dir, folds=0, projects=part)
                point = {**key, "påståenden": sum(len(project.statements) for project in part), **measure(load(model_dir))}
        points.append(point)
        known = [*known, point]
        write_json(out, points)
    return points


def draw_curve(points: Sequence[Mapping[str, Any]], out: Path) -> None:
    """Draw the points as an SVG picture: one panel a measure, texts along, first and newest texts as two lines."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(1, len(MEASURES), figsize=(11, 3.4), layout="constrained")
    for panel, (key, name) in zip(panels, MEASURES.items(), strict=True):
        for choice, label, style in (("första", "first texts", "o-"), ("senaste", "newest texts", "s--")):
            chosen = sorted((point["texter"], point[key]) for point in points if point["urval"] == choice)
            if chosen:
                panel.plot(*zip(*chosen, strict=True), style, label=label)
        panel.set_title(name)
        panel.set_xlabel("texts")
        panel.grid(alpha=0.3)
    panels[0].legend()
    save_figure(figure, out)


def _is_shipped(corpus_dir: Path, recipe: Recipe) -> bool:
    try:
        manifest = read_manifest(MODEL_DIR)
    except ModelError:
        return False
    return (manifest.corpus_sha256, dict(manifest.recipe), manifest.decided_cases) == (corpus_hash(corpus_dir), asdict(recipe), 0)


def _named(report: Report, key: Mapping[str, Any]) -> Report:
    return lambda _what, step, steps: report(f"{key['texter']} {key['urval']} texter", step, steps)
