"""Peer: SetFit on the same base encoder: contrastive fine-tuning on sampled pairs, then logistic regression."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from datasets import Dataset
from protocol import Predict, Task, serve
from setfit import SetFitModel, Trainer, TrainingArguments

PER_LABEL = 64
"""SetFit is made for few examples; all pairs of thousands of texts would take days on two cores."""
STEPS = {"kolumn": 80, "fokusområde": 16}
"""Whole texts take ten times as long a step as statements."""
MAX_TOKENS = 192
SEED = 20261121


def train(task: Task, folder: Path) -> None:
    """Fine-tune on a sample with as many texts of every label, then fit the head on all texts."""
    generator = random.Random(SEED)
    by_label: dict[str, list[str]] = {}
    for text, label in task["träning"]:
        by_label.setdefault(label, []).append(text)
    sample = [(text, label) for label, texts in sorted(by_label.items()) for text in generator.sample(texts, min(PER_LABEL, len(texts)))]
    model = SetFitModel.from_pretrained(task["bas"], labels=sorted(by_label))
    model.model_body.max_seq_length = MAX_TOKENS
    arguments = TrainingArguments(
        batch_size=16,
        max_steps=STEPS[task["uppgift"]],
        sampling_strategy="unique",
        seed=SEED,
        report_to="none",
        output_dir=str(folder / "spår"),
    )
    texts, labels = zip(*sample, strict=True)
    Trainer(model=model, args=arguments, train_dataset=Dataset.from_dict({"text": texts, "label": labels})).train()
    texts, labels = zip(*task["träning"], strict=True)
    model.model_head.fit(model.model_body.encode(list(texts), show_progress_bar=False), list(labels))
    model.save_pretrained(str(folder / "modell"))


def load(_task: Task, folder: Path) -> Predict:
    """Open what :func:`train` wrote."""
    model = SetFitModel.from_pretrained(str(folder / "modell"))

    def predict(texts: Sequence[str]) -> list[str]:
        return [str(label) for label in model.predict(list(texts), show_progress_bar=False)]

    return predict


if __name__ == "__main__":
    serve(train, load)
