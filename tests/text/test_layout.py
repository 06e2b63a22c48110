"""Tests of how a pasted text is laid out: headings, list items, running text and broken lines."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.text.layout import Kind, pieces

SENTENCE = "Föreningen bygger om den gamla skolan till en butik med lager och drivmedel."


def laid_out(text: str) -> list[tuple[Kind, str]]:
    return [(piece.kind, text[piece.start : piece.end]) for piece in pieces(text)]


def kinds(text: str) -> list[Kind]:
    return [piece.kind for piece in pieces(text)]


@pytest.mark.parametrize("text", ["", " \n\t\r\n ", "-  ", "• "])
def test_layout_nothing_written(text: str) -> None:
    assert [written for _, written in laid_out(text) if any(map(str.isalnum, written))] == []


@pytest.mark.parametrize(
    "heading",
    [
        "Bakgrund",
        "mål",
        "Syfte och mål",
        "Förväntade effekter",
        "Objectives",
        "Vad är problemet?",
        "Det här ska föreningen göra under de två åren:",
        "VÅRA INSATSER",
        "# Så arbetar gruppen",
        "## så arbetar gruppen",
        "Samarbete med grannbyarna",
        "2. Genomförande",
        "3.1 Målgrupp",
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n", "\r\n"])
def test_layout_heading_above_text(heading: str, gap: str) -> None:
    assert laid_out(heading + gap + SENTENCE) == [(Kind.HEADING, heading), (Kind.TEXT, SENTENCE)]


@pytest.mark.parametrize(
    "line",
    [
        "Butiken öppnar i maj.",
        "butiken öppnar i maj varje år",
        "Styrelsen och alla tolv volontärerna har redan börjat riva väggarna i salen",
        "Butiken öppnar i maj!",
        "Post\tBelopp",
    ],
)
def test_layout_heading_not_a_sentence_or_row(line: str) -> None:
    assert Kind.HEADING not in kinds(f"{line}\n\n{SENTENCE}")


def test_layout_heading_last_line_is_text() -> None:
    assert laid_out(f"{SENTENCE}\n\nResultat") == [(Kind.TEXT, SENTENCE), (Kind.TEXT, "Resultat")]


def test_layout_heading_long_colon_line_is_text() -> None:
    line = "Efter att styrelsen har fattat beslut om budget och tidplan ska föreningen göra följande:"
    assert kinds(f"{line}\n{SENTENCE}") == [Kind.TEXT, Kind.TEXT]


@pytest.mark.parametrize(
    "mark", ["- ", "-", "– ", "• ", "•", "* ", "▪ ", "\uf0b7 ", "1. ", "12) ", "(3) ", "a) ", "b. ", "iv) ", "\t• ", "  - "]
)
def test_layout_bullet_left_out(mark: str) -> None:
    text = f"{mark}Kurser i svetsning för unga"
    assert laid_out(text) == [(Kind.ITEM, "Kurser i svetsning för unga")]


@pytest.mark.parametrize("line", ["25 butiker får besök", "2024 öppnar butiken", "i byn öppnar en butik", "3,5 mil led byggs"])
def test_layout_bullet_not_a_number_in_text(line: str) -> None:
    assert laid_out(line) == [(Kind.TEXT, line)]


def test_layout_bullets_each_its_own_item() -> None:
    text = "Aktiviteter\n- Vi kartlägger behoven\n- Vi utbildar personalen\n- vi öppnar butiken"
    assert laid_out(text) == [
        (Kind.HEADING, "Aktiviteter"),
        (Kind.ITEM, "Vi kartlägger behoven"),
        (Kind.ITEM, "Vi utbildar personalen"),
        (Kind.ITEM, "vi öppnar butiken"),
    ]


def test_layout_short_lines_are_list_items() -> None:
    text = f"{SENTENCE}\n\nKurser i svetsning\nMässor i Tyskland\nRåd om export"
    assert laid_out(text)[1:] == [(Kind.TEXT, "Kurser i svetsning"), (Kind.TEXT, "Mässor i Tyskland"), (Kind.TEXT, "Råd om export")]


def test_layout_short_lines_under_heading_are_list_items() -> None:
    text = "Insatser\nKurser i svetsning\nMässor i Tyskland\nRåd om export"
    assert kinds(text) == [Kind.HEADING, Kind.TEXT, Kind.TEXT, Kind.TEXT]


def test_layout_short_lines_last_one_heads_nothing_below() -> None:
    text = f"Målgrupp\nUnga kvinnor\nNyanlända män\n\n{SENTENCE}"
    assert laid_out(text) == [(Kind.HEADING, "Målgrupp"), (Kind.TEXT, "Unga kvinnor"), (Kind.TEXT, "Nyanlända män"), (Kind.TEXT, SENTENCE)]


def test_layout_short_line_first_in_text_is_its_title() -> None:
    assert laid_out(f"Butik i Storsjöbyn\nBakgrund\n{SENTENCE}") == [
        (Kind.HEADING, "Butik i Storsjöbyn"),
        (Kind.HEADING, "Bakgrund"),
        (Kind.TEXT, SENTENCE),
    ]


def test_layout_wrapped_lines_carry_on() -> None:
    text = "Projektet ska stärka de små företagen i hela länet genom\nrådgivning, kurser och mässor. Arbetet leds av Region\nNorrbotten."
    assert kinds(text) == [Kind.TEXT, Kind.CONTINUED, Kind.CONTINUED]


@pytest.mark.parametrize("line", ["Leden märks upp av", "Leden går via Ed,", "Leden går (", "Boden–", "Byalaget &"])
def test_layout_wrapped_line_with_open_end_carries_on(line: str) -> None:
    assert kinds(f"{line}\nBjörkvattnet och vidare österut.") == [Kind.TEXT, Kind.CONTINUED]


@pytest.mark.parametrize("end", [".", "!", "?", "…", ".)", ":", ";"])
def test_layout_meant_break_after_stop(end: str) -> None:
    text = f"Projektet bygger en vandringsled längs hela den gamla kanalen{end}\nleden målas sedan av byns egna ungdomar."
    assert Kind.CONTINUED not in kinds(text)


def test_layout_meant_break_where_next_word_had_fitted() -> None:
    text = (
        "Företagen lånar ut maskiner och mycket egen arbetstid\n"
        "Högskolan mäter varje år vad det hela har gett\n"
        "Kommunen går in med pengar till tjänsten under två år och lånar dessutom ut en lokal"
    )
    assert Kind.CONTINUED not in kinds(text)


def test_layout_meant_break_at_blank_line() -> None:
    assert Kind.CONTINUED not in kinds("vi bygger en led och\n\nen butik i byn")


def test_layout_meant_break_between_whole_paragraphs() -> None:
    text = "\n".join(f"{SENTENCE[:-1]} och nummer {number} av salarna blir till {'x' * 120}" for number in range(3))
    assert kinds(text) == [Kind.TEXT] * 3


@pytest.mark.parametrize(
    ("line", "heading", "rest"),
    [
        ("Mål: Företagen ska växa.", "Mål:", "Företagen ska växa."),
        ("Mål Det övergripande målet är fler jobb.", "Mål", "Det övergripande målet är fler jobb."),
        ("Syfte och mål: att fler stannar kvar.", "Syfte och mål:", "att fler stannar kvar."),
        ("Resultat och nytta Butiken går runt.", "Resultat och nytta", "Butiken går runt."),
        ("Förväntade effekter på lång sikt Fler bor kvar.", "Förväntade effekter på lång sikt", "Fler bor kvar."),
        ("AKTIVITETER: Tolv möten hålls.", "AKTIVITETER:", "Tolv möten hålls."),
    ],
)
def test_layout_run_in_heading(line: str, heading: str, rest: str) -> None:
    assert laid_out(line) == [(Kind.HEADING, heading), (Kind.TEXT, rest)]


def test_layout_run_in_heading_after_bullet() -> None:
    assert laid_out("- Mål: Fler jobb.") == [(Kind.HEADING, "Mål:"), (Kind.ITEM, "Fler jobb.")]


def test_layout_run_in_heading_before_bullet() -> None:
    assert laid_out("Mål: - Fler jobb.") == [(Kind.HEADING, "Mål:"), (Kind.TEXT, "Fler jobb.")]


@pytest.mark.parametrize(
    "line",
    [
        "Mål är att företagen ska växa.",
        "Syfte och mål är att fler stannar.",
        "Resultat från kursen sprids.",
        "Målet: fler jobb.",
        "Effekter på lång sikt är svåra att mäta.",
    ],
)
def test_layout_run_in_heading_not_a_subject(line: str) -> None:
    assert laid_out(line) == [(Kind.TEXT, line)]


FRAGMENTS = [
    "Mål",
    "Vi växer",
    "genom att",
    "BUDGET",
    "# ",
    "- ",
    "• ",
    "1. ",
    "a) ",
    ":",
    ".",
    ", ",
    " ",
    "\t",
    "\n",
    "\n\n",
    "\r\n",
    "\u2028",
    "🙂",
]


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join), st.text(max_size=80)))
def test_layout_pieces_ordered_trimmed_and_on_one_line(text: str) -> None:
    last = 0
    for piece in pieces(text):
        written = text[piece.start : piece.end]
        assert last <= piece.start < piece.end <= len(text)
        assert written == written.strip()
        assert not {"\n", "\r"} & set(written)
        last = piece.end


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join))
def test_layout_no_letter_lost(text: str) -> None:
    kept = "".join(text[piece.start : piece.end] for piece in pieces(text))
    assert sum(map(str.isupper, kept)) == sum(map(str.isupper, text))
