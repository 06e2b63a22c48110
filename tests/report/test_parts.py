"""Tests of what a report is made of."""

from __future__ import annotations

from classifier.report.parts import bounded_grid


def test_parts_bounded_grid_says_what_it_leaves_out() -> None:
    grid = bounded_grid("Alla", ("Namn",), [(str(number),) for number in range(1200)], most=2)
    assert grid.rows == (("0",), ("1",))
    assert grid.caption == "Alla (de 2 första av 1\u00a0200)"
    assert bounded_grid("Alla", ("Namn",), [("0",)], most=1, total=3).caption == "Alla (de 1 första av 3)"
    assert bounded_grid("Alla", ("Namn",), [("0",)], most=1).caption == "Alla"


def test_parts_bounded_grid_is_fit_to_print() -> None:
    assert bounded_grid("Alla", ("Namn",), [("a\x00b\ufffe",)]).rows == (("ab",),)
