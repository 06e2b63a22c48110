"""What every page shares: opening the services, and showing an expected error as one readable line."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from classifier.errors import EffektkedjaError
from classifier.services import Services, open_services

PAGES = Path(__file__).parent


def services() -> Services:
    """The opened services; when they cannot be opened the page says why and stops."""
    try:
        return open_services()
    except EffektkedjaError as error:
        st.error(str(error))
        st.stop()


@contextmanager
def errors() -> Iterator[None]:
    """Show an expected error where it happens; what was entered stays on the page."""
    try:
        yield
    except EffektkedjaError as error:
        logging.getLogger(__name__).warning("%s", type(error).__name__, exc_info=error.__cause__)
        st.error(str(error))
