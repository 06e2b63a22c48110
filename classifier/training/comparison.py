"""This model beside its peers, on the same machine, the same texts and in one run: `effektkedja bench --peers`.

A peer is a script in ``peers/`` that trains and answers in an environment of its own, made here, so that nothing of it
gets into ours. Every answer comes from a fresh process, whose start, speed and peak memory are measured.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sklearn.metrics import accuracy_score, f1_score

from classifier.errors import TrainingError
from classifier.files import write_json
from classifier.model.bundle import FILES, MODEL_DIR
from classifier.taxonomy import Field
from classifier.training.corpus import LabelledProject

SCRIPTS = Path(__file__).parent / "peers"
TASKS = ("kolumn", "fokusområde")
OWN = "own"
READY = ".klar"


@dataclass(frozen=True)
class Peer:
    """A way to do the same work, and what its environment is made of, installed in this order."""

    name: str
    script: str
    requirements: tuple[str, ...] = ()


PEERS = (
    Peer("Effektkedjeassistenten", OWN),
    Peer("tf-idf + logistic regression", "tfidf", ("scikit-learn>=1.9,<1.10",)),
    Peer("spaCy textcat", "spacy", ("spacy>=3.8,<3.9",)),
    Peer("Annif (svc)", "annif", ("annif==1.4.3",)),
    Peer("SetFit, same base", "setfit", ("torch==2.13.0", "setfit==1.2.0")),
)


def compare(
    train: Sequence[LabelledProject],
    test: Sequence[LabelledProject],
    folder: Path,
    say: Callable[[str], None],
    peers: Sequence[Peer] = PEERS,
) -> list[dict[str, Any]]:
    """Train the peers on labelled projects, let all answer for others, and measure.

    Args:
        train: what this model was trained on too.
        test: what is measured on; their columns and fokusområde.
        folder: where environments and models of the peers lie; they are used again when they are there.
        say: told what is being done.
        peers: who takes part.

    Returns:
        One row a peer and task: hits, macro-F1, texts a second, seconds to the first answer in a fresh process, peak
        memory and model size in MB, and minutes of training.

    Raises:
        TrainingError: when a peer cannot be installed, trained or asked; the message names it and its log.
    """
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    base = save_base(folder / "bas", train) if any(peer.script == "setfit" for peer in peers) else None
    rows = []
    for peer in peers:
        python = _environment(peer, folder, say)
        for task in TASKS:
            say(f"{peer.name}: {task}")
            rows.append(_measure(peer, python, task, _task(task, train, test, base), folder / peer.script))
    return rows


def examples(task: str, projects: Sequence[LabelledProject]) -> list[tuple[str, str]]:
    """Pairs of text and label: statements with their main column, or whole texts with their fokusområde."""
    if task == "kolumn":
        return [(item.statement.text, item.columns[0]) for project in projects for item in project.statements]
    whole = [project for project in projects if Field.FOKUSOMRADE in project.labels]
    return [(f"{project.title}\n{project.text}".strip(), project.labels[Field.FOKUSOMRADE][0]) for project in whole]


def _task(name: str, train: Sequence[LabelledProject], test: Sequence[LabelledProject], base: Path | None) -> dict[str, Any]:
    asked = examples(name, test)
    return {
        "uppgift": name,
        "träning": examples(name, train),
        "prov": [text for text, _ in asked],
        "facit": [label for _, label in asked],
        "bas": str(base or ""),
    }


def _measure(peer: Peer, python: Path, name: str, task: dict[str, Any], folder: Path) -> dict[str, Any]:
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    write_json(place / "uppgift.json", {key: value for key, value in task.items() if key != "facit"})
    out, script = place / "svar.json", SCRIPTS / f"peer_{peer.script}.py"
    started = time.perf_counter()
    _run([str(python), str(script), "train", str(place / "uppgift.json"), str(place)], place / "logg.txt", peer)
    minutes = (time.perf_counter() - started) / 60
    _run(
        [str(python), str(script), "predict", str(place / "uppgift.json"), str(place), str(out), repr(time.time())],
        place / "logg.txt",
        peer,
    )
    answer = json.loads(out.read_text(encoding="utf-8"))
    files = (
        [MODEL_DIR / name for name in FILES] if peer.script == OWN else [path for path in (place / "modell").rglob("*") if path.is_file()]
    )
    return {
        "metod": peer.name,
        "uppgift": name,
        "träffsäkerhet": round(accuracy_score(task["facit"], answer["svar"]), 4),
        "makro_f1": round(f1_score(task["facit"], answer["svar"], average="macro", labels=sorted(set(task["facit"])), zero_division=0), 4),
        "texter_per_sekund": round(len(task["prov"]) / answer["sekunder"], 1),
        "första_svar_s": round(answer["första_svar_s"], 2),
        "minne_mb": round(answer["minne_mb"]),
        "modell_mb": round(sum(path.stat().st_size for path in files) / 1e6, 1),
        "träning_min": round(minutes, 1),
    }


def _run(command: Sequence[str], log: Path, peer: Peer) -> None:
    with log.open("ab") as file:
        status = subprocess.call(command, stdout=file, stderr=file, cwd=log.parent)
    if status:
        raise TrainingError(f"{peer.name} gick inte att köra; läs {log}")


def _environment(peer: Peer, folder: Path, say: Callable[[str], None]) -> Path:
    """The Python of the peer's own environment, made on the first call; our own for ourselves."""
    if peer.script == OWN:
        return Path(sys.executable)
    place = folder / peer.script / "env"
    python = place / "bin" / "python"
    if not (place / READY).is_file():
        say(f"{peer.name}: installeras")
        venv.create(place, with_pip=True, clear=True)
        for requirement in peer.requirements:
            _run([str(python), "-m", "pip", "install", "--quiet", requirement], folder / peer.script / "logg.txt", peer)
        (place / READY).touch()
    return python


def save_base(folder: Path, projects: Sequence[LabelledProject]) -> Path:
    """Write the base encoder, its vocabulary trimmed as ours is, as a sentence-transformers model for peers that start from it."""
    if not (folder / "modules.json").is_file():
        from sentence_transformers import SentenceTransformer
        from sentence_transformers.models import Pooling, Transformer
        from transformers import PreTrainedTokenizerFast

        from classifier.training import vocabulary
        from classifier.training.base import SPECIAL, build_tokenizer, load_base

        base = vocabulary.trim(load_base(), [*vocabulary.wanted_words(), *(project.text for project in projects)])
        start, pad, stop, unknown = SPECIAL
        inner = folder / "inre"
        PreTrainedTokenizerFast(
            tokenizer_object=build_tokenizer(base.pieces),
            bos_token=start,
            pad_token=pad,
            eos_token=stop,
            unk_token=unknown,
            cls_token=start,
            sep_token=stop,
        ).save_pretrained(inner)
        base.model.save_pretrained(inner)
        network = Transformer(str(inner))
        SentenceTransformer(modules=[network, Pooling(base.model.config.hidden_size)]).save(str(folder))
    return folder
