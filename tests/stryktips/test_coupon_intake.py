"""Tests of coupons as a leader brings them in, and takes them along."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.chain import CHAIN_CODES
from classifier.errors import StryktipsError
from classifier.stryktips.coupon import CASE_CHOICES, Choice, Coupon, Exercise, Row, checked, choice_ids, standard
from classifier.stryktips.coupon_intake import as_rows, from_lines, from_table
from classifier.stryktips.crosses import Crosses
from classifier.taxonomy import load_scheme
from classifier.text.documents import clean
from classifier.text.tables import Table, read_table, write_table

SCHEME = load_scheme()
TEXTS = st.text(min_size=1, max_size=60).map(lambda text: " ".join(clean(text).split())).filter(bool)


@st.composite
def keys(draw: st.DrawFn, ids: tuple[str, ...], most: int) -> Crosses | None:
    chosen = draw(st.lists(st.sampled_from(ids), unique=True, max_size=most))
    full = draw(st.integers(0, len(chosen)))
    return Crosses(frozenset(chosen[:full]), frozenset(chosen[full:])) if chosen else None


@st.composite
def coupons(draw: st.DrawFn) -> Coupon:
    exercise = draw(st.sampled_from(Exercise))
    most = 6 if exercise is Exercise.STRYKTIPS else 1
    rows = []
    for _ in range(draw(st.integers(1, 8))):
        choice = draw(st.sampled_from(CASE_CHOICES)) if exercise is Exercise.CASES else Choice.COLUMN
        about = draw(st.text(max_size=40).map(lambda text: clean(text).strip())) if exercise is Exercise.CASES else ""
        rows.append(Row(draw(TEXTS), draw(keys(choice_ids(choice, SCHEME), most)), choice, about))
    return Coupon(draw(TEXTS), exercise, tuple(rows))


def table(columns: str, *lines: tuple[Any, ...]) -> Table:
    names = tuple(columns.split("|"))
    return Table("prov.xlsx", names, tuple(dict(zip(names, line, strict=True)) for line in lines))


def written(coupon: Coupon) -> list[str | None]:
    return [None if row.key is None else row.key.written(choice_ids(row.choice, SCHEME)) for row in coupon.rows]


# Lines


@pytest.mark.parametrize("bullet", ["", "- ", "• ", "* ", "– ", "3. ", "12) ", "  -\t", "- 3. "])
def test_coupon_intake_lines_bullet_is_dropped(bullet: str) -> None:
    assert from_lines(f"{bullet}Minskat utanförskap", "Prov").rows == (Row("Minskat utanförskap"),)


@pytest.mark.parametrize("text", ["30 % fler företag", "2025 års plan", "Vård- och omsorg", "-5 grader", "1.5 miljoner", "A - B", "a. b"])
def test_coupon_intake_lines_what_only_looks_like_a_bullet_is_kept(text: str) -> None:
    assert from_lines(text, "Prov").rows == (Row(text),)


def test_coupon_intake_lines_empty_lines_are_skipped() -> None:
    coupon = from_lines("\ufeffEtt\r\n\r\n  \n-\n3.\nTvå\x00\u202e  steg\n", "  Vår   kupong ")
    assert coupon == Coupon("Vår kupong", Exercise.STRYKTIPS, (Row("Ett"), Row("Två steg")))
    assert from_lines("", "Prov").rows == ()


@pytest.mark.parametrize(
    ("after", "key"),
    [
        ("(A)", "(A)"),
        ("P U K", "P U K"),
        ("p;u;(k)", "P U (K)"),
        ("P, (U)", "P (U)"),
        ("A(P)", "A (P)"),
        ("(A P)", "(A) (P)"),
        ("( L )", "(L)"),
        ("Aktiviteter; (långsiktiga samhällseffekter)", "A (L)"),
        ("K Kortsiktiga samhällseffekter", "K"),
        ("A A", "A"),
        ("-", None),
        ("–", None),
        ("", None),
        ("  ;  ", None),
    ],
)
def test_coupon_intake_lines_key(after: str, key: str | None) -> None:
    coupon = from_lines(f"Vinnväxt |{after}", "Prov")
    assert written(coupon) == [key]
    assert coupon.rows[0].text == "Vinnväxt"


@pytest.mark.parametrize("after", ["Q", "A Q", "utanför", "A (P", "A) (P", "A (A)", "A ((P))", "X", "7", "=1+1"])
def test_coupon_intake_lines_no_crosses_after_the_bar_names_line_and_remedy(after: str) -> None:
    with pytest.raises(StryktipsError, match=r"efter \| på rad 3, .*, är inga kryss; skriv till exempel .*sätt ett \| sist"):
        from_lines(f"Ett\n\nTvå | {after}", "Prov")


def test_coupon_intake_lines_bar_last_belongs_to_the_statement() -> None:
    assert from_lines("Fler | färre |", "Prov").rows == (Row("Fler | färre"),)


def test_coupon_intake_lines_key_without_statement_names_line() -> None:
    with pytest.raises(StryktipsError, match=r"rad 2 har inget påstående före \|"):
        from_lines("Ett\n| A", "Prov")


@given(st.text())
def test_coupon_intake_lines_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    try:
        coupon = from_lines(text, "Prov")
    except StryktipsError as error:
        assert "\n" not in str(error)
    else:
        assert all(row.text for row in coupon.rows)


# Tables


@pytest.mark.parametrize("name", ["påstående", "Påståenden", "text", "Statement", "MENING"])
def test_coupon_intake_table_without_key(name: str) -> None:
    coupon = from_table(table(f"nr|{name}", (1, "Ett"), (2, " Två  steg ")), "Prov")
    assert coupon == Coupon("Prov", Exercise.STRYKTIPS, (Row("Ett"), Row("Två steg")))


def test_coupon_intake_table_without_statements_lists_columns() -> None:
    with pytest.raises(StryktipsError, match=r"ingen kolumn med påståenden; ge den rubriken påstående\. Kolumner: nr, R"):
        from_table(table("nr|R", (1, "X")), "Prov")


def test_coupon_intake_table_crosses_under_codes_and_names() -> None:
    found = from_table(
        table(
            "påstående|R|a|Prestationer|U Utfall|Kortsiktiga samhällseffekter|L",
            ("Ett", "X", "x", "(X)", "(x)", "1", "ja"),
            ("Två", 1, 1.0, True, "( X )", "×", "(1)"),
            ("Tre", 0, None, False, "-", "nej", " "),
        ),
        "Prov",
    )
    assert written(found) == ["R A (P) (U) K L", "R A P (U) K (L)", None]


def test_coupon_intake_table_cell_that_is_no_cross_names_row_and_column() -> None:
    with pytest.raises(StryktipsError, match=r"på rad 2 står 'kanske' i kolumnen U, .*; skriv X eller \(X\), eller lämna cellen tom"):
        from_table(table("påstående|R|U", ("Ett", "X", ""), ("Två", "", "Kanske")), "Prov")


def test_coupon_intake_table_two_columns_for_one_code() -> None:
    with pytest.raises(StryktipsError, match="rad 1 har både ett helt och ett svagt kryss"):
        from_table(table("påstående|R|Resurser", ("Ett", "X", "(X)")), "Prov")


@pytest.mark.parametrize("column", ["facit", "Kolumner", "kolumn"])
def test_coupon_intake_table_whole_key(column: str) -> None:
    found = from_table(table(f"text|{column}", ("Ett", "P U K"), ("Två", "P;U;(K)"), ("Tre", "-"), ("Fyra", None)), "Prov")
    assert written(found) == ["P U K", "P U (K)", None, None]


def test_coupon_intake_table_statement_rows_of_the_contract() -> None:
    columns = "projekt_id|nr|start|slut|påstående|kolumn|kolumner|R|A|P|U|K|L|utanför"
    found = from_table(table(columns, ("1", 1, 0, 9, "Ett", "U", "U;K", 0.01, 0.1, 0.1, 0.6, 0.5, 0.1, 0.01)), "Prov")
    assert written(found) == ["U K"]


def test_coupon_intake_table_whole_key_that_is_none_names_row() -> None:
    with pytest.raises(StryktipsError, match=r"facit på rad 2, 'svar saknas', är inga kryss; skriv till exempel"):
        from_table(table("text|facit", ("Ett", "A"), ("Två", "svar saknas")), "Prov")


def test_coupon_intake_table_repeated_statements_are_kept() -> None:
    assert len(from_table(table("text", ("Ett",), ("Ett",)), "Prov").rows) == 2


def test_coupon_intake_table_row_without_statement() -> None:
    assert len(from_table(table("text|facit", ("Ett", ""), ("", ""), (None, "-")), "Prov").rows) == 1
    with pytest.raises(StryktipsError, match="rad 2 har ett facit men inget påstående"):
        from_table(table("text|facit", ("Ett", ""), ("", "A")), "Prov")


@pytest.mark.parametrize("cells", [("tippa",), ("stryktips", "pussla")])
def test_coupon_intake_table_unknown_or_mixed_exercise(cells: tuple[str, ...]) -> None:
    with pytest.raises(StryktipsError, match="samma övning på alla rader: stryktips, pussla eller kategorisera"):
        from_table(table("text|övning", *[("Ett", cell) for cell in cells]), "Prov")


def test_coupon_intake_table_unknown_question_names_row() -> None:
    with pytest.raises(StryktipsError, match="på rad 1 står 'färg' som fråga; skriv kolumn, sakområde, fokusområde eller effektkedja"):
        from_table(table("text|övning|fråga", ("Ett", "kategorisera", "färg")), "Prov")


def test_coupon_intake_table_unreadable_label_names_row() -> None:
    with pytest.raises(StryktipsError, match=r"facit på rad 1, '\?\?', går inte att läsa"):
        from_table(table("text|övning|fråga|facit", ("Ett", "kategorisera", "fokusomrade", "??")), "Prov")


def test_coupon_intake_table_a_column_called_question_is_no_question_in_the_stryktips() -> None:
    assert from_table(table("påstående|fråga", ("Ett", "Vad menas?")), "Prov").rows == (Row("Ett"),)


# There and back


@given(coupons())
def test_coupon_intake_rows_read_again_give_the_same_coupon(coupon: Coupon) -> None:
    columns, rows = as_rows(coupon, SCHEME)
    taken = Table("kupong.csv", tuple(columns), tuple({column: row[column] for column in columns} for row in rows))
    assert from_table(taken, coupon.title) == coupon


HOSTILE = Coupon(
    "Fientlig",
    Exercise.STRYKTIPS,
    tuple(Row(text, Crosses.parse("A (P)")) for text in ("=cmd|'/C calc'!A0", "<b>x</b>", 'a;b"c', "1", "@x", "<r>a</r>")),
)
CASES = Coupon(
    "Fall",
    Exercise.CASES,
    tuple(Row("Bryggan", Crosses.of([choice_ids(choice, SCHEME)[0]]), choice, "Två rader\n\nom bryggan") for choice in CASE_CHOICES),
)


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".jsonl"])
@pytest.mark.parametrize("coupon", [standard(), HOSTILE, CASES], ids=["standard", "hostile", "cases"])
def test_coupon_intake_file_read_again_gives_the_same_coupon(coupon: Coupon, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"kupong{ending}"
    write_table(path, *as_rows(coupon, SCHEME))
    again = from_table(read_table(path.read_bytes(), path.name), coupon.title)
    assert again == coupon
    assert checked(again, SCHEME) == coupon


def test_coupon_intake_rows_have_a_column_for_every_code_to_fill_in() -> None:
    columns, rows = as_rows(Coupon("Prov", Exercise.STRYKTIPS, (Row("Ett"),)), SCHEME)
    assert columns == ["påstående", *CHAIN_CODES]
    assert [rows[0][column] for column in columns] == ["Ett", *[""] * 6]
