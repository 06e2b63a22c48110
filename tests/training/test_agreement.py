"""Agreement: readings compared by group and field."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from classifier.errors import TrainingError
from classifier.taxonomy import Scheme
from classifier.training.agreement import READINGS_DIR, Agreement, compare_readings
from classifier.training.corpus import read_corpus, read_short_statements


def write(path: Path, *rows: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def reading(name: str, columns: list[str], fokusomrade: str = "service", bransch: tuple[str, ...] = ()) -> dict[str, object]:
    labels = {"projekttyp": "projekt", "fokusomrade": fokusomrade, "effektkedja": "direkt", "bransch": bransch, "verktyg": (), "syfte": ()}
    return {"id": name, "kolumner": columns, **labels}


def test_agreement_by_group_and_field(tmp_path: Path, scheme: Scheme) -> None:
    first = write(tmp_path / "a.jsonl", reading("x", ["A P", "-"], bransch=("ikt",)), reading("y", ["U"]), {"id": "z", "kolumner": ["K L"]})
    second = write(tmp_path / "b.jsonl", reading("x", ["P A", "-"]), reading("y", ["U"], "innovation"), {"id": "z", "kolumner": ["L"]})
    found = compare_readings(first, second, scheme, {"x": "omgång 1", "y": "omgång 1", "z": "omgång 1, korta"})
    assert list(found) == ["omgång 1", "omgång 1, korta", "alla"]
    assert (found["omgång 1"]["huvudkolumn"].share, found["omgång 1"]["huvudkolumn"].count) == (pytest.approx(2 / 3), 3)
    assert found["omgång 1"]["alla kolumner"].share == 1
    assert found["omgång 1"]["fokusområde"].share == 0.5
    assert found["omgång 1"]["bransch"].share == pytest.approx(1 - 1 / (2 * len(scheme.labels["bransch"])))  # type: ignore[index]
    assert list(found["omgång 1, korta"]) == ["huvudkolumn", "alla kolumner"]
    assert found["alla"]["huvudkolumn"].count == 4


def test_agreement_alpha_of_columns(tmp_path: Path, scheme: Scheme) -> None:
    # Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section B: his values a to e as columns.
    first, second = (["RAPUK"["abcde".index(value)] for value in values] for values in ("aabbdcccedda", "babbbccceddd"))
    paths = write(tmp_path / "a.jsonl", reading("x", first)), write(tmp_path / "b.jsonl", reading("x", second))
    found = compare_readings(*paths, scheme, {})["utan omgång"]
    for name in ("huvudkolumn", "alla kolumner"):
        assert found[name].alpha == pytest.approx(0.692, abs=5e-4)
    assert found["projekttyp"] == Agreement(1.0, 1.0, 1)


def test_agreement_text_without_group(tmp_path: Path, scheme: Scheme) -> None:
    path = write(tmp_path / "a.jsonl", reading("x", ["A"]))
    assert list(compare_readings(path, path, scheme, {})) == ["utan omgång"]


def test_agreement_not_the_same_texts(tmp_path: Path, scheme: Scheme) -> None:
    one, other = write(tmp_path / "a.jsonl", reading("x", ["A"])), write(tmp_path / "b.jsonl", reading("y", ["A"]))
    with pytest.raises(TrainingError, match="är inte läsningar av samma texter"):
        compare_readings(one, other, scheme, {})


@pytest.mark.parametrize("content", [None, "{trasig", "[1]"])
def test_agreement_unreadable(tmp_path: Path, scheme: Scheme, content: str | None) -> None:
    path = tmp_path / "a.jsonl"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(TrainingError, match=r"a\.jsonl går inte att läsa"):
        compare_readings(path, path, scheme, {})


def test_agreement_shipped_readings_are_of_the_shipped_texts() -> None:
    sizes = {project.id: len(project.statements) for project in [*read_corpus(), *read_short_statements()]}
    for name in ("first.jsonl", "second.jsonl"):
        rows = [json.loads(line) for line in (READINGS_DIR / name).read_text(encoding="utf-8").splitlines()]
        assert {row["id"]: len(row["kolumner"]) for row in rows} == sizes
