"""The command as it is called: exit codes, what is said, and the files that come out."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import classifier.assistant
from classifier.assistant import Assistant, ProjectText
from classifier.cli import FAILED, OK, USAGE, main
from classifier.errors import StoreError
from classifier.model.bundle import Manifest, read_manifest
from classifier.portfolio import bulk, engine
from classifier.portfolio.engine import Cores
from classifier.portfolio.rows import PROJECT_COLUMNS, STATEMENT_COLUMNS
from classifier.services import players_on
from classifier.store.cases import Cases, now, statement_target
from classifier.store.database import URL_VARIABLE
from classifier.store.games import Agreed, Settings
from classifier.stryktips.coupon import standard
from classifier.taxonomy import Field
from classifier.text.tables import Table, read_table
from classifier.training import trainer
from classifier.training.corpus import LabelledProject
from tests.conftest import APPLICATION

SENTENCE = "Fyra bagerier i bygden delar på en ny ugn."
REAL_LOAD = classifier.assistant.load
HEAVY = ("torch", "streamlit", "spacy", "sklearn", "numpy", "pandas", "onnxruntime", "sqlalchemy")
HELP = """
import atexit, json, runpy, sys, time
atexit.register(lambda: sys.stderr.write(json.dumps({"seconds": time.process_time(), "modules": sorted(sys.modules)})))
sys.argv = ["classifier", "--help"]
runpy.run_module("classifier", run_name="__main__", alter_sys=True)
"""


@pytest.fixture(autouse=True)
def _dummy_model(assistant: Assistant, batches: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classifier.assistant, "load", lambda: assistant)


def run(*arguments: str | Path) -> int:
    return main([str(argument) for argument in arguments])


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    captured = capsys.readouterr()
    assert captured.out == ""
    return [line for line in captured.err.splitlines() if line and not re.match(r"(projekt|påståenden): +\d+%", line)]


def write(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


def read(path: Path) -> Table:
    return read_table(path.read_bytes(), path.name)


def give_stdin(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


@pytest.fixture
def projects(tmp_path: Path) -> Path:
    return write(tmp_path / "projekt.csv", f"id;titel;text;län\nA1;Ugnen;{SENTENCE};AC\nA2;;;BD\nA3;Kort;Ny ugn;Z\n")


# Help


def test_cli_help_is_quick_and_light() -> None:
    child = subprocess.run([sys.executable, "-c", HELP], capture_output=True, check=False, cwd=Path(__file__).parents[1])
    used: dict[str, Any] = json.loads(child.stderr)
    assert child.returncode == 0
    assert b"classify" in child.stdout
    assert used["seconds"] < 0.5
    assert "classifier.cli" in used["modules"]
    assert {module.partition(".")[0] for module in used["modules"]}.isdisjoint(HEAVY)


@pytest.mark.parametrize("command", [[], ["classify"], ["statements"], ["train"], ["evaluate"], ["app"]])
def test_cli_help_is_swedish(capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        run(*command, "--help")
    assert left.value.code == 0
    text = capsys.readouterr().out
    assert "användning: effektkedja" in text
    assert [english for english in ("usage:", "options:", "positional", "show this help") if english in text] == []


# Exit codes and usage errors


def test_cli_exit_codes_are_the_contract() -> None:
    assert (OK, FAILED, USAGE) == (0, 1, 2)


@pytest.mark.parametrize(
    ("arguments", "telling"),
    [
        ([], "KOMMANDO"),
        (["rita"], "rita"),
        (["classify"], "KÄLLA"),
        (["classify", "a.csv"], "-o/--out"),
        (["classify", "a.csv", "-o"], "-o/--out"),
        (["classify", "a.csv", "-o", "ut.csv", "--okänd"], "--okänd"),
        (["statements", "-o", "ut.csv"], "KÄLLA"),
        (["app", "--port", "åtta"], "heltal"),
        (["train", "--base", "modell"], "--encoder"),
        (["evaluate", "--explanations"], "--explanations kräver märkta texter"),
        (["classify", "a.csv", "-o", "ut.csv", "--tier", "slarvig"], "--tier finns inte: 'slarvig'"),
        (["classify", "a.csv", "-o", "ut.csv", "--jobs", "två"], "--jobs ska vara ett heltal, inte 'två'"),
        (["classify", "a.csv", "-o", "ut.csv", "--jobs", "-1"], "--jobs ska vara 0 eller mer"),
        (["classify", "a.csv", "-o", "ut.csv", "--backend", "moln"], "--backend finns inte: 'moln'"),
        (["classify", "a.csv", "-o", "ut.csv", "--backend", "dask"], "--backend dask och --scheduler hör ihop"),
        (["classify", "a.csv", "-o", "ut.csv", "--scheduler", "tcp://a:8786"], "--backend dask och --scheduler hör ihop"),
        (["bench", "--peers", "andra"], "--peers och --bulk kräver --on"),
        (["bench", "--on", "a.jsonl"], "--on kräver en av dem"),
        (["bench", "--peers", "andra", "--bulk", "--on", "a.jsonl"], "inte båda"),
        (["bench", "--on", "finns-inte.jsonl", "--peers", "andra"], "finns-inte.jsonl finns inte"),
        (["evaluate", "--on", "finns-inte.jsonl"], "finns-inte.jsonl finns inte"),
    ],
)
def test_cli_usage_error_is_one_swedish_line(capsys: pytest.CaptureFixture[str], arguments: list[str], telling: str) -> None:
    assert run(*arguments) == 2
    (line,) = said(capsys)
    assert line.startswith("Fel i anropet: ")
    assert telling in line
    assert not any(word in line for word in ("required", "argument -", "invalid", "expected", "unrecognized"))


def test_cli_expected_failure_is_one_line_and_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, projects: Path
) -> None:
    def broken(*_: object) -> Assistant:
        raise StoreError("disken är full")

    monkeypatch.setattr(engine, "_opened", broken)
    assert run("classify", projects, "-o", projects.with_name("ut.csv")) == 1
    assert said(capsys)[-1] == "Det gick inte att spara: disken är full"


def test_cli_interrupted(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, projects: Path) -> None:
    def interrupt(*_: object) -> Assistant:
        raise KeyboardInterrupt

    out = projects.with_name("ut.csv")
    with monkeypatch.context() as patch:
        patch.setattr(engine, "_opened", interrupt)
        assert run("classify", projects, "-o", out) == 1
    assert said(capsys)[-1] == "Avbrutet."
    assert not out.exists()
    assert run("classify", projects, "-o", out) == 0
    assert sorted(path.name for path in projects.parent.iterdir()) == ["projekt.csv", "ut.csv"]


@pytest.mark.parametrize("command", ["classify", "statements"])
def test_cli_missing_model_names_remedy(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, projects: Path, command: str
) -> None:
    folder = projects.with_name("modeller")
    monkeypatch.setattr(classifier.assistant, "load", lambda: REAL_LOAD(folder))
    monkeypatch.setattr(engine, "read_manifest", lambda _: read_manifest(folder))
    assert run(command, projects, "-o", projects.with_name("ut.csv")) == 1
    line = said(capsys)[-1]
    assert line.startswith("Modellen kan inte användas: ")
    assert "modeller" in line
    assert "effektkedja train" in line


# classify


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".jsonl"])
def test_cli_classify_table(capsys: pytest.CaptureFixture[str], tmp_path: Path, projects: Path, ending: str) -> None:
    out = tmp_path / "ny" / f"ut{ending}"
    assert run("classify", projects, "-o", out) == 0
    table = read(out)
    assert table.columns == ("text", "län", *PROJECT_COLUMNS)
    assert [(row["id"], row["län"], row["status"]) for row in table.rows] == [
        ("A1", "AC", "förslag, ej granskat"),
        ("A2", "BD", "tom text"),
        ("A3", "Z", "för kort text"),
    ]
    assert said(capsys) == ["projekt.csv: text = text, titel = titel, id = id", f"3 projekt skrevs till {out}."]


def test_cli_classify_csv_opens_in_excel(tmp_path: Path, projects: Path) -> None:
    run("classify", projects, "-o", tmp_path / "ut.csv")
    data = (tmp_path / "ut.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbftext;")
    assert data.endswith(b"\r\n")


def test_cli_classify_statements_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    source = write(tmp_path / "ansökan.txt", APPLICATION)
    assert run("classify", source, "-o", tmp_path / "ut.jsonl", "--statements", tmp_path / "led.jsonl") == 0
    table = read(tmp_path / "led.jsonl")
    assert table.columns == STATEMENT_COLUMNS
    assert {row["projekt_id"] for row in table.rows} == {"ansökan"}
    assert all(APPLICATION[row["start"] : row["slut"]] == row["påstående"] for row in table.rows)
    assert said(capsys)[-1] == f"{len(table.rows)} påståenden skrevs till {tmp_path / 'led.jsonl'}."


def test_cli_classify_chosen_columns(tmp_path: Path) -> None:
    source = write(tmp_path / "projekt.csv", f"nyckel;rubriken;mål;text\nK1;Ugnen;{SENTENCE};\n")
    choices = ("--id-column", "nyckel", "--title-column", "rubriken", "--text-column", "mål")
    assert run("classify", source, "-o", tmp_path / "ut.csv", *choices) == 0
    (row,) = read(tmp_path / "ut.csv").rows
    assert (row["id"], row["titel"], row["status"]) == ("K1", "Ugnen", "förslag, ej granskat")


@pytest.mark.parametrize("option", ["--id-column", "--title-column", "--text-column"])
def test_cli_classify_wrong_column_lists_columns(capsys: pytest.CaptureFixture[str], projects: Path, option: str) -> None:
    assert run("classify", projects, "-o", projects.with_name("ut.csv"), option, "finnsinte") == 2
    (line,) = said(capsys)
    assert "'finnsinte'" in line
    assert line.endswith("Kolumner: id, titel, text, län")
    assert not projects.with_name("ut.csv").exists()


def test_cli_classify_missing_column_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    source = write(tmp_path / "projekt.csv", 'kod;"sökt\nbelopp"\nA;100\n')
    assert run("classify", source, "-o", tmp_path / "ut.csv") == 2
    (line,) = said(capsys)
    assert "--text-column" in line
    assert line.endswith("Kolumner: kod, sökt belopp")


@pytest.mark.parametrize("options", [("-o", "ut.pdf"), ("-o", "ut.csv", "--statements", "led.ods")])
def test_cli_classify_unknown_output_ending(capsys: pytest.CaptureFixture[str], projects: Path, options: tuple[str, ...]) -> None:
    assert run("classify", projects, *options) == 2
    (line,) = said(capsys)
    assert Path(options[-1]).name in line
    assert ".csv, .xlsx, .jsonl" in line


def test_cli_classify_both_outputs_to_one_file(capsys: pytest.CaptureFixture[str], projects: Path) -> None:
    out = projects.with_name("ut.csv")
    assert run("classify", projects, "-o", out, "--statements", out) == 2
    assert "olika filer" in said(capsys)[0]
    assert not out.exists()


def test_cli_classify_unknown_input_ending_keeps_row(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    source = write(tmp_path / "karta.odt", "innehåll")
    assert run("classify", source, "-o", tmp_path / "ut.csv") == 0
    (row,) = read(tmp_path / "ut.csv").rows
    assert (row["fil"], row["granska"]) == ("karta.odt", "sant")
    assert "ändelse som inte stöds" in row["status"]
    assert row["status"] in said(capsys)


def test_cli_classify_missing_source(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run("classify", tmp_path / "borta.csv", "-o", tmp_path / "ut.csv") == 2
    assert "borta.csv finns inte" in said(capsys)[0]


def test_cli_classify_damaged_table(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    source = write(tmp_path / "projekt.xlsx", "ingen arbetsbok")
    assert run("classify", source, "-o", tmp_path / "ut.csv") == 1
    (line,) = said(capsys)
    assert line.startswith("Filen kan inte läsas: projekt.xlsx")


def test_cli_classify_folder(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    write(folder / "a.txt", APPLICATION)
    (folder / "b.pdf").write_bytes(b"%PDF-1.7 avbruten")
    write(folder / "c.md", "")
    write(folder / "d.csv", f"id;text\nD1;{SENTENCE}\n")
    write(folder / "e.png", "")
    assert run("classify", folder, "-o", tmp_path / "ut.jsonl") == 0
    rows = read(tmp_path / "ut.jsonl").rows
    assert [(row["id"], row.get("fil")) for row in rows] == [("a", "a.txt"), ("b", "b.pdf"), ("c", "c.md"), ("D1", None)]
    assert rows[1]["status"].startswith("Filen kan inte läsas: b.pdf")
    assert [row["status"] for row in (rows[0], rows[2], rows[3])] == ["förslag, ej granskat", "tom text", "förslag, ej granskat"]
    lines = said(capsys)
    assert lines[-1].startswith("4 projekt skrevs")
    assert any("1 fil i in har en ändelse som inte stöds" in line for line in lines)


def test_cli_classify_stdin_text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    give_stdin(monkeypatch, APPLICATION.encode())
    assert run("classify", "-", "-o", tmp_path / "ut.csv") == 0
    table = read(tmp_path / "ut.csv")
    assert table.columns == PROJECT_COLUMNS
    assert [(row["id"], row["status"]) for row in table.rows] == [("1", "förslag, ej granskat")]


def test_cli_classify_stdin_jsonl(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lines = [{"id": "A", "text": SENTENCE, "år": 2026}, {"id": "B", "text": ""}]
    give_stdin(monkeypatch, "\n".join(map(json.dumps, lines)).encode())
    assert run("classify", "-", "-o", tmp_path / "ut.jsonl") == 0
    rows = read(tmp_path / "ut.jsonl").rows
    assert [(row["id"], row["år"], row["status"]) for row in rows] == [("A", 2026, "förslag, ej granskat"), ("B", "", "tom text")]


def test_cli_classify_unwritable_output(capsys: pytest.CaptureFixture[str], batches: list[list[str]], projects: Path) -> None:
    in_the_way = write(projects.with_name("fil"), "")
    assert run("classify", projects, "-o", in_the_way / "ut.csv") == 1
    line = said(capsys)[-1]
    assert line.startswith("Filen kan inte skrivas: ")
    assert "ut.csv" in line
    assert batches == []


@pytest.mark.parametrize(("tier", "model"), [("auto", "noggrann"), ("noggrann", "noggrann"), ("snabb", "snabb")])
def test_cli_classify_tier(projects: Path, tier: str, model: str) -> None:
    assert run("classify", projects, "-o", projects.with_name("ut.csv"), "--tier", tier) == 0
    assert [row["modell"] for row in read(projects.with_name("ut.csv")).rows] == [f"{model} provmodell", "", ""]


@pytest.mark.parametrize(("options", "cores"), [((), Cores()), (("--jobs", "3"), Cores(3)), (("--jobs", "0"), Cores())])
def test_cli_classify_jobs(monkeypatch: pytest.MonkeyPatch, projects: Path, options: tuple[str, ...], cores: Cores) -> None:
    given = given_to_classify(monkeypatch)
    assert run("classify", projects, "-o", projects.with_name("ut.csv"), *options) == 0
    assert given == [cores]


def test_cli_classify_cluster(monkeypatch: pytest.MonkeyPatch, projects: Path) -> None:
    given = given_to_classify(monkeypatch)
    options = ("--backend", "dask", "--scheduler", "tcp://server:8786")
    assert run("classify", projects, "-o", projects.with_name("ut.csv"), *options) == 0
    assert given == [Cores(0, "tcp://server:8786")]


def test_cli_classify_cluster_that_does_not_answer(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, projects: Path
) -> None:
    monkeypatch.setattr(engine, "_files", lambda _: {})
    options = ("--backend", "dask", "--scheduler", "ingen adress")
    assert run("classify", projects, "-o", projects.with_name("ut.csv"), *options) == 2
    assert said(capsys)[-1].startswith("Fel i anropet: schemaläggaren ingen adress svarar inte")


def test_cli_classify_says_ids_on_several_rows(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    source = write(tmp_path / "projekt.csv", f"id;text\nA1;{SENTENCE}\nA1;{SENTENCE}\n")
    assert run("classify", source, "-o", tmp_path / "ut.csv") == 0
    assert "1 id står på flera rader (A1). Varje rad klassificeras för sig och behåller sitt id." in said(capsys)


def given_to_classify(monkeypatch: pytest.MonkeyPatch) -> list[Cores]:
    given: list[Cores] = []

    def classify(_sources: object, _out: Path, _statements: Path | None, _tier: object, cores: Cores, *_: object) -> bulk.Written:
        given.append(cores)
        return bulk.Written(0, 0)

    monkeypatch.setattr(bulk, "classify", classify)
    return given


# statements


def test_cli_statements(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    source = write(tmp_path / "led.csv", "projekt_id;påstående;not\nA;Kurser hålls.;x\n;Orten växer.;\nA;;y\n")
    assert run("statements", source, "-o", tmp_path / "ut.csv") == 0
    table = read(tmp_path / "ut.csv")
    assert table.columns == ("not", *STATEMENT_COLUMNS, "status")
    assert [(row["projekt_id"], row["nr"], row["påstående"], row["not"], row["status"]) for row in table.rows] == [
        ("A", "1", "Kurser hålls.", "x", "förslag, ej granskat"),
        ("", "1", "Orten växer.", "", "förslag, ej granskat"),
        ("A", "2", "", "y", "tom text"),
    ]
    assert said(capsys) == [
        "led.csv: påstående = påstående, projekt_id = projekt_id",
        f"3 påståenden skrevs till {tmp_path / 'ut.csv'}.",
    ]


def test_cli_statements_stdin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    give_stdin(monkeypatch, '{"mening": "Kurser hålls."}\n{"mening": "Orten växer."}\n'.encode())
    assert run("statements", "-", "-o", tmp_path / "ut.jsonl") == 0
    assert [row["påstående"] for row in read(tmp_path / "ut.jsonl").rows] == ["Kurser hålls.", "Orten växer."]


@pytest.mark.parametrize("options", [(), ("--text-column", "finnsinte")])
def test_cli_statements_missing_column(capsys: pytest.CaptureFixture[str], tmp_path: Path, options: tuple[str, ...]) -> None:
    source = write(tmp_path / "led.csv", "kod;led\nA;Kurser hålls.\n")
    assert run("statements", source, "-o", tmp_path / "ut.csv", *options) == 2
    (line,) = capsys.readouterr().err.splitlines()  # no progress bar before it
    assert line.endswith("Kolumner: kod, led")
    assert run("statements", source, "-o", tmp_path / "ut.csv", "--text-column", "led") == 0


def test_cli_statements_missing_source(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run("statements", tmp_path / "borta.csv", "-o", tmp_path / "ut.csv") == 2
    assert said(capsys) == [f"Fel i anropet: {tmp_path / 'borta.csv'} finns inte"]


def test_cli_statements_no_table(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    source = write(tmp_path / "ansökan.txt", APPLICATION)
    assert run("statements", source, "-o", tmp_path / "ut.csv") == 1
    assert ".csv, .tsv, .xlsx, .jsonl" in said(capsys)[0]


# app


@pytest.mark.parametrize("code", [0, 1])
def test_cli_app_starts_streamlit(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    called: list[list[str]] = []

    def call(command: list[str], cwd: Path) -> int:
        called.append(command)
        assert (cwd / "app.py").is_file()
        return code

    monkeypatch.setattr(subprocess, "call", call)
    assert run("app", "--port", "9000") == code
    (command,) = called
    assert command[:4] == [sys.executable, "-m", "streamlit", "run"]
    assert command[-2:] == ["--server.port", "9000"]


@pytest.mark.parametrize(("password", "others"), [("", "först när EFFEKTKEDJA_PASSWORD är satt"), ("hemligt", "med lösenordet")])
def test_cli_app_says_where_it_is_reached(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, password: str, others: str
) -> None:
    monkeypatch.setenv("EFFEKTKEDJA_PASSWORD", password)
    monkeypatch.setenv("EFFEKTKEDJA_ADDRESS", "https://effektkedja.region.se")
    monkeypatch.setattr(subprocess, "call", lambda _command, cwd: 0)
    assert run("app", "--port", "9000") == 0
    officers, players = said(capsys)
    assert officers == f"Handläggare: http://localhost:9000 på den här datorn; från andra datorer {others}."
    assert players == "Spelare: https://effektkedja.region.se/spela"


def test_cli_app_refuses_a_malformed_address(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EFFEKTKEDJA_ADDRESS", "effektkedja")
    assert run("app") == FAILED
    assert "EFFEKTKEDJA_ADDRESS" in said(capsys)[0]


# train


def test_cli_train_takes_decisions_and_what_rooms_agreed_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, cases: Cases, assistant: Assistant
) -> None:
    case_id = cases.add(assistant.suggest([ProjectText(APPLICATION)])[0])
    for target in (statement_target(1), *Field):
        values = ["P"] if target not in set(Field) else cases.scheme.ids(Field(target))[:1]
        cases.decide(case_id, target, values, seen_revision=0)
    games = players_on(cases.engine, cases.scheme).games
    agreed = Agreed("Vinnväxt", ("A",), 7, 0.5, "Provspel", "ledaren", now())
    games.give(games.open(standard(), "Provspel", Settings()), {5: agreed, 6: agreed})
    given: list[LabelledProject] = []

    def train_heads(decided: Sequence[LabelledProject], **_folders: Path) -> Manifest:
        given.extend(decided)
        return assistant.bundle.manifest

    monkeypatch.setenv(URL_VARIABLE, cases.engine.url.render_as_string(hide_password=False))
    monkeypatch.setattr(trainer, "train_heads", train_heads)
    assert run("train") == 0
    assert given == []
    capsys.readouterr()
    assert run("train", "--decisions") == 0
    assert [(bool(project.labels), project.statements[0].columns) for project in given] == [
        (True, ("P",)),
        (False, ("A",)),
        (False, ("A",)),
    ]
    assert said(capsys)[0] == "1 bekräftade ärenden tas med, och 2 påståenden som deltagare i stryktipset har enats om."
