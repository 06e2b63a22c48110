"""Tests of a report as a web page: one file, safe and accessible."""

from __future__ import annotations

from typing import Any

from lxml import html  # type: ignore[import-untyped]

from classifier.report.html import as_html
from classifier.report.parts import Report
from tests.report.conftest import HOSTILE


def page(report: Report) -> Any:
    return html.fromstring(as_html(report))


def test_html_is_one_accessible_file(report: Report) -> None:
    found = page(report)
    assert found.get("lang") == "sv"
    assert [element.text for element in found.iter("h1", "h2")] == ["En rapport", "Först", "Sedan"]
    assert not found.xpath("//script | //link | //*[@src]")
    assert all(link.startswith("#") for link in found.xpath("//@href"))
    assert len(set(found.xpath("//@id"))) == len(found.xpath("//@id"))


def test_html_hostile_texts_are_text(report: Report) -> None:
    found = page(report)
    assert not found.xpath("//script | //img | //*[@onerror]")
    assert found.text_content().count(HOSTILE) == 4


def test_html_links_lead_to_sections(report: Report) -> None:
    found = page(report)
    assert set(found.xpath("//nav//@href")) == {f"#{name}" for name in found.xpath("//h2/@id")}


def test_html_pictures_have_title_and_description(report: Report) -> None:
    pictures = page(report).xpath("//svg")
    assert len(pictures) == 3
    for picture in pictures:
        words = {element.get("id"): element.text for element in picture if element.tag in ("title", "desc")}
        assert picture.get("role") == "img"
        assert words[picture.get("aria-labelledby")] == "Två staplar."
        assert words[picture.get("aria-describedby")] == "Den andra stapeln är längst."


def test_html_tables_have_captions_and_headers(report: Report) -> None:
    tables = page(report).xpath("//table")
    assert len(tables) == 3
    for table in tables:
        assert table.xpath("string(caption)") == "En tabell"
        assert all(cell.get("scope") == "col" for cell in table.xpath("thead//th"))
        assert {len(row) for row in table.xpath(".//tr")} == {2}
        assert all(row[0].get("scope") == "row" for row in table.xpath("tbody/tr"))
