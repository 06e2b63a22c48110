"""The pages with the dummy model and a database of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from classifier import services
from classifier.assistant import Assistant
from classifier.services import Services, players_on, services_on
from classifier.store.cases import Cases


@pytest.fixture
def opened(assistant: Assistant, cases: Cases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Services:
    made = services_on(assistant, players_on(cases.engine, assistant.scheme))
    monkeypatch.setattr(services, "open_services", lambda: made)
    monkeypatch.setattr("classifier.ui.frame.open_services", lambda: made)
    monkeypatch.setenv("EFFEKTKEDJA_RUN_FOLDER", str(tmp_path / "korningar"))
    return made
