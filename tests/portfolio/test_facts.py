"""Amount, year, county and programme are found however a file writes them, and nothing is made up."""

from __future__ import annotations

import datetime
import math
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.portfolio.facts import MOST, FactColumns, Facts, amount_of, facts_of, guess_columns, year_of
from classifier.text.tables import Table

CELLS = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.dates(), st.datetimes()),
    st.text("0123456789 .,-:krmtKR\u00a0"),
    st.text("0123456789.,-", min_size=1, max_size=8).map(lambda text: f"{text} kr"),
    st.lists(st.integers(), max_size=3),
)


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        *(("1234567", 1_234_567), ("1 234 567", 1_234_567), ("1\u00a0234\u202f567", 1_234_567), (" 500 ", 500), ("-500", -500), ("0", 0)),
        *(("1 234 567 kr", 1_234_567), ("450 000 kronor", 450_000), ("450 000 SEK", 450_000), ("SEK 450 000", 450_000), ("kr 5", 5)),
        *(("450 000:-", 450_000), ("450 000,-", 450_000), ("450 000 kr.", 450_000)),
        *(("1.234.567", 1_234_567), ("1,234,567", 1_234_567), ("1.234.567,50", 1_234_567.5), ("1,234,567.50", 1_234_567.5)),
        *(("1 234,5", 1_234.5), ("1234.50", 1_234.5), ("450.000", 450_000), ("450,000 kr", 450_000), ("0,125", 125)),
        *(("2,5 mkr", 2_500_000), ("2.5 Mkr", 2_500_000), ("2 mnkr", 2_000_000), ("1,5 MSEK", 1_500_000), ("3 mkr kr", 3_000_000)),
        *(("1 miljon", 1_000_000), ("0,5 miljoner kronor", 500_000), ("1,250 mkr", 1_250_000), ("1.250 miljoner kr", 1_250_000)),
        *(("450 tkr", 450_000), ("450 TSEK", 450_000), ("12 tusen kronor", 12_000), ("1.250 tkr", 1_250_000)),
        *((100, 100), (99.5, 99.5), (-3, -3)),
    ],
)
def test_facts_amount_of_table(cell: object, amount: float) -> None:
    assert amount_of(cell) == pytest.approx(amount)


@pytest.mark.parametrize(
    "cell",
    [
        *(None, "", "  ", "-", "kr", "ej beslutat", "ca 500", "500 euro", "500-600", "2016-01-01", "1e6", "12 % av 500", "1.2.3,4.5,6kr7"),
        *(True, False, math.nan, math.inf, -math.inf, 10**400, -(10**400), 2 * MOST, "9" * 30, "2 000 000 mkr", datetime.date(2016, 1, 1)),
    ],
)
def test_facts_amount_of_what_is_none(cell: object) -> None:
    assert amount_of(cell) is None


@pytest.mark.parametrize("cell", ["1" + " " * 100_000 + "x", "1 " * 100_000, "1." * 100_000, "-" * 100_000, "1" * 100_000 + "kr"])
def test_facts_of_hostile_cell_takes_no_time(cell: str) -> None:
    began = time.perf_counter()
    amount_of(cell), year_of(cell), facts_of({"a": cell}, FactColumns("a", "a", "a", "a"))
    assert time.perf_counter() - began < 0.5


@given(st.integers(-(10**12), 10**12))
def test_facts_amount_of_whole_number_however_it_is_written(number: int) -> None:
    plain = f"{number:,}"
    grouped = abs(number) >= 1_000
    for written in (
        str(number),
        plain.replace(",", " "),
        plain.replace(",", "\u00a0") + " kr",
        f"{number} SEK",
        *([plain] if grouped else []),
    ):
        assert amount_of(written) == amount_of(number) == number


@given(st.integers(0, 10**9), st.integers(0, 99))
def test_facts_amount_of_decimals_swedish_and_english(whole: int, decimals: int) -> None:
    expected = pytest.approx(whole + decimals / 100)
    english = f"{whole:,}.{decimals:02}"
    assert amount_of(english) == amount_of(english.replace(",", " ").replace(".", ",")) == expected


@settings(max_examples=400)
@given(CELLS)
def test_facts_bear_any_cell(cell: object) -> None:
    amount, year = amount_of(cell), year_of(cell)
    assert amount is None or abs(amount) <= MOST
    assert year is None or 1950 <= year <= 2099
    facts = facts_of({"a": cell}, FactColumns("a", "a", "a", "a"))
    assert (facts.amount, facts.year) == (amount, year)
    assert len(facts.programme) <= 200


@pytest.mark.parametrize(
    ("cell", "year"),
    [
        *((2016, 2016), (2016.0, 2016), ("2016", 2016), (" 2016 ", 2016), (datetime.date(2016, 5, 1), 2016)),
        *((datetime.datetime(2016, 5, 1, 12), 2016), ("2016-05-01", 2016), ("20160501", 2016), ("1/5 2016", 2016), ("5.1.2016", 2016)),
        *(("2016-05-01T00:00:00Z", 2016), ("2016/2017", 2016), ("våren 2016", 2016), ("Dnr 2016-0042", 2016), ("1950", 1950)),
        ("2099", 2099),
    ],
)
def test_facts_year_of_table(cell: object, year: int) -> None:
    assert year_of(cell) == year


@pytest.mark.parametrize(
    "cell",
    [
        *(None, "", "okänt", 16, "16-05-01", 42_491, "12016", "20161", "201699", 1949, 2100, "19490101", math.nan, math.inf, True),
        *(datetime.date(1900, 1, 1), datetime.date(9999, 12, 31), "x" * 50 + "2016"),
    ],
)
def test_facts_year_of_what_is_none(cell: object) -> None:
    assert year_of(cell) is None


@given(st.dates(datetime.date(1950, 1, 1), datetime.date(2099, 12, 31)))
def test_facts_year_of_date_however_it_is_written(date: datetime.date) -> None:
    written = (date, date.isoformat(), f"{date:%Y%m%d}", f"{date:%d/%m %Y}", f"{date:%Y-%m-%d} 00:00:00", date.year)
    assert {year_of(cell) for cell in written} == {date.year}


def test_facts_of_row() -> None:
    columns = FactColumns("Beviljat", "Start", "Region", "Fond")
    row = {"Beviljat": "450 tkr", "Start": "2016-05-01", "Region": "Region Västerbotten", "Fond": "  Övre \n Norrland  ", "annat": 1}
    assert facts_of(row, columns) == Facts(450_000.0, 2016, "Västerbottens län", "Övre Norrland")


@pytest.mark.parametrize("cell", [None, "", math.nan])
def test_facts_of_row_with_nothing(cell: object) -> None:
    assert facts_of(dict.fromkeys("abcd", cell), FactColumns(*"abcd")) == Facts()
    assert facts_of({}, FactColumns(*"abcd")) == facts_of({"a": 1}, FactColumns()) == Facts()


def test_facts_of_numbers_as_excel_has_them() -> None:
    facts = facts_of({"b": 450_000, "å": 2016.0, "l": 24.0, "p": 2014.0}, FactColumns("b", "å", "l", "p"))
    assert facts == Facts(450_000.0, 2016, "Västerbottens län", "2014")


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (("text", "Belopp", "År", "Län", "Program"), FactColumns("Belopp", "År", "Län", "Program")),
        (("Beviljat belopp", "Startdatum", "Region", "Fond"), FactColumns("Beviljat belopp", "Startdatum", "Region", "Fond")),
        (("EU_stöd", "DIARIEFÖRD"), FactColumns("EU_stöd", "DIARIEFÖRD")),
        (("budget", "belopp", "datum", "år"), FactColumns("belopp", "år")),
        (("text", "titel"), FactColumns()),
    ],
)
def test_facts_guess_columns(columns: tuple[str, ...], found: FactColumns) -> None:
    assert guess_columns(Table("prov.csv", columns, ())) == found
