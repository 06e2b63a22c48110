"""Effektkedjeassistenten: proposes labels and effect chains for project applications.

>>> import classifier                                        # doctest: +SKIP
>>> assistant = classifier.load()                            # doctest: +SKIP
>>> assistant.suggest([classifier.ProjectText("…")])         # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from classifier.assistant import Assistant, ProjectText, Suggestion, load

__all__ = ["Assistant", "ProjectText", "Suggestion", "load"]


def __getattr__(name: str) -> Any:
    """Import on first use: `effektkedja --help` must not wait for spaCy and the network."""
    if name in __all__:
        from classifier import assistant

        return getattr(assistant, name)
    raise AttributeError(name)
