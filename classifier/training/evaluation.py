"""Measure a model: on held-out corpus texts, on any labelled file, and the two measures that need no labels of ours."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from classifier.assistant import REVIEW_BELOW, REVIEWED, Assistant, ProjectText, Suggestion, column_set
from classifier.errors import TrainingError
from classifier.explanation import Reading, words_of
from classifier.model.heads import Head, Heads, as_probabilities
from classifier.taxonomy import Field, Scheme
from classifier.taxonomy.scheme import COLUMN_CODES
from classifier.text.statements import split
from classifier.training.calibration import HeldOut
from classifier.training.corpus import LabelledProject
from classifier.training.metrics import measure_choice, measure_review, measure_sets, rounded

SINGLE_FIELDS = (Field.FOKUSOMRADE, Field.EFFEKTKEDJA, Field.PROJEKTTYP)
CHAIN = COLUMN_CODES[:-1]
EXPLAINED = 200
"""Statements whose explanation is checked; each is read some thirty times."""
LEAST_WORDS = 5
DRAWS = 5
SEED = 20261121


Part = tuple[HeldOut, Heads]
"""Scores of texts that were held out, with heads calibrated on others."""


def measure_scores(parts: Sequence[Part], scheme: Scheme) -> dict[str, Any]:
    """Metrics of held-out scores, all parts together, short statements apart from whole texts."""
    whole = [(held_out.parted()[0], heads) for held_out, heads in parts]
    short = [(held_out.parted()[1], heads) for held_out, heads in parts if held_out.parted()[1].projects]
    result = {"kolumn": _measure_column_scores(whole)}
    if short:
        result["kolumn_korta"] = _measure_column_scores(short)
    projects = [project for held_out, _ in whole for project in held_out.projects]
    shares = {field: np.concatenate([_found(held_out.fields[field], heads.fields[field]) for held_out, heads in whole]) for field in Field}
    for field in Field:
        ids = scheme.ids(field)
        actual = [project.labels[field] for project in projects]
        if field.is_multiple:
            chosen = np.concatenate(
                [_found(held_out.fields[field], heads.fields[field]) >= heads.fields[field].thresholds for held_out, heads in whole]
            )
            result[field.swedish] = measure_sets(actual, [tuple(ids[label] for label in np.flatnonzero(row)) for row in chosen], ids)
        else:
            likely = np.concatenate(
                [heads.fields[field].likely(_found(held_out.fields[field], heads.fields[field])) for held_out, heads in whole]
            )
            result[field.swedish] = measure_choice([labels[0] for labels in actual], shares[field], ids, likely)
    return result | {"granska": _measure_review(projects, shares, scheme)}


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
        likely = np.array([[code in statement.likely for code in COLUMN_CODES] for statement in found])
        result["kolumn"] = _measure_columns(truth, [statement.columns for statement in found], shares, likely)
    for field in SINGLE_FIELDS:
        rows = [(project, suggestion) for project, suggestion in zip(projects, suggestions, strict=True) if field in project.labels]
        if rows:
            ids = assistant.scheme.ids(field)
            likely = np.array([[label in suggestion.proposals[field].likely for label in ids] for _, suggestion in rows])
            result[field.swedish] = measure_choice(
                [project.labels[field][0] for project, _ in rows], _shares(rows, field, ids), ids, likely
            )
    rows = [pair for pair in zip(projects, suggestions, strict=True) if all(field in pair[0].labels for field in REVIEWED)]
    if rows:
        shares_of = {field: _shares(rows, field, assistant.scheme.ids(field)) for field in REVIEWED}
        result["granska"] = _measure_review([project for project, _ in rows], shares_of, assistant.scheme)
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
    return {"projekt": len(rows), "överensstämmelse": rounded(np.mean(hits))}


def measure_order(assistant: Assistant, path: Path) -> dict[str, Any]:
    """AUC with which a sentence's expected place in the chain parts ``effekt`` from ``upplägg``; each sentence alone."""
    sentences, late = [], []
    for row in _read_jsonl(path, "effekt", "upplägg"):
        for section in ("effekt", "upplägg"):
            for statement in split(row[section] or ""):
                sentences.append(ProjectText(statement.text, statements=(statement,)))
                late.append(section == "effekt")
    places = [expected_place(suggestion) for suggestion in assistant.suggest(sentences)]
    return {"meningar": len(sentences), "auc": rounded(roc_auc_score(late, places))}


def measure_explanations(assistant: Assistant, projects: Sequence[LabelledProject]) -> dict[str, Any]:
    """Whether the words said to weigh most do: deleting them must lower the column's probability more than deleting random words.

    A fifth of each statement's words is deleted, one at least, together; the random ones are drawn ``DRAWS`` times (as in
    the erasure test of DeYoung et al. 2020, "comprehensiveness"). Of many statements a random sample is checked.

    Raises:
        TrainingError: when no statement is long enough.
    """
    generator = random.Random(SEED)
    long_enough = [
        (project, number)
        for project in projects
        for number, item in enumerate(project.statements)
        if len(words_of(item.statement.text)) >= LEAST_WORDS
    ]
    if not long_enough:
        raise TrainingError(f"inget påstående har minst {LEAST_WORDS} ord, så det finns inga förklaringar att pröva")
    shown, chance, wins = [], [], []
    for project, number in generator.sample(long_enough, min(EXPLAINED, len(long_enough))):
        statements = [item.statement for item in project.statements]
        stretches = words_of(statements[number].text)
        reading = Reading(assistant, project.title, statements, number)
        label, size = int(reading.share.argmax()), max(1, len(stretches) // 5)
        lost = reading.share[label] - reading.shares([reading.without([stretch]) for stretch in stretches])[:, label]
        top = [stretches[place] for place in np.argsort(-lost, kind="stable")[:size]]
        draws = [generator.sample(stretches, size) for _ in range(DRAWS)]
        after = reading.shares([reading.without(chosen) for chosen in (top, *draws)])[:, label]
        shown.append(float(reading.share[label] - after[0]))
        chance.append(float(reading.share[label] - after[1:].mean()))
        wins.append(shown[-1] > chance[-1])
    return {
        "påståenden": len(shown),
        "fall_visade_ord": rounded(np.mean(shown)),
        "fall_slumpade_ord": rounded(np.mean(chance)),
        "visade_ord_betyder_mer": rounded(np.mean(wins)),
    }


def expected_place(suggestion: Suggestion) -> float:
    """The mean place in the chain of a single statement, R = 1 … L = 6, outside left out."""
    if not suggestion.statements:
        return (1 + len(CHAIN)) / 2
    shares = np.array([suggestion.statements[0].probabilities[code] for code in CHAIN])
    return float((shares * np.arange(1, len(CHAIN) + 1)).sum() / shares.sum())


def _found(scores: NDArray[np.float32], head: Head) -> NDArray[np.float32]:
    return as_probabilities(scores / np.float32(head.temperature), many=head.is_multiple)


def _measure_column_scores(parts: Sequence[Part]) -> dict[str, Any]:
    found = [(_found(held_out.columns, heads.columns), heads.columns) for held_out, heads in parts]
    truth = [item.columns for held_out, _ in parts for project in held_out.projects for item in project.statements]
    sets = [column_set(row, head.thresholds) for shares, head in found for row in shares]
    likely = np.concatenate([head.likely(shares) for shares, head in found])
    return _measure_columns(truth, sets, np.concatenate([shares for shares, _ in found]), likely)


def _measure_columns(
    truth: Sequence[tuple[str, ...]], found: Sequence[tuple[str, ...]], shares: NDArray[np.floating[Any]], likely: NDArray[np.bool_]
) -> dict[str, Any]:
    main = measure_choice([columns[0] for columns in truth], shares, COLUMN_CODES, likely)
    return {**main, "flera": measure_sets(truth, found, CHAIN)}


def _measure_review(
    projects: Sequence[LabelledProject], shares: Mapping[Field, NDArray[np.floating[Any]]], scheme: Scheme
) -> dict[str, Any]:
    """How the rule of ``Suggestion.needs_review`` does: whether all reviewed fields are right, against the least sure of them."""
    sureness = np.min([shares[field].max(axis=1) for field in REVIEWED], axis=0)
    hits = np.ones(len(projects), bool)
    for field in REVIEWED:
        ids = scheme.ids(field)
        hits &= np.array([ids[row.argmax()] == project.labels[field][0] for project, row in zip(projects, shares[field], strict=True)])
    return measure_review(sureness, hits, REVIEW_BELOW)


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


def summary(result: Mapping[str, Any]) -> str:
    """The main figures as lines of Swedish."""
    lines = [f"modell {result['modell']}"]
    for place in ("korsvalidering", "facit"):
        for name, measures in result.get(place, {}).items():
            lines += _summary_of(name if place == "facit" else f"{place}, {name}", measures)
    if "förklaringar" in result:
        found = result["förklaringar"]
        lines.append(
            f"förklaringar: sannolikheten sjunker {found['fall_visade_ord']:.3f} utan de visade orden, {found['fall_slumpade_ord']:.3f} "
            f"utan slumpade ord; de visade betyder mer i {found['visade_ord_betyder_mer']:.3f} (n = {found['påståenden']})"
        )
    if "tema" in result:
        lines.append(f"fokusområde mot officiellt tema: {result['tema']['överensstämmelse']:.3f} (n = {result['tema']['projekt']})")
    if "ordning" in result:
        lines.append(f"ordning i kedjan: AUC {result['ordning']['auc']:.3f} (n = {result['ordning']['meningar']})")
    return "\n".join(lines)


def _summary_of(name: str, measures: Any) -> list[str]:
    if not isinstance(measures, Mapping):
        return []
    lines = []
    if "träffsäkerhet" in measures:
        lines.append(
            f"{name}: träffsäkerhet {measures['träffsäkerhet']:.3f}, makro-F1 {measures['makro_f1']:.3f}, ECE {measures['ece']:.3f} (n = {measures['antal']})"
        )
    elif "makro_f1" in measures:
        lines.append(f"{name}: makro-F1 {measures['makro_f1']:.3f}")
    if "flera" in measures:
        lines.append(f"{name}, alla kolumner: makro-F1 {measures['flera']['makro_f1']:.3f}")
    if "mängd" in measures:
        lines.append(f"{name}, mängd: täckning {measures['mängd']['täckning']:.3f}, storlek {measures['mängd']['storlek']:.2f}")
    if "gränser" in measures:
        lines.append(f"{name}: {measures['andel']:.2f} flaggas; rätt bland övriga {measures['rätt_bland_övriga'] or 0:.2f}")
    return lines
