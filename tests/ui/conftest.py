"""The pages with the dummy model and a database of their own."""

from __future__ import annotations

import pytest

from classifier import services
from classifier.assistant import Assistant
from classifier.services import Services
from classifier.store.cases import Cases


@pytest.fixture
def opened(assistant: Assistant, cases: Cases, monkeypatch: pytest.MonkeyPatch) -> Services:
    made = Services(assistant, cases)
    monkeypatch.setattr(services, "open_services", lambda: made)
    monkeypatch.setattr("classifier.ui.frame.open_services", lambda: made)
    return made
