"""Two portfolios beside each other, a portfolio at two times, and a portfolio beside the labels that its file already had."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from classifier.errors import UsageError
from classifier.portfolio.analysis import GROUPINGS, chain_profile, counted
from classifier.portfolio.collection import SINGLE_FIELDS, Portfolio
from classifier.taxonomy import Field, Scheme
from classifier.taxonomy.scheme import NO_FOCUS, Label

SIDES = ("första", "andra")

SAKOMRADE_NAMES = ("sakområde", "prioritering", "sakområdeprioritering")


@dataclass(frozen=True)
class Comparison:
    """Two portfolios counted in the same way.

    Attributes:
        names: what the two are called; never the same.
        tables: for each key of ``GROUPINGS`` one row a value, the most common first: ``värde``, ``antal_första``, ``antal_andra``,
            ``andel_första``, ``andel_andra`` (of the portfolio's projects; 0 in an empty one), ``skillnad`` (the second share minus the
            first, percentage points), ``belopp_första``, ``belopp_andra`` (kronor), ``rader_första`` and ``rader_andra``.
        profile: ``chain_profile`` of the first and then of the second, their names as ``grupp``.
    """

    names: tuple[str, str]
    tables: dict[str, pd.DataFrame]
    profile: pd.DataFrame


@dataclass(frozen=True)
class Agreement:
    """How well a portfolio's labels agree with those that its file had.

    Attributes:
        field: the field compared.
        compared: how many projects have a label of both kinds.
        agreement: the share of them with the same label; NaN when there are none.
        kappa: Cohen's κ; NaN when it cannot be told, as when all have the same label.
        confusion: how many projects have each pair of labels: the file's as rows, the portfolio's as columns, by name in the scheme's
            order, those that occur.
        disagreements: row numbers of the projects with different labels, the surest proposal first.
        unknown: the file's values that are no label, as written, with how often.
    """

    field: str
    compared: int
    agreement: float
    kappa: float
    confusion: pd.DataFrame
    disagreements: list[int]
    unknown: Counter[str]


def compare(first: Portfolio, second: Portfolio) -> Comparison:
    """Count two portfolios in the same way."""
    one, other = _two_names(first.name, second.name)
    tables = {by: _side_by_side(first.projects, second.projects, by) for by in GROUPINGS}
    profiles = [chain_profile(portfolio).assign(grupp=name) for portfolio, name in ((first, one), (second, other))]
    return Comparison((one, other), tables, pd.concat(profiles, ignore_index=True))


def between_years(portfolio: Portfolio, first: Collection[int], second: Collection[int]) -> Comparison:
    """Compare a portfolio's projects of some years with those of others, such as ``range(2014, 2017)`` and ``[2020]``.

    Row numbers are those of the whole portfolio; projects without a year are in neither.
    """
    return compare(_of_years(portfolio, first), _of_years(portfolio, second))


def agreement(
    portfolio: Portfolio, field: str, column: Sequence[Any] | pd.Series, scheme: Scheme, sakomraden: Sequence[Any] | pd.Series | None = None
) -> Agreement:
    """Compare a portfolio's labels with those that its file had.

    A label is known by its name or id, whatever its case, spaces and punctuation. Empty cells say nothing. κ is that of Cohen, A
    coefficient of agreement for nominal scales, Educational and Psychological Measurement 20 (1960).

    Args:
        portfolio: the portfolio. Where a person has decided, the decision is what is compared.
        field: one of ``SINGLE_FIELDS``.
        column: the file's label for each project.
        scheme: the scheme that the labels are from.
        sakomraden: the file's sakområde for each project. Tells what ``-`` means as fokusområde: the sakområde's own leaf. Without it,
            ``-`` is no label.

    Raises:
        UsageError: when a project may have several labels in the field, or the column has another length than the portfolio.
    """
    if field not in SINGLE_FIELDS:
        raise UsageError(f"{field} kan inte jämföras med en kolumn; välj något av {', '.join(SINGLE_FIELDS)}")
    if len(column) != len(portfolio.projects):
        raise UsageError(f"kolumnen har {len(column)} rader och portföljen {len(portfolio.projects)}; välj en kolumn ur samma fil")
    own_leaves = _own_leaves(sakomraden, scheme) if field == Field.FOKUSOMRADE.swedish and sakomraden is not None else [""] * len(column)
    known = _known(field, scheme)
    written = _texts(column)
    theirs = [leaf if text == NO_FOCUS and leaf else known.get(_plain(text), "") for text, leaf in zip(written, own_leaves, strict=True)]
    projects = portfolio.projects.reindex(columns=[field, f"{field}_sannolikhet"])
    ours = [known.get(_plain(text), "") for text in _texts(projects[field])]
    pairs = pd.DataFrame({"fil": theirs, "modell": ours}, index=projects.index)
    pairs = pairs[(pairs["fil"] != "") & (pairs["modell"] != "")]
    differing = projects.loc[pairs.index[pairs["fil"] != pairs["modell"]], f"{field}_sannolikhet"]
    confusion = _confusion(pairs, list(known.values()))
    return Agreement(
        field,
        len(pairs),
        float((pairs["fil"] == pairs["modell"]).mean()),
        cohen_kappa(confusion),
        confusion,
        differing.sort_values(ascending=False, kind="stable", na_position="last").index.tolist(),
        Counter(text for text, label in zip(written, theirs, strict=True) if text and not label),
    )


def labels_in_file(rows: Iterable[Mapping[str, Any]], column: str) -> tuple[list[str], list[str] | None]:
    """Each project's label in a column of its file, and its sakområde where the file has a column for that (else ``None``).

    Args:
        rows: the projects' input cells, in order.
        column: the column with the labels.
    """
    cells = list(rows)
    own = next((name for name in (cells[0] if cells else ()) if _plain(name) in SAKOMRADE_NAMES), None)
    labels = [str(row.get(column) or "") for row in cells]
    return labels, [str(row.get(own) or "") for row in cells] if own else None


def cohen_kappa(confusion: pd.DataFrame) -> float:
    """Cohen's κ of a square table of counts; NaN when agreement by chance is certain or nothing is counted.

    >>> round(cohen_kappa(pd.DataFrame([[20, 5], [10, 15]])), 3)
    0.4
    """
    counts = confusion.to_numpy(dtype=float)
    total = counts.sum()
    if not total:
        return float("nan")
    observed = np.trace(counts) / total
    expected = float(counts.sum(axis=0) @ counts.sum(axis=1)) / total**2
    return float((observed - expected) / (1 - expected)) if expected < 1 else float("nan")


def _side_by_side(first: pd.DataFrame, second: pd.DataFrame, by: str) -> pd.DataFrame:
    sides = [counted(projects, [by]).set_index(by).add_suffix(f"_{side}") for projects, side in zip((first, second), SIDES, strict=True)]
    table = sides[0].join(sides[1], how="outer")
    for side, projects in zip(SIDES, (first, second), strict=True):
        table[f"antal_{side}"] = table[f"antal_{side}"].fillna(0).astype(int)
        table[f"belopp_{side}"] = table[f"belopp_{side}"].fillna(0.0)
        table[f"rader_{side}"] = table[f"rader_{side}"].map(lambda rows: rows if isinstance(rows, list) else [])
        table[f"andel_{side}"] = table[f"antal_{side}"] / max(len(projects), 1)
    table["skillnad"] = 100 * (table["andel_andra"] - table["andel_första"])
    table = table.rename_axis("värde").reset_index()
    table["alla"] = table["antal_första"] + table["antal_andra"]
    names = [f"{name}_{side}" for name in ("antal", "andel") for side in SIDES] + ["skillnad"]
    names += [f"{name}_{side}" for name in ("belopp", "rader") for side in SIDES]
    return table.sort_values(["alla", "värde"], ascending=[False, True], ignore_index=True)[["värde", *names]]


def _two_names(first: str, second: str) -> tuple[str, str]:
    return (first, second) if first != second else (f"{first} (första)", f"{second} (andra)")


def _of_years(portfolio: Portfolio, years: Collection[int]) -> Portfolio:
    projects = portfolio.projects[portfolio.projects.reindex(columns=["år"])["år"].isin(list(years))]
    statements = portfolio.statements[portfolio.statements["projekt"].isin(projects.index)]
    return replace(portfolio, name=_period(sorted(years)), projects=projects, statements=statements)


def _period(years: Sequence[int]) -> str:
    if not years:
        return "inga år"
    if years[-1] - years[0] == len(years) - 1:
        return f"{years[0]}–{years[-1]}" if len(years) > 1 else str(years[0])
    return ", ".join(map(str, years))


def _labels(field: str, scheme: Scheme) -> Sequence[Label]:
    return scheme.sakomraden if field == "sakområde" else next(scheme.labels[item] for item in Field if item.swedish == field)


def _known(field: str, scheme: Scheme) -> dict[str, str]:
    """Every way to write a label → its name, in the scheme's order."""
    labels = _labels(field, scheme)
    return {_plain(written): label.name for label in labels for written in (label.name, label.id)}


def _own_leaves(sakomraden: Sequence[Any] | pd.Series, scheme: Scheme) -> list[str]:
    """For each sakområde the name of the leaf that stands for the whole of it; empty where there is none."""
    leaves = {scheme.sakomrade_of(leaf.id).name: leaf.name for leaf in scheme.labels[Field.FOKUSOMRADE] if leaf.is_own_leaf}
    known = _known("sakområde", scheme)
    return [leaves.get(known.get(_plain(text), ""), "") for text in _texts(sakomraden)]


def _confusion(pairs: pd.DataFrame, order: Sequence[str]) -> pd.DataFrame:
    names = [name for name in dict.fromkeys(order) if name in {*pairs["fil"], *pairs["modell"]}]
    return pd.crosstab(pairs["fil"], pairs["modell"]).reindex(index=names, columns=names, fill_value=0).astype(int)


def _texts(values: Sequence[Any] | pd.Series) -> list[str]:
    cells = pd.Series(list(values), dtype=object)
    return [str(cell).strip() for cell in cells.where(cells.notna(), "")]


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
