"""Tests of the cutting of a text into statements with offsets and headings."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.text.documents import clean
from classifier.text.statements import Statement, split
from tests.conftest import APPLICATION

SWEDISH = 'abdefgiklmnoprstuvyåäö ABMÅÄÖ .,;:!?-–•()"”0127\n\t\r🙂é\u2028\xa0'
WORDS = [
    "Mål", "mål:", "Vi", "växer", "företagen", "och", "ca.", "m.m.", "t.ex.", ".", "!", "?", "…", ";", ", vilket ger", ", så att", "•", "-", "–",
    "1.", "2)", "a)", "\n", "\r\n", "\r", "\n\n", "\t", " ", "🙂", "👩‍🚒", "#", "\u2028", "\x85", "\xa0", "”", "(", ")", "Aktiviteter", "BUDGET", "e\u0301", "kr.",
]  # fmt: skip
TEXTS = st.one_of(
    st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(["", " "])).map("".join), max_size=40).map("".join),
    st.text(alphabet=SWEDISH, max_size=150),
    st.text(max_size=60),
)


def texts(text: str) -> list[str]:
    return [statement.text for statement in split(text)]


def headed(text: str) -> list[tuple[str, str]]:
    return [(statement.heading, statement.text) for statement in split(text)]


def check_offsets(text: str) -> None:
    statements = split(text)
    for statement in statements:
        assert text[statement.start : statement.end] == statement.text
        assert statement.text == statement.text.strip()
        assert any(map(str.isalpha, statement.text))
    assert all(before.end <= after.start for before, after in itertools.pairwise(statements))


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_statements_offsets_of_any_text(text: str) -> None:
    check_offsets(text)


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_statements_offsets_of_cleaned_text(text: str) -> None:
    cleaned = clean(text)
    assert "\r" not in cleaned
    check_offsets(cleaned)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["Föreningen bygger en butik.", "Tolv volontärer utbildas!", "Vi mäter i maj."]), max_size=8))
def test_statements_sentences_found_again_however_joined(sentences: list[str]) -> None:
    for joint in (" ", "\n", "\r\n", "\n\n", "  "):
        assert texts(joint.join(sentences)) == sentences


def test_statements_line_breaks_of_windows_cut_as_others() -> None:
    assert headed(APPLICATION.replace("\n", "\r\n")) == headed(APPLICATION)


def test_statements_application_whole() -> None:
    assert headed(APPLICATION) == [
        ("Bakgrund", "Byarna runt Storsjön har tappat två butiker på fem år."),
        ("Aktiviteter", "Föreningen bygger om skolan till en butik."),
        ("Aktiviteter", "Tolv volontärer utbildas i att sköta sortimentet."),
        ("Aktiviteter", "Kommunen går in med 450 000 kronor."),
        ("Aktiviteter", "Minst 150 hushåll handlar i butiken varje vecka,"),
        ("Aktiviteter", "vilket gör att fler familjer flyttar till bygden."),
    ]


def test_statements_offsets_concrete() -> None:
    assert split("Mål: Vi växer. Alla får jobb.") == [
        Statement("Vi växer.", 5, 14, "Mål"),
        Statement("Alla får jobb.", 15, 29, "Mål"),
    ]


@pytest.mark.parametrize("text", ["", " \n\t ", "- \n•\n", "12 345 – 678", "🙂🙂", "...", "\r\n\r\n"])
def test_statements_nothing_said(text: str) -> None:
    assert split(text) == []


@pytest.mark.parametrize("text", ["Resultat", "Mål:", "Bygga en butik"])
def test_statements_lone_line_is_a_statement(text: str) -> None:
    assert texts(text) == [text]


@pytest.mark.parametrize(
    "abbreviation",
    [
        "ca.",
        "t.ex.",
        "bl.a.",
        "fr.o.m.",
        "t.o.m.",
        "s.k.",
        "dvs.",
        "enl.",
        "p.g.a.",
        "pga.",
        "resp.",
        "kl.",
        "t. ex.",
        "jfr.",
        "inkl.",
        "nr.",
    ],
)
@pytest.mark.parametrize("following", ["tolv", "Umeå", "40"])
def test_statements_abbreviation_does_not_end_sentence(abbreviation: str, following: str) -> None:
    text = f"Vi räknar med {abbreviation} {following} bolag i år. Sedan växer det."
    assert texts(text) == [f"Vi räknar med {abbreviation} {following} bolag i år.", "Sedan växer det."]


@pytest.mark.parametrize("abbreviation", ["Ca.", "T.ex.", "Enl.", "Ev.", "Avd.", "Approx.", "Resp."])
def test_statements_abbreviation_first_in_sentence(abbreviation: str) -> None:
    text = f"Det blir kurser. {abbreviation} 40 bolag deltar."
    assert texts(text) == ["Det blir kurser.", f"{abbreviation} 40 bolag deltar."]


@pytest.mark.parametrize("abbreviation", ["m.m.", "m.fl.", "etc.", "osv.", "kr.", "tkr.", "mnkr.", "st."])
def test_statements_abbreviation_may_end_sentence(abbreviation: str) -> None:
    assert texts(f"Det gäller 40 {abbreviation} Sedan växer det.") == [f"Det gäller 40 {abbreviation}", "Sedan växer det."]
    assert len(texts(f"Det gäller 40 {abbreviation} och sedan mer.")) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Leden är 3.5 km och kostar 450 000 kronor.",
        "Kursen börjar kl. 13.00 och slutar 15.30.",
        "Projektet startar den 1. mars.",
        "Läs mer på www.storsjobyn.se/butik i vår.",
        "Steg 1. är klart.",
        "Vi går vidare (se steg 1.) redan i maj.",
    ],
)
def test_statements_full_stop_inside_sentence(text: str) -> None:
    assert texts(text) == [text]


def test_statements_closing_marks_stay_with_their_sentence() -> None:
    assert texts('Styrelsen sa "Vi kör." Sedan byggde den. (Det tog ett år.) Går det? Ja!') == [
        'Styrelsen sa "Vi kör."',
        "Sedan byggde den.",
        "(Det tog ett år.)",
        "Går det?",
        "Ja!",
    ]


def test_statements_number_may_open_sentence() -> None:
    assert texts("Det blir 40 kurser. 12 av dem hålls i Boden.") == ["Det blir 40 kurser.", "12 av dem hålls i Boden."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Vi bygger en led.Leden lockar gäster.", ["Vi bygger en led.", "Leden lockar gäster."]),
        ("Det kostar 450 000 kr.Kommunen betalar.", ["Det kostar 450 000 kr.", "Kommunen betalar."]),
        ("Går det?Ja, det går.", ["Går det?", "Ja, det går."]),
        ("Se storsjobyn.se för mer.", ["Se storsjobyn.se för mer."]),
    ],
)
def test_statements_missing_space_after_stop(text: str, expected: list[str]) -> None:
    assert texts(text) == expected


@pytest.mark.parametrize("mark", ["- ", "• ", "– ", "* ", "\uf0b7 ", "▪\t"])
def test_statements_bullets_each_one_statement(mark: str) -> None:
    text = f"Aktiviteter\n{mark}Vi kartlägger behoven\n{mark}vi utbildar personalen."
    assert headed(text) == [("Aktiviteter", "Vi kartlägger behoven"), ("Aktiviteter", "vi utbildar personalen.")]


@pytest.mark.parametrize("marks", [("1. ", "2. "), ("1) ", "2) "), ("(1) ", "(2) "), ("a) ", "b) "), ("i. ", "ii. ")])
def test_statements_numbered_list(marks: tuple[str, str]) -> None:
    assert texts(f"{marks[0]}Kartlägg behoven i länet\n{marks[1]}Utbilda tolv företag") == [
        "Kartlägg behoven i länet",
        "Utbilda tolv företag",
    ]


def test_statements_bullets_run_into_text() -> None:
    assert texts("Vi gör detta: • kartlägger behoven • utbildar personalen") == [
        "Vi gör detta:",
        "kartlägger behoven",
        "utbildar personalen",
    ]


def test_statements_list_run_into_text() -> None:
    assert texts("Vi gör två saker. 1. Kartläggning av behov. 2. Utbildning av personal.") == [
        "Vi gör två saker.",
        "1. Kartläggning av behov.",
        "2. Utbildning av personal.",
    ]
    assert texts("Vi gör två saker. - kartlägger. — utbildar.") == ["Vi gör två saker.", "kartlägger.", "utbildar."]


def test_statements_two_sentences_in_one_item() -> None:
    assert texts("- Vi bygger om. Salen målas.\n- Vi öppnar") == ["Vi bygger om.", "Salen målas.", "Vi öppnar"]


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("Bakgrund", "Bakgrund"),
        ("Det här ska vi göra:", "Det här ska vi göra"),
        ("VÅRA INSATSER", "VÅRA INSATSER"),
        ("## Så arbetar gruppen", "Så arbetar gruppen"),
        ("Samarbete med   grannbyarna", "Samarbete med grannbyarna"),
    ],
)
def test_statements_heading_goes_to_what_stands_under_it(line: str, heading: str) -> None:
    assert headed(f"{line}\nVi bygger en butik i byn. Den öppnar i maj.") == [
        (heading, "Vi bygger en butik i byn."),
        (heading, "Den öppnar i maj."),
    ]


def test_statements_heading_nearest_above_counts() -> None:
    text = "Vi söker stöd till en butik.\n\nMål\n\nSyfte\nFler ska bo kvar i byn.\n\nResultat: Butiken går runt."
    assert headed(text) == [
        ("", "Vi söker stöd till en butik."),
        ("Syfte", "Fler ska bo kvar i byn."),
        ("Resultat", "Butiken går runt."),
    ]


def test_statements_run_in_headings() -> None:
    text = "Mål: Företagen ska växa.\nSyfte Det övergripande syftet är fler jobb.\nMål är att alla är med."
    assert headed(text)[:2] == [("Mål", "Företagen ska växa."), ("Syfte", "Det övergripande syftet är fler jobb.")]
    assert headed(text)[2][1] == "Mål är att alla är med."


def test_statements_short_lines_each_one_statement() -> None:
    text = "Vi vänder oss till flera grupper.\n\nUnga kvinnor\nNyanlända män\nByns föreningar\n\nAlla bjuds in till ett första möte."
    assert headed(text) == [
        ("", "Vi vänder oss till flera grupper."),
        ("", "Unga kvinnor"),
        ("", "Nyanlända män"),
        ("", "Byns föreningar"),
        ("", "Alla bjuds in till ett första möte."),
    ]


def test_statements_hard_wrapped_sentence_is_whole() -> None:
    text = "Projektet ska stärka de små företagen i länet genom att\nerbjuda råd och kurser som ger fler\njobb. Det sker tillsammans med kommunerna."
    assert texts(text) == [
        "Projektet ska stärka de små företagen i länet genom att\nerbjuda råd och kurser som ger fler\njobb.",
        "Det sker tillsammans med kommunerna.",
    ]


def test_statements_meant_break_cuts_without_stop() -> None:
    text = "Vi söker stöd.\nKommunen går in med pengar till en halv tjänst\nFöretagen lånar ut maskiner, lokaler och arbetstid under hela den första våren"
    assert texts(text)[1:] == [
        "Kommunen går in med pengar till en halv tjänst",
        "Företagen lånar ut maskiner, lokaler och arbetstid under hela den första våren",
    ]


@pytest.mark.parametrize(
    "link",
    [
        "vilket leder till fler jobb i byn.",
        "något som ger fler jobb i byn.",
        "som i sin tur ger fler jobb.",
        "så att fler får jobb i byn.",
        "och därmed får fler ett jobb.",
        "och på sikt får fler ett jobb.",
        "och i förlängningen får fler ett jobb.",
    ],
)
def test_statements_clause_with_own_link(link: str) -> None:
    assert texts(f"Vi utbildar tolv företagare i export, {link}") == ["Vi utbildar tolv företagare i export,", link]


def test_statements_clause_chain_of_three_links() -> None:
    assert texts("Kursen ges för tolv bolag, så att de säljer mer utomlands, vilket ger fler jobb i länet.") == [
        "Kursen ges för tolv bolag,",
        "så att de säljer mer utomlands,",
        "vilket ger fler jobb i länet.",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Vi utbildar, vilket hjälper.",
        "Vi utbildar tolv företagare vilket leder till fler jobb i byn.",
        "Vi utbildar tolv företagare i export, import och inköp av varor.",
        "Vi vet i dag inte vilket av de tolv bolagen som ska delta.",
    ],
)
def test_statements_clause_short_or_without_comma_stays(text: str) -> None:
    assert texts(text) == [text]


def test_statements_semicolon_between_whole_clauses() -> None:
    assert texts("Vi håller kurser för tjugo bolag; de får sedan råd i ett år.") == [
        "Vi håller kurser för tjugo bolag;",
        "de får sedan råd i ett år.",
    ]
    assert len(texts("Vi håller kurser; mer kommer.")) == 1


def test_statements_english_text() -> None:
    text = "Aim\nThe project trains twelve firms, e.g. bakeries. Approx. 40 people take part, which leads to more jobs in the region."
    assert headed(text) == [
        ("Aim", "The project trains twelve firms, e.g. bakeries."),
        ("Aim", "Approx. 40 people take part,"),
        ("Aim", "which leads to more jobs in the region."),
    ]


def test_statements_long_text_within_bounds() -> None:
    text = "Föreningen bygger en butik i byn. " * 2000
    statements = split(text)
    assert len(statements) == 2000
    assert statements[-1].end == len(text) - 1
