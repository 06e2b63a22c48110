"""Peer: tf-idf of words and character n-grams, with logistic regression (scikit-learn)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import joblib
from protocol import Predict, Task, serve
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union

MODEL = Path("modell") / "modell.joblib"


def train(task: Task, folder: Path) -> None:
    """Fit on all texts."""
    words = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2)
    characters = TfidfVectorizer(sublinear_tf=True, analyzer="char_wb", ngram_range=(2, 5), min_df=3)
    model = make_pipeline(make_union(words, characters), LogisticRegression(C=10, max_iter=2_000, class_weight="balanced"))
    texts, labels = zip(*task["träning"], strict=True)
    (folder / MODEL).parent.mkdir(exist_ok=True)
    joblib.dump(model.fit(texts, labels), folder / MODEL, compress=3)


def load(_task: Task, folder: Path) -> Predict:
    """Open what :func:`train` wrote."""
    model = joblib.load(folder / MODEL)

    def predict(texts: Sequence[str]) -> list[str]:
        return list(model.predict(texts))

    return predict


if __name__ == "__main__":
    serve(train, load)
