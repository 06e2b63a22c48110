"""Quantified targets: what is one, what is not, and what they count."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.portfolio.targets import KINDS, is_measurable, kinds_of

NOUNS = st.sampled_from(["företag", "nya jobb", "deltagare", "kilometer led", "ton koldioxid", "lantbruk", "årsarbetskrafter", "MWh"])
WORDS = st.sampled_from(
    ["två", "tre", "fyra", "fem", "sex", "åtta", "tio", "elva", "femton", "tjugo", "tjugofem", "hundra", "tvåhundra", "tusen", "Femtio"]
)
DIGITS = st.integers(2, 99_999).filter(lambda number: not 1900 <= number < 2100).map(str)
GROUPED = st.integers(1_000, 999_999).map(lambda number: f"{number:,}".replace(",", " "))
NUMBERS = st.one_of(WORDS, DIGITS, GROUPED, st.builds("{}–{}".format, st.integers(2, 9), st.integers(10, 99)))
PERCENT = st.builds(
    "{}{}".format, st.one_of(st.integers(1, 100).map(str), st.just("2,5"), WORDS), st.sampled_from([" %", " procent", " procents"])
)
YEARS = st.integers(1900, 2099).map(str)
MONTHS = st.sampled_from(["januari", "mars", "maj", "augusti", "oktober", "dec"])
NOTHING_COUNTED = st.one_of(
    YEARS,
    st.builds("{}–{}".format, YEARS, YEARS),
    st.builds("år {}".format, YEARS),
    st.builds("den {} {} {}".format, st.integers(1, 31), MONTHS, YEARS),
    st.dates().map(str),
    st.builds("{}/{}".format, st.integers(1, 31), st.integers(1, 12)),
    st.builds("{} § lagen".format, st.integers(1, 99)),
    st.builds("§ {}".format, st.integers(1, 99)),
    st.builds("{} kap. {} §".format, st.integers(1, 30), st.integers(1, 99)),
    st.builds("SFS {}:{}".format, YEARS, st.integers(1, 1500)),
    st.builds("{} {}".format, st.one_of(DIGITS, GROUPED), st.sampled_from(["kronor", "kr", "tkr", "mkr", "MSEK", "euro"])),
    st.builds("{} miljoner kronor".format, NUMBERS),
    st.builds("{} {}".format, NUMBERS, st.sampled_from(["år", "månader", "veckor"])),
    st.builds("0{}-{} {} {}".format, st.integers(1, 99), st.integers(100, 999), st.integers(10, 99), st.integers(10, 99)),
    st.builds("+46 70 {} {}".format, st.integers(100, 999), st.integers(1000, 9999)),
    st.builds("{} {}".format, st.sampled_from(["etapp", "fas", "steg", "delmål", "arbetspaket", "TRL", "nr", "Agenda"]), st.integers(1, 9)),
    st.builds("Dnr {}-{}".format, YEARS, st.integers(1000, 99_999)),
)
SETTINGS = settings(deadline=None, max_examples=200)


@SETTINGS
@given(NUMBERS, NOUNS)
def test_targets_number_of_something(number: str, noun: str) -> None:
    assert is_measurable(f"Vid slutet har {number} {noun} tillkommit.")
    assert is_measurable(f"{number} {noun}")


@SETTINGS
@given(PERCENT)
def test_targets_share(share: str) -> None:
    assert is_measurable(f"Utsläppen minskar med {share}.")


@SETTINGS
@given(NOTHING_COUNTED)
def test_targets_what_counts_nothing(said: str) -> None:
    assert not is_measurable(said)
    assert not is_measurable(f"Insatsen avser {said}.")


@SETTINGS
@given(NOTHING_COUNTED, DIGITS, NOUNS)
def test_targets_what_counts_nothing_hides_no_target(said: str, number: str, noun: str) -> None:
    assert is_measurable(f"Målet är {number} {noun}, se {said}.")
    assert is_measurable(f"Enligt {said}, ska minst {number} {noun} nås.")


@settings(deadline=None)
@given(st.text(alphabet=st.characters(whitelist_categories=["L", "P", "Zs"])))
def test_targets_no_number_no_words_for_one(text: str) -> None:
    if not any(character.isnumeric() for character in text):
        assert not is_measurable("x".join(text.split()))  # glued together, so that no word of it stands free


@pytest.mark.parametrize(
    "text",
    [
        "Antalet gäster ökar till 5000",
        "Antal nya medlemmar: 40",
        "Restiden minskar från 50 till 40 minuter.",
        "Hälften av butikerna har öppet längre.",
        "Antalet resor fördubblas.",
        "Utsläppen halveras.",
        "En tredjedel av deltagarna startar eget.",
        "Åtta av tio lantbruk gör om sina planer.",
        "Ett tiotal verkstäder har bytt metod.",
        "Ett 20-tal verkstäder har bytt metod.",
        "Minst 2000 idéer prövas.",
        "Omsättningen stiger med 5 miljoner kronor.",
        "30% fler besök",
        "-30 st på plats",
        "Omkring 2000 anbud läses varje år.",
        "Stödet har gått till 34 projekt.",
        "En trettioprocentig ökning av antalet besök.",
        "Ledningen klarar 100 Mbit/s.",
        "Avtalet ger 2,5 miljoner ton sten.",
    ],
)
def test_targets_ways_to_put_it(text: str) -> None:
    assert is_measurable(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Kartläggning 2.",
        "1. Kartläggning av behov",
        "2) Utbildning",
        "Andra hälften av insatsen ägnas åt spridning.",
        "Företag med färre än 250 anställda bjuds in.",
        "Företag med 10–49 anställda bjuds in.",
        "Arbetet sker i tre delar.",
        "Arbetet sker i fyra olika steg.",
        "De två kommunerna fortsätter.",
        "De första två kommunerna fortsätter.",
        "Arbetet efter covid-19 fortsätter.",
        "Länets 16 kommuner fortsätter.",
        "Kontoret finansieras till 50 % av regionen.",
        "Samordnaren arbetar 50 % av heltid.",
        "En 3D-skrivare och 5G ingår i industri 4.0.",
        "Projektet får 5 miljoner kronor i stöd för att öka omsättningen.",
        "Postadress 903 28 Umeå",
    ],
)
def test_targets_what_is_none(text: str) -> None:
    assert not is_measurable(text)


@pytest.mark.parametrize("unit", ["1 ", "0 ", "fem", "antal a ", "från 1 a ", "1-", "mål 1 - ", "finansier a ", "=cmd|' /C calc'!A0 1 % "])
def test_targets_megabyte_is_read_at_once(unit: str) -> None:
    start = time.perf_counter()
    is_measurable(unit * (1_000_000 // len(unit)))
    kinds_of(unit * (1_000_000 // len(unit)))
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Tio nya företag ger femtio jobb", {"nya företag", "nya jobb"}),
        ("Tio nya företag bland hundra företag", {"nya företag", "företag som nås"}),
        ("Omsättningen ökar med 20 %", {"omsättning"}),
        ("500 ton mindre koldioxid", {"utsläpp"}),
        ("Sparar 40 MWh.", {"energi"}),
        ("3 km led", {"byggd längd eller yta"}),
        ("Tolv personer, varav sex kvinnor", {"deltagare"}),
        ("Ambitionen är tre lador", set()),
        ("", set()),
    ],
)
def test_targets_kinds(text: str, kinds: set[str]) -> None:
    assert kinds_of(text) == kinds


@settings(deadline=None)
@given(st.text())
def test_targets_any_text_is_read(text: str) -> None:
    assert is_measurable(text) in {True, False}
    assert kinds_of(text) <= set(KINDS)
