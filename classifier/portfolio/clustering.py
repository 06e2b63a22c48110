"""Clusters: projects whose texts are alike, named by their most telling words."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.cluster import MiniBatchKMeans

from classifier.portfolio.collection import Portfolio
from classifier.portfolio.textspace import Space, build_space, texts_of

SEED = 1
MIN_PROJECTS = 4
"""Fewer projects than this are one cluster."""
MOST_CLUSTERS = 30
NAME_WORDS = 3
NAME_SHARE = 0.15
"""A word in a cluster's name stands in at least this share of its texts."""
STATEMENTS = 5
SAME_LETTERS = 5
"""Words that begin with the same letters say the same thing twice in a cluster's name."""


@dataclass(frozen=True)
class Cluster:
    """Projects whose texts are alike.

    Attributes:
        name: its most telling words.
        rader: row numbers of its projects, the most typical first.
        statements: its most typical statements within the chain, each from another project.
    """

    name: str
    rader: tuple[int, ...]
    statements: tuple[str, ...]


def clusters(portfolio: Portfolio, wanted: int | None = None, seed: int = SEED) -> list[Cluster]:
    """Group projects by the words of their titles and texts.

    Args:
        portfolio: the portfolio; a project without words is in no cluster.
        wanted: how many clusters, at most; by default √(n/2) for n projects (Mardia, Kent and Bibby, Multivariate Analysis,
            1979, p. 365), but 2–30, and one for fewer than ``MIN_PROJECTS``.
        seed: the same seed gives the same clusters.

    Returns:
        The clusters, largest first; none when no project has words.
    """
    texts = [
        f"{title}\n{text}" for title, text in zip(texts_of(portfolio.projects, "titel"), texts_of(portfolio.projects, "text"), strict=True)
    ]
    space = build_space(texts, seed)
    if space is None:
        return []
    places = np.flatnonzero(space.vectors.any(axis=1))
    count = min(wanted or _rule_of_thumb(len(places)), len({texts[place] for place in places}))
    model = MiniBatchKMeans(max(1, count), batch_size=2048, n_init=10, random_state=seed).fit(space.vectors[places])
    found = []
    for number in np.unique(model.labels_):
        group = places[model.labels_ == number]
        centre = space.vectors[group].mean(axis=0)
        typical = group[np.argsort(-(space.vectors[group] @ centre), kind="stable")]
        rows = portfolio.projects.index[typical]
        found.append(Cluster(_name(space, group), tuple(rows.tolist()), _statements(portfolio, space, rows, centre)))
    return sorted(found, key=lambda cluster: (-len(cluster.rader), cluster.name))


def _rule_of_thumb(projects: int) -> int:
    return 1 if projects < MIN_PROJECTS else int(np.clip(round(np.sqrt(projects / 2)), 2, MOST_CLUSTERS))


def _name(space: Space, group: NDArray[np.intp]) -> str:
    """The words that most of a group's texts have and few of the others, one of each stem."""
    holds = space.weights.astype(bool)
    inside = np.asarray(holds[group].mean(axis=0)).ravel()
    times = inside / np.asarray(holds.mean(axis=0)).ravel()  # as common as among all
    weight = np.asarray(space.weights[group].mean(axis=0)).ravel()
    telling = weight * (np.log(np.maximum(times, 1)) + 0.01)  # the last decides where the group is all there is
    telling[inside < min(max(NAME_SHARE, 2 / len(group)), inside.max())] = 0  # a word of a single project names no group
    words = space.words.get_feature_names_out()
    chosen: dict[str, str] = {}
    for number in np.argsort(-telling, kind="stable")[: 10 * NAME_WORDS]:
        if telling[number] > 0:
            chosen.setdefault(words[number][:SAME_LETTERS], words[number])
    return ", ".join(list(chosen.values())[:NAME_WORDS])


def _statements(portfolio: Portfolio, space: Space, rows: pd.Index, centre: NDArray[np.float32]) -> tuple[str, ...]:
    """The most typical statement of each of the most typical projects, the most typical first."""
    said = portfolio.statements
    said = said[said["projekt"].isin(rows[: 4 * STATEMENTS]) & (said["kolumn"] != "-")]
    if said.empty:
        return ()
    likeness = pd.Series(space.along(said["påstående"].tolist()) @ centre, said.index)
    best = (
        said.loc[likeness.groupby(said["projekt"]).idxmax()]
        .assign(likeness=likeness)
        .sort_values("likeness", ascending=False, kind="stable")
    )
    texts = best["påstående"].map(lambda text: re.sub(r"\s+", " ", text).strip())
    return tuple(dict.fromkeys(text for text in texts if text))[:STATEMENTS]
