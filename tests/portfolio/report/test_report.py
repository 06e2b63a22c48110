"""Tests of the report: what it says, and that both its forms are whole, safe and accessible."""

from __future__ import annotations

import math
from pathlib import Path

import docx
import pytest
from lxml import html  # type: ignore[import-untyped]

from classifier.errors import OutputError, UsageError
from classifier.portfolio.collection import Portfolio
from classifier.portfolio.comparison import compare
from classifier.portfolio.report.report import write_report
from classifier.portfolio.report.sections import compose
from classifier.report.parts import MOST_ROWS, Grid, Report, Section
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


def test_report_every_picture_is_described(make: Make) -> None:
    figures = [figure for part in compose(village(make)).sections for figure in part.figures]
    assert len(figures) == 7
    assert all(figure.caption and figure.description for figure in figures)
    assert figures[0].description.startswith("Rutnät med 2 fokusområden")


def test_report_tables_are_whole(make: Make) -> None:
    for table in (table for part in compose(village(make)).sections for table in part.grids):
        assert {len(row) for row in table.rows} == {len(table.columns)}
        assert set(table.numeric) <= set(table.columns)
