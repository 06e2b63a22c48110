"""What the tests of the store share."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from classifier.errors import EffektkedjaError
from classifier.services import players_on
from classifier.store.cases import Cases
from classifier.store.games import Games
from classifier.store.players import Players


@pytest.fixture
def players(cases: Cases) -> Players:
    return players_on(cases.engine, cases.scheme)


@pytest.fixture
def games(players: Players) -> Games:
    return players.games


@pytest.fixture
def at_once() -> Callable[..., list[object]]:
    """Run calls at the same moment; what each returned, or the error it raised when it is one that a user may meet, in order."""

    def run(*works: Callable[[], object]) -> list[object]:
        barrier = threading.Barrier(len(works))
        results: dict[int, object] = {}

        def go(number: int, work: Callable[[], object]) -> None:
            barrier.wait(timeout=60)
            try:
                results[number] = work()
            except EffektkedjaError as error:
                results[number] = error

        threads = [threading.Thread(target=go, args=pair) for pair in enumerate(works)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(results) == len(works)
        return [results[number] for number in range(len(works))]

    return run
