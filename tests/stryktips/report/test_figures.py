"""Tests of the pictures of a session."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import pytest

from classifier.report.parts import Figure
from classifier.report.pictures import svg
from classifier.stryktips.report.figures import MOST_ROWS, agreement_bars, heat_maps, movement_points
from classifier.stryktips.report.session import Session
from tests.stryktips.report.conftest import (
    EVERY,
    HOSTILE,
    SCHEME,
    SMALL,
    alone,
    cases,
    empty,
    hostile,
    large,
    marks,
    players,
    session_of,
    small,
)

LEAST_FONT = 12
every_session = pytest.mark.parametrize("make", EVERY.values(), ids=EVERY)


def figures(session: Session) -> list[Figure]:
    return [*heat_maps(session, SCHEME), *agreement_bars(session), *movement_points(session)]


def cells(figure: Figure) -> list[dict[str, Any]]:
    [found] = figure.chart.to_dict()["datasets"].values()
    assert isinstance(found, list)
    return found


def texts(figure: Figure) -> list[str]:
    root = ET.fromstring(svg(figure.chart))
    return [" ".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")]


@every_session
def test_figures_are_drawn_and_described(make: Callable[[], Session]) -> None:
    for figure in figures(make()):
        assert texts(figure)
        assert figure.caption.endswith(".")
        assert figure.chart.to_dict()["description"] == figure.description
        assert 20 < len(figure.description) < 900


@every_session
def test_figures_no_text_is_small(make: Callable[[], Session]) -> None:
    for figure in figures(make()):
        sizes = re.findall(r'<text[^>]* font-size="([\d.]+)px"', svg(figure.chart))
        assert min(map(float, sizes)) >= LEAST_FONT


def test_figures_nobody_gives_no_picture() -> None:
    assert figures(empty()) == []


def test_figures_one_player_gives_the_crosses_only() -> None:
    [figure] = figures(alone())
    assert "100\u00a0%" in texts(figure)
    assert figure.description == "Rutnät över rummets kryss i 1 påstående. Ingen rad har fler än ett svar."


def test_figures_heat_map_writes_shares_and_frames_the_key() -> None:
    [figure] = heat_maps(small(), SCHEME)
    drawn = svg(figure.chart)
    assert texts(figure).count("100\u00a0%") == 3
    assert texts(figure).count("25\u00a0%") == 3
    assert {"1. Vinnväxt\u00a0(4)", "2. Teknikutveckling\u00a0(4)", "3. Årsmöte\u00a0(1)"} <= set(texts(figure))
    assert drawn.count('stroke-width="2.5"') == 3
    assert drawn.count("stroke-dasharray") == 1
    assert "Ramen är facit, streckad där krysset är svagt." in figure.caption


def test_figures_heat_map_without_key_has_no_frame() -> None:
    [figure] = heat_maps(EVERY["no key"](), SCHEME)
    assert 'stroke-width="2.5"' not in svg(figure.chart)
    assert "facit" not in figure.caption


def test_figures_heat_map_never_rounds_some_to_none_or_all() -> None:
    people = players(201)
    session = session_of(SMALL, people, marks({person.id: ["R"] if person.id == "p1" else ["L"] for person in people}))
    [figure] = heat_maps(session, SCHEME)
    assert [cell["text"] for cell in cells(figure)] == ["1\u00a0%", "", "", "", "", "99\u00a0%"]


def test_figures_heat_map_one_for_each_thing_asked_with_labels_in_use() -> None:
    found = heat_maps(cases(2, 2), SCHEME)
    assert [figure.caption.split(":")[0] for figure in found] == ["Sakområde", "Fokusområde", "Effektkedja"]
    columns = {cell["kolumn"] for cell in cells(found[1])}
    assert 0 < len(columns) < len(SCHEME.labels[next(field for field in SCHEME.labels if field.value == "fokusomrade")])


def test_figures_heat_map_long_labels_are_not_broken() -> None:
    for figure in heat_maps(cases(12, 11), SCHEME):
        written = " ".join(texts(figure)).replace("\u00a0", " ")
        assert "planeringsunderlag" in written or "Kompetensförsörjning" in written


@pytest.mark.parametrize(("rows", "shown"), [(1, 1), (19, 19), (MOST_ROWS, MOST_ROWS), (100, MOST_ROWS)])
def test_figures_rows_shown_and_said(rows: int, shown: int) -> None:
    session = large(12, rows, 2)
    for figure in figures(session):
        labels = {text.split(".")[0] for text in texts(figure) if re.match(r"\d+\. ", text)}
        assert len(labels) == shown
        assert (f"av {rows} visas." in figure.caption) == (shown < rows)
        height = float(re.search(r'height="([\d.]+)"', svg(figure.chart))[1])  # type: ignore[index]
        assert height < 1300


def test_figures_hundred_rows_are_the_most_split() -> None:
    session = large(12, 100)
    [figure] = heat_maps(session, SCHEME)
    shown = {int(text.split(".")[0]) - 1 for text in texts(figure) if re.match(r"\d+\. ", text)}
    assert shown == set(session.most_split[:MOST_ROWS])


def test_figures_agreement_bars_most_split_first() -> None:
    [figure] = agreement_bars(small())
    assert [cell["text"] for cell in cells(figure)] == ["8\u00a0%", "100\u00a0%"]
    assert "Svaren skiljer sig mest för ”Teknikutveckling”." in figure.description


def test_figures_movement_only_when_there_were_two_rounds() -> None:
    assert movement_points(large(5, 3, 1)) == ()
    [figure] = movement_points(large(20, 19, 2))
    assert {"Runda 1", "Runda 2"} <= set(texts(figure))
    assert "närmade sig varandra mest för" in figure.description


def test_figures_hostile_texts_stay_text() -> None:
    for figure in figures(hostile()):
        drawn = svg(figure.chart)
        ET.fromstring(drawn)
        assert "<script" not in drawn
        assert not re.search("[\x00-\x08\ufffe]", drawn + figure.caption + figure.description)
    assert "<script" in HOSTILE
