"""Whether a portfolio can be evaluated: what each project's chain lacks, and which groups could share a theory of change.

Evaluators of broad portfolios meet the same three hindrances: the projects lack a common theory of change, their indicators differ,
and so do the kinds of result they aim at. Each of them is made a figure here.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from classifier.chain import CHAIN_CODES
from classifier.portfolio.analysis import members, placed
from classifier.portfolio.collection import Portfolio
from classifier.portfolio.targets import KINDS, is_measurable, kinds_of

__all__ = ["MIN_LIKENESS", "MIN_OUTCOMES", "MIN_PROJECTS", "NEEDED", "assess", "by_group", "is_measurable", "mean_cosine", "mean_jaccard"]

NEEDED = {
    "aktiviteter": "har_aktiviteter",
    "prestationer": "har_prestationer",
    "utfall": "har_utfall",
    "effekter": "har_effekter",
    "mätbart mål": "har_mätbart_mål",
}
"""What an evaluation needs, and the column of :func:`assess` that says whether it is there."""
TARGET_CODES = frozenset("PUKL")
"""Where a number is a target: resources and activities with a number say what goes in."""
MIN_PROJECTS = 5
"""Fewer projects than this are better evaluated one by one. It is also the fewest that figures about a group are given for."""
MIN_LIKENESS = 0.6
"""Well above what projects have in common anyway: 123 real projects from all fund programmes together reach 0.41."""
MIN_OUTCOMES = 0.5
GROUP_COLUMNS = [
    "grupp",
    "antal",
    "andel_utfall",
    "andel_mätbara",
    "andel_effekter",
    "likhet_indikatorer",
    "likhet_resultat",
    "kan_dela_teori",
    "rader",
]
BLOCK = 512

Floats = NDArray[np.float64]


def assess(portfolio: Portfolio) -> pd.DataFrame:
    """What of its chain each project states.

    Returns:
        Indexed as the projects: ``har_resurser``, ``har_aktiviteter``, ``har_prestationer``, ``har_utfall``, ``har_effekter`` (short or
        long term) and ``har_mätbart_mål`` (a quantified statement among prestationer, utfall and effekter); ``indikatortyper`` (tuple, what
        those statements count), ``brister`` (tuple, which of ``NEEDED`` is lacking) and ``utvärderbarhet`` (0–5, how many are there).
    """
    _, present = placed(portfolio)
    column = dict(zip(CHAIN_CODES, present.T, strict=True))
    kinds = _indicators(portfolio)
    table = pd.DataFrame(
        {
            "har_resurser": column["R"],
            "har_aktiviteter": column["A"],
            "har_prestationer": column["P"],
            "har_utfall": column["U"],
            "har_effekter": column["K"] | column["L"],
            "har_mätbart_mål": [found is not None for found in kinds],
        },
        index=portfolio.projects.index,
    )
    there = table[list(NEEDED.values())].to_numpy(dtype=bool)
    table["indikatortyper"] = pd.Series([found or () for found in kinds], table.index, dtype=object)
    lacking = [tuple(name for name, has in zip(NEEDED, row, strict=True) if not has) for row in there.tolist()]
    table["brister"] = pd.Series(lacking, table.index, dtype=object)
    table["utvärderbarhet"] = there.sum(axis=1)
    return table


def by_group(portfolio: Portfolio, by: str, assessed: pd.DataFrame | None = None) -> pd.DataFrame:
    """How well groups of projects could be evaluated together.

    ``kan_dela_teori`` is a rule of thumb: the group has at least ``MIN_PROJECTS`` projects, at least half of them state an outcome, and
    the kinds of result they aim at are alike (``likhet_resultat`` at least ``MIN_LIKENESS``). It says where a common theory of
    change is worth trying, not that there is one.

    Args:
        portfolio: the portfolio.
        by: a key of ``GROUPINGS``.
        assessed: what :func:`assess` gave for the portfolio, when that is at hand; it takes most of the time.

    Returns:
        One row a group, the largest first: ``grupp``, ``antal``, ``andel_utfall``, ``andel_mätbara`` and ``andel_effekter`` (of its projects),
        ``likhet_indikatorer`` (mean Jaccard index of ``indikatortyper`` over all pairs of projects that have any), ``likhet_resultat`` (mean
        cosine, over all pairs, of :func:`profiles`), ``kan_dela_teori`` (bool) and ``rader``. A likeness of fewer than two is NaN.
    """
    found, vectors = assess(portfolio) if assessed is None else assessed, profiles(portfolio)
    marks = found["indikatortyper"].map(lambda names: sum(1 << list(KINDS).index(name) for name in names)).to_numpy(dtype=np.int64)
    shares = found[["har_utfall", "har_mätbart_mål", "har_effekter"]].to_numpy(dtype=float)
    rows = []
    for name, group in members(portfolio.projects, by).items():
        outcomes, targets, effects = shares[group].mean(axis=0)
        likeness = mean_cosine(vectors[group])
        shared = len(group) >= MIN_PROJECTS and outcomes >= MIN_OUTCOMES and likeness >= MIN_LIKENESS
        row = (name, len(group), outcomes, targets, effects, mean_jaccard(marks[group]), likeness, bool(shared))
        rows.append((*row, portfolio.projects.index[group].tolist()))
    return pd.DataFrame(rows, columns=GROUP_COLUMNS)


def profiles(portfolio: Portfolio) -> Floats:
    """Each project's kinds of result as one vector of length one: where its statements stand, its effektkedja and its syften.

    The three weigh alike. Resources and what lies outside the chain are no result and left out; a project that has none of
    the three is all zeros.

    Returns:
        Shape (projects, directions).
    """
    counts, _ = placed(portfolio)
    chains = portfolio.projects.reindex(columns=["effektkedja"])["effektkedja"].fillna("").map(lambda name: (name,) if name else ())
    blocks = [counts[:, 1:].astype(float), _marked(chains), _marked(portfolio.projects.reindex(columns=["syfte"])["syfte"])]
    return _unit(np.hstack([_unit(block) for block in blocks]))


def mean_cosine(vectors: Floats) -> float:
    """The mean cosine over all pairs of vectors of length one (zeros are left out), from the length of their sum.

    The sum's squared length holds every pair twice and each vector's own square, which is one.

    >>> mean_cosine(np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]))
    0.3333333333333333
    """
    count = int(vectors.any(axis=1).sum())
    total = vectors.sum(axis=0)
    return float((total @ total - count) / (count * (count - 1))) if count > 1 else float("nan")


def mean_jaccard(marks: NDArray[np.int64]) -> float:
    """The mean Jaccard index over all pairs of sets, each given as the bits of a number; empty sets are left out.

    Exact, and without going through the pairs: sets that are the same are compared once.

    >>> mean_jaccard(np.array([0b11, 0b11, 0b01, 0]))
    0.6666666666666666
    """
    kinds, counts = np.unique(marks[marks > 0], return_counts=True)
    count = int(counts.sum())
    if count < 2:
        return float("nan")
    total = 0.0
    for start in range(0, len(kinds), BLOCK):
        part = kinds[start : start + BLOCK, None]
        alike = np.bitwise_count(part & kinds) / np.bitwise_count(part | kinds)
        total += float(counts[start : start + BLOCK] @ alike @ counts)
    return (total - count) / (count * (count - 1))


def _indicators(portfolio: Portfolio) -> list[tuple[str, ...] | None]:
    """For each project the kinds of indicator in its quantified statements; ``None`` where it has no such statement."""
    statements = portfolio.statements
    sets = statements["kolumner"].drop_duplicates()
    could = statements[statements["kolumner"].isin([codes for codes in sets if not TARGET_CODES.isdisjoint(codes)])]
    found = could[could["påstående"].map(is_measurable).astype(bool)]
    kinds: dict[object, set[str]] = {}
    for project, text in zip(found["projekt"], found["påstående"], strict=True):
        kinds.setdefault(project, set()).update(kinds_of(text))
    return [tuple(name for name in KINDS if name in kinds[row]) if row in kinds else None for row in portfolio.projects.index]


def _marked(values: pd.Series) -> Floats:
    """A row of zeros and ones for each tuple of names."""
    table = values.reset_index(drop=True).explode().dropna()
    codes, names = pd.factorize(table)
    marks = np.zeros((len(values), len(names)))
    marks[table.index, codes] = 1
    return marks


def _unit(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0))
