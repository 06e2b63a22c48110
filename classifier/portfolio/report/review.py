"""How far people have come with a portfolio, what they should look at first, and what its proposals may be used for."""

from __future__ import annotations

import pandas as pd

from classifier.report.wording import count, listing, whole

INTENDED_USE = (
    "Förslagen är ett stöd för uppföljning och utvärdering. De är inte ett skäl att bevilja eller avslå en ansökan. "
    "Det som ingen har bekräftat är ett förslag, ej granskat."
)
DECISIONS = {"bekräftad": "bekräftade", "avvisad": "avvisade", "utkast": "påbörjade (utkast)"}
"""The decisions that a person has made or begun, and how several projects with each are named."""
CONFIRMED, REJECTED = "bekräftad", "avvisad"


def to_review(projects: pd.DataFrame) -> pd.DataFrame:
    """The projects that a person should look at and has not yet settled, the most uncertain first.

    Args:
        projects: as ``Portfolio.projects``.

    Returns:
        The rows marked for review that are neither confirmed nor rejected, with their index and one more column ``säkerhet``: the
        lower of the probabilities of fokusområde and effektkedja. Those that could not be judged at all have none and come first.
    """
    open_rows = projects[projects["granska"].astype(bool) & ~projects["beslut"].isin([CONFIRMED, REJECTED])]
    certainty = open_rows[["fokusområde_sannolikhet", "effektkedja_sannolikhet"]].astype(float).min(axis=1, skipna=False)
    return open_rows.assign(säkerhet=certainty).sort_values("säkerhet", kind="stable", na_position="first")


def progress(projects: pd.DataFrame) -> str:
    """How many projects people have settled, in one sentence."""
    decided = projects["beslut"].value_counts()
    said = [f"{whole(decided[name])} {words}" for name, words in DECISIONS.items() if decided.get(name, 0)]
    waiting = int((~projects["beslut"].isin(list(DECISIONS))).sum())
    said += [f"{whole(waiting)} förslag, ej {'granskat' if waiting == 1 else 'granskade'}"] if waiting else []
    return f"Av {count(len(projects), 'projekt', 'projekt')} är {listing(said)}."
