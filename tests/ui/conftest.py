"""The pages with the dummy model and a database of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from classifier import services
from classifier.assistant import Assistant
from classifier.services import Services
from classifier.store.cases import Cases
from classifier.store.runs import Runs


@pytest.fixture
def opened(assistant: Assistant, cases: Cases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Services:
    made = Services(assistant, cases, Runs(cases.engine, assistant.scheme))
    monkeypatch.setattr(services, "open_services", lambda: made)
    monkeypatch.setattr("classifier.ui.frame.open_services", lambda: made)
    monkeypatch.setenv("EFFEKTKEDJA_RUN_FOLDER", str(tmp_path / "korningar"))
    return made
