"""The corpus check: what is shipped has nothing wrong with it, and every kind of fault is found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.taxonomy import Field, Scheme
from classifier.text.statements import Statement
from classifier.training.corpus import LabelledProject, LabelledStatement, parse_marked, read_corpus, read_short_statements
from classifier.training.quality import COUNTIES, PERSONAL, problems, repeated_share

LABELS = {
    Field.PROJEKTTYP: ("projekt",),
    Field.FOKUSOMRADE: ("service",),
    Field.EFFEKTKEDJA: ("direkt",),
    Field.BRANSCH: (),
    Field.VERKTYG: (),
    Field.SYFTE: (),
}
FERRY = "[-] Färjan till Lillön går två gånger om dagen. [A] Vi bygger en väntstuga. [K] Fler vågar flytta ut till ön."
BAKERY = "[A] Bageriet lär ut surdeg på kvällarna. [P] Tjugo kursdeltagare har gått klart. [U] De bakar hemma."


def text_of(name: str, marked: str, **changes: object) -> LabelledProject:
    return replace(LabelledProject(name, f"Titel {name}", *parse_marked(marked), LABELS, "Kalmar län", 1), **changes)  # type: ignore[arg-type]


def short_of(name: str, text: str, *columns: str) -> LabelledProject:
    return LabelledProject(name, "", text, (LabelledStatement(Statement(text, 0, len(text)), columns),), {}, round=3)


def found_in(texts: Sequence[LabelledProject], scheme: Scheme, short: Sequence[LabelledProject] = ()) -> list[str]:
    """What is wrong, less what any corpus this small lacks."""
    return [
        line
        for line in problems(texts, short, scheme)
        if "ska vara minst" not in line and "saknas" not in line and "huvudkolumn" not in line
    ]


def test_quality_of_shipped_corpus(scheme: Scheme) -> None:
    assert problems(read_corpus(), read_short_statements(), scheme) == []


def test_quality_sound_texts(scheme: Scheme) -> None:
    pair = [text_of("a", FERRY, pair="b"), text_of("b", BAKERY, pair="a", labels=LABELS | {Field.FOKUSOMRADE: ("innovation",)})]
    assert found_in(pair, scheme, [short_of("k1", "Fler turer", "P", "K")]) == []


def _moved(project: LabelledProject) -> LabelledProject:
    first, *others = project.statements
    return replace(project, statements=(replace(first, statement=replace(first.statement, start=1)), *others))


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_moved, "a: påståendet ”Färjan till Lillön går"),
        (lambda project: replace(project, county="Småland"), "a: 'Småland' är inte ett län"),
        (lambda project: replace(project, labels=LABELS | {Field.BRANSCH: ("ikt", "ikt")}), "a: bransch ska ha högst 3 olika värden"),
        (lambda project: replace(project, labels=LABELS | {Field.SYFTE: ("a", "b", "c", "d")}), "a: syfte ska ha högst 3 olika värden"),
        (lambda _: text_of("a", FERRY.replace("[A] ", "[A,P] ")), "a: märket [A,P] går inte att förstå"),
        (lambda _: text_of("a", FERRY.replace("[A] ", "[A A] ")), "a: samma kolumn två gånger (A A)"),
        (lambda _: text_of("a", FERRY + " [-] Ring 070-000 00 00."), "a: 070-000 00 00 liknar telefonnummer"),
        (lambda _: text_of("a", FERRY + " [-] Vi bygger en väntstuga!"), "a: påståendet ”Vi bygger en väntstuga!” står redan i a"),
        (lambda project: replace(project, title="titel B."), "b: titeln ”Titel b” står redan i a"),
        (lambda project: replace(project, pair="b"), "a: paret b finns inte eller pekar inte tillbaka"),
        (lambda project: replace(project, title=" "), "a: titel saknas"),
    ],
)
def test_quality_fault_is_found(spoil: Callable[[LabelledProject], LabelledProject], told: str, scheme: Scheme) -> None:
    found = problems([spoil(text_of("a", FERRY)), text_of("b", BAKERY)], [], scheme)
    assert [line for line in found if line.startswith(told)]


def test_quality_columns_outside_and_inside(scheme: Scheme) -> None:
    statement = LabelledStatement(Statement("Fler turer", 0, 10), ("-", "A"))
    found = found_in([], scheme, [replace(short_of("k1", "Fler turer", "A"), statements=(statement,))])
    assert found == ["k1: utanför kedjan (-) kan inte stå ihop med andra kolumner (- A)"]


def test_quality_short_statements(scheme: Scheme) -> None:
    short = [short_of("k1", "Fler turer", "P"), short_of("k1", "Nya vägar ", "P"), short_of("k3", "fler turer.", "K")]
    assert found_in([], scheme, short) == [
        "id k1 står 2 gånger bland de korta påståendena",
        "k1: påståendet är tomt eller omges av blanksteg",
        "k3: påståendet ”fler turer.” står redan i k1",
    ]


def test_quality_pair_without_a_difference(scheme: Scheme) -> None:
    found = found_in([text_of("a", FERRY, pair="b"), text_of("b", BAKERY, pair="a")], scheme)
    assert found == ["a och b: ett par ska skilja sig i någon etikett", "b och a: ett par ska skilja sig i någon etikett"]


def test_quality_near_duplicates_and_repetition(scheme: Scheme) -> None:
    copy = text_of("b", FERRY.replace("Lillön", "Storön").replace("en väntstuga", "ett väntrum").replace("ön.", "skäret."))
    found = found_in([text_of("a", FERRY), copy], scheme)
    assert [line for line in found if line.startswith("a och b är nästan lika")]
    assert [line for line in found if "av ordföljderna om fem ord står i mer än ett projekt" in line]


def test_quality_coverage(scheme: Scheme) -> None:
    found = problems([text_of("a", FERRY)], [], scheme)
    assert {"1 texter, ska vara minst 600", "3 påståenden, ska vara minst 6000", "0 korta påståenden, ska vara minst 800"} <= set(found)
    assert "fokusområde service: 1 texter, ska vara minst 30" in found
    assert "syfte digitalisering: 0 texter, ska vara minst 15" in found
    assert "inget påstående har huvudkolumn R" in found
    assert sum(line.endswith("län saknas") for line in found) == len(COUNTIES) - 1 == 20


def test_quality_repeated_share_by_hand() -> None:
    one = text_of("a", "[A] ett två tre fyra fem sex")
    other = text_of("b", "[A] Ett, två tre fyra fem! sju åtta")
    assert repeated_share([one, other]) == pytest.approx(2 / 5)
    assert repeated_share([one]) == 0
    assert repeated_share([]) == 0


@given(st.lists(st.text("ab ", max_size=30), max_size=5))
def test_quality_repeated_share_is_a_share(texts: list[str]) -> None:
    projects = [LabelledProject(str(number), "", text, (), {}) for number, text in enumerate(texts)]
    assert 0 <= repeated_share(projects) <= 1
    assert repeated_share(projects + projects) in (0, 1)


@pytest.mark.parametrize(
    ("kind", "sample"),
    [
        ("personnummer", "född 191212121212 i"),
        ("personnummer", "nr 121212-1212."),
        ("personnummer", "nr 121212+1212."),
        ("telefonnummer", "ring 08-12 34 56 nu"),
        ("telefonnummer", "ring 070-000 00 00"),
        ("telefonnummer", "ring 0700000000"),
        ("telefonnummer", "ring +46 70 000 00 00"),
        ("telefonnummer", "växel 0123-456 78"),
        ("e-postadress", "skriv till prov@exempel.se."),
        ("e-postadress", "skriv till prov(at)exempel.se"),
    ],
)
def test_quality_personal_data_is_found(kind: str, sample: str) -> None:
    assert PERSONAL[kind].search(sample)


@pytest.mark.parametrize("sample", ["2014-2020", "450 000 kronor", "1 000 000 000 kr", "0,5 till 10 procent", "0-10 år", "år 2019–2023"])
def test_quality_personal_data_not_seen_in_figures(sample: str) -> None:
    assert [kind for kind, pattern in PERSONAL.items() if pattern.search(sample)] == []
