"""README.md names every setting that there is."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
VARIABLE = re.compile(r"\bEFFEKTKEDJA_[A-Z_]+\b")


def test_readme_names_every_environment_variable() -> None:
    used = {name for path in (ROOT / "classifier").rglob("*.py") for name in VARIABLE.findall(path.read_text(encoding="utf-8"))}
    assert used >= {"EFFEKTKEDJA_DATABASE_URL", "EFFEKTKEDJA_PASSWORD", "EFFEKTKEDJA_ADDRESS"}
    assert used == set(VARIABLE.findall((ROOT / "README.md").read_text(encoding="utf-8")))
