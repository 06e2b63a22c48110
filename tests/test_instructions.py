"""Corrections put in words: what is understood, and what is left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.instructions import MAX_WORDS, Instruction, read_instruction
from classifier.taxonomy import Column, Field, Scheme, load_scheme
from classifier.taxonomy.scheme import COLUMN_CODES
from tests.conftest import APPLICATION

STATEMENTS = 9
SCHEME = load_scheme()
LABELS = [(field, label.id, label.name) for field in Field for label in SCHEME.labels[field]]
SINGLE_NAMES = [(field, label_id, name) for field, label_id, name in LABELS if not field.is_multiple]
WORDS = [
    *COLUMN_CODES,
    "påstående",
    "3",
    "0",
    "99",
    "är",
    ":",
    "till",
    "och",
    ",",
    "utfall",
    "bransch",
    "syfte",
    "fokusområde",
    "Energi",
    "Innovation",
]


def read(text: str) -> Instruction | None:
    return read_instruction(text, SCHEME, STATEMENTS)


@pytest.mark.parametrize(
    "text",
    [
        "påstående 3 är utfall",
        "Påstående 3 är Utfall.",
        "  påstående 3 ska vara utfall!  ",
        "påståendet 3 är U",
        "3 = u",
        "3: Utfall",
        "3 -> U",
        "3 → U",
        "nr 3 är utfall",
        "nummer 3 är utfall",
        "mening 3 som utfall",
        "flytta 3 till utfall",
        "flytta påstående 3 till utfall",
    ],
)
def test_instructions_statement_ways_to_say_it(text: str) -> None:
    assert read(text) == Instruction("statement:2", ("U",))


@pytest.mark.parametrize("column", SCHEME.columns, ids=lambda column: column.id)
def test_instructions_statement_column_by_code_name_and_first_word(column: Column) -> None:
    for word in (column.code, column.name, column.name.upper(), column.name.split()[0]):
        assert read(f"påstående 2 är {word}") == Instruction("statement:1", (column.code,))


@pytest.mark.parametrize("text", ["4 är A och P", "4 är A, P", "4: aktiviteter + prestationer", "4 = A;P", "4 är A, P och A"])
def test_instructions_statement_several_columns(text: str) -> None:
    assert read(text) == Instruction("statement:3", ("A", "P"))


@pytest.mark.parametrize(
    "text",
    [
        "påstående 0 är utfall",
        "påstående 10 är utfall",
        "påstående 99999 är utfall",
        "påstående 3 är inte utfall",
        "påstående 3 är fel",
        "påstående 3 är",
        "3",
        "påstående 3 är U och utanför",
        "påstående 3 är U och något annat",
        "påstående är utfall",
    ],
)
def test_instructions_statement_not_understood(text: str) -> None:
    assert read(text) is None


def test_instructions_statement_last_one_counts() -> None:
    assert read(f"{STATEMENTS} är R") == Instruction(f"statement:{STATEMENTS - 1}", ("R",))


@pytest.mark.parametrize(("field", "label_id", "name"), LABELS, ids=[f"{field}-{label_id}" for field, label_id, _ in LABELS])
def test_instructions_field_every_name_and_id(field: Field, label_id: str, name: str) -> None:
    assert read(f"{field.swedish}: {name}") == Instruction(field, (label_id,))
    assert read(f"{field.swedish.title()} är {name.lower()}.") == Instruction(field, (label_id,))
    assert read(f"{field.swedish} = {label_id}") == Instruction(field, (label_id,))


@pytest.mark.parametrize(("field", "label_id", "name"), SINGLE_NAMES, ids=[label_id for _, label_id, _ in SINGLE_NAMES])
def test_instructions_field_bare_name(field: Field, label_id: str, name: str) -> None:
    assert read(name) == Instruction(field, (label_id,))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fokusområdet är innovation", Instruction(Field.FOKUSOMRADE, ("innovation",))),
        ("projekttypen ska vara förstudie", Instruction(Field.PROJEKTTYP, ("forstudie",))),
        ("effektkedjan: direkt", Instruction(Field.EFFEKTKEDJA, ("direkt",))),
        ("syftet är digitalisering", Instruction(Field.SYFTE, ("digitalisering",))),
        ("branschen är energi", Instruction(Field.BRANSCH, ("energi",))),
        ("effektkedja: investeringar", Instruction(Field.EFFEKTKEDJA, ("infrastruktur",))),
    ],
)
def test_instructions_field_ways_to_say_it(text: str, expected: Instruction) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("bransch: Energi, Livsmedel", ("energi", "livsmedel")),
        ("bransch: Livsmedel; Energi", ("livsmedel", "energi")),
        ("bransch: Energi, Hälsa, vård och omsorg, Livsmedel", ("energi", "halsa_vard_omsorg", "livsmedel")),
        ("bransch: Rymd, flyg och försvar; Jordbruk, fiske och rennäring", ("rymd_och_flyg", "areella_naringar")),
        ("bransch: Energi, energi", ("energi",)),
    ],
)
def test_instructions_field_several_values(text: str, values: tuple[str, ...]) -> None:
    assert read(text) == Instruction(Field.BRANSCH, values)


@pytest.mark.parametrize(
    "text",
    [
        "fokusområde: rymdturism",
        "fokusområde:",
        "fokusområde: Innovation, Energi",
        "effektkedja: utveckling",
        "bransch: Energi, drakar",
        "bransch: Energi,",
        "Energi",
        "innov och annat",
        "inno",
    ],
)
def test_instructions_field_not_understood(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize("text", ["", "  ", ".", "Hej", "påstående 3 är utfall\nfokusområde: innovation", APPLICATION])
def test_instructions_other_text_is_no_correction(text: str) -> None:
    assert read(text) is None


def test_instructions_name_of_two_fields_is_ambiguous(scheme: Scheme) -> None:
    focus = replace(scheme.label(Field.FOKUSOMRADE, "innovation"), name="Förstudie")
    other = replace(scheme, labels={**scheme.labels, Field.FOKUSOMRADE: (focus,)})
    assert read_instruction("Förstudie", other, 0) is None
    assert read_instruction("fokusområde: Förstudie", other, 0) == Instruction(Field.FOKUSOMRADE, ("innovation",))


def test_instructions_long_line_is_no_correction() -> None:
    assert read("3 är A" + ", A" * (MAX_WORDS - 3)) == Instruction("statement:2", ("A",))
    assert read("3 är A" + ", A" * (MAX_WORDS - 2)) is None


def test_instructions_no_statements_leaves_fields(scheme: Scheme) -> None:
    assert read_instruction("1 är utfall", scheme, 0) is None
    assert read_instruction("projekttyp: förstudie", scheme, 0) == Instruction(Field.PROJEKTTYP, ("forstudie",))


@settings(deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)))
def test_instructions_values_are_always_valid(text: str) -> None:
    found = read(text)
    if found is None:
        return
    assert found.values
    assert len(set(found.values)) == len(found.values)
    if found.target in set(Field):
        assert set(found.values) <= set(SCHEME.ids(Field(found.target)))
        assert len(found.values) == 1 or Field(found.target).is_multiple
    else:
        assert found.target in {f"statement:{number}" for number in range(STATEMENTS)}
        assert set(found.values) <= set(COLUMN_CODES)
        assert "-" not in found.values or len(found.values) == 1
