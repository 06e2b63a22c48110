"""How fast the product is on this machine: `effektkedja bench`."""

from __future__ import annotations

import os
import resource
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from classifier.assistant import Assistant, ProjectText
from classifier.errors import TrainingError
from classifier.training.corpus import LabelledProject

WORDS = 300
ROUNDS = 20
PATIENCE = 120.0  # seconds to wait for the web app
ENTRY = Path(__file__).parents[2] / "app.py"


def measure_speed(assistant: Assistant, projects: Sequence[LabelledProject]) -> dict[str, Any]:
    """Time one warm application of about 300 words, many texts in one call, and the web app's start with its memory."""
    closest = min(projects, key=lambda project: abs(len(project.text.split()) - WORDS))
    application = ProjectText(closest.text, closest.title)
    assistant.suggest([application])
    single = [_timed(assistant, [application]) for _ in range(ROUNDS)]
    many = _timed(assistant, [ProjectText(project.text, project.title) for project in projects])
    return {
        "kärnor": os.cpu_count(),
        "ansökan_ord": len(closest.text.split()),
        "ansökan_ms_median": round(statistics.median(single) * 1000),
        "ansökan_ms_max": round(max(single) * 1000),
        "projekt_per_sekund": round(len(projects) / many, 1),
        **measure_app(),
    }


def measure_app() -> dict[str, float]:
    """Start the web app on an empty database; time until it answers with its model warm, and its peak memory.

    Raises:
        TrainingError: when it does not answer.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as scratch:
        environment = os.environ | {"EFFEKTKEDJA_DATABASE_URL": f"sqlite:///{scratch}/bench.db"}
        command = [sys.executable, "-m", "streamlit", "run", str(ENTRY), "--server.port", str(port), "--server.address", "127.0.0.1"]
        started = time.perf_counter()
        process = subprocess.Popen(
            command, env=environment, cwd=ENTRY.parent, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            _wait_until_answering(f"http://127.0.0.1:{port}/_stcore/health", started + PATIENCE)
            ready = time.perf_counter() - started
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024  # kilobytes on Linux
    return {"app_redo_s": round(ready, 1), "app_minne_mb": round(peak)}


def _timed(assistant: Assistant, texts: Sequence[ProjectText]) -> float:
    started = time.perf_counter()
    assistant.suggest(texts)
    return time.perf_counter() - started


def _wait_until_answering(url: str, deadline: float) -> None:
    while time.perf_counter() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise TrainingError("webbappen svarade inte; starta den med effektkedja app och läs felmeddelandet")
