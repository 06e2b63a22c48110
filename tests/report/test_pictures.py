"""Tests of what every picture has in common."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import altair as alt
from hypothesis import given
from hypothesis import strategies as st

from classifier.report import pictures
from classifier.report.pictures import NOTHING, finished, labels, nothing, png, svg
from classifier.taxonomy import load_scheme


def contrast(first: str, second: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


@given(st.lists(st.text(max_size=80), max_size=12))
def test_pictures_labels_differ_and_sort_as_given(names: list[str]) -> None:
    made = labels([(name, 1, False) for name in names], 10)
    assert made == sorted(set(made))
    assert len(made) == len(names)


def test_pictures_text_contrasts_with_what_lies_behind() -> None:
    behind = [*pictures.SHADES, pictures.PALE, "#9cc7d8", "#e9edef", *(column.colour for column in load_scheme().columns)]
    assert min(contrast(pictures.TEXT, colour) for colour in behind) >= 4.5
    assert min(contrast(colour, "#ffffff") for colour in (pictures.BAR, pictures.AFTER, pictures.MUTED)) >= 3


def test_pictures_png_is_twice_the_size() -> None:
    picture = png(one_bar())
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20], "big") == 2 * pictures.WIDTH


def one_bar() -> alt.LayerChart:
    return finished("En stapel.", 40, alt.Chart(alt.InlineData(values=[{"antal": 1}])).mark_bar().encode(x="antal:Q"))


def test_pictures_description_travels_with_the_chart() -> None:
    assert one_bar().to_dict()["description"] == "En stapel."


def test_pictures_nothing_says_so() -> None:
    root = ET.fromstring(svg(nothing()))
    assert NOTHING in "".join(root.itertext())
