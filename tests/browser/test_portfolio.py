"""A portfolio as an analyst works with it, in a real browser against a real server and a real worker."""

from __future__ import annotations

import csv
import os
import re
import signal
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, violations

pytestmark = pytest.mark.browser

TEXTS = (
    "Företagen får rådgivning så att fler vågar sälja på export. Minst 20 företag har nya kunder när projektet slutar.",
    "Kommunen gräver ned fiber i sju byar. När arbetet är klart kan 400 hushåll koppla upp sig och arbeta hemifrån.",
    "Regionen kartlägger behovet av kompetens i vården och skriver en plan tillsammans med högskolan och arbetsgivarna.",
    "Föreningen bygger en scen och utbildar tolv unga arrangörer, vilket ger fler konserter och ett rikare kulturliv.",
)
LINES = 40


def table(path: Path) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["Diarienummer", "Projektnamn", "Beskrivning", "Beviljat belopp", "Startdatum", "Län"])
        for number in range(LINES):
            text = f"{TEXTS[number % 4]} Etapp {number} pågår i två år."
            writer.writerow(
                [f"D{number}", f"<b>Projekt</b> {number} $x$", text, f"{number + 1} 000 kr", f"{2014 + number % 5}-03-01", "Jämtlands län"]
            )
    return path


def bring_in(page: Page, server: Server, file: Path) -> None:
    page.goto(f"{server.url}/portfolj")
    page.get_by_role("heading", name="Portfölj", exact=True).wait_for()
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text(f"Filen har {LINES} rader och 6 kolumner.")).to_be_visible()
    expect(page.get_by_text("Jämtlands län").first).to_be_visible()
    page.get_by_role("button", name="Starta").click()


def done(page: Page) -> None:
    expect(page.get_by_text(f"{LINES} projekt av {LINES} visas.")).to_be_visible(timeout=120_000)


def view(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).click()


def test_portfolio_runs_on_while_the_browser_and_the_server_are_gone(page: Page, server: Server, tmp_path: Path) -> None:
    bring_in(page, server, table(tmp_path / "lista.csv"))
    expect(page.get_by_text(re.compile("av 40 är klara"))).to_be_visible()
    address = page.url
    page.goto("about:blank")
    server.kill()
    deadline = time.monotonic() + 120
    while _workers() and time.monotonic() < deadline:
        time.sleep(0.5)
    server.start()
    page.goto(address)
    done(page)


def test_portfolio_is_confirmed_and_undone_and_its_figures_lead_to_rows(page: Page, server: Server, tmp_path: Path) -> None:
    bring_in(page, server, table(tmp_path / "lista.csv"))
    done(page)
    assert violations(page) == []
    page.get_by_label("Sök i id, titel och text").fill("D1")
    page.keyboard.press("Enter")
    expect(page.get_by_text("11 projekt av 40 visas.")).to_be_visible()
    page.get_by_role("button", name="Bekräfta").click()
    page.get_by_role("button", name="Ja, bekräfta").click()
    expect(page.get_by_text("Bekräftade 11 rader.")).to_be_visible()
    page.get_by_role("button", name=re.compile("Ångra: Bekräftade 11 rader")).click()
    expect(page.get_by_text("11 rader är som förut")).to_be_visible()

    view(page, "Översikt")
    expect(page.get_by_role("heading", name="Från fokusområde över effektkedja till syfte")).to_be_visible()
    page.wait_for_timeout(1_500)
    assert violations(page) == []
    page.get_by_test_id("stVegaLiteChart").first.locator("g.mark-text.role-mark text").last.click(force=True)
    shown = page.get_by_role("button", name=re.compile(r"^Visa \d+ projekt:"))
    expect(shown).to_be_visible()
    shown.click()
    expect(page.get_by_text("Visar bara:")).to_be_visible()

    for name in ("Effektkedjan", "Utvärderbarhet", "Liknande projekt", "Jämför", "Hämta"):
        view(page, name)
        page.wait_for_timeout(1_500)
        assert violations(page) == []
    with page.expect_download() as download:
        page.get_by_role("button", name="Skapa filen").first.click()
        page.get_by_role("button", name="Ladda ner").click()
    assert download.value.suggested_filename == "lista-klassificerad.xlsx"


def test_portfolio_row_opens_as_a_case_and_a_decision_there_comes_back(page: Page, server: Server, tmp_path: Path) -> None:
    bring_in(page, server, table(tmp_path / "lista.csv"))
    done(page)
    address = page.url
    page.get_by_role("button", name="Öppna", exact=True).click()
    expect(page.get_by_text("Jag föreslår fokusområdet")).to_be_visible()
    page.get_by_role("button", name=re.compile(r"· .*\d\s%$")).first.click()
    expect(page.get_by_text("Utkast, delvis granskat")).to_be_visible()
    page.goto(address)
    done(page)
    page.get_by_label("Beslut").click()
    page.get_by_role("option", name="Delvis granskade").click()
    expect(page.get_by_text("1 projekt av 40 visas.")).to_be_visible()


@pytest.fixture(autouse=True)
def _no_worker_left() -> None:
    for pid in _workers():
        os.kill(pid, signal.SIGKILL)


def _workers() -> list[int]:
    """Processes that work through portfolios."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if b"classifier.worker" in entry.read_bytes():
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found
