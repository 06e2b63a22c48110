"""Neighbours: the nearest come first and once, and nothing of a case is kept but where it lies."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from classifier.model.neighbours import NEIGHBOURS_FILE, Example, Neighbours
from classifier.text.statements import Statement
from classifier.training.corpus import LabelledProject, LabelledStatement
from classifier.training.examples import fit_neighbours
from classifier.training.heads import Vectors

TEXTS = ("Vi bygger en brygga.", "vi bygger en brygga.", "Fler gäster kommer.", "Kommunen ger pengar.")
CODES = (("A",), ("A", "P"), ("U", "K"), ("R",))


def vectors() -> Vectors:
    statements = tuple(
        LabelledStatement(Statement(text, at * 30, at * 30 + len(text)), codes)
        for at, (text, codes) in enumerate(zip(TEXTS, CODES, strict=True))
    )
    rows = np.eye(4, 8, dtype=np.float32)
    rows[1] = rows[0] + 0.01
    projects = [
        LabelledProject("bryggan", "Bryggan", "", statements[:3], {}),
        LabelledProject("ärende-1", "Hemligt", "", statements[3:], {}),
    ]
    return Vectors(projects, rows, rows, rows[:2])


def test_neighbours_nearest_first_and_each_text_once() -> None:
    found = fit_neighbours(vectors()).nearest(vectors().in_context[0], 3)
    assert [example.text for example, _ in found] == [
        TEXTS[0],
        *(text for text in (TEXTS[2], TEXTS[3]) if text in [e.text for e, _ in found]),
    ]
    likeness = [cosine for _, cosine in found]
    assert likeness == sorted(likeness, reverse=True)
    assert likeness[0] == pytest.approx(1.0, abs=0.01)


def test_neighbours_of_a_case_keep_no_text(tmp_path: Path) -> None:
    kept = fit_neighbours(vectors(), {"ärende-1"})
    assert kept.examples[-1] == Example(("R",), case_id="ärende-1", start=90)
    kept.save(tmp_path / NEIGHBOURS_FILE)
    assert b"Kommunen" not in np.load(tmp_path / NEIGHBOURS_FILE)["examples"].tobytes()


def test_neighbours_saved_and_opened(tmp_path: Path) -> None:
    kept = fit_neighbours(vectors())
    kept.save(tmp_path / NEIGHBOURS_FILE)
    first = (tmp_path / NEIGHBOURS_FILE).read_bytes()
    opened = Neighbours.load(tmp_path / NEIGHBOURS_FILE)
    assert list(opened.examples) == list(kept.examples)
    assert opened.nearest(vectors().in_context[2], 2) == kept.nearest(vectors().in_context[2], 2)
    opened.save(tmp_path / NEIGHBOURS_FILE)
    assert (tmp_path / NEIGHBOURS_FILE).read_bytes() == first


def test_neighbours_file_with_pickled_content_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / NEIGHBOURS_FILE, examples=np.array([{"a": 1}], object))
    with pytest.raises(ValueError, match="pickle"):
        Neighbours.load(tmp_path / NEIGHBOURS_FILE)
