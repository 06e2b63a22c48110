"""The model on disk: files, manifest, and the checks that come before anything is opened."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from classifier.errors import ModelError
from classifier.files import write_json
from classifier.model.encoder import ENCODER_FILE, TOKENIZER_FILE, Encoder
from classifier.model.heads import HEADS_FILE, Heads
from classifier.model.neighbours import NEIGHBOURS_FILE, Neighbours

MODEL_DIR = Path(__file__).parents[2] / "models"
MANIFEST_FILE = "manifest.json"
EVALUATION_FILE = "metrics/dev.json"
FILES = (ENCODER_FILE, TOKENIZER_FILE, HEADS_FILE, NEIGHBOURS_FILE)
LIBRARIES = ("scikit-learn", "spacy", "onnxruntime", "tokenizers")
"""Libraries that shape a result: how text is cut, read and scored."""
REMEDY = "kör: effektkedja train"


@dataclass(frozen=True)
class Manifest:
    """What the model is and how it was made."""

    model_version: str
    scheme_version: str
    base: str
    corpus_sha256: str
    corpus_texts: int
    corpus_statements: int
    libraries: Mapping[str, str]
    files: Mapping[str, str]
    """SHA-256 of every file."""
    decided_cases: int = 0
    """Confirmed cases, and statements that rooms agreed on, that the heads were fitted on beside the corpus."""
    recipe: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Bundle:
    """An opened model."""

    manifest: Manifest
    encoder: Encoder
    heads: Heads
    neighbours: Neighbours


def load_bundle(folder: Path = MODEL_DIR, *, scheme_version: str, threads: int = 0) -> Bundle:
    """Check and open the model in a folder; ``threads`` are the cores the encoder uses, all when 0.

    Raises:
        ModelError: when a file is missing, does not match its hash, or the model was made for another scheme or
            another version of a library that shapes its results.
    """
    manifest = read_manifest(folder)
    if manifest.scheme_version != scheme_version:
        raise ModelError(f"den är tränad för schema {manifest.scheme_version}, men schemat är {scheme_version}; {REMEDY}")
    check_libraries(manifest)
    check_files(folder, manifest, FILES)
    return Bundle(manifest, Encoder.load(folder, threads), Heads.load(folder / HEADS_FILE), Neighbours.load(folder / NEIGHBOURS_FILE))


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest.

    Raises:
        ModelError: when it is missing or not a manifest.
    """
    path = folder / MANIFEST_FILE
    damaged = f"{path.name} är skadad; hämta modellfilerna på nytt eller {REMEDY}"
    try:
        manifest = Manifest(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise ModelError(f"{path.name} saknas i mappen {folder.name}; {REMEDY}") from error
    except (OSError, TypeError, ValueError) as error:
        raise ModelError(damaged) from error
    if not all(isinstance(table, dict) for table in (manifest.libraries, manifest.files)):
        raise ModelError(damaged)
    return manifest


def read_evaluation(folder: Path, manifest: Manifest) -> Mapping[str, Any]:
    """What `effektkedja evaluate` found on real texts, by field; empty when this very model was not measured."""
    try:
        result = json.loads((folder / EVALUATION_FILE).read_text(encoding="utf-8"))
        return dict(result["facit"]) if result["modell"] == manifest.model_version else {}
    except (OSError, ValueError, TypeError, KeyError):
        return {}


def check_files(folder: Path, manifest: Manifest, names: Iterable[str]) -> None:
    """Compare files with the hashes in the manifest.

    Raises:
        ModelError: when one is missing or differs.
    """
    for name in names:
        path = folder / name
        if not path.is_file():
            raise ModelError(f"filen {name} saknas; hämta modellfilerna på nytt eller {REMEDY}")
        if sha256(path) != manifest.files.get(name):
            raise ModelError(f"filen {name} stämmer inte med sin kontrollsumma; hämta modellfilerna på nytt eller {REMEDY}")


def check_libraries(manifest: Manifest) -> None:
    """Compare the libraries here with those the model was made with; a difference in the patch level is allowed.

    Raises:
        ModelError: when one differs.
    """
    for name, made_with in manifest.libraries.items():
        if name in LIBRARIES and _minor(version(name)) != _minor(made_with):
            raise ModelError(f"den är gjord med {name} {made_with}, men här finns {version(name)}; {REMEDY}")


def installed_libraries() -> dict[str, str]:
    """The versions here of the libraries that shape a result."""
    return {name: version(name) for name in LIBRARIES}


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest; it goes last, so that it never names files yet to come."""
    write_json(folder / MANIFEST_FILE, asdict(manifest))


def sha256(path: Path) -> str:
    """The file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _minor(release: str) -> tuple[str, ...]:
    return tuple(release.split(".")[:2])
