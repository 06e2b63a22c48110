"""What the pages work with, opened once a process: the assistant and the cases. Knows nothing of Streamlit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from classifier.assistant import Assistant, load
from classifier.store.cases import Cases
from classifier.store.database import open_database


@dataclass(frozen=True)
class Services:
    """The opened model and database."""

    assistant: Assistant
    cases: Cases


@cache
def open_services() -> Services:
    """Open model and database on the first call; a failure is not remembered, so the next call tries again.

    Raises:
        EffektkedjaError: when either cannot be opened; the message names the remedy.
    """
    assistant = load()
    return Services(assistant, Cases(open_database(), assistant.scheme))
