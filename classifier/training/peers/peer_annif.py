"""Peer: Annif's scikit-learn back end (``svc``, a linear support vector classifier on tf-idf), as it is set up in a project file."""

from __future__ import annotations

import csv
import gzip
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from protocol import Predict, Task, serve

PROJECT = """[prov]
name=prov
language=sv
backend=svc
analyzer=snowball(swedish)
vocab=etiketter
limit=1
"""


def train(task: Task, folder: Path) -> None:
    """Load the labels as a vocabulary, then train on all texts."""
    labels = sorted({label for _, label in task["träning"]})
    place = folder / "modell"
    place.mkdir(exist_ok=True)
    (place / "projects.cfg").write_text(PROJECT, encoding="utf-8")
    with (place / "etiketter.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["uri", "label_sv"])
        writer.writerows([_uri(number), label] for number, label in enumerate(labels))
    with gzip.open(folder / "texter.tsv.gz", "wt", encoding="utf-8") as corpus:
        for text, label in task["träning"]:
            corpus.write(f"{' '.join(text.split())}\t<{_uri(labels.index(label))}>\n")
    _make_sentence_model(place)
    for command in (["load-vocab", "etiketter", "etiketter.csv"], ["train", "prov", str(folder / "texter.tsv.gz")]):
        subprocess.run([str(Path(sys.executable).parent / "annif"), *command], cwd=place, check=True, env=os.environ | _settings(place))


def load(_task: Task, folder: Path) -> Predict:
    """Open what :func:`train` wrote through Annif's own registry."""
    place = folder / "modell"
    os.environ |= _settings(place)
    from annif.corpus import Document
    from annif.registry import AnnifRegistry

    project = AnnifRegistry(str(place / "projects.cfg"), str(place / "data"), init_projects=True).get_project("prov")

    def predict(texts: Sequence[str]) -> list[str]:
        return [_label(project, found) for found in project.suggest([Document(text=text) for text in texts])]

    return predict


def _settings(place: Path) -> dict[str, str]:
    return {"NLTK_DATA": str(place / "nltk"), "ANNIF_DATADIR": str(place / "data")}


def _make_sentence_model(place: Path) -> None:
    """An empty model of where sentences end, in place of one that NLTK would fetch: only words are looked at, so it hardly matters."""
    folder = place / "nltk" / "tokenizers" / "punkt_tab" / "english"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("abbrev_types.txt", "collocations.tab", "ortho_context.tab", "sent_starters.txt"):
        (folder / name).touch()


def _uri(number: int) -> str:
    return f"http://example.org/{number}"


def _label(project, suggestions) -> str:  # type: ignore[no-untyped-def]
    best = max(suggestions, key=lambda suggestion: suggestion.score, default=None)
    return project.vocab.subjects[best.subject_id].labels["sv"] if best else ""


if __name__ == "__main__":
    serve(train, load)
