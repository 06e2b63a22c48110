"""Titles taken apart: what they say of their place in a row of projects."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.portfolio.titles import parse_title, title_likeness

SETTINGS = settings(deadline=None)


@pytest.mark.parametrize(
    ("title", "mark", "step"),
    [
        ("Skärgårdens båtar etapp 2", "etapp 2", (2, 0)),
        ("Skärgårdens båtar, Etapp II", "Etapp II", (2, 0)),
        ("Skärgårdens båtar fas tre", "fas tre", (3, 0)),
        ("Steg 4: skärgårdens båtar", "Steg 4", (4, 0)),
        ("Skärgårdens båtar del 1", "del 1", (1, 0)),
        ("Skärgårdens båtar - fortsättning", "fortsättning", (2, 0)),
        ("Fortsättningsprojekt Skärgårdens båtar", "Fortsättningsprojekt", (2, 0)),
        ("Skärgårdens båtar 2.0", "2.0", (2, 0)),
        ("Skärgårdens båtar 2017", "2017", (1, 2017)),
        ("Skärgårdens båtar 2015-2017", "2015-2017", (1, 2015)),
        ("Skärgårdens båtar 3", "3", (3, 0)),
        ("Skärgårdens båtar III", "III", (3, 0)),
        ("Skärgårdens båtar", "", (1, 0)),
    ],
)
def test_titles_parse_mark_and_step(title: str, mark: str, step: tuple[int, int]) -> None:
    parsed = parse_title(title)
    assert (parsed.mark, parsed.step) == (mark, step)
    assert parsed.gist == ("båtar", "skärgå")


@pytest.mark.parametrize("title", ["", " ", "Etapp 2", "Förstudie etapp 2", "Projekt 2", "2.0", "Båt 2"])
def test_titles_parse_that_say_too_little(title: str) -> None:
    assert parse_title(title).gist == ()


@pytest.mark.parametrize(
    "title", ["En del av skärgården", "Vision i skärgården", "Delta i skärgården", "Skärgården 24/7", "Skärgården 1:1"]
)
def test_titles_parse_without_mark(title: str) -> None:
    assert parse_title(title).mark == ""


def test_titles_parse_endings_and_order_do_not_count() -> None:
    assert parse_title("Båtar i skärgården").gist == parse_title("SKÄRGÅRDENS BÅTAR etapp 2").gist


def test_titles_likeness() -> None:
    first, same, other = map(parse_title, ("Skärgårdens båtar", "Skärgårdens båtar etapp 2", "Fjällens leder"))
    assert title_likeness(first, same) == 1
    assert title_likeness(first, other) < 0.6


def test_titles_parse_megabyte_at_once() -> None:
    start = time.perf_counter()
    parse_title("etapp " * 200_000)
    assert time.perf_counter() - start < 0.5


@SETTINGS
@given(st.text())
def test_titles_parse_any_text(title: str) -> None:
    parsed = parse_title(title)
    assert parsed.step[0] >= 0
    assert parsed.gist == tuple(sorted(parsed.gist))
    assert title_likeness(parsed, parsed) == 1
