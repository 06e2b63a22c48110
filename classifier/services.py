"""What the pages work with, opened once a process: the assistant, the cases, the portfolios and the sessions. Knows nothing of Streamlit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from threading import RLock

from sqlalchemy import Engine

from classifier.assistant import Assistant, load
from classifier.store.cases import Cases
from classifier.store.database import open_database
from classifier.store.games import Games
from classifier.store.players import Players
from classifier.store.runs import Runs
from classifier.taxonomy import Scheme, load_scheme

_one_at_a_time = RLock()


@dataclass(frozen=True)
class Services:
    """The opened model and database."""

    assistant: Assistant
    cases: Cases
    runs: Runs
    players: Players

    @property
    def games(self) -> Games:
        """The sessions of the stryktips."""
        return self.players.games


def services_on(assistant: Assistant, players: Players) -> Services:
    """The services of a model and a database."""
    engine, scheme = players.engine, assistant.scheme
    return Services(assistant, Cases(engine, scheme), Runs(engine, scheme), players)


def players_on(engine: Engine, scheme: Scheme) -> Players:
    """The sessions and players in a database."""
    return Players(engine, Games(engine, scheme))


def open_services() -> Services:
    """Open model and database on the first call; a failure is not remembered, so the next call tries again.

    Raises:
        EffektkedjaError: when either cannot be opened; the message names the remedy.
    """
    with _one_at_a_time:
        return _opened()


def open_players() -> Players:
    """Open the database alone: a session goes on while the model is being opened, or without one.

    Raises:
        EffektkedjaError: when it cannot be opened; the message names the remedy.
    """
    with _one_at_a_time:
        return _opened_players()


@cache
def _opened() -> Services:
    return services_on(load(), _opened_players())


@cache
def _opened_players() -> Players:
    return players_on(open_database(), load_scheme())
