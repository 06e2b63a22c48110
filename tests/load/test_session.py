"""The load test in small: a real server, six devices, and a kill in the middle. Nothing is lost and everybody comes back."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.load.session import Plan, run

pytestmark = pytest.mark.browser


def test_session_survives_a_kill_without_losing_a_mark(tmp_path: Path) -> None:
    found: dict[str, Any] = {}
    # In a thread of its own, since a browser test of the same process may have left a loop running in this one.
    thread = threading.Thread(target=lambda: found.update(asyncio.run(run(Plan(players=6, browsers=0, seconds=8, pause=0.7), tmp_path))))
    thread.start()
    thread.join(180)
    assert found["förlorade"] == 0 and found["dubbla"] == 0
    assert found["kryss_sparade"] > 60
    assert found["anslutning"]["antal"] == 6
