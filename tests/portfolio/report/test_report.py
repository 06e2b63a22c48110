"""Tests of the report: what it says, and that both its forms are whole, safe and accessible."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree, html  # type: ignore[import-untyped]

from classifier.errors import OutputError, UsageError
from classifier.portfolio.collection import Portfolio
from classifier.portfolio.comparison import compare
from classifier.portfolio.report.parts import Grid, Report, Section
from classifier.portfolio.report.report import write_report
from classifier.portfolio.report.sections import MOST_ROWS, compose
from tests.portfolio.conftest import Make

ENDINGS = pytest.mark.parametrize("ending", [".html", ".docx"])
HEADINGS = [
    "Om rapporten",
    "Sammanfattning",
    "Fördelning",
    "Över tid",
    "Län",
    "Effektkedjor",
    "Flöden",
    "Utvärderbarhet",
    "Kluster",
    "Möjliga dubbletter och fortsättningar",
    "Att granska",
]
HOSTILE = "</td><script>alert('x')</script>{{=1}} \x00\x0b\ufffe & =cmd|'/C calc'!A0 <img src=x onerror=alert(1)>"
SAID = [
    (0, "Vi håller tolv kurser.", "A"),
    (0, "30 företag använder metoden.", "U"),
    (1, "Fler flyttar till bygden.", "K"),
    (2, "Två kurser.", "A"),
]


def village(make: Make) -> Portfolio:
    return make(
        {"titel": "Bygdens butik etapp 1", "text": "Föreningen öppnar en butik för alla i byn vid älven.", "granska": True},
        {"fokusområde": "Innovation", "beslut": "bekräftad", "text": "Forskare provar en ny sensor i gruvan norr om staden."},
        {
            "år": 2014.0,
            "belopp": 2_500_000.0,
            "län": "",
            "syfte": ("Digitalisering",),
            "text": "Kursen lär ut hur webben byggs för museer.",
        },
        statements=SAID,
    )


def section(report: Report, heading: str) -> Section:
    return next(item for item in report.sections if item.heading == heading)


def grid(report: Report, caption: str) -> Grid:
    return next(item for part in report.sections for item in part.grids if item.caption.startswith(caption))


def page(portfolio: Portfolio, folder: Path) -> Any:
    write_report(portfolio, folder / "rapport.html")
    return html.fromstring((folder / "rapport.html").read_bytes())


def word(portfolio: Portfolio, folder: Path) -> Any:
    write_report(portfolio, folder / "rapport.docx")
    return docx.Document(str(folder / "rapport.docx"))


# What it says


def test_report_sections_in_order(make: Make) -> None:
    report = compose(village(make))
    assert [item.heading for item in report.sections] == HEADINGS
    assert report.title == "Portföljrapport: prov.csv"
    with_comparison = compose(village(make), compare(village(make), make({}, name="andra.csv")))
    assert [item.heading for item in with_comparison.sections] == [*HEADINGS, "Jämförelse"]


def test_report_about_says_how_it_was_made_and_what_it_is_for(make: Make) -> None:
    about = section(compose(village(make)), "Om rapporten")
    text = " ".join(about.paragraphs)
    assert "3 projekt och 4 påståenden" in text
    assert "Av 3 projekt är 1 bekräftade och 2 förslag, ej granskade." in text
    assert "inte ett skäl att bevilja eller avslå" in text
    assert about.grids[0].rows == (("Portfölj", "prov.csv"), ("Modell", "provmodell"), ("Schema", "2026.1"), ("Datum", "2026-11-22"))


def test_report_summary_is_computed(make: Make) -> None:
    sentences = [sentence.replace("\u00a0", " ") for sentence in section(compose(village(make)), "Sammanfattning").paragraphs]
    assert sentences == [
        "Portföljen har 3 projekt på sammanlagt 2,7 miljoner kr från 2014 till 2016, i 1 län.",
        "Vanligast är fokusområdet Företagande, 2 projekt (67 %) och effektkedjan Utveckling av varor och tjänster (direkt – företag), "
        "3 projekt (100 %).",
        "Av påståendena i effektkedjan beskriver 50 % aktiviteter och 0 % resurser; 3 projekt (100 %) saknar resurser.",
        "1 projekt (33 %) anger utfall och 1 projekt (33 %) har ett mätbart mål; i genomsnitt finns 1,7 av de fem delar som en utvärdering behöver.",
        "1 projekt (33 %) bör granskas av en människa.",
    ]


def test_report_counts_and_money(make: Make) -> None:
    rows = grid(compose(village(make)), "Projekt och belopp per sakområde").rows
    assert [row[1] for row in rows] == ["Företagande", "Innovation"]
    assert [cell.replace("\u00a0", " ") for cell in rows[0][3:]] == ["2", "67 %", "2,6 miljoner kr"]


def test_report_without_amounts_writes_no_zeros(make: Make) -> None:
    report = compose(make({"belopp": math.nan}, {"belopp": math.nan}))
    assert {row[-1] for row in grid(report, "Projekt och belopp per län").rows} == {"–"}
    assert "sammanlagt" not in section(report, "Sammanfattning").paragraphs[0]


def test_report_unknown_amounts_are_said(make: Make) -> None:
    [first, *_] = section(compose(make({"belopp": math.nan}, {})), "Sammanfattning").paragraphs
    assert "(belopp saknas för 1)" in first


def test_report_review_most_uncertain_first_and_not_too_many(make: Make) -> None:
    projects = [{"granska": True, "fokusområde_sannolikhet": 0.6 - number / 1000, "titel": f"T{number}"} for number in range(70)]
    table = grid(compose(make(*projects)), "Att granska")
    assert len(table.rows) == MOST_ROWS
    assert table.rows[0][0] == "P70 T69"
    assert table.caption == "Att granska, de osäkraste först (de 50 första av 70)"


def test_report_duplicates_are_named_by_id_and_title(make: Make) -> None:
    same = {"text": "Föreningen öppnar en butik för alla i byn vid älven, med post, paket och apotek.", "titel": "Butiken"}
    rows = grid(compose(make(same, same, {"text": "Forskare provar en ny sensor."})), "Möjliga dubbletter").rows
    assert rows[0][:2] == ("P1 Butiken", "P2 Butiken")


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("Sammanfattning", "Portföljen har inga projekt, så det finns inget att sammanfatta."),
        ("Fördelning", "Portföljen har inga projekt."),
        ("Över tid", "Inget projekt har något känt år."),
        ("Län", "Inget projekt har något känt län."),
        ("Effektkedjor", "Inget påstående är placerat i effektkedjan."),
        ("Flöden", "Portföljen har inga projekt."),
        ("Utvärderbarhet", "Det finns inga påståenden att bedöma utvärderbarheten av."),
        ("Kluster", "Det finns för få texter för att söka efter kluster."),
        ("Möjliga dubbletter och fortsättningar", "Inga möjliga dubbletter eller fortsättningar hittades."),
        ("Att granska", "Portföljen har inga projekt."),
    ],
)
def test_report_empty_sections_say_so(heading: str, said: str, make: Make) -> None:
    full = make({})
    empty = Portfolio("tom", full.projects.iloc[:0], full.statements, {})
    assert section(compose(empty), heading) == Section(heading, (said,))


def test_report_comparison_names_both(make: Make) -> None:
    report = compose(village(make), compare(village(make), make({}, {}, name="andra.csv")))
    part = section(report, "Jämförelse")
    assert part.paragraphs[0].startswith("prov.csv jämförs med andra.csv.")
    assert len(part.figures) == 3
    assert part.figures[2].description.startswith("2 staplar, en för varje grupp")
    row = next(row for row in grid(report, "Fokusområde i de två").rows if row[0] == "Företagande")
    assert [cell.replace("\u00a0", " ") for cell in row[1:]] == ["2", "67 %", "2", "100 %", "33,3"]


# Both forms


@ENDINGS
def test_report_empty_portfolio_is_written(ending: str, make: Make, tmp_path: Path) -> None:
    full = make({})
    write_report(Portfolio("tom", full.projects.iloc[:0], full.statements, {}), tmp_path / f"rapport{ending}")
    assert (tmp_path / f"rapport{ending}").stat().st_size > 1000


@ENDINGS
def test_report_hostile_texts_are_written_as_text(ending: str, make: Make, tmp_path: Path) -> None:
    fields = dict.fromkeys(("id", "titel", "text", "sakområde", "fokusområde", "effektkedja", "projekttyp", "program", "status"), HOSTILE)
    portfolio = make(
        {**fields, "syfte": (HOSTILE,), "granska": True}, *[{"titel": HOSTILE * 1000}] * 4, statements=[(0, HOSTILE, "A")], name=HOSTILE
    )
    path = tmp_path / f"rapport{ending}"
    write_report(portfolio, path, compare(portfolio, portfolio))
    if ending == ".html":
        found = html.fromstring(path.read_bytes())
        assert not found.xpath("//script | //img | //*[@onerror]")
        assert "<script>alert('x')</script>" in found.text_content()
    else:
        assert any("<script>alert('x')</script>" in paragraph.text for paragraph in docx.Document(str(path)).paragraphs)


@pytest.mark.parametrize("name", ["rapport.pdf", "rapport", "rapport.xlsx"])
def test_report_other_ending_is_refused(name: str, make: Make, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"använd \.html eller \.docx"):
        write_report(make({}), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_report_unwritable_place_is_said(make: Make, tmp_path: Path) -> None:
    (tmp_path / "fil").write_text("")
    with pytest.raises(OutputError, match=r"rapport\.html"):
        write_report(make({}), tmp_path / "fil" / "rapport.html")


# The web page


def test_report_html_is_one_accessible_file(make: Make, tmp_path: Path) -> None:
    found = page(village(make), tmp_path)
    assert found.get("lang") == "sv"
    assert [element.text for element in found.iter("h1", "h2")] == ["Portföljrapport: prov.csv", *HEADINGS]
    assert not found.xpath("//script | //link | //*[@src]")
    assert all(link.startswith("#") for link in found.xpath("//@href"))
    assert len(set(found.xpath("//@id"))) == len(found.xpath("//@id"))


def test_report_html_links_lead_to_sections(make: Make, tmp_path: Path) -> None:
    found = page(village(make), tmp_path)
    targets = {f"#{name}" for name in found.xpath("//h2/@id")}
    assert set(found.xpath("//nav//@href")) == targets


def test_report_html_pictures_have_title_and_description(make: Make, tmp_path: Path) -> None:
    pictures = page(village(make), tmp_path).xpath("//svg")
    assert len(pictures) == 7
    for picture in pictures:
        words = {element.get("id"): element.text for element in picture if element.tag in ("title", "desc")}
        assert picture.get("role") == "img"
        assert all(words[picture.get(name)] for name in ("aria-labelledby", "aria-describedby"))


def test_report_html_tables_have_captions_and_headers(make: Make, tmp_path: Path) -> None:
    for table in page(village(make), tmp_path).xpath("//table"):
        assert table.xpath("string(caption)")
        assert all(cell.get("scope") == "col" for cell in table.xpath("thead//th"))
        assert {len(row) for row in table.xpath(".//tr")} == {len(table.xpath("thead//th"))}
        assert all(row[0].get("scope") == "row" for row in table.xpath("tbody/tr"))


# The Word document


def test_report_word_has_real_headings_and_language(make: Make, tmp_path: Path) -> None:
    found = word(village(make), tmp_path)
    assert [item.text for item in found.paragraphs if item.style.name == "Heading 1"] == HEADINGS
    assert [item.text for item in found.paragraphs if item.style.name == "Title"] == ["Portföljrapport: prov.csv"]
    assert {element.get(qn("w:val")) for element in found.styles.element.iter(qn("w:lang"))} == {"sv-SE"}
    assert (found.core_properties.title, found.core_properties.language) == ("Portföljrapport: prov.csv", "sv-SE")


def test_report_word_pictures_have_alternative_text(make: Make, tmp_path: Path) -> None:
    found = word(village(make), tmp_path)
    descriptions = [element.get("descr") for element in found.element.body.iter(qn("wp:docPr"))]
    assert len(descriptions) == 7
    assert all(descriptions)
    assert descriptions[0].startswith("Rutnät med 2 fokusområden")


def test_report_word_tables_repeat_their_header_and_fit_the_page(make: Make, tmp_path: Path) -> None:
    found = word(village(make), tmp_path)
    width = found.sections[0].page_width - found.sections[0].left_margin - found.sections[0].right_margin
    assert found.tables
    for table in found.tables:
        assert [bool(row._tr.xpath(".//w:tblHeader")) for row in table.rows] == [True] + [False] * (len(table.rows) - 1)
        assert sum(cell.width for cell in table.rows[0].cells) <= width


def test_report_word_is_valid_xml(make: Make, tmp_path: Path) -> None:
    write_report(village(make), tmp_path / "rapport.docx")
    document = docx.Document(io.BytesIO((tmp_path / "rapport.docx").read_bytes()))
    assert etree.tostring(document.element)
