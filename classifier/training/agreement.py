"""How well two readings of the same texts agree: Krippendorff's α and plain agreement."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier.errors import TrainingError
from classifier.stryktips.agreement import alpha
from classifier.taxonomy import Field, Scheme
from classifier.training.corpus import CORPUS_DIR

READINGS_DIR = CORPUS_DIR / "readings"
UNGROUPED = "utan omgång"


@dataclass(frozen=True)
class Agreement:
    """How two readings of one thing agree: α is 1 when they always do, also when there is but one value to give, 0 when no more than by chance."""

    alpha: float
    share: float
    count: int


def compare_readings(first: Path, second: Path, scheme: Scheme, groups: Mapping[str, str]) -> dict[str, dict[str, Agreement]]:
    """Compare two files of readings, by group and field.

    Args:
        first: one reading, JSON Lines with ``id``, ``kolumner`` (one string of codes a statement) and the project labels.
        second: another reading of the same texts.
        scheme: the scheme whose labels are compared.
        groups: a text's id to the name of the group it is counted in, such as its round.

    Returns:
        For each group in order of name, and then for all texts together, each field's agreement.

    Raises:
        TrainingError: when they are not readings of the same texts.
    """
    one, other = _read(first), _read(second)
    if one.keys() != other.keys():
        raise TrainingError(f"{first.name} och {second.name} är inte läsningar av samma texter")
    members: dict[str, list[str]] = defaultdict(list)
    for name in one:
        members[groups.get(name, UNGROUPED)].append(name)
    found = {group: _compare([(one[name], other[name]) for name in members[group]], scheme) for group in sorted(members)}
    if len(found) > 1:
        found["alla"] = _compare([(one[name], other[name]) for name in one], scheme)
    return found


def _compare(pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]], scheme: Scheme) -> dict[str, Agreement]:
    columns = [pair for here, there in pairs for pair in zip(here["kolumner"], there["kolumner"], strict=True)]
    found = {
        "huvudkolumn": _agreement([(a.split()[0], b.split()[0]) for a, b in columns]),
        "alla kolumner": _agreement([(frozenset(a.split()), frozenset(b.split())) for a, b in columns]),
    }
    for field in Field:
        labelled = [(here[field], there[field]) for here, there in pairs if field in here and field in there]
        if field.is_multiple:
            labelled = [(label in here, label in there) for here, there in labelled for label in scheme.ids(field)]
        if labelled:
            found[field.swedish] = _agreement(labelled)
    return found


def _agreement(pairs: Sequence[tuple[Hashable, Hashable]]) -> Agreement:
    found = alpha(pairs)
    return Agreement(1.0 if found is None else found, sum(a == b for a, b in pairs) / len(pairs), len(pairs))


def _read(path: Path) -> dict[str, Any]:
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
        return {row["id"]: row for row in rows}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise TrainingError(f"{path.name} går inte att läsa som JSON Lines") from error
