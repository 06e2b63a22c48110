"""This product, called as its peers are; it answers for columns and every field at once, and is asked for one of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from protocol import Predict, Task, serve

import classifier
from classifier.taxonomy import Field
from classifier.text.statements import Statement


def train(_task: Task, _folder: Path) -> None:
    """Nothing to do: the model that ships is measured."""


def load(task: Task, _folder: Path) -> Predict:
    """Open the model that ships."""
    assistant = classifier.load()

    def predict_columns(texts: Sequence[str]) -> list[str]:
        alone = [classifier.ProjectText(text, statements=(Statement(text, 0, len(text)),)) for text in texts]
        return [suggestion.statements[0].column for suggestion in assistant.suggest(alone)]

    def predict_focus(texts: Sequence[str]) -> list[str]:
        suggestions = assistant.suggest([classifier.ProjectText(text) for text in texts])
        return [suggestion.proposals[Field.FOKUSOMRADE].values[0] if suggestion.proposals else "" for suggestion in suggestions]

    return predict_columns if task["uppgift"] == "kolumn" else predict_focus


if __name__ == "__main__":
    serve(train, load)
