"""The corpus tables against counts done by hand."""

from __future__ import annotations

import pytest

from classifier.taxonomy import Field, Scheme
from classifier.training.statistics import Table, tables
from tests.training.test_quality import BAKERY, FERRY, LABELS, short_of, text_of


@pytest.fixture
def counted(scheme: Scheme) -> dict[str, Table]:
    texts = [text_of("a", FERRY), text_of("b", BAKERY, round=2, county="Skåne län", labels=LABELS | {Field.FOKUSOMRADE: ("innovation",)})]
    return {table.title: table for table in tables(texts, [short_of("k1", "Fler turer", "P", "K")], scheme)}


def test_statistics_sizes_by_round(counted: dict[str, Table]) -> None:
    assert [(row[0], row[1], row[2], row[-1]) for row in counted["Omfattning"].rows] == [
        ("1", "1", "3", "0"),
        ("2", "1", "3", "0"),
        ("3", "0", "0", "1"),
        ("alla", "2", "6", "1"),
    ]


def test_statistics_columns(counted: dict[str, Table]) -> None:
    rows = {row[0]: row[1:] for row in counted["Kolumner"].rows}
    assert rows["A Aktiviteter"] == ("33 %", "2", "0 %", "0")
    assert rows["K Kortsiktiga samhällseffekter"] == ("17 %", "1", "0 %", "1")
    assert rows["flera kolumner"] == ("0 %", "0", "100 %", "1")


def test_statistics_crossed(counted: dict[str, Table]) -> None:
    rows = {row[0]: row for row in counted["Fokusområde och effektkedja"].rows}
    assert rows["innovation"][-1] == rows["service"][-1] == "1"
    assert rows["alla"] == ("alla", "0", "0", "0", "2", "2")


def test_statistics_every_row_as_wide_as_its_header(counted: dict[str, Table]) -> None:
    assert {"Projekttyp", "Bransch", "Verktyg", "Syfte", "Län"} <= counted.keys()
    assert all(len(row) == len(table.header) for table in counted.values() for row in table.rows)


def test_statistics_markdown() -> None:
    assert (
        Table("Län", ("län", "texter"), (("Skåne län", "2"),)).markdown() == "**Län**\n\n| län | texter |\n| --- | --- |\n| Skåne län | 2 |"
    )


def test_statistics_of_nothing(scheme: Scheme) -> None:
    assert tables([], [], scheme)[0].rows == (("alla", "0", "0", "0 (0–0)", "0", "0.00%", "0"),)
