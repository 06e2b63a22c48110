"""A session in a database of its own, and devices that call the players' routes."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from classifier.play import routes as module
from classifier.services import players_on
from classifier.store.cases import Cases
from classifier.store.games import Game, Settings
from classifier.store.players import Players
from classifier.stryktips.coupon import standard
from classifier.stryktips.crosses import Crosses
from classifier.stryktips.tips import Tip

SECRET_WORD = "hemligtipsord"
Device = TestClient


@pytest.fixture
def players(cases: Cases, monkeypatch: pytest.MonkeyPatch) -> Players:
    made = players_on(cases.engine, cases.scheme)
    monkeypatch.setattr(module, "open_players", lambda: made)
    monkeypatch.setattr(module, "WRONG_CODE_DELAY", 0.0)
    return made


@pytest.fixture
def game(players: Players) -> Game:
    """A session whose key differs from row to row, with tips that hold a word found nowhere else."""
    coupon = standard()
    tips = [Tip(Crosses.parse("A"), {"A": 0.61, "P": 0.2}, (SECRET_WORD,)) for _ in coupon.rows]
    return players.games.open(coupon, "Prov", Settings(), tips, "provmodell")


@pytest.fixture
def device(players: Players) -> Callable[[], Device]:
    return lambda: TestClient(Starlette(routes=module.routes()), base_url="http://spel", follow_redirects=True)


def come_in(device: Device, game: Game, name: str, **fields: str) -> str:
    """Join by the form as a browser does; returns the page."""
    page = device.get("/spela", params={"kod": game.code}).text
    form = re.search(r'name="formular" value="([^"]+)"', page)
    assert form, page
    data = {"kod": game.code, "namn": name, "som": "person", "grupp": "", "formular": form[1]}
    return device.post("/spela/ga-med", data=data | fields).text


def latest(players: Players, game: Game) -> Game:
    found = players.games.get(game.id)
    assert found is not None
    return replace(found)
