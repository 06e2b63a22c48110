"""Tests of a report as a Word document: real headings, alternative texts, and nothing wider or taller than the page."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree  # type: ignore[import-untyped]

from classifier.report.parts import Figure, Grid, Report, Section
from classifier.report.word import as_word
from tests.report.conftest import HOSTILE, bars


def word(report: Report) -> Any:
    return docx.Document(io.BytesIO(as_word(report)))


def room(document: Any) -> tuple[int, int]:
    page = document.sections[0]
    return page.page_width - page.left_margin - page.right_margin, page.page_height - page.top_margin - page.bottom_margin


def test_word_has_real_headings_and_language(report: Report) -> None:
    found = word(report)
    assert [item.text for item in found.paragraphs if item.style.name == "Heading 1"] == ["Först", "Sedan"]
    assert [item.text for item in found.paragraphs if item.style.name == "Title"] == ["En rapport"]
    assert {element.get(qn("w:val")) for element in found.styles.element.iter(qn("w:lang"))} == {"sv-SE"}
    assert (found.core_properties.title, found.core_properties.language) == ("En rapport", "sv-SE")


def test_word_hostile_texts_are_text(report: Report) -> None:
    assert HOSTILE in [paragraph.text for paragraph in word(report).paragraphs]


def test_word_pictures_have_alternative_text(report: Report) -> None:
    descriptions = [element.get("descr") for element in word(report).element.body.iter(qn("wp:docPr"))]
    assert descriptions == ["Den andra stapeln är längst."] * 3


@pytest.mark.parametrize("height", [40, 900, 1400, 4000])
def test_word_pictures_fit_the_page_and_keep_their_shape(height: float) -> None:
    document = word(Report("x", (Section("x", (), (Figure(bars(2, height), "x", "x"),)),)))
    [shape] = document.inline_shapes
    width, tall = room(document)
    assert shape.width <= width
    assert shape.height < tall
    [part] = [part for part in document.part.package.iter_parts() if part.partname.startswith("/word/media/")]
    assert shape.width / shape.height == pytest.approx(part.image.px_width / part.image.px_height, rel=0.01)


def test_word_tables_repeat_their_header_and_fit_the_page(report: Report) -> None:
    found = word(report)
    width, _ = room(found)
    assert len(found.tables) == 3
    for table in found.tables:
        assert [bool(row._tr.xpath(".//w:tblHeader")) for row in table.rows] == [True] + [False] * (len(table.rows) - 1)
        assert sum(cell.width for cell in table.rows[0].cells) <= width


def test_word_a_long_word_does_not_make_the_table_wider_than_the_page() -> None:
    found = word(Report("x", (Section("x", (), (), (Grid("x", ("a", "b"), (("ö" * 500, "kort"),)),)),)))
    assert sum(cell.width for cell in found.tables[0].rows[0].cells) <= room(found)[0]


def test_word_is_valid_xml(report: Report) -> None:
    assert etree.tostring(word(report).element)
