"""Tests of how figures, names and texts are written."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.report.wording import brief, count, decimal, listing, money, printable, share, whole, wrapped


@pytest.mark.parametrize(
    ("kronor", "written"),
    [
        (0, "0 kr"),
        (999_999, "999 999 kr"),
        (999_999.6, "1,0 miljoner kr"),
        (12_345_678, "12,3 miljoner kr"),
        (999_949_999, "999,9 miljoner kr"),
        (999_950_000, "1,0 miljarder kr"),
        (-2_500_000, "−2,5 miljoner kr"),
        (math.nan, "–"),
    ],
)
def test_wording_money(kronor: float, written: str) -> None:
    assert money(kronor) == written.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("part", "written"),
    [(0, "0 %"), (0.004, "under 1 %"), (0.005001, "1 %"), (0.5, "50 %"), (0.998, "över 99 %"), (1, "100 %"), (math.nan, "–")],
)
def test_wording_share(part: float, written: str) -> None:
    assert share(part) == written.replace(" ", "\u00a0")


def test_wording_numbers() -> None:
    assert whole(1_234_567) == "1\u00a0234\u00a0567"
    assert decimal(-1234.56) == "−1\u00a0234,6"
    assert decimal(3.0, 0) == "3"
    assert (decimal(-0.001, 2), decimal(-0.0), whole(-0.4)) == ("0,00", "0,0", "0")
    assert decimal(math.nan) == "–"
    assert (count(1, "län", "län"), count(0, "påstående", "påståenden")) == ("1 län", "0 påståenden")


@pytest.mark.parametrize(("names", "said"), [([], "inget"), (["a"], "a"), (["a", "b"], "a och b"), (["a", "b", "c"], "a, b och c")])
def test_wording_listing(names: list[str], said: str) -> None:
    assert listing(names) == said


@given(st.text(), st.integers(2, 40))
def test_wording_brief_is_one_short_clean_line(text: str, longest: int) -> None:
    line = brief(text, longest)
    assert len(line) <= longest
    assert not re.search(r"[\n\r\t\x00-\x1f\x7f\ufffe\uffff]", line)


def test_wording_brief_says_when_it_cuts() -> None:
    assert brief("en  två\ntre", 20) == "en två tre"
    assert brief("abcdefgh", 5) == "abcd…"
    assert brief("a" * 1_000_000, 10) == "a" * 9 + "…"
    assert brief("a" + " " * 1000 + "b", 10) == "a…"


@given(st.text(max_size=300), st.integers(5, 30), st.sampled_from(["", "(7)", "(1 000)"]))
def test_wording_wrapped_lines_are_short_and_keep_the_ending(text: str, width: int, ending: str) -> None:
    lines = wrapped(text, width, 3, ending)
    assert all(len(line) <= max(width, len(ending)) for line in lines)
    assert len(lines) <= 3 * 3 + 3
    assert " ".join(lines).replace("\u00a0", " ").endswith(ending)


def test_wording_wrapped_ending_beside_the_last_word() -> None:
    assert wrapped("Utveckling av kunskap", 14, 3, "(24)") == ["Utveckling av", "kunskap\u00a0(24)"]
    assert wrapped("planeringsunderlag", 20, 3, "(24)") == ["planeringsunderlag", "(24)"]


def test_wording_printable() -> None:
    assert printable("a\x00b\ufffe\uffffc\ud800d") == "abcd"
