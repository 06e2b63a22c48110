"""Tests of what people should look at first, and of how far they have come."""

from __future__ import annotations

import math

from classifier.portfolio.report.review import progress, to_review
from tests.portfolio.conftest import Make


def test_review_most_uncertain_first(make: Make) -> None:
    projects = make(
        {"granska": True, "fokusområde_sannolikhet": 0.6, "effektkedja_sannolikhet": 0.65},
        {"granska": True, "fokusområde_sannolikhet": 0.9, "effektkedja_sannolikhet": 0.4},
        {"granska": False, "fokusområde_sannolikhet": 0.1},
    ).projects
    table = to_review(projects)
    assert table.index.tolist() == [1, 0]
    assert table["säkerhet"].tolist() == [0.4, 0.6]


def test_review_unjudged_before_uncertain(make: Make) -> None:
    projects = make(
        {"granska": True, "fokusområde_sannolikhet": 0.1}, {"granska": True, "fokusområde_sannolikhet": math.nan, "status": "tom text"}
    ).projects
    assert to_review(projects).index.tolist() == [1, 0]


def test_review_settled_left_out_drafts_kept(make: Make) -> None:
    projects = make(*({"granska": True, "beslut": beslut} for beslut in ("bekräftad", "avvisad", "utkast", "väntar"))).projects
    assert to_review(projects).index.tolist() == [2, 3]


def test_review_progress(make: Make) -> None:
    projects = make(*({"beslut": beslut} for beslut in ("bekräftad", "bekräftad", "avvisad", "utkast", "väntar"))).projects
    assert progress(projects) == "Av 5 projekt är 2 bekräftade, 1 avvisade, 1 påbörjade (utkast) och 1 förslag, ej granskat."
    assert progress(make({"beslut": "bekräftad"}).projects) == "Av 1 projekt är 1 bekräftade."
