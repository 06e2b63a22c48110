"""A whole session under load: `python -m tests.load.session --players 60`.

The server is a real one in a process of its own; the players are protocol clients and a few real browsers, the leader a real browser with the
heat map open. In the middle of the round the server is killed and started again. All of it runs on the same machine, so the clients take their
share of its cores. Prints the figures and ends with 1 when a mark was lost or counted twice.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from classifier.files import write_json
from classifier.services import players_on
from classifier.store.database import open_database
from classifier.store.games import Game, Settings
from classifier.store.players import Players
from classifier.stryktips.coupon import standard
from classifier.stryktips.course import Step
from classifier.taxonomy import load_scheme
from tests.browser.conftest import QUIET, Server, chromium
from tests.load.phones import Figures, Phone

WITHIN = 10.0
"""Seconds from the kill in which devices should have got a mark saved again."""
PROBES = 12
HEAT_MAP = ".ek-grid tbody tr"
"""The rows of the heat map on the leader's screen."""


@dataclass(frozen=True)
class Plan:
    """How much load, and for how long."""

    players: int
    browsers: int = 3
    seconds: float = 60.0
    """Of marking before the kill, and again after it."""
    pause: float = 3.0
    """Mean seconds between a player's taps."""
    rush: float = 5.0
    """Seconds in which all join."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the load test as a command."""
    parser = argparse.ArgumentParser(description="A session of the stryktips under load")
    parser.add_argument("--players", type=int, default=60)
    parser.add_argument("--browsers", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("-o", "--out", type=Path)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(run(Plan(options.players, options.browsers, options.seconds), Path(folder)))
    if options.out:
        write_json(options.out, figures)
    sys.stdout.write(json.dumps(figures, ensure_ascii=False, indent=1) + "\n")
    return 0 if figures["förlorade"] == figures["dubbla"] == 0 else 1


async def run(plan: Plan, folder: Path) -> dict[str, Any]:
    """Play a session and return what was measured, times in milliseconds."""
    server = Server(folder / "last.db")
    await asyncio.to_thread(server.start)
    players = players_on(open_database(f"sqlite:///{server.database}"), load_scheme())
    game = players.games.open(standard(), "Belastning", Settings())
    try:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium(), args=QUIET) if plan.browsers else None
            return await _play(plan, server, players, game, browser)
    finally:
        server.kill()


async def _play(plan: Plan, server: Server, players: Players, game: Game, browser: Browser | None) -> dict[str, Any]:
    figures, after = Figures(), Figures()
    rows = len(standard().rows) - 1  # the last row is the probe's
    phones = [Phone(server.url, game.code, f"Spelare {number}", rows, figures, number) for number in range(plan.players)]
    await asyncio.gather(*(_after(number * plan.rush / plan.players, phone.join()) for number, phone in enumerate(phones)))
    pages = [await _join_in_browser(browser, server, game, number) for number in range(plan.browsers)] if browser else []
    game = await asyncio.to_thread(players.games.go_to, game.id, Step.ROUND_1, game.revision)
    leader = await _leader(browser, server, game) if browser else None

    # A round of marking
    until = time.perf_counter() + plan.seconds
    taps: list[float] = []
    seen: list[float] = []
    probe = Phone(server.url, game.code, "Sonden", rows + 1, Figures(), -1)
    await probe.join()
    await asyncio.gather(
        *(phone.play(until, plan.pause) for phone in phones),
        *(_tap_in_browser(page, until, taps, number) for number, page in enumerate(pages)),
        _probe(leader, probe, rows, until, seen),
    )

    # The server is killed while everybody goes on
    for phone in phones:
        phone.figures = after
    until = time.perf_counter() + plan.seconds / 2
    killed: list[float] = []
    await asyncio.gather(*(phone.play(until, plan.pause) for phone in phones), _kill(server, min(5.0, plan.seconds / 8), killed))
    back = {name for moment, name in after.confirmed if killed[1] < moment <= killed[0] + WITHIN}
    # A device that has nothing to mark in those seconds is back when the server answers it, so the last word is what is in the store.
    found = await asyncio.to_thread(_checked, players, game, [*phones, probe])
    for phone in [*phones, probe]:
        await phone.client.aclose()
    return {
        "spelare": plan.players,
        "webbläsare": plan.browsers,
        "kärnor": os.cpu_count(),
        "anslutning": _times(figures.joins),
        "kryss_bekräftat": _times(figures.marks),
        "kryss_bekräftat_i_webbläsare": _times(taps),
        "lägesfråga": _times(figures.polls),
        "ny_vy": _times(figures.looks),
        "till_ledarens_karta": _times(seen),
        "misslyckade_anrop_före_avbrottet": figures.failures,
        "servern_svarar_efter_s": round(killed[1] - killed[0], 1),
        f"åter_inom_{WITHIN:.0f}_s": round(len(back) / plan.players, 3),
        "kryss_under_avbrottet": _times(after.marks),
        **found,
    }


async def _after(seconds: float, work: Any) -> None:
    await asyncio.sleep(seconds)
    await work


async def _kill(server: Server, wait: float, told: list[float]) -> None:
    """Kill the server and start it again at once; tells when it died and when it answered."""
    await asyncio.sleep(wait)
    await asyncio.to_thread(server.kill)
    told.append(time.perf_counter())
    await asyncio.to_thread(server.start)
    told.append(time.perf_counter())


async def _join_in_browser(browser: Browser, server: Server, game: Game, number: int) -> Page:
    context = await browser.new_context(viewport={"width": 375, "height": 700})
    page = await context.new_page()
    await page.goto(f"{server.url}/spela?kod={game.code}")
    await page.get_by_label("Smeknamn").fill(f"Telefon {number}")
    await page.get_by_role("button", name="Gå med").click()
    await page.locator("#vy").wait_for()
    return page


async def _tap_in_browser(page: Page, until: float, taps: list[float], number: int) -> None:
    """Tap one choice after another; a tap is confirmed when the page says that it is saved."""
    boxes = page.locator("[data-val]")
    await boxes.first.wait_for()
    total = await boxes.count()
    while time.perf_counter() < until:
        # Measured inside the page, so that the driver's own delays do not count: from the click to the word on the screen.
        taps.append(
            await page.evaluate(
                """(place) => new Promise((done) => {
                    const said = document.getElementById("sparat");
                    said.classList.remove("klart");
                    const start = performance.now();
                    new MutationObserver((_, watch) => {
                        if (said.classList.contains("klart")) { watch.disconnect(); done((performance.now() - start) / 1000); }
                    }).observe(said, { attributes: true });
                    document.querySelectorAll("[data-val]")[place].click();
                })""",
                (len(taps) * 7 + number) % (total - 6),
            )
        )
        await asyncio.sleep(3.0)


async def _leader(browser: Browser, server: Server, game: Game) -> Page:
    context = await browser.new_context(viewport={"width": 1920, "height": 1080})
    page = await context.new_page()
    await page.goto(f"{server.url}/stryktips?session={game.id}")  # in a round it opens with the heat map
    await page.locator(HEAT_MAP).first.wait_for(timeout=60_000)
    return page


async def _probe(leader: Page | None, probe: Phone, row: int, until: float, seen: list[float]) -> None:
    """Mark in a row that nobody else marks, and see how long it takes until the leader's heat map shows it."""
    if leader is None:
        return
    await asyncio.sleep(4)
    place = leader.locator(HEAT_MAP).nth(row)
    for number in range(PROBES):
        if time.perf_counter() > until:
            return
        before = await place.inner_text()
        started = time.perf_counter()
        await probe.mark(row, "RAPUKL"[number % 6])
        while await place.inner_text() == before and time.perf_counter() < started + 10:
            await asyncio.sleep(0.03)
        seen.append(time.perf_counter() - started)
        await asyncio.sleep(probe.random.uniform(1, 2))


def _checked(players: Players, game: Game, phones: Sequence[Phone]) -> dict[str, int]:
    """Hold what the devices were told against what is in the store."""
    room = players.games.room(game.id)
    names = {player.name: player.id for player in room.players}
    held: dict[tuple[str, int], str] = {}
    for change in players.games.changes(game.id):
        held[change.player, change.row] = change.crosses
    answers = room.answers(1)
    lost = sum(
        held.get((names[phone.name], row)) != crosses or len(answers[row][names[phone.name]]) != len(crosses.split())
        for phone in phones
        for row, crosses in phone.confirmed.items()
    )
    doubles = len(names) != len(room.players) or sum(len(row) for row in answers) != len({key for key, crosses in held.items() if crosses})
    return {"kryss_sparade": sum(phone.sent for phone in phones), "förlorade": lost, "dubbla": int(doubles)}


def _times(seconds: Sequence[float]) -> dict[str, int] | None:
    """Median, 95th percentile and longest, in milliseconds, with how many there were."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    ninety_fifth = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return {
        "antal": len(ordered),
        "median_ms": round(statistics.median(ordered) * 1000),
        "p95_ms": round(ninety_fifth * 1000),
        "max_ms": round(ordered[-1] * 1000),
    }


if __name__ == "__main__":
    raise SystemExit(main())
