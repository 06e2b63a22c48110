"""Players' devices as they talk to the server: every one joins, asks how things stand every few seconds, marks, and tries again until it is saved."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx

POLL = 3.0
"""Seconds between a device's questions, as in ``classifier/play/static/spel.js``."""
PATIENCE = 8.0
RETRY = 0.4
COLUMNS = "RAPUKL"


@dataclass
class Figures:
    """What the devices have seen. Times are in seconds."""

    joins: list[float] = field(default_factory=list)
    marks: list[float] = field(default_factory=list)
    """From a tap to its confirmation, tries again included."""
    polls: list[float] = field(default_factory=list)
    looks: list[float] = field(default_factory=list)
    failures: int = 0
    """Requests that got no answer, or one that the server had failed."""
    confirmed: list[tuple[float, str]] = field(default_factory=list)
    """When a mark was confirmed, and to which player."""


class Phone:
    """One device with one connection."""

    def __init__(self, url: str, code: str, name: str, rows: int, figures: Figures, seed: int) -> None:
        self.client = httpx.AsyncClient(
            base_url=url, timeout=PATIENCE, verify=False, trust_env=False
        )  # plain http: no certificates to load
        self.code = code
        self.name = name
        self.rows = rows
        self.figures = figures
        self.random = random.Random(seed)
        self.confirmed: dict[int, str] = {}
        """Row → the crosses that the server has said are saved."""
        self.sent = 0
        self._step = -1

    async def join(self) -> None:
        """Come in as a browser does: the form, the answer to it, and the page it leads to with what belongs to it."""
        page = await self.client.get("/spela", params={"kod": self.code})
        form = re.search(r'name="formular" value="([^"]+)"', page.text)
        assert form, page.text
        data = {"kod": self.code, "namn": self.name, "som": "person", "grupp": "", "formular": form[1]}
        started = time.perf_counter()
        page = await self.client.post("/spela/ga-med", data=data, follow_redirects=True)
        assert page.status_code == 200 and 'id="vy"' in page.text, page.text
        self.figures.joins.append(time.perf_counter() - started)

    async def play(self, until: float, pause: float) -> None:
        """Ask and mark side by side until a moment of the clock; a tap comes every ``pause`` seconds on average."""
        await asyncio.gather(self._poll(until), self._tap(until, pause))

    async def mark(self, row: int, crosses: str) -> None:
        """Tap, and try until the server has said that the cross is saved."""
        started = time.perf_counter()
        answer = await self._insist(lambda: self.client.post("/spela/kryss", json={"rad": row, "kryss": crosses, "runda": 1}))
        assert answer.status_code == 200, answer.text
        self.sent += 1
        self.confirmed[row] = answer.json()["sparat"]
        self.figures.marks.append(time.perf_counter() - started)
        self.figures.confirmed.append((time.perf_counter(), self.name))

    async def _tap(self, until: float, pause: float) -> None:
        await asyncio.sleep(self.random.uniform(0, pause))
        while time.perf_counter() < until:
            chosen = self.random.sample(COLUMNS, self.random.choice((1, 1, 2, 3)))
            crosses = " ".join(f"({code})" if self.random.random() < 0.2 else code for code in COLUMNS if code in chosen)
            await self.mark(self.random.randrange(self.rows), crosses)
            await asyncio.sleep(self.random.uniform(0.5, 1.5) * pause)

    async def _poll(self, until: float) -> None:
        await asyncio.sleep(self.random.uniform(0, POLL))
        while time.perf_counter() < until:
            started = time.perf_counter()
            answer = await self._insist(lambda: self.client.get("/spela/lage"))
            self.figures.polls.append(time.perf_counter() - started)
            if answer.json()["steg"] != self._step:
                started = time.perf_counter()
                await self._insist(lambda: self.client.get("/spela/vy"))
                self.figures.looks.append(time.perf_counter() - started)
                self._step = answer.json()["steg"]
            await asyncio.sleep(POLL * self.random.uniform(0.9, 1.1))

    async def _insist(self, ask: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
        while True:
            try:
                answer = await ask()
                if answer.status_code < 500:
                    return answer
            except httpx.TransportError:
                pass
            self.figures.failures += 1
            await asyncio.sleep(RETRY)
