"""A classified portfolio as two tables: what every count, picture and report is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from classifier.taxonomy.scheme import COLUMN_CODES

SINGLE_FIELDS = ("projekttyp", "sakområde", "fokusområde", "effektkedja")
SEVERAL_FIELDS = ("bransch", "verktyg", "syfte")
CODE_COLUMNS = tuple("utanför" if code == "-" else code for code in COLUMN_CODES)
"""What the probabilities of the stryktips columns are called in tables."""


@dataclass(frozen=True)
class Portfolio:
    """A classified portfolio.

    Attributes:
        name: what the user calls it, such as the name of its file.
        projects: one row a project, numbered from 0, in the order they came in. Columns: ``id``, ``titel``, ``text`` (text);
            for each of ``SINGLE_FIELDS`` the name of the label that holds (decided, else proposed; empty when there is none)
            and, under its name with ``_sannolikhet``, the probability of the proposal (NaN when there is none); for each of
            ``SEVERAL_FIELDS`` a tuple of names; ``granska`` (bool), ``beslut`` (``väntar``, ``utkast``, ``bekräftad`` or
            ``avvisad``), ``status`` and ``modell`` (text); ``belopp`` (kronor, NaN when unknown), ``år`` (NaN when unknown),
            ``län`` (one of ``counties.COUNTIES``, empty when unknown) and ``program`` (text).
        statements: one row a statement, in order. Columns: ``projekt`` (the number of its row in ``projects``), ``nr`` (from 1),
            ``påstående``, ``kolumn`` (a code, main column), ``kolumner`` (tuple of codes, main first), and a probability for each of
            ``CODE_COLUMNS``.
        made: how it was made, in Swedish words, in the order it should be shown: model, scheme, date, source.
    """

    name: str
    projects: pd.DataFrame
    statements: pd.DataFrame
    made: Mapping[str, str]
