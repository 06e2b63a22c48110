"""Pictures: drawn from any measurement, the same bytes each time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from classifier.training.metrics import measure_choice
from classifier.training.pictures import draw_confusions, draw_reliability

MEASURES = {
    "kolumn": measure_choice(["R", "A", "A"], np.array([[0.7, 0.3], [0.4, 0.6], [0.8, 0.2]]), ("R", "A")),
    "fokusområde": measure_choice(["service"], np.array([[0.9, 0.1]]), ("service", "innovation")),
    "granska": {"andel": 0.5},
}


@pytest.mark.parametrize("draw", [draw_reliability, draw_confusions])
def test_pictures_same_bytes_each_time(tmp_path: Path, draw: object) -> None:
    draw(MEASURES, tmp_path / "bild.svg")  # type: ignore[operator]
    first = (tmp_path / "bild.svg").read_text(encoding="utf-8")
    draw(MEASURES, tmp_path / "bild.svg")  # type: ignore[operator]
    assert (tmp_path / "bild.svg").read_text(encoding="utf-8") == first
    assert first.startswith("<?xml")
    assert "fokusområde" in first
    assert "granska" not in first
