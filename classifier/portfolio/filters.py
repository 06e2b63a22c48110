"""Which projects of a portfolio someone wants to see."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from classifier.assistant import REVIEW_BELOW

SURE, UNSURE, UNJUDGED = "säkra", "osäkra", "ej bedömda"
CERTAINTIES = (SURE, UNSURE, UNJUDGED)
SEARCHED = ("id", "titel", "text")


@dataclass(frozen=True)
class Filters:
    """What projects must have in common; what is empty or ``None`` asks for nothing.

    Attributes:
        words: text that stands in id, title or text.
        labels: column of the portfolio's projects → the values that are wanted; a column of several values needs one of them.
        least_amount: kronor.
        most_amount: kronor.
        certainty: ``SURE`` (both fokusområde and effektkedja at least as probable as the limit for review), ``UNSURE`` or ``UNJUDGED``.
        decided: the states of decision that are wanted.
        to_review: only what the model doubts or a person has marked.
        rows: only these rows, such as those behind a figure.
    """

    words: str = ""
    labels: Mapping[str, Collection[str]] = field(default_factory=dict)
    least_amount: float | None = None
    most_amount: float | None = None
    certainty: str = ""
    decided: Collection[str] = ()
    to_review: bool = False
    rows: Collection[int] | None = None


def matching(projects: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """The projects that fit, in order, with their row numbers as index."""
    fits = np.ones(len(projects), bool)
    if filters.rows is not None:
        fits &= projects.index.isin(list(filters.rows))
    if words := filters.words.strip().casefold():
        fits &= np.logical_or.reduce([_holds(projects[column], words) for column in SEARCHED])
    for column, wanted in filters.labels.items():
        if wanted:
            fits &= _has_one(projects[column], set(wanted))
    if filters.least_amount is not None:
        fits &= (projects["belopp"] >= filters.least_amount).to_numpy()
    if filters.most_amount is not None:
        fits &= (projects["belopp"] <= filters.most_amount).to_numpy()
    if filters.certainty:
        fits &= (certainty(projects) == filters.certainty).to_numpy()
    if filters.decided:
        fits &= projects["beslut"].isin(list(filters.decided)).to_numpy()
    if filters.to_review:
        fits &= (projects["granska"] | projects["märkt"]).to_numpy(bool)
    return projects[fits]


def certainty(projects: pd.DataFrame) -> pd.Series:
    """For each project one of ``CERTAINTIES``."""
    lowest = projects[["fokusområde_sannolikhet", "effektkedja_sannolikhet"]].min(axis=1, skipna=False)
    return pd.Series(np.select([lowest.isna(), lowest >= REVIEW_BELOW], [UNJUDGED, SURE], UNSURE), projects.index)


def _holds(texts: pd.Series, words: str) -> np.ndarray:
    return np.fromiter((words in str(text).casefold() for text in texts), bool, len(texts))


def _has_one(values: pd.Series, wanted: set[str]) -> np.ndarray:
    if len(values) and isinstance(values.iloc[0], tuple):
        return np.fromiter((not wanted.isdisjoint(value) for value in values), bool, len(values))
    if values.dtype.kind == "f":  # years
        return values.isin([float(value) for value in wanted]).to_numpy()
    return values.isin(wanted).to_numpy()
