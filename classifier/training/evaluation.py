"""Measure a model: on held-out corpus texts, on any labelled file, and the two measures that need no labels of ours."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support, roc_auc_score

from classifier.assistant import REVIEW_BELOW, REVIEWED, Assistant, ProjectText, Suggestion, column_set
from classifier.errors import TrainingError
from classifier.model.heads import Heads, as_probabilities
from classifier.taxonomy import Field, Scheme
from classifier.taxonomy.scheme import COLUMN_CODES
from classifier.text.statements import split
from classifier.training.corpus import LabelledProject
from classifier.training.heads import HeldOut

SINGLE_FIELDS = (Field.FOKUSOMRADE, Field.EFFEKTKEDJA, Field.PROJEKTTYP)
BINS = 10
CHAIN = COLUMN_CODES[:-1]


def measure_scores(held_out: HeldOut, heads: Heads, scheme: Scheme) -> dict[str, Any]:
    """Metrics of held-out scores under the final calibration, short statements apart from whole texts."""
    whole, short = held_out.parted()
    result = {"kolumn": _measure_column_scores(whole, heads)}
    if short.projects:
        result["kolumn_korta"] = _measure_column_scores(short, heads)
    held_out = whole
    sureness, hits = np.ones(len(held_out.projects)), np.ones(len(held_out.projects), bool)
    for field in Field:
        found = as_probabilities(held_out.fields[field] / heads.fields[field].temperature, many=field.is_multiple)
        ids = scheme.ids(field)
        actual = [project.labels[field] for project in held_out.projects]
        if field.is_multiple:
            chosen = [tuple(ids[label] for label in np.flatnonzero(row >= heads.fields[field].thresholds)) for row in found]
            result[field.swedish] = _measure_sets(actual, chosen, ids)
        else:
            result[field.swedish] = _measure_choice([labels[0] for labels in actual], found, ids)
        if field in REVIEWED:
            sureness = np.minimum(sureness, found.max(axis=1))
            hits &= np.array([ids[number] == labels[0] for number, labels in zip(found.argmax(axis=1), actual, strict=True)])
    flagged = sureness < REVIEW_BELOW
    result["granska"] = {
        "gräns": REVIEW_BELOW,
        "andel": _rounded(flagged.mean()),
        "båda_rätt_bland_övriga": _rounded(hits[~flagged].mean()) if not flagged.all() else None,
        "båda_rätt_bland_flaggade": _rounded(hits[flagged].mean()) if flagged.any() else None,
    }
    return result


def measure_labelled(assistant: Assistant, projects: Sequence[LabelledProject]) -> dict[str, Any]:
    """Metrics on labelled projects, their statements taken as they stand."""
    suggestions = assistant.suggest(
        [ProjectText(project.text, project.title, project.id, tuple(item.statement for item in project.statements)) for project in projects]
    )
    truth = [item.columns for project in projects for item in project.statements]
    found = [statement for suggestion in suggestions for statement in suggestion.statements]
    result: dict[str, Any] = {}
    if found:
        shares = np.array([[statement.probabilities[code] for code in COLUMN_CODES] for statement in found])
        result["kolumn"] = _measure_columns(truth, [statement.columns for statement in found], shares)
    for field in SINGLE_FIELDS:
        rows = [(project, suggestion) for project, suggestion in zip(projects, suggestions, strict=True) if field in project.labels]
        if rows:
            ids = assistant.scheme.ids(field)
            result[field.swedish] = _measure_choice([project.labels[field][0] for project, _ in rows], _shares(rows, field, ids), ids)
    return result


def measure_theme(assistant: Assistant, path: Path) -> dict[str, Any]:
    """Agreement with the fokusområde that each project's official theme implies (``fokusområde_enligt_tema``), text uncut."""
    rows = _read_jsonl(path, "fokusområde_enligt_tema", "text")
    suggestions = assistant.suggest([ProjectText(row["text"], row.get("titel", "")) for row in rows])
    hits = [
        bool(suggestion.proposals)
        and assistant.scheme.label(Field.FOKUSOMRADE, suggestion.proposals[Field.FOKUSOMRADE].values[0]).name
        == row["fokusområde_enligt_tema"]
        for suggestion, row in zip(suggestions, rows, strict=True)
    ]
    return {"projekt": len(rows), "överensstämmelse": _rounded(np.mean(hits))}


def measure_order(assistant: Assistant, path: Path) -> dict[str, Any]:
    """AUC with which a sentence's expected place in the chain parts ``effekt`` from ``upplägg``; each sentence alone."""
    sentences, late = [], []
    for row in _read_jsonl(path, "effekt", "upplägg"):
        for section in ("effekt", "upplägg"):
            for statement in split(row[section] or ""):
                sentences.append(ProjectText(statement.text, statements=(statement,)))
                late.append(section == "effekt")
    places = [expected_place(suggestion) for suggestion in assistant.suggest(sentences)]
    return {"meningar": len(sentences), "auc": _rounded(roc_auc_score(late, places))}


def expected_place(suggestion: Suggestion) -> float:
    """The mean place in the chain of a single statement, R = 1 … L = 6, outside left out."""
    if not suggestion.statements:
        return (1 + len(CHAIN)) / 2
    shares = np.array([suggestion.statements[0].probabilities[code] for code in CHAIN])
    return float((shares * np.arange(1, len(CHAIN) + 1)).sum() / shares.sum())


def expected_calibration_error(sureness: NDArray[np.floating[Any]], hits: NDArray[np.bool_]) -> float:
    """Mean distance between how sure and how right, over ten equally wide bins weighted by size."""
    bins = np.minimum((sureness * BINS).astype(int), BINS - 1)
    return float(
        sum(abs(sureness[bins == number].mean() - hits[bins == number].mean()) * (bins == number).mean() for number in np.unique(bins))
    )


def _measure_column_scores(held_out: HeldOut, heads: Heads) -> dict[str, Any]:
    shares = as_probabilities(held_out.columns / heads.columns.temperature, many=False)
    truth = [item.columns for project in held_out.projects for item in project.statements]
    return _measure_columns(truth, [column_set(row, heads.columns.thresholds) for row in shares], shares)


def _measure_columns(
    truth: Sequence[tuple[str, ...]], found: Sequence[tuple[str, ...]], shares: NDArray[np.floating[Any]]
) -> dict[str, Any]:
    main = _measure_choice([columns[0] for columns in truth], shares, COLUMN_CODES)
    return {**main, "flera": _measure_sets(truth, found, CHAIN)}


def _measure_choice(truth: Sequence[str], shares: NDArray[np.floating[Any]], ids: Sequence[str]) -> dict[str, Any]:
    found = [ids[number] for number in shares.argmax(axis=1)]
    hits = np.array([here == there for here, there in zip(truth, found, strict=True)])
    present = [name for name in ids if name in truth or name in found]
    in_truth = [name for name in ids if name in truth]
    precision, recall, f1, support = precision_recall_fscore_support(truth, found, labels=present, zero_division=0)
    by_label = {
        name: {"precision": _rounded(p), "recall": _rounded(r), "f1": _rounded(f), "antal": int(n)}
        for name, p, r, f, n in zip(present, precision, recall, f1, support, strict=True)
    }
    return {
        "antal": len(truth),
        "träffsäkerhet": _rounded(accuracy_score(truth, found)),
        "makro_f1": _rounded(np.mean([by_label[name]["f1"] for name in in_truth])),
        "ece": _rounded(expected_calibration_error(shares.max(axis=1), hits)),
        "per_värde": by_label,
        "förväxlingar": {"ordning": present, "rader_är_facit": confusion_matrix(truth, found, labels=present).tolist()},
    }


def _measure_sets(truth: Sequence[Sequence[str]], found: Sequence[Sequence[str]], ids: Sequence[str]) -> dict[str, Any]:
    wanted = np.array([[name in labels for name in ids] for labels in truth])
    chosen = np.array([[name in labels for name in ids] for labels in found])
    support = wanted.sum(axis=0)
    # By hand, because scikit-learn takes a single label for a question of yes or no, and answers for both.
    f1 = 2 * (wanted & chosen).sum(axis=0) / np.maximum(support + chosen.sum(axis=0), 1)
    used = np.flatnonzero(support).tolist()
    return {
        "makro_f1": _rounded(f1[used].mean()) if used else 0.0,
        "per_värde": {ids[number]: {"f1": _rounded(f1[number]), "antal": int(support[number])} for number in used},
    }


def _shares(rows: Sequence[tuple[LabelledProject, Suggestion]], field: Field, ids: Sequence[str]) -> NDArray[np.floating[Any]]:
    ranked: list[Mapping[str, float]] = [dict(suggestion.proposals[field].ranked) for _, suggestion in rows]
    return np.array([[shares[name] for name in ids] for shares in ranked])


def _read_jsonl(path: Path, *keys: str) -> list[dict[str, Any]]:
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    except (OSError, ValueError) as error:
        raise TrainingError(f"{path.name} är inte en läsbar JSON Lines-fil") from error
    if not rows:
        raise TrainingError(f"{path.name} innehåller inga rader att mäta på")
    for number, row in enumerate(rows, 1):
        if missing := [key for key in keys if not isinstance(row, dict) or key not in row]:
            raise TrainingError(f"{path.name}, rad {number}: saknar {', '.join(missing)}")
    return rows


def _rounded(value: Any) -> float:
    return round(float(value), 4)


def summary(result: Mapping[str, Any]) -> str:
    """The main figures as lines of Swedish."""
    lines = [f"modell {result['modell']}"]
    for name, measures in result.get("facit", {}).items():
        lines.append(
            f"{name}: träffsäkerhet {measures['träffsäkerhet']:.3f}, makro-F1 {measures['makro_f1']:.3f}, ECE {measures['ece']:.3f} (n = {measures['antal']})"
        )
        if "flera" in measures:
            lines.append(f"{name}, alla kolumner: makro-F1 {measures['flera']['makro_f1']:.3f}")
    if "tema" in result:
        lines.append(f"fokusområde mot officiellt tema: {result['tema']['överensstämmelse']:.3f} (n = {result['tema']['projekt']})")
    if "ordning" in result:
        lines.append(f"ordning i kedjan: AUC {result['ordning']['auc']:.3f} (n = {result['ordning']['meningar']})")
    return "\n".join(lines)
