"""The trainer: folds that hold a fair share of everything, and heads refitted on an encoder that is left as it was."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import OutputError, TrainingError
from classifier.model.bundle import FILES, MANIFEST_FILE, check_files, read_manifest, write_manifest
from classifier.model.encoder import ENCODER_FILE, TOKENIZER_FILE
from classifier.model.heads import HEADS_FILE, Features, Heads
from classifier.model.neighbours import NEIGHBOURS_FILE, Example, Neighbours
from classifier.model.windows import Segment
from classifier.taxonomy import Field, Scheme, load_scheme
from classifier.text.statements import Statement
from classifier.training import trainer
from classifier.training.adaptation import Recipe
from classifier.training.corpus import LabelledProject, LabelledStatement, corpus_hash, read_corpus
from classifier.training.heads import UNSEEN, project_words, statement_words
from classifier.training.trainer import cross_validate, fold_numbers, train_all, train_heads, vectors_of
from tests.conftest import DummyEncoder, dummy_heads, dummy_manifest
from tests.training.test_adaptation import tiny_base

SHOP = """[[projekt]]
id = "{id}"
omgang = 1
titel = "Butik i {id}"
lan = "Kalmar län"
projekttyp = "projekt"
fokusomrade = "service"
effektkedja = "infrastruktur"
bransch = ["handel_och_tjanster"]
verktyg = []
syfte = []
text = '''
[#] Mål
[P] En butik står klar i byn {id}. [U K] Fler hushåll handlar hemma, vilket ger byn liv.
'''
"""
COURSE = """[[projekt]]
id = "{id}"
omgang = 1
titel = "Kurser i {id}"
lan = "Skåne län"
projekttyp = "forstudie"
fokusomrade = "innovation"
effektkedja = "kunskap"
bransch = []
verktyg = ["utbildning"]
syfte = []
text = '''
[-] Företagen saknar kunskap. [A] Vi håller kurser om nya material för {id}.
'''
"""
FOCUS = load_scheme().ids(Field.FOKUSOMRADE)


def project_of(number: int, focus: str, bransch: Sequence[str] = (), written: int = 0) -> LabelledProject:
    return LabelledProject(f"prov-{number:03}", "", "", (), {Field.FOKUSOMRADE: (focus,), Field.BRANSCH: tuple(bransch)}, round=written)


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.fixture
def corpus_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "samling"
    folder.mkdir()
    (folder / "innovation.toml").write_text("\n".join(COURSE.format(id=f"kurs-{number}") for number in range(4)), encoding="utf-8")
    (folder / "service.toml").write_text("\n".join(SHOP.format(id=f"butik-{number}") for number in range(3)), encoding="utf-8")
    return folder


@pytest.fixture
def model_dir(tmp_path: Path, scheme: Scheme) -> Path:
    """A folder with an encoder in name only; what reads it is replaced by ``dummy_encoder``."""
    folder = tmp_path / "modell"
    folder.mkdir()
    (folder / ENCODER_FILE).write_bytes(b"kodare")
    (folder / TOKENIZER_FILE).write_bytes(b"ordstycken")
    files = {name: digest for name, digest in hashes(folder).items() if name in {ENCODER_FILE, TOKENIZER_FILE}}
    write_manifest(folder, dummy_manifest(scheme, files=files, base="grundmodell", recipe={"epochs": 6}, metrics={"export_cosine": 0.99}))
    return folder


@pytest.fixture
def dummy_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    class Encoder:
        @staticmethod
        def load(_folder: Path) -> DummyEncoder:
            return DummyEncoder()

    monkeypatch.setattr(trainer, "Encoder", Encoder)


@given(st.lists(st.sampled_from(FOCUS), max_size=60), st.integers(2, 6), st.randoms(use_true_random=False))
def test_trainer_folds_hold_every_project_once(focus: list[str], folds: int, chance: object) -> None:
    projects = [project_of(number, name, chance.choices(("energi", "livsmedel"), k=number % 3)) for number, name in enumerate(focus)]  # type: ignore[attr-defined]
    parts = fold_numbers(projects, folds)
    assert len(parts) == folds
    assert Counter(number for part in parts for number in part) == Counter(range(len(projects)))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    for name in set(focus):
        counts = [sum(focus[number] == name for number in part) for part in parts]
        assert max(counts) - min(counts) <= 1, (name, counts)


@given(st.lists(st.integers(1, 5), min_size=5, max_size=60), st.integers(2, 3), st.integers(0, 9))
def test_trainer_folds_keep_rounds_together(rounds: list[int], folds: int, alone: int) -> None:
    projects = [project_of(number, FOCUS[0], written=written) for number, written in enumerate(rounds)]
    projects += [LabelledProject(f"kort-{number}", "", "", (), {}, round=9) for number in range(alone)]
    parts = fold_numbers(projects, folds)
    assert Counter(number for part in parts for number in part) == Counter(range(len(projects)))
    if len(set(rounds)) >= folds:
        of_part = [{projects[number].round for number in part if projects[number].labels} for part in parts]
        assert all(of_part)
        assert sum(map(len, of_part)) == len(set(rounds))
    singles = [sum(not projects[number].labels for number in part) for part in parts]
    assert max(singles) - min(singles) <= 1


def test_trainer_folds_do_not_depend_on_order() -> None:
    projects = [project_of(number, FOCUS[number * 7 % 5]) for number in range(23)]
    ids = [{projects[number].id for number in part} for part in fold_numbers(projects, 3)]
    turned = projects[::-1]
    assert [{turned[number].id for number in part} for part in fold_numbers(turned, 3)] == ids
    assert fold_numbers(projects, 3) == fold_numbers(projects, 3)


def test_trainer_folds_of_shipped_corpus(scheme: Scheme) -> None:
    projects = read_corpus()
    for part in fold_numbers(projects, trainer.FOLDS):
        assert {projects[number].labels[Field.FOKUSOMRADE][0] for number in part} == set(scheme.ids(Field.FOKUSOMRADE))
        assert {projects[number].labels[Field.EFFEKTKEDJA][0] for number in part} == set(scheme.ids(Field.EFFEKTKEDJA))


def labelled(title: str, *statements: tuple[str, str]) -> LabelledProject:
    """A project of pairs of heading and statement."""
    cut = tuple(LabelledStatement(Statement(text, 0, len(text), heading), ("A",)) for heading, text in statements)
    return LabelledProject("prov", title, "", cut, {})


def encoded(text: str) -> np.ndarray:
    return DummyEncoder().encode([[Segment(text)]])[0][0]


def test_trainer_vectors_of_titled_project() -> None:
    project = labelled("Butik", ("Mål", "en butik"), ("Mål", "fler gäster"), ("Budget", "två miljoner"))
    vectors = vectors_of([project], DummyEncoder().encode)
    own = np.array([encoded(text) for text in ("en butik", "fler gäster", "två miljoner")])
    assert vectors.in_context == pytest.approx(own)
    assert vectors.alone == pytest.approx(own)
    assert vectors.whole == pytest.approx(np.vstack([encoded("Butik"), own]).mean(axis=0, keepdims=True), abs=1e-6)


def test_trainer_vectors_of_untitled_project_leave_heading_out() -> None:
    vectors = vectors_of([labelled("", ("Mål", "en butik"), ("Budget", "två miljoner"))], DummyEncoder().encode)
    assert vectors.whole[0] == pytest.approx((encoded("en butik") + encoded("två miljoner")) / 2, abs=1e-6)


def test_trainer_vectors_of_several_projects_in_order() -> None:
    projects = [labelled("Butik", ("", "en butik")), labelled("Kurs", ("", "en kurs"), ("", "en lärare"))]
    calls: list[list[list[str]]] = []

    def encode(documents: Sequence[Sequence[Segment]]) -> list[np.ndarray]:
        calls.append([[segment.text for segment in document] for document in documents])
        return DummyEncoder().encode(documents)

    vectors = vectors_of(projects, encode)
    assert calls == [
        [["Butik", "en butik"], ["Kurs", "en kurs", "en lärare"]],
        [["Butik"], ["en butik"], ["Kurs"], ["en kurs"], ["en lärare"]],
    ]
    assert vectors.alone[2] == pytest.approx(encoded("en lärare"))
    assert vectors.whole[1] == pytest.approx((encoded("Kurs") + encoded("en kurs") + encoded("en lärare")) / 3, abs=1e-6)
    assert [len(rows) for rows in (vectors.in_context, vectors.alone, vectors.whole)] == [3, 3, 2]


def damage(folder: Path, how: str) -> None:
    if how == "tom mapp":
        for path in list(folder.iterdir()):
            path.unlink()
    elif how == "ingen encoder":
        (folder / ENCODER_FILE).unlink()
    elif how == "ändrad encoder":
        (folder / ENCODER_FILE).write_bytes(b"annan")
    elif how == "inga ordstycken":
        (folder / TOKENIZER_FILE).unlink()
    elif how == "ingen kontrollsumma":
        manifest = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
        (folder / MANIFEST_FILE).write_text(json.dumps(manifest | {"files": {}}), encoding="utf-8")
    else:
        (folder / MANIFEST_FILE).write_text("{trasig", encoding="utf-8")


@pytest.mark.parametrize(
    "how", ["tom mapp", "ingen encoder", "ändrad encoder", "inga ordstycken", "ingen kontrollsumma", "trasigt manifest"]
)
def test_trainer_heads_refused_without_whole_encoder(model_dir: Path, corpus_dir: Path, how: str) -> None:
    damage(model_dir, how)
    before = hashes(model_dir)
    with pytest.raises(TrainingError) as caught:
        train_heads(model_dir, corpus_dir)
    assert "ingen hel encoder" in str(caught.value)
    assert "effektkedja train --encoder" in str(caught.value)
    assert hashes(model_dir) == before


def test_trainer_heads_refused_without_model_folder(tmp_path: Path, corpus_dir: Path) -> None:
    with pytest.raises(TrainingError, match="effektkedja train --encoder"):
        train_heads(tmp_path / "finns inte", corpus_dir)
    assert not (tmp_path / "finns inte").exists()


def test_trainer_heads_refused_with_malformed_corpus(model_dir: Path, corpus_dir: Path) -> None:
    (corpus_dir / "service.toml").write_text(SHOP.format(id="butik-9").replace('"service"', '"rymdfart"'), encoding="utf-8")
    before = hashes(model_dir)
    with pytest.raises(TrainingError, match=r"service\.toml, butik-9"):
        train_heads(model_dir, corpus_dir)
    assert hashes(model_dir) == before


@pytest.mark.usefixtures("dummy_encoder")
def test_trainer_heads_manifest(model_dir: Path, corpus_dir: Path, scheme: Scheme) -> None:
    before = hashes(model_dir)
    manifest = train_heads(model_dir, corpus_dir)
    after = hashes(model_dir)
    assert manifest == read_manifest(model_dir)
    assert set(after) == {ENCODER_FILE, TOKENIZER_FILE, HEADS_FILE, NEIGHBOURS_FILE, MANIFEST_FILE}
    assert {name: after[name] for name in (ENCODER_FILE, TOKENIZER_FILE)} == {name: before[name] for name in (ENCODER_FILE, TOKENIZER_FILE)}
    assert manifest.files == {name: after[name] for name in (ENCODER_FILE, TOKENIZER_FILE, HEADS_FILE, NEIGHBOURS_FILE)}
    assert (manifest.corpus_texts, manifest.corpus_statements) == (7, 14)
    assert manifest.corpus_sha256 == corpus_hash(corpus_dir)
    assert (manifest.base, manifest.recipe, manifest.metrics) == ("grundmodell", {"epochs": 6}, {"export_cosine": 0.99})
    assert manifest.scheme_version == scheme.version
    assert manifest.model_version.endswith(after[HEADS_FILE][:8])


@pytest.mark.usefixtures("dummy_encoder")
def test_trainer_heads_learn_the_corpus(model_dir: Path, corpus_dir: Path, scheme: Scheme) -> None:
    train_heads(model_dir, corpus_dir)
    heads = Heads.load(model_dir / HEADS_FILE)
    projects = read_corpus(corpus_dir)
    vectors = vectors_of(projects, DummyEncoder().encode)
    for field in (Field.FOKUSOMRADE, Field.EFFEKTKEDJA, Field.PROJEKTTYP):
        found = heads.fields[field].probabilities(Features(vectors.whole, project_words(heads.words, projects))).argmax(axis=1)
        assert [(scheme.ids(field)[number],) for number in found] == [project.labels[field] for project in projects]
    assert heads.columns.temperature == 1.0


@pytest.mark.usefixtures("dummy_encoder")
def test_trainer_heads_same_bytes_each_time(model_dir: Path, corpus_dir: Path) -> None:
    first = train_heads(model_dir, corpus_dir)
    second = train_heads(model_dir, corpus_dir)
    assert second.files == first.files
    (corpus_dir / "service.toml").write_text(SHOP.format(id="butik-0"), encoding="utf-8")
    assert train_heads(model_dir, corpus_dir).files[HEADS_FILE] != first.files[HEADS_FILE]


def agreed_on(text: str, *columns: str) -> LabelledProject:
    """A statement that a room has agreed on."""
    return LabelledProject("session:0", "", text, (LabelledStatement(Statement(text, 0, len(text)), columns),), {})


@pytest.mark.usefixtures("dummy_encoder")
def test_trainer_heads_learn_what_rooms_agreed_on(model_dir: Path, corpus_dir: Path, scheme: Scheme) -> None:
    train_heads(model_dir, corpus_dir)
    before = Heads.load(model_dir / HEADS_FILE)
    vinnvaxt = agreed_on("Vinnväxt", "L")
    manifest = train_heads(model_dir, corpus_dir, [vinnvaxt] * 5)
    heads = Heads.load(model_dir / HEADS_FILE)
    vectors = vectors_of([vinnvaxt], DummyEncoder().encode)
    features = Features(vectors.alone, statement_words(heads.words, [vinnvaxt]))
    assert scheme.columns[int(heads.columns.probabilities(features).argmax())].code == "L"
    assert before.columns.bias[5] == pytest.approx(UNSEEN)
    assert (manifest.decided_cases, manifest.corpus_texts, manifest.corpus_statements) == (5, 7, 14)
    for field in Field:  # what no project was labelled with teaches nothing about projects
        found = heads.fields[field].weights
        assert found.shape == before.fields[field].weights.shape
        assert found == pytest.approx(before.fields[field].weights, abs=1e-5)


@pytest.mark.usefixtures("dummy_encoder")
def test_trainer_heads_text_is_kept_of_what_rooms_agreed_on_but_not_of_cases(model_dir: Path, corpus_dir: Path) -> None:
    text = "Ugnen byts mot en ny."
    statement = LabelledStatement(Statement(text, 4, 4 + len(text)), ("A",))
    labels = {field: () if field.is_multiple else (load_scheme().ids(field)[0],) for field in Field}
    case = LabelledProject("ärende", "Ugnen", f"Så. {text}", (statement,), labels)
    train_heads(model_dir, corpus_dir, [case, agreed_on("Vinnväxt", "L", "K")])
    examples = Neighbours.load(model_dir / NEIGHBOURS_FILE).examples
    assert examples[-2:] == [Example(("A",), case_id="ärende", start=4), Example(("L", "K"), "Vinnväxt")]


@pytest.mark.usefixtures("dummy_encoder")
def test_trainer_heads_carry_calibration(model_dir: Path, corpus_dir: Path, scheme: Scheme) -> None:
    earlier = dummy_heads(scheme)
    earlier.save(model_dir / HEADS_FILE)
    train_heads(model_dir, corpus_dir)
    heads = Heads.load(model_dir / HEADS_FILE)
    assert heads.columns.temperature == heads.fields[Field.SYFTE].temperature == 1.5
    assert heads.fields[Field.SYFTE].thresholds.tolist() == earlier.fields[Field.SYFTE].thresholds.tolist()
    assert not np.array_equal(heads.columns.weights, earlier.columns.weights)


@pytest.mark.usefixtures("dummy_encoder")
def test_trainer_heads_calibration_of_other_scheme_not_carried(model_dir: Path, corpus_dir: Path, scheme: Scheme) -> None:
    dummy_heads(scheme).save(model_dir / HEADS_FILE)
    manifest = read_manifest(model_dir)
    write_manifest(model_dir, dummy_manifest(scheme, files=manifest.files, scheme_version="1999.1"))
    assert train_heads(model_dir, corpus_dir).scheme_version == scheme.version
    assert Heads.load(model_dir / HEADS_FILE).columns.temperature == 1.0


@pytest.mark.usefixtures("dummy_encoder")
def test_trainer_heads_interrupted_keep_the_earlier(
    model_dir: Path, corpus_dir: Path, scheme: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    dummy_heads(scheme).save(model_dir / HEADS_FILE)
    before = hashes(model_dir)

    def broken(self: Path, content: bytes) -> int:
        with self.open("wb") as file:
            file.write(content[: len(content) // 2])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", broken)
        with pytest.raises(OutputError, match=r"heads\.npz; frigör utrymme"):
            train_heads(model_dir, corpus_dir)
    assert not list(model_dir.glob(".*tmp"))
    assert {name: digest for name, digest in hashes(model_dir).items() if name in before} == before


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> Recipe:
    """A base and a recipe so small that everything is trained in seconds."""
    monkeypatch.setattr("classifier.training.base.load_base", lambda _name: tiny_base())
    monkeypatch.setattr("classifier.training.vocabulary.trim", lambda base, _words: base)
    monkeypatch.setattr("classifier.training.vocabulary.wanted_words", list)
    return Recipe(layers=2, frozen_layers=0, epochs=2, projects_per_step=3, encoder_rate=1e-3)


def test_trainer_all_leaves_a_whole_model(tiny: Recipe, tmp_path: Path, corpus_dir: Path) -> None:
    said: list[str] = []
    manifest = train_all(tiny, lambda what, _step, _steps: said.append(what), model_dir=tmp_path / "ny", corpus_dir=corpus_dir)
    check_files(tmp_path / "ny", manifest, FILES)
    assert not (tmp_path / "ny" / trainer.CHECKPOINTS).exists()
    assert list(dict.fromkeys(said)) == ["Hela samlingen", "Del 1 av 2", "Del 2 av 2"]
    assert manifest.metrics["export_cosine"] > 0.95
    measured = manifest.metrics["cross_validation"]
    assert measured["kolumn"]["antal"] == 14
    assert set(measured["fokusområde"]["mängd"]["täckning_per_värde"]) == {"innovation", "service"}
    again = train_all(tiny, lambda *_: None, model_dir=tmp_path / "igen", corpus_dir=corpus_dir)
    assert again.files == manifest.files
    assert again.metrics == manifest.metrics


def test_trainer_cross_validation_leaves_the_model_alone(tiny: Recipe, model_dir: Path, corpus_dir: Path) -> None:
    before = hashes(model_dir)
    measured = cross_validate(tiny, lambda *_: None, model_dir=model_dir, corpus_dir=corpus_dir)
    assert measured["folds"] == 2
    assert measured["fokusområde"]["antal"] == 7
    assert hashes(model_dir) == before
