"""Tests of the classification scheme: what the shipped one holds, and how a malformed one is refused."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from classifier.errors import SchemeError
from classifier.taxonomy import Field, Label, Scheme, load_scheme
from classifier.taxonomy.scheme import COLUMN_CODES, parse_scheme


def entry(table: str, label_id: str, *more: str) -> str:
    lines = (
        f"[[{table}]]",
        f'id = "{label_id}"',
        f'namn = "Namn på {label_id}"',
        f'definition = "Vad {label_id} är."',
        f'exempel = ["Ett om {label_id}.", "Två om {label_id}."]',
        'farg = "#aabbcc"',
        *more,
    )
    return "\n".join(lines) + "\n"


SMALL = "\n".join(
    (
        'version = "9"\nnamn = "Litet schema"\n',
        *(entry("kolumn", f"k{number}", f'kod = "{code}"') for number, code in enumerate(COLUMN_CODES)),
        entry("projekttyp", "typ"),
        entry("sakomrade", "sak"),
        entry("fokusomrade", "fokus", 'sakomrade = "sak"'),
        entry("fokusomrade", "eget", 'sakomrade = "sak"', "eget_lov = true"),
        *(entry(field, f"{field}_x") for field in ("effektkedja", "bransch", "verktyg", "syfte")),
    )
)


def refusal(source: str) -> str:
    with pytest.raises(SchemeError) as caught:
        parse_scheme(source, "prov.toml")
    assert "prov.toml" in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def changed(old: str, new: str) -> tuple[str, int]:
    """The small scheme with the one place changed, and the number of the line it stands on."""
    assert SMALL.count(old) == 1
    return SMALL.replace(old, new), SMALL[: SMALL.index(old)].count("\n") + 1


def all_labels(scheme: Scheme) -> list[Label]:
    return [*scheme.columns, *scheme.sakomraden, *(label for field in Field for label in scheme.labels[field])]


def test_scheme_shipped_counts(scheme: Scheme) -> None:
    assert {field.swedish: len(scheme.labels[field]) for field in Field} == {
        "projekttyp": 5,
        "fokusområde": 12,
        "effektkedja": 4,
        "bransch": 16,
        "verktyg": 16,
        "syfte": 11,
    }
    assert len(scheme.sakomraden) == 5


def test_scheme_shipped_columns_in_the_order_of_the_chain(scheme: Scheme) -> None:
    assert [(column.code, column.name) for column in scheme.columns] == [
        ("R", "Resurser"),
        ("A", "Aktiviteter"),
        ("P", "Prestationer"),
        ("U", "Utfall"),
        ("K", "Kortsiktiga samhällseffekter"),
        ("L", "Långsiktiga samhällseffekter"),
        ("-", "Utanför kedjan"),
    ]


def test_scheme_shipped_names_as_the_source_has_them(scheme: Scheme) -> None:
    assert [label.name for label in scheme.labels[Field.PROJEKTTYP]] == [
        "Finansieringsinstrument",
        "Förstudie",
        "Projekt",
        "Ramprojekt",
        "Samverkansprojekt",
    ]
    assert [label.name for label in scheme.sakomraden] == [
        "Innovation och företagande",
        "Attraktiva miljöer och tillgänglighet",
        "Kompetensförsörjning",
        "Internationellt samarbete",
        "Övrigt",
    ]


def test_scheme_shipped_fokusomraden_in_each_sakomrade(scheme: Scheme) -> None:
    parents = Counter(label.parent for label in scheme.labels[Field.FOKUSOMRADE])
    assert [parents[label.id] for label in scheme.sakomraden] == [3, 5, 1, 2, 1]


def test_scheme_shipped_ids_unique_and_ascii(scheme: Scheme) -> None:
    ids = [label.id for label in all_labels(scheme)]
    assert [label_id for label_id, times in Counter(ids).items() if times > 1] == []
    assert all(label_id.isascii() and label_id == label_id.lower() and " " not in label_id for label_id in ids)


def test_scheme_shipped_names_unique_within_field(scheme: Scheme) -> None:
    for labels in (scheme.columns, scheme.sakomraden, *scheme.labels.values()):
        assert len({label.name.casefold() for label in labels}) == len(labels)


def test_scheme_shipped_every_fokusomrade_has_its_sakomrade(scheme: Scheme) -> None:
    for label in scheme.labels[Field.FOKUSOMRADE]:
        assert scheme.sakomrade_of(label.id).id == label.parent
    assert scheme.sakomrade_of("service").name == "Attraktiva miljöer och tillgänglighet"


def test_scheme_shipped_own_leaf_is_alone_and_bears_the_sakomrades_name(scheme: Scheme) -> None:
    leaves = scheme.labels[Field.FOKUSOMRADE]
    own = [leaf for leaf in leaves if leaf.is_own_leaf]
    assert {leaf.id for leaf in own} == {"kompetensforsorjning", "ovrigt"}
    for leaf in own:
        assert [other.id for other in leaves if other.parent == leaf.parent] == [leaf.id]
        assert scheme.sakomrade_of(leaf.id).name == leaf.name
        assert scheme.written(Field.FOKUSOMRADE, leaf.id) == "-"


def test_scheme_shipped_only_fokusomraden_have_parents(scheme: Scheme) -> None:
    assert all(bool(label.parent) == (field is Field.FOKUSOMRADE) for field in Field for label in scheme.labels[field])


def test_scheme_shipped_labels_described(scheme: Scheme) -> None:
    for label in all_labels(scheme):
        assert label.name == label.name.strip() != ""
        assert label.definition.endswith(".")
        assert len(set(label.examples)) >= 2
        assert all(int(label.colour[start : start + 2], 16) > 0xA0 for start in (1, 3, 5)), "dark text must be readable on it"


def test_scheme_label_lookup(scheme: Scheme) -> None:
    assert scheme.label(Field.EFFEKTKEDJA, "kunskap").name == "Utveckling av kunskap, strategier och planeringsunderlag"
    assert scheme.ids(Field.EFFEKTKEDJA) == ("infrastruktur", "kunskap", "indirekt", "direkt")
    assert scheme.column("U").id == "utfall"
    assert scheme.written(Field.FOKUSOMRADE, "innovation") == "Innovation"
    assert scheme.written(Field.PROJEKTTYP, "forstudie") == "Förstudie"


def test_scheme_label_unknown_refused(scheme: Scheme) -> None:
    with pytest.raises(SchemeError, match=r"fokusområde.*'rymd'"):
        scheme.label(Field.FOKUSOMRADE, "rymd")
    with pytest.raises(SchemeError, match=r"kolumn.*'X'"):
        scheme.column("X")
    with pytest.raises(SchemeError, match="'rymd'"):
        scheme.sakomrade_of("rymd")


def test_scheme_field_many_or_one() -> None:
    assert [field.value for field in Field if field.is_multiple] == ["bransch", "verktyg", "syfte"]


def test_scheme_small_parsed() -> None:
    scheme = parse_scheme(SMALL)
    assert (scheme.version, scheme.name) == ("9", "Litet schema")
    assert scheme.label(Field.FOKUSOMRADE, "fokus") == Label(
        "fokus", "Namn på fokus", "Vad fokus är.", ("Ett om fokus.", "Två om fokus."), "#aabbcc", parent="sak"
    )
    assert scheme.label(Field.FOKUSOMRADE, "eget").is_own_leaf


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('id = "typ"', 'id = "Typ"', "id 'Typ' får bara ha"),
        ('id = "typ"', 'id = "förstudie"', "id 'förstudie' får bara ha"),
        ('id = "typ"', 'id = "1typ"', "id '1typ' får bara ha"),
        ('id = "typ"', "id = 7", "id saknas eller är tom"),
        ('namn = "Namn på typ"', 'namn = " "', "namn saknas eller är tom"),
        ('definition = "Vad fokus är."', 'definition = ""', "definition saknas eller är tom"),
        ('exempel = ["Ett om typ.", "Två om typ."]', 'exempel = ["Ett om typ."]', "minst två"),
        ('exempel = ["Ett om typ.", "Två om typ."]', 'exempel = "Ett om typ."', "minst två"),
        ('exempel = ["Ett om typ.", "Två om typ."]', "exempel = [1, 2]", "minst två"),
        ('exempel = ["Ett om k3.", "Två om k3."]', 'exempel = ["Ett", ""]', "minst två"),
        ('kod = "U"', 'kod = "X"', "koden 'X' ska vara en av"),
        ('kod = "U"', "kod = [1]", "koden [1] ska vara en av"),
        ("eget_lov = true", 'eget_lov = "ja"', "eget_lov ska vara true eller false"),
        ('namn = "Namn på eget"', 'namn = "Namn på fokus"', "namn 'Namn på fokus' står två gånger"),
        ('id = "eget"', 'id = "fokus"', "id 'fokus' står två gånger"),
        ('id = "k4"', 'id = "k3"', "id 'k3' står två gånger"),
    ],
)
def test_scheme_malformed_value_refused_with_its_line(old: str, new: str, reason: str) -> None:
    source, line = changed(old, new)
    message = refusal(source)
    assert f"rad {line}: " in message
    assert reason in message


@pytest.mark.parametrize("colour", ["aabbcc", "#AABBCC", "#abc", "blå"])
def test_scheme_malformed_colour_refused_with_its_line(colour: str) -> None:
    lines = SMALL.split("\n")
    line = lines.index('id = "fokus"') + 4
    assert lines[line] == 'farg = "#aabbcc"'
    lines[line] = f'farg = "{colour}"'
    message = refusal("\n".join(lines))
    assert f"rad {line + 1}: färgen '{colour}'" in message


@pytest.mark.parametrize("parent", ['"annat"', '""', '["sak"]', "3"])
def test_scheme_malformed_sakomrade_refused_with_its_line(parent: str) -> None:
    source, line = changed('sakomrade = "sak"\neget_lov', f"sakomrade = {parent}\neget_lov")
    message = refusal(source)
    assert f"rad {line}: sakområdet" in message
    assert "finns inte" in message


@pytest.mark.parametrize("key", ["id", "namn", "definition", "exempel", "farg", "sakomrade"])
def test_scheme_missing_key_refused_with_the_line_of_its_table(key: str) -> None:
    lines = SMALL.split("\n")
    header = lines.index('id = "fokus"') - 1
    missing = next(number for number in range(header, len(lines)) if lines[number].startswith(f"{key} = "))
    del lines[missing]
    message = refusal("\n".join(lines))
    assert f"rad {header + 1}: " in message


def test_scheme_malformed_below_comments_and_spaced_headers_names_the_line() -> None:
    source = "# Ett schema\n\n" + SMALL.replace("[[projekttyp]]", "[[ projekttyp ]]").replace('id = "typ"', '  id = "T"')
    line = source[: source.index('  id = "T"')].count("\n") + 1
    assert f"rad {line}: id 'T'" in refusal(source)


def test_scheme_columns_in_another_order_refused() -> None:
    source = SMALL.replace('kod = "A"', 'kod = "x"').replace('kod = "R"', 'kod = "A"').replace('kod = "x"', 'kod = "R"')
    line = SMALL[: SMALL.index('kod = "R"')].count("\n") + 1
    assert f"rad {line}: kolumnerna ska vara R A P U K L - i den ordningen" in refusal(source)


def test_scheme_column_left_out_refused() -> None:
    assert "R A P U K L -" in refusal(SMALL.replace(entry("kolumn", "k6", 'kod = "-"'), ""))


@pytest.mark.parametrize("table", ["kolumn", "sakomrade", "projekttyp", "fokusomrade", "effektkedja", "bransch", "verktyg", "syfte"])
def test_scheme_missing_table_refused(table: str) -> None:
    assert f"saknar tabellen [[{table}]]" in refusal(SMALL.replace(f"[[{table}]]", "[[annat]]"))


@pytest.mark.parametrize("written", ["[1, 2]", '"typ"', "[]"])
def test_scheme_table_of_something_else_refused(written: str) -> None:
    source = f"projekttyp = {written}\n" + SMALL.replace(entry("projekttyp", "typ"), "")
    assert "saknar tabellen [[projekttyp]]" in refusal(source)


@pytest.mark.parametrize(("old", "key"), [('version = "9"', "version"), ('namn = "Litet schema"', "namn")])
def test_scheme_missing_version_or_name_refused(old: str, key: str) -> None:
    assert refusal(changed(old, "")[0]).endswith(f"saknar {key}")
    assert refusal(changed(old, f"{key} = 3")[0]).endswith(f"saknar {key}")


def test_scheme_not_toml_refused_with_its_line() -> None:
    source, line = changed('id = "typ"', "id typ")
    message = refusal(source)
    assert "inte giltig TOML" in message
    assert f"line {line}," in message


def test_scheme_file_missing_refused(tmp_path: Path) -> None:
    with pytest.raises(SchemeError, match=r"saknas\.toml kan inte öppnas"):
        load_scheme(tmp_path / "saknas.toml")


def test_scheme_file_in_another_encoding_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "prov.toml"
    path.write_bytes(SMALL.encode("cp1252"))
    line = SMALL[: SMALL.index("Namn på")].count("\n") + 1
    with pytest.raises(SchemeError, match=f"rad {line}: .*UTF-8"):
        load_scheme(path)


def test_scheme_file_with_byte_order_mark_read(tmp_path: Path) -> None:
    path = tmp_path / "prov.toml"
    path.write_text(SMALL, encoding="utf-8-sig")
    assert load_scheme(path).name == "Litet schema"


def test_scheme_file_of_own_read_beside_the_shipped_one(tmp_path: Path, scheme: Scheme) -> None:
    path = tmp_path / "prov.toml"
    path.write_text(SMALL, encoding="utf-8")
    assert load_scheme(path).ids(Field.SYFTE) == ("syfte_x",)
    assert load_scheme() is scheme
