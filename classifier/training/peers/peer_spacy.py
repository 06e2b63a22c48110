"""Peer: spaCy's text classifier (its default ensemble of a bag of words and a small convolutional network)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import spacy
from protocol import Predict, Task, serve
from spacy.training import Example
from spacy.util import compounding, fix_random_seed, minibatch

EPOCHS = 6
SEED = 20261121


def train(task: Task, folder: Path) -> None:
    """Train on all texts."""
    fix_random_seed(SEED)
    nlp = spacy.blank("sv")
    labels = sorted({label for _, label in task["träning"]})
    category = nlp.add_pipe("textcat")
    for label in labels:
        category.add_label(label)
    examples = [
        Example.from_dict(nlp.make_doc(text), {"cats": {name: float(name == label) for name in labels}}) for text, label in task["träning"]
    ]
    optimizer = nlp.initialize(lambda: examples)
    for _ in range(EPOCHS):
        random.shuffle(examples)
        for batch in minibatch(examples, size=compounding(4.0, 32.0, 1.01)):
            nlp.update(batch, sgd=optimizer, drop=0.2)
    nlp.to_disk(folder / "modell")


def load(_task: Task, folder: Path) -> Predict:
    """Open what :func:`train` wrote."""
    nlp = spacy.load(folder / "modell")

    def predict(texts: Sequence[str]) -> list[str]:
        return [max(doc.cats, key=doc.cats.__getitem__) for doc in nlp.pipe(texts)]

    return predict


if __name__ == "__main__":
    serve(train, load)
