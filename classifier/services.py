"""What the pages work with, opened once a process: the assistant, the cases and the portfolios. Knows nothing of Streamlit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from classifier.assistant import Assistant, load
from classifier.store.cases import Cases
from classifier.store.database import open_database
from classifier.store.runs import Runs


@dataclass(frozen=True)
class Services:
    """The opened model and database."""

    assistant: Assistant
    cases: Cases
    runs: Runs


@cache
def open_services() -> Services:
    """Open model and database on the first call; a failure is not remembered, so the next call tries again.

    Raises:
        EffektkedjaError: when either cannot be opened; the message names the remedy.
    """
    assistant = load()
    engine = open_database()
    return Services(assistant, Cases(engine, assistant.scheme), Runs(engine, assistant.scheme))
