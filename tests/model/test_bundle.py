"""The model on disk: what is missing, changed or made for something else is refused, and the message names the remedy."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from classifier.errors import ModelError
from classifier.model import bundle
from classifier.model.bundle import (
    EVALUATION_FILE,
    FILES,
    LIBRARIES,
    MANIFEST_FILE,
    check_files,
    check_libraries,
    installed_libraries,
    load_bundle,
    read_evaluation,
    read_manifest,
    sha256,
    write_manifest,
)
from classifier.taxonomy import Scheme
from tests.conftest import dummy_heads, dummy_manifest, dummy_neighbours

REMEDY = "effektkedja train"


@pytest.fixture
def folder(tmp_path: Path, scheme: Scheme) -> Path:
    (tmp_path / "encoder.onnx").write_bytes(b"en ersattare")
    (tmp_path / "tokenizer.json").write_text("{}", encoding="utf-8")
    dummy_heads(scheme).save(tmp_path / "heads.npz")
    dummy_neighbours().save(tmp_path / "neighbours.npz")
    write_manifest(tmp_path, dummy_manifest(scheme, files={name: sha256(tmp_path / name) for name in FILES}))
    return tmp_path


@pytest.fixture
def _stub_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    class StubEncoder:
        @classmethod
        def load(cls, folder: Path, threads: int = 0) -> str:
            return f"öppnad ur {folder.name}"

    monkeypatch.setattr(bundle, "Encoder", StubEncoder)


def change_manifest(folder: Path, **changes: Any) -> None:
    path = folder / MANIFEST_FILE
    content = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(content | changes), encoding="utf-8")


def refusal(folder: Path, scheme: Scheme) -> str:
    with pytest.raises(ModelError) as caught:
        load_bundle(folder, scheme_version=scheme.version)
    return str(caught.value)


@pytest.mark.usefixtures("_stub_encoder")
def test_bundle_load_whole_folder(folder: Path, scheme: Scheme) -> None:
    opened = load_bundle(folder, scheme_version=scheme.version)
    assert opened.manifest.model_version == "provmodell"
    assert opened.encoder == f"öppnad ur {folder.name}"
    assert opened.heads.columns.weights.shape == (7, 16)


@pytest.mark.parametrize("name", FILES)
def test_bundle_load_missing_file(folder: Path, scheme: Scheme, name: str) -> None:
    (folder / name).unlink()
    said = refusal(folder, scheme)
    assert f"{name} saknas" in said
    assert REMEDY in said


@pytest.mark.parametrize("name", FILES)
def test_bundle_load_changed_byte(folder: Path, scheme: Scheme, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[-1] ^= 1
    (folder / name).write_bytes(content)
    said = refusal(folder, scheme)
    assert name in said
    assert "kontrollsumma" in said
    assert REMEDY in said


def test_bundle_load_file_not_in_manifest(folder: Path, scheme: Scheme) -> None:
    change_manifest(folder, files={})
    assert "kontrollsumma" in refusal(folder, scheme)


def test_bundle_load_other_scheme(folder: Path) -> None:
    with pytest.raises(ModelError) as caught:
        load_bundle(folder, scheme_version="1999.9")
    assert "1999.9" in str(caught.value)
    assert REMEDY in str(caught.value)


@pytest.mark.parametrize("library", LIBRARIES)
def test_bundle_load_other_library(folder: Path, scheme: Scheme, library: str) -> None:
    change_manifest(folder, libraries=installed_libraries() | {library: "0.0.1"})
    said = refusal(folder, scheme)
    assert f"{library} 0.0.1" in said
    assert version(library) in said
    assert REMEDY in said


def test_bundle_libraries_other_patch_is_allowed(scheme: Scheme) -> None:
    made_with = {name: ".".join([*version(name).split(".")[:2], "999"]) for name in LIBRARIES}
    check_libraries(dummy_manifest(scheme, libraries=made_with))


def test_bundle_libraries_unknown_is_ignored(scheme: Scheme) -> None:
    check_libraries(dummy_manifest(scheme, libraries={"torch": "0.1"}))


def test_bundle_load_missing_manifest(folder: Path, scheme: Scheme) -> None:
    (folder / MANIFEST_FILE).unlink()
    said = refusal(folder, scheme)
    assert "manifest.json saknas" in said
    assert REMEDY in said


def test_bundle_load_missing_folder(tmp_path: Path, scheme: Scheme) -> None:
    said = refusal(tmp_path / "modeller", scheme)
    assert "modeller" in said
    assert REMEDY in said


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"{}", b'{"model_version": "1"}', b"\xff\xfe\xfa"],
    ids=["empty", "cut", "list", "null", "no keys", "few keys", "no text"],
)
def test_bundle_load_damaged_manifest(folder: Path, scheme: Scheme, content: bytes) -> None:
    (folder / MANIFEST_FILE).write_bytes(content)
    said = refusal(folder, scheme)
    assert "manifest.json är skadad" in said
    assert REMEDY in said


@pytest.mark.parametrize("changes", [{"files": None}, {"libraries": ["spacy"]}, {"okänt": 1}], ids=["files", "libraries", "unknown"])
def test_bundle_load_misshapen_manifest(folder: Path, scheme: Scheme, changes: dict[str, Any]) -> None:
    change_manifest(folder, **changes)
    said = refusal(folder, scheme)
    assert "manifest.json är skadad" in said
    assert REMEDY in said


def test_bundle_refusal_is_one_line(folder: Path, scheme: Scheme) -> None:
    (folder / FILES[0]).unlink()
    said = refusal(folder, scheme)
    assert said.startswith("Modellen kan inte användas: ")
    assert len(said.splitlines()) == 1


def test_bundle_files_only_named_are_checked(folder: Path) -> None:
    manifest = read_manifest(folder)
    (folder / "heads.npz").write_bytes(b"annat")
    check_files(folder, manifest, ["encoder.onnx", "tokenizer.json"])
    with pytest.raises(ModelError, match=r"heads\.npz"):
        check_files(folder, manifest, ["heads.npz"])


def test_bundle_manifest_round_trip(tmp_path: Path, scheme: Scheme) -> None:
    manifest = dummy_manifest(scheme, recipe={"lager": 6}, metrics={"träff": 0.5}, files={"heads.npz": "ab"})
    write_manifest(tmp_path, manifest)
    assert read_manifest(tmp_path) == manifest
    assert [path.name for path in tmp_path.iterdir()] == [MANIFEST_FILE]


def test_bundle_sha256_of_known_bytes(tmp_path: Path) -> None:
    (tmp_path / "fil").write_bytes(b"abc")
    assert sha256(tmp_path / "fil") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ('{"modell": "provmodell", "facit": {"kolumn": {}}}', {"kolumn": {}}),
        ('{"modell": "en annan", "facit": {"kolumn": {}}}', {}),
        ('{"modell": "provmodell"}', {}),
        ("[]", {}),
        ("{trasig", {}),
        (None, {}),
    ],
)
def test_bundle_evaluation_of_this_very_model(folder: Path, content: str | None, found: dict[str, Any]) -> None:
    if content is not None:
        (folder / EVALUATION_FILE).parent.mkdir()
        (folder / EVALUATION_FILE).write_text(content, encoding="utf-8")
    assert read_evaluation(folder, read_manifest(folder)) == found
