"""Tests of the report about a session: what it says, and that both its forms are whole and safe."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from lxml import html  # type: ignore[import-untyped]

from classifier.errors import OutputError, UsageError
from classifier.report.parts import Grid, Report, Section
from classifier.stryktips.coupon import choice_ids
from classifier.stryktips.report.report import report_of, write_session_report
from classifier.stryktips.report.sections import MOST_REASONED, MOST_REASONS
from classifier.stryktips.report.session import Session
from classifier.stryktips.report.standing import standings
from classifier.stryktips.scoring import HOW
from classifier.stryktips.tips import Tip
from classifier.stryktips.wording import names
from tests.stryktips.report.conftest import EVERY, SCHEME, cases, chain, empty, hostile, large, marks, players, session_of, small, tip
from tests.stryktips.report.conftest import SMALL as COUPON

ENDINGS = pytest.mark.parametrize("ending", [".html", ".docx"])
HEADINGS = [
    "Sammanfattning",
    "Rummets kryss",
    "Diskutera dessa",
    "Motiveringar",
    "Facit och modellens tips",
    "Grupp mot grupp",
    "Poäng",
    "Reflektion",
    "Så räknades det",
]
every_session = pytest.mark.parametrize("make", EVERY.values(), ids=EVERY)


def section(session: Session, heading: str) -> Section:
    return next(item for item in report_of(session, SCHEME).sections if item.heading == heading)


def grid(session: Session, heading: str, caption: str = "") -> Grid:
    return next(item for item in section(session, heading).grids if item.caption.startswith(caption))


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def words(report: Report) -> str:
    said = [report.title]
    for part in report.sections:
        said += [part.heading, *part.paragraphs]
        said += [text for figure in part.figures for text in (figure.caption, figure.description)]
        said += [text for table in part.grids for text in (table.caption, *table.columns, *(cell for row in table.rows for cell in row))]
    return "\n".join(said)


# What it says


def test_report_sections_in_order() -> None:
    assert [part.heading for part in report_of(small(), SCHEME).sections] == HEADINGS
    assert [part.heading for part in report_of(large(6, 3, 2), SCHEME).sections] == [*HEADINGS[:4], "Före och efter", *HEADINGS[4:]]
    assert report_of(small(), SCHEME).title == "Stryktipset: Torsdagens övning"


def test_report_summary_is_computed() -> None:
    assert [plain(said) for said in section(small(), "Sammanfattning").paragraphs] == [
        "Sessionen öppnades 2026-11-22 med 3 påståenden. 3 personer och 1 grupp gick med; alla svarade.",
        "Spelarna är oeniga (α = 0,31).",
        "62 % av svaren är precis som facit. I genomsnitt fick spelarna 1,4 av 2 poäng mot facit (obesvarade rader ger 0).",
        "Mest delade är svaren för ”Teknikutveckling”.",
    ]


def test_report_summary_says_who_did_not_answer() -> None:
    session = session_of(COUPON, players(3), marks({"p1": ["R"]}))
    assert "3 personer gick med; 1 av dem svarade." in section(session, "Sammanfattning").paragraphs[0]
    assert session_of(COUPON, players(2), []).played == frozenset()
    assert section(session_of(COUPON, players(2), []), "Sammanfattning").paragraphs == (
        "Sessionen öppnades 2026-11-22 med 3 påståenden. 2 personer gick med, men ingen svarade.",
    )


def test_report_nobody_says_so_in_every_section() -> None:
    report = report_of(empty(), SCHEME)
    assert [part.heading for part in report.sections] == HEADINGS
    assert all(part.paragraphs for part in report.sections)
    assert report.sections[0].paragraphs == ("Sessionen öppnades 2026-11-22 med 3 påståenden. Ingen svarade.",)


def test_report_crosses_are_counted() -> None:
    table = grid(small(), "Rummets kryss")
    assert table.columns == ("Påstående", "Svar", "R", "A", "P", "U", "K", "L", "Enighet (α)", "Likhet")
    assert table.rows[1] == ("2. Teknikutveckling", "4", "", "1 (1)", "", "1", "1", "1", "−0,39", "8\u00a0%")
    assert table.rows[2] == ("3. Årsmöte", "1", "", "", "", "", "", "1", "–", "–")


def test_report_crosses_of_cases_are_named() -> None:
    [areas, *_] = section(cases(4, 2), "Rummets kryss").grids
    assert areas.caption == "Sakområde: rummets kryss"
    assert [row[0] for row in areas.rows] == ["1. Projekt 0: sakområde", "4. Projekt 1: sakområde"]
    assert "%" in areas.rows[0][2]


def test_report_discusses_the_most_split_and_prints_reasons() -> None:
    session = small()
    assert [plain(cell) for cell in grid(session, "Diskutera dessa", "De mest delade").rows[0]] == [
        "2. Teknikutveckling",
        "−0,39",
        "8 %",
        "A 50 %, U 25 %, K 25 %, L 25 %",
    ]
    assert grid(session, "Motiveringar", "2. Teknikutveckling").rows == (
        ("A", "Det är något man gör.", "Spelare 1"),
        ("K L", "Det är ett mål i sig.", "Bord 1"),
    )


def test_report_reasons_every_view_is_heard_before_any_is_heard_twice() -> None:
    people = players(MOST_REASONS + 5)
    made = marks({person.id: ["A"] for person in people} | {people[-1].id: ["L"]})
    session = session_of(COUPON, people, made, reasons=[(person.id, 0, f"Skäl {person.id}") for person in people])
    table = grid(session, "Motiveringar", "1. Vinnväxt")
    assert len(table.rows) == MOST_REASONS
    assert [row[0] for row in table.rows].count("L") == 1
    assert "(12 av 17 motiveringar; alla står i arbetsboken)" in table.caption


def test_report_reasons_of_every_row_most_split_first_also_where_all_agree_or_none_answered() -> None:
    unanswered = session_of(
        COUPON, players(2), marks({"p1": ["R", "A"], "p2": ["R", "U"]}), reasons=[("p1", row, "Så") for row in range(3)]
    )
    assert [table.caption for table in section(unanswered, "Motiveringar").grids] == ["2. Teknikutveckling", "1. Vinnväxt", "3. Årsmöte"]
    assert section(small(reasons=[]), "Motiveringar").paragraphs == ("Ingen har skrivit någon motivering.",)


def test_report_reasons_left_out_are_counted() -> None:
    part = section(large(4, 100), "Motiveringar")
    assert len(part.grids) == MOST_REASONED
    assert part.paragraphs[1] == "40 av dem visas här. Motiveringarna till de övriga 10 står i arbetsboken."


@pytest.mark.parametrize(
    ("found", "told"),
    [(tip("A", A=1.0), "A (100 %)"), (tip("", A=0.04), "– (utanför kedjan 96 %)"), (tip("A", A=0.5), "A (50 %, utanför kedjan 50 %)")],
)
def test_report_model_outside_the_chain(found: Tip, told: str) -> None:
    session = small(tips=[found, tip("A", A=1.0)])
    assert plain(grid(session, "Facit och modellens tips").rows[0][3]) == told


def test_report_tie_of_labels_is_said() -> None:
    session = cases(2, 1)
    ids = choice_ids(session.rows[0].choice, SCHEME)
    tied = session_of(session.room.coupon, players(0, 2), marks({"g1": [ids[0]], "g2": [ids[1]]}))
    first, second = list(names(session.rows[0], SCHEME).values())[:2]
    assert grid(tied, "Facit och modellens tips").rows[0][2] == f"delat: {first} / {second}"


def test_report_mean_counts_unanswered_rows_as_nought_and_only_those_who_answered() -> None:
    session = session_of(COUPON, players(3), marks({"p1": ["R A"], "p2": [None, None, "L"]}))
    told = "I genomsnitt fick spelarna 0,5 av 2 poäng mot facit (obesvarade rader ger 0)."
    assert told in section(session, "Sammanfattning").paragraphs[2]
    assert told in section(session, "Poäng").paragraphs


def test_report_all_agreed_has_nothing_to_discuss() -> None:
    session = session_of(COUPON, players(2), marks({"p1": ["R"], "p2": ["R"]}))
    assert section(session, "Diskutera dessa").paragraphs == ("Alla har svarat likadant, eller så är det för få svar att jämföra.",)


def test_report_before_and_after() -> None:
    people = players(3)
    made = [*marks({"p1": ["R", "A"], "p2": ["L", "A"], "p3": ["R"]}), *marks({"p2": ["R"], "p3": ["R", "A"]}, 2)]
    part = section(session_of(COUPON, people, made), "Före och efter")
    assert plain(part.paragraphs[0]) == "Av 5 svar som fanns i båda rundorna ändrades 1 (20 %)."
    assert [plain(cell) for cell in part.grids[0].rows[0]] == ["1. Vinnväxt", "3", "1", "33 %", "100 %"]


def test_report_key_room_and_model_beside_each_other() -> None:
    table = grid(small(), "Facit och modellens tips")
    assert table.columns == ("Påstående", "Facit", "Rummet", "Modellen", "Rummet mot facit")
    assert [tuple(map(plain, row)) for row in table.rows] == [
        ("1. Vinnväxt", "R A", "R A", "A (P) (60 %, utanför kedjan 10 %)", "100 %"),
        ("2. Teknikutveckling", "(A)", "A", "A (90 %, utanför kedjan 10 %)", "50 %"),
        ("3. Årsmöte", "–", "L", "–", "–"),
    ]


def test_report_without_key_or_tips() -> None:
    session = EVERY["no key"]()
    assert section(session, "Facit och modellens tips").paragraphs == ("Kupongen har inget facit, och modellen har inte tippat.",)
    assert "Kupongen har inget facit." in section(session, "Sammanfattning").paragraphs
    assert grid(session, "Poäng").columns == ("Spelare", "Besvarade", "Mot rummet")
    assert grid(chain(), "Facit och modellens tips").columns == ("Kort", "Facit", "Rummet", "Rummet mot facit")


def test_report_groups_against_each_other() -> None:
    part = section(chain(), "Grupp mot grupp")
    assert part.grids[0].rows[0] == ("Bord 1", "1", "2,0 av 2", "2,0 av 2")
    assert part.grids[1].rows == (
        ("1. Vi bygger bryggan", "A: Bord 1 och Bord 3\nP: Bord 2"),
        ("2. Fler besöker ön", "U: Bord 1 och Bord 2\nK: Bord 3"),
    )


def test_report_too_few_persons_are_no_group() -> None:
    assert section(small(), "Grupp mot grupp").grids == ()
    assert "minst 5 personer" in section(small(), "Grupp mot grupp").paragraphs[0]


def test_report_points_are_explained_and_ranked() -> None:
    part = section(small(), "Poäng")
    assert part.paragraphs[0] == HOW
    assert [row[0] for row in part.grids[0].rows] == ["Spelare 3", "Spelare 1", "Spelare 2", "Bord 1", "Modellen"]
    assert part.grids[0].rows[0] == ("Spelare 3", "2", "2,0 av 2", "1,5 av 3")
    assert [line[1] for line in standings(small())] == [2, 3, 2, 2, 2]


@every_session
def test_report_names_are_hidden_unless_shown(make: Callable[[], Session]) -> None:
    session = make()
    told = words(report_of(session, SCHEME))
    if not session.names_shown:
        assert not any(player.name in told for player in session.room.players if "Namn" in player.name)
    assert "Namn 1" in words(report_of(small(names_shown=True), SCHEME))
    assert "Bord 1" in words(report_of(small(), SCHEME))


def test_report_reflection_by_question() -> None:
    part = section(small(), "Reflektion")
    assert part.paragraphs == ("Ingen har svarat på ”Vilka svårigheter fanns?”.",)
    assert [table.caption for table in part.grids] == ["Hur gick det?"]
    assert part.grids[0].rows == (("Bra.", "Spelare 2"), ("Svårt.", "Spelare 1"))


def test_report_remarks_about_rows_or_questions_that_are_not_there_are_passed_over() -> None:
    report = report_of(small(reasons=[("p1", 99, "Bort")], reflections=[("okänd", 0, "Kvar"), ("p1", 9, "Bort")]), SCHEME)
    assert "Bort" not in words(report)
    assert "Kvar" in words(report)


@every_session
def test_report_tables_are_whole_and_clean(make: Callable[[], Session]) -> None:
    for table in (table for part in report_of(make(), SCHEME).sections for table in part.grids):
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.columns)}
        assert set(table.numeric) <= set(table.columns)
    assert not set("\x00\x0b\ufffe") & set(words(report_of(make(), SCHEME)))


# Both forms


@ENDINGS
@every_session
def test_report_is_written(make: Callable[[], Session], ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"rapport{ending}"
    write_session_report(path, make(), SCHEME)
    if ending == ".html":
        found = html.fromstring(path.read_bytes())
        assert next(element.text for element in found.iter("h2")) == "Sammanfattning"
        assert not found.xpath("//script | //img | //*[@onerror]")
    else:
        headings = [item.text for item in docx.Document(str(path)).paragraphs if item.style.name == "Heading 1"]
        assert headings[-1] == "Så räknades det"


def test_report_hostile_texts_are_text(tmp_path: Path) -> None:
    write_session_report(tmp_path / "rapport.html", hostile(), SCHEME)
    assert "<script>alert('x')</script>" in html.fromstring((tmp_path / "rapport.html").read_bytes()).text_content()


@pytest.mark.parametrize("name", ["rapport.pdf", "rapport"])
def test_report_other_ending_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"använd \.html eller \.docx"):
        write_session_report(tmp_path / name, small(), SCHEME)
    assert not list(tmp_path.iterdir())


def test_report_unwritable_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "fil").write_text("")
    with pytest.raises(OutputError, match=r"rapport\.html"):
        write_session_report(tmp_path / "fil" / "rapport.html", small(), SCHEME)


def test_report_large_room_does_not_take_long(tmp_path: Path) -> None:
    session = large(200, 100)
    start = time.process_time()
    write_session_report(tmp_path / "rapport.html", session, SCHEME)
    assert time.process_time() - start < 10
