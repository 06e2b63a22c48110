"""The corpus: marks come off without a trace, malformed entries are named, and what is shipped holds what it should."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import TrainingError
from classifier.taxonomy import Field
from classifier.taxonomy.scheme import COLUMN_CODES
from classifier.training.corpus import (
    CORPUS_DIR,
    MARK,
    SHORT_FILE,
    corpus_hash,
    parse_marked,
    read_corpus,
    read_labelled_jsonl,
    read_short_statements,
)

ENTRY = """[[projekt]]
id = "prov-001"
omgang = 3
titel = "Brygga vid Lillsjön"
lan = "Kalmar län"
projekttyp = "projekt"
fokusomrade = "service"
effektkedja = "infrastruktur"
bransch = ["besoksnaring"]
verktyg = ["bygg_och_anlaggning"]
syfte = []
text = '''
[#] Mål
[P] - En brygga på tolv meter står klar. [U K] Fler båtar lägger till, vilket ger caféet gäster.
'''
"""
code_lists = st.lists(st.sampled_from(COLUMN_CODES[:-1]), min_size=1, max_size=3).map(" ".join)
marks = st.one_of(st.just("#"), st.just("-"), code_lists)
words = st.text("abåäö., ", min_size=1, max_size=12).filter(lambda text: text.strip(" .,"))
loose = st.text("ab.\n\t -•1)", max_size=20)


def write_corpus(folder: Path, *entries: str) -> Path:
    for number, entry in enumerate(entries):
        (folder / f"del{number}.toml").write_text(entry, encoding="utf-8")
    return folder


def test_corpus_parse_marked_example() -> None:
    marked = "Ingress utan märke.\n[#] Mål:\n[P U] - Tio kurser\nhålls. [-] Bakgrund finns.\n\n[#] Budget\n[R] 4) två mkr\n"
    text, statements = parse_marked(marked)
    assert text == "Ingress utan märke.\nMål:\n- Tio kurser\nhålls. Bakgrund finns.\n\nBudget\n4) två mkr\n"
    assert [(item.statement.text, item.statement.heading, item.columns) for item in statements] == [
        ("Tio kurser\nhålls.", "Mål", ("P", "U")),
        ("Bakgrund finns.", "Mål", ("-",)),
        ("två mkr", "Budget", ("R",)),
    ]
    assert [text[item.statement.start : item.statement.end] for item in statements] == [item.statement.text for item in statements]


@given(loose, st.lists(st.tuples(marks, loose)))
def test_corpus_parse_marked_text_is_what_marks_leave(lead: str, pieces: list[tuple[str, str]]) -> None:
    text, _ = parse_marked(lead + "".join(f"[{mark}] {piece}" for mark, piece in pieces))
    assert text == lead + "".join(piece for _, piece in pieces)


@given(st.text("[]#-RAPUKL ab\n", max_size=60))
def test_corpus_parse_marked_any_text(marked: str) -> None:
    text, statements = parse_marked(marked)
    assert text == MARK.sub("", marked)
    end = 0
    for item in statements:
        assert item.statement.start >= end
        end = item.statement.end
        assert text[item.statement.start : end] == item.statement.text == item.statement.text.strip() != ""
        assert not re.search(r"\n[ \t]*\n", item.statement.text)
        assert set(item.columns) <= set(COLUMN_CODES)


@given(st.lists(st.tuples(marks, words), max_size=8))
def test_corpus_parse_marked_statements_and_headings(pieces: list[tuple[str, str]]) -> None:
    _, statements = parse_marked("".join(f"[{mark}] {piece}\n" for mark, piece in pieces))
    wanted, heading = [], ""
    for mark, piece in pieces:
        if mark == "#":
            heading = re.sub(" +", " ", piece).strip()
        else:
            wanted.append((piece.strip(), heading, tuple(mark.split())))
    assert [(item.statement.text, item.statement.heading, item.columns) for item in statements] == wanted


@pytest.mark.parametrize("bullet", ["- ", "– ", "• ", "* ", "1. ", "12) ", "(3) ", "b) ", "-\t", "--  "])
def test_corpus_parse_marked_bullet_left_out(bullet: str) -> None:
    text, (item,) = parse_marked(f"[A]  {bullet}gräva ett dike ")
    assert text == f" {bullet}gräva ett dike "
    assert (item.statement.text, item.statement.start) == ("gräva ett dike", len(bullet) + 1)


@pytest.mark.parametrize("start", ["-5 grader", "2014. ", "3D-skrivare", "a-kassan", "1,5 mkr"])
def test_corpus_parse_marked_no_bullet_kept(start: str) -> None:
    _, (item,) = parse_marked(f"[-] {start} nämns")
    assert item.statement.text == f"{start} nämns"


def test_corpus_parse_marked_ends_at_empty_line() -> None:
    text, statements = parse_marked("[A] gräva\nett dike\n \nomärkt rad\n[P]\n\nett dike")
    assert text == "gräva\nett dike\n \nomärkt rad\n\n\nett dike"
    assert [item.statement.text for item in statements] == ["gräva\nett dike", "ett dike"]


@pytest.mark.parametrize("mark", ["[X]", "[A  P]", "[A,P]", "[ A]", "[a]", "[- A]", "[]"])
def test_corpus_parse_marked_no_such_mark(mark: str) -> None:
    assert parse_marked(f"{mark} gräva ett dike") == (f"{mark} gräva ett dike", ())


def test_corpus_read_entry(tmp_path: Path) -> None:
    (project,) = read_corpus(write_corpus(tmp_path, ENTRY))
    assert (project.id, project.title, project.county) == ("prov-001", "Brygga vid Lillsjön", "Kalmar län")
    assert (project.round, project.pair) == (3, "")
    assert project.text == "Mål\n- En brygga på tolv meter står klar. Fler båtar lägger till, vilket ger caféet gäster."
    assert [item.columns for item in project.statements] == [("P",), ("U", "K")]
    assert project.labels == {
        Field.PROJEKTTYP: ("projekt",),
        Field.FOKUSOMRADE: ("service",),
        Field.EFFEKTKEDJA: ("infrastruktur",),
        Field.BRANSCH: ("besoksnaring",),
        Field.VERKTYG: ("bygg_och_anlaggning",),
        Field.SYFTE: (),
    }


def test_corpus_read_pair(tmp_path: Path) -> None:
    (project,) = read_corpus(write_corpus(tmp_path, ENTRY.replace("omgang", 'par = "prov-002"\nomgang')))
    assert project.pair == "prov-002"


def test_corpus_read_files_in_order(tmp_path: Path) -> None:
    two = ENTRY.replace("prov-001", "prov-002") + ENTRY.replace("prov-001", "prov-003")
    assert [project.id for project in read_corpus(write_corpus(tmp_path, two, ENTRY))] == ["prov-002", "prov-003", "prov-001"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('lan = "Kalmar län"\n', "", "del0.toml, prov-001: uppgiften 'lan'"),
        ("omgang = 3\n", "", "del0.toml, prov-001: uppgiften 'omgang'"),
        ("omgang = 3\n", 'omgang = "tre"\n', "del0.toml, prov-001: uppgiften"),
        ('titel = "Brygga vid Lillsjön"\n', "", "del0.toml, prov-001: uppgiften 'titel'"),
        ("syfte = []\n", "", "del0.toml, prov-001: uppgiften 'syfte'"),
        ('id = "prov-001"\n', "", "del0.toml, text utan id: uppgiften 'id'"),
        ('bransch = ["besoksnaring"]', "bransch = 3", "del0.toml, prov-001: uppgiften"),
        ("text = '''", "text = 3\nannat = '''", "del0.toml, prov-001: uppgiften"),
        ('"service"', '"rymdfart"', "del0.toml, prov-001: fokusområde rymdfart finns inte"),
        ('"infrastruktur"', '["infrastruktur"]', "del0.toml, prov-001: effektkedja ['infrastruktur'] finns inte"),
        (
            '["bygg_och_anlaggning"]',
            '["bygg_och_anlaggning", "trolleri", "magi"]',
            "del0.toml, prov-001: verktyg trolleri, magi finns inte",
        ),
        ("[P] - En", "En", "del0.toml, prov-001: texten har inga märkta påståenden"),
        ("[[projekt]]", "[projekt]", "del0.toml är inte en textfil"),
        ("[[projekt]]", "[[projektet]]", "del0.toml är inte en textfil"),
        ("[[projekt]]", "[[projekt", "del0.toml är inte en textfil"),
    ],
)
def test_corpus_read_malformed(tmp_path: Path, old: str, new: str, told: str) -> None:
    entry = ENTRY.replace("[U K] ", "") if "inga märkta" in told else ENTRY
    assert old in entry
    with pytest.raises(TrainingError) as caught:
        read_corpus(write_corpus(tmp_path, entry.replace(old, new)))
    assert told in str(caught.value)


def test_corpus_read_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "del0.toml").write_bytes(ENTRY.encode("latin-1"))
    with pytest.raises(TrainingError, match=r"del0\.toml är inte en textfil"):
        read_corpus(tmp_path)


def test_corpus_read_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "tom").mkdir()
    with pytest.raises(TrainingError, match=r"mappen tom innehåller inga texter"):
        read_corpus(tmp_path / "tom")


def test_corpus_read_id_twice(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="id prov-001 står två gånger"):
        read_corpus(write_corpus(tmp_path, ENTRY, ENTRY))


def test_corpus_hash_follows_names_and_bytes(tmp_path: Path) -> None:
    first = corpus_hash(write_corpus(tmp_path, ENTRY, ENTRY.replace("001", "002")))
    assert re.fullmatch("[0-9a-f]{64}", first)
    (tmp_path / "README.md").write_text("räknas inte")
    assert corpus_hash(tmp_path) == first
    (tmp_path / "del1.toml").rename(tmp_path / "del2.toml")
    renamed = corpus_hash(tmp_path)
    write_rows(tmp_path / SHORT_FILE, SHORT)
    assert corpus_hash(tmp_path) != renamed
    (tmp_path / "del0.toml").write_text(ENTRY + "\n", encoding="utf-8")
    assert len({first, renamed, corpus_hash(tmp_path)}) == 3


SHORT = {"id": "kort-3-001", "omgang": 3, "påstående": "Fler gäster", "kolumner": ["K", "U"]}


def test_corpus_short_statements(tmp_path: Path) -> None:
    assert read_short_statements(tmp_path) == []
    write_rows(tmp_path / SHORT_FILE, SHORT, SHORT | {"id": "kort-3-002", "kolumner": ["-"]})
    first, second = read_short_statements(tmp_path)
    assert (first.id, first.title, first.text, first.round, first.labels) == ("kort-3-001", "", "Fler gäster", 3, {})
    assert [(item.statement.text, item.columns) for item in first.statements] == [("Fler gäster", ("K", "U"))]
    assert second.statements[0].columns == ("-",)


@pytest.mark.parametrize(
    "row",
    [
        {"id": "kort"},
        SHORT | {"kolumner": []},
        SHORT | {"kolumner": ["X"]},
        SHORT | {"kolumner": None},
        SHORT | {"omgang": "tre"},
        SHORT | {"påstående": 3},
        "rad",
    ],
)
def test_corpus_short_statements_malformed(tmp_path: Path, row: object) -> None:
    write_rows(tmp_path / SHORT_FILE, SHORT, row)
    with pytest.raises(TrainingError, match=r"korta_pastaenden\.jsonl, rad 2: inte ett märkt påstående"):
        read_short_statements(tmp_path)


def labelled_row(**changes: object) -> dict[str, object]:
    row: dict[str, object] = {
        "id": 17,
        "titel": "Brygga",
        "text": "Vi bygger en brygga. Vi bygger en brygga. Fler kommer.",
        "projekttyp": "Förstudie",
        "sakområde": "Kompetensförsörjning",
        "fokusområde": "-",
        "påståenden": [
            {"påstående": "Vi bygger en brygga.", "kolumner": ["A", "P"]},
            {"påstående": "Vi bygger en brygga.", "kolumner": ["-"]},
            {"påstående": "Fler kommer.", "kolumner": ["K"]},
        ],
    }
    return row | changes


def write_rows(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_corpus_labelled_jsonl(tmp_path: Path) -> None:
    (project,) = read_labelled_jsonl(write_rows(tmp_path / "facit.jsonl", labelled_row()))
    assert (project.id, project.title) == ("17", "Brygga")
    assert project.labels == {Field.PROJEKTTYP: ("forstudie",), Field.FOKUSOMRADE: ("kompetensforsorjning",)}
    assert [(item.statement.start, item.statement.end, item.columns) for item in project.statements] == [
        (0, 20, ("A", "P")),
        (21, 41, ("-",)),
        (42, 54, ("K",)),
    ]
    assert all(project.text[item.statement.start : item.statement.end] == item.statement.text for item in project.statements)


def test_corpus_labelled_jsonl_statement_not_in_text_is_kept(tmp_path: Path) -> None:
    changed = [{"påstående": "Något annat.", "kolumner": ["U"]}, {"påstående": "Fler kommer.", "kolumner": ["K"]}]
    (project,) = read_labelled_jsonl(write_rows(tmp_path / "facit.jsonl", labelled_row(påståenden=changed)))
    assert [(item.statement.text, item.columns) for item in project.statements] == [("Något annat.", ("U",)), ("Fler kommer.", ("K",))]
    assert project.statements[1].statement.start == 42


def test_corpus_labelled_jsonl_line_separator_within_text(tmp_path: Path) -> None:
    rows = [labelled_row(text="Första\u2028andra\x85tredje."), labelled_row(id=18)]
    projects = read_labelled_jsonl(write_rows(tmp_path / "facit.jsonl", *rows))
    assert [project.id for project in projects] == ["17", "18"]
    assert projects[0].text == "Första\u2028andra\x85tredje."


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"id": 1}, "'text'"),
        ({"text": "Utan id."}, "'id'"),
        (labelled_row(projekttyp="Rymdprojekt"), "projekttyp 'Rymdprojekt'"),
        (labelled_row(sakområde="Innovation och företagande"), "fokusområde '-'"),
        (labelled_row(påståenden=[{"påstående": "Fler kommer."}]), "'kolumner'"),
        (labelled_row(text=None), "inte ett märkt projekt"),
        (["en", "lista"], "inte ett märkt projekt"),
    ],
)
def test_corpus_labelled_jsonl_malformed(tmp_path: Path, row: object, told: str) -> None:
    with pytest.raises(TrainingError) as caught:
        read_labelled_jsonl(write_rows(tmp_path / "facit.jsonl", labelled_row(), row))
    assert "facit.jsonl, rad 2: " in str(caught.value)
    assert told in str(caught.value)


def test_corpus_labelled_jsonl_not_json(tmp_path: Path) -> None:
    path = tmp_path / "facit.jsonl"
    path.write_text("\n{trasig\n", encoding="utf-8")
    with pytest.raises(TrainingError, match=r"facit\.jsonl, rad 2: inte ett märkt projekt"):
        read_labelled_jsonl(path)


def test_corpus_shipped_folder_is_the_projects_own() -> None:
    assert Path(__file__).parents[2] / "training_data" == CORPUS_DIR
    assert (CORPUS_DIR / "KODBOK.md").is_file()
