"""A report as a Word document: real heading styles, Swedish as its language, pictures with alternative text, header rows that repeat."""

from __future__ import annotations

import io
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from classifier.report.parts import Figure, Grid, Report, Section
from classifier.report.pictures import png

FONT = "Arial"
TEXT, MUTED, ACCENT = RGBColor(0x1D, 0x2A, 0x31), RGBColor(0x4A, 0x59, 0x60), RGBColor(0x1B, 0x5E, 0x7B)
HEADER_FILL, LINE = "E9F2F6", "C9D2D7"
CHARACTER, PADDING = Cm(0.19), Cm(0.45)
"""Width of a letter in a bold table head, and of a cell's margins."""
MOST_CHARACTERS = 70
"""A text longer than this gives its column no more room."""
WIDTH = Cm(17)
"""Between the margins of an A4 page."""
TALLEST = Cm(21)
"""A picture that is taller is made smaller, so that it stands on one page with its heading, introduction and caption."""
STYLES = {"Normal": (10, TEXT), "Title": (22, TEXT), "Heading 1": (15, ACCENT), "Caption": (9.5, MUTED)}
"""Point size and colour of the styles in use."""


def as_word(report: Report) -> bytes:
    """The report as the bytes of a .docx file."""
    document = docx.Document()
    _prepare(document, report.title)
    document.add_heading(report.title, level=0)
    for section in report.sections:
        _add_section(document, section)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _prepare(document: Any, title: str) -> None:
    """A4, Swedish, plain fonts, page numbers, and a title in the file's properties."""
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(2)
    for name, (size, colour) in STYLES.items():
        _set_style(document.styles[name], size, colour)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "sv-SE")
    properties = document.core_properties
    properties.title, properties.author, properties.language, properties.comments = title, "Effektkedjeassistenten", "sv-SE", ""
    _add_field(page.footer.paragraphs[0], "PAGE")


def _set_style(style: Any, size: float, colour: RGBColor) -> None:
    style.font.name, style.font.size, style.font.color.rgb = FONT, Pt(size), colour
    style.font.bold = style.name.startswith(("Title", "Heading"))
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for kind in list(fonts.attrib):  # the template's fonts follow a theme, which would win over the name
        if kind.endswith("Theme"):
            del fonts.attrib[kind]
    for kind in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(kind), FONT)


def _add_section(document: Any, section: Section) -> None:
    document.add_heading(section.heading, level=1)
    for paragraph in section.paragraphs:
        # A picture often goes to the next page; its heading and introduction go with it.
        document.add_paragraph(paragraph).paragraph_format.keep_with_next = bool(section.figures)
    for figure in section.figures:
        _add_figure(document, figure)
    for grid in section.grids:
        _add_grid(document, grid)


def _add_figure(document: Any, figure: Figure) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    drawn = paragraph.add_run().add_picture(io.BytesIO(png(figure.chart)), width=WIDTH)
    if drawn.height > TALLEST:
        drawn.width, drawn.height = int(WIDTH * TALLEST / drawn.height), TALLEST
    properties = drawn._inline.docPr
    properties.set("descr", figure.description)
    properties.set("title", figure.caption)
    document.add_paragraph(figure.caption, style="Caption")


def _add_grid(document: Any, grid: Grid) -> None:
    caption = document.add_paragraph(grid.caption, style="Caption")
    caption.paragraph_format.keep_with_next = True
    table = document.add_table(rows=0, cols=len(grid.columns))
    _rule(table)
    table.autofit = False
    widths = _widths(grid)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    _add_row(table, grid.columns, grid, widths, is_head=True)
    for row in grid.rows:
        _add_row(table, row, grid, widths, is_head=False)
    document.add_paragraph()


def _add_row(table: Any, cells: tuple[str, ...], grid: Grid, widths: list[int], *, is_head: bool) -> None:
    row = table.add_row()
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if is_head:
        properties.append(OxmlElement("w:tblHeader"))
    for cell, text, column, width in zip(row.cells, cells, grid.columns, widths, strict=True):
        cell.width = width
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
        run = paragraph.add_run(text)
        run.bold, run.font.size = is_head, Pt(9)
        if column in grid.numeric:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if is_head:
            _fill(cell)


def _widths(grid: Grid) -> list[int]:
    """Widths of the columns: room for the longest word of each, and what is left shared by how much text they have."""
    texts = [[column, *(row[number] for row in grid.rows)] for number, column in enumerate(grid.columns)]
    least = [CHARACTER * max(len(word) for text in column for word in text.split(" ")) + PADDING for column in texts]
    wanted = [min(max(len(text) for text in column), MOST_CHARACTERS) for column in texts]
    left = WIDTH - sum(least)
    if left < 0:  # words that no table has room for are broken
        return [int(WIDTH * width / sum(least)) for width in least]
    return [int(width + left * want / sum(wanted)) for width, want in zip(least, wanted, strict=True)]


def _rule(table: Any) -> None:
    """Thin lines between the rows, none between the columns."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("w:val", "single"), ("w:sz", "4"), ("w:space", "0"), ("w:color", LINE)):
            line.set(qn(name), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)


def _fill(cell: Any) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", HEADER_FILL)):
        shade.set(qn(name), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _add_field(paragraph: Any, instruction: str) -> None:
    """A field, such as the page's number, that Word fills in."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run()
    for kind, text in (("begin", ""), ("", instruction), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)
