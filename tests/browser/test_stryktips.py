"""A whole session of the stryktips: a leader at a screen and three players on phones, with reloads, a lost network and a killed server."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from classifier.services import players_on
from classifier.store.database import open_database
from classifier.store.games import Settings
from classifier.stryktips.coupon import standard
from classifier.stryktips.course import Step
from classifier.stryktips.crosses import Crosses
from classifier.taxonomy import load_scheme
from tests.browser.conftest import Server, violations

pytestmark = pytest.mark.browser

NAMES = ("Gran", "Tall", "Bord 3")


@pytest.fixture
def phones(browser: Browser) -> Iterator[list[Page]]:
    """Three devices of their own, narrower than 390 px."""
    contexts = [browser.new_context(locale="sv-SE", viewport={"width": 375, "height": 740}) for _ in NAMES]
    for context in contexts:
        context.set_default_timeout(30_000)
    yield [context.new_page() for context in contexts]
    for context in contexts:
        context.close()


def open_session(leader: Page, server: Server) -> str:
    """Open a session with the coupon that ships; returns the code on the screen."""
    leader.set_viewport_size({"width": 1920, "height": 1080})
    leader.goto(f"{server.url}/stryktips")
    leader.get_by_role("button", name="Öppna sessionen").click()
    expect(leader.locator(".ek-join")).to_be_visible()
    return code_on(leader)


def code_on(leader: Page) -> str:
    return leader.locator(".ek-join .code").inner_text()


def join(phone: Page, server: Server, code: str, name: str) -> None:
    phone.goto(f"{server.url}/spela?kod={code.lower()}")
    phone.get_by_label("Smeknamn eller gruppens namn").fill(name)
    if name.startswith("Bord"):
        phone.get_by_label("En hel grupp tillsammans").check()
    phone.get_by_role("button", name="Gå med").click()
    expect(phone.locator(".kodtext")).to_be_visible()


def box(phone: Page, row: int, column: str) -> Locator:
    """The choice of a row, counted from 1."""
    return phone.locator(f'.rad[data-rad="{row - 1}"]').get_by_role("button", name=column)


def cross(phone: Page, row: int, column: str, *, weak: bool = False) -> None:
    for _ in range(1 + weak):
        box(phone, row, column).click()
    expect(phone.locator("#sparat.klart")).to_be_visible()


def press(leader: Page, name: str) -> None:
    leader.get_by_role("button", name=name, exact=True).click()


def turn_to(leader: Page, view: str) -> None:
    leader.get_by_role("radio", name=view, exact=True).click()


def cell(leader: Page, row: int, column: int) -> Locator:
    """A cell of the heat map: row and column counted from 1."""
    return leader.locator(".ek-grid tbody tr").nth(row - 1).locator("td").nth(column - 1)


def test_stryktips_whole_session_with_reload_lost_network_and_killed_server(page: Page, phones: list[Page], server: Server) -> None:
    leader = page
    code = open_session(leader, server)
    for phone, name in zip(phones, NAMES, strict=True):
        join(phone, server, code, name)
        assert violations(phone) == []
    expect(leader.get_by_text(re.compile(r"^3 är med"))).to_be_visible()
    assert violations(leader) == []

    # Round 1: crosses reach the heat map, and survive a reload.
    first, second, group = phones
    press(leader, "Starta runda 1")
    for phone in phones:
        expect(phone.get_by_role("heading", level=1)).to_have_text("Sätt kryss för varje påstående")
        cross(phone, 3, "Aktiviteter")
    cross(first, 6, "Resurser")
    cross(second, 6, "Långsiktiga", weak=True)
    expect(cell(leader, 3, 2)).to_contain_text("3")
    expect(cell(leader, 6, 1)).to_contain_text("1")
    assert violations(first) == []
    first.reload()
    expect(box(first, 3, "Aktiviteter")).to_have_attribute("aria-pressed", "true")
    second.reload()
    expect(box(second, 6, "Långsiktiga")).to_have_attribute("aria-pressed", "mixed")

    # The network is lost on one phone; what it crosses meanwhile is sent when it comes back, even after a reload.
    first.context.set_offline(True)
    box(first, 1, "Utfall").click()
    expect(first.locator("#natfel")).to_be_visible()
    first.context.set_offline(False)
    expect(first.locator("#sparat.klart")).to_be_visible()
    expect(first.locator("#natfel")).to_be_hidden()
    expect(cell(leader, 1, 4)).to_contain_text("1")

    # The server is killed in the middle of a tap.
    server.kill()
    box(group, 2, "Prestationer").click()
    server.start()
    expect(group.locator("#sparat.klart")).to_be_visible()
    expect(cell(leader, 2, 3)).to_contain_text("1")
    expect(cell(leader, 3, 2)).to_contain_text("3")

    # Reasons, the lock, round 2 and the movement.
    first.locator('.rad[data-rad="5"] summary').click()
    first.get_by_label("Varför: Vinnväxt").fill("Ett program är en resurs <b>för oss</b>")
    expect(first.locator("#sparat.klart")).to_be_visible()
    press(leader, "Stäng runda 1")
    for phone in phones:
        expect(phone.get_by_role("heading", level=1)).to_have_text("Runda 1 är stängd")
        assert "Facit" not in phone.locator("main").inner_text()
    turn_to(leader, "Diskutera dessa")
    expect(leader.get_by_text("Vinnväxt").first).to_be_visible()
    expect(leader.get_by_text("Ett program är en resurs <b>för oss</b>")).to_be_visible()
    press(leader, "Starta runda 2")
    expect(box(second, 6, "Långsiktiga")).to_have_attribute("aria-pressed", "mixed")
    cross(second, 6, "Resurser")
    press(leader, "Stäng runda 2")
    turn_to(leader, "Före och efter")
    expect(leader.locator("table").first).to_be_visible()

    # The key and the model's tips come in their turn.
    press(leader, "Visa facit")
    for phone in phones:
        expect(phone.get_by_role("heading", level=1)).to_have_text("Facit")
        assert "Modellen" not in phone.locator("main").inner_text()
    expect(first.get_by_text(re.compile(r"^Mot facit: \d+,\d av 19 poäng"))).to_be_visible()
    assert violations(first) == []
    press(leader, "Visa modellens tips")
    expect(first.locator(".tips").first).to_contain_text("Modellen")
    press(leader, "Avsluta sessionen")
    first.get_by_label("Hur blev er effektkedja?").fill("Den blev kort.")
    expect(first.locator("#sparat.klart")).to_be_visible()
    turn_to(leader, "Reflektion")
    expect(leader.get_by_text("Den blev kort.")).to_be_visible()
    assert violations(leader) == []


def test_stryktips_player_goes_on_at_another_device_and_reaches_nothing_else(
    browser: Browser, page: Page, phones: list[Page], server: Server
) -> None:
    code = open_session(page, server)
    session = page.url
    old, new, other = phones
    join(old, server, code, "Gran")
    press(page, "Starta runda 1")
    cross(old, 4, "Utfall")
    personal = old.locator(".kodtext").inner_text()
    new.goto(f"{server.url}/spela?kod={code}")
    new.get_by_text("Jag är redan med").click()
    new.get_by_label("Din personliga kod").fill(personal.lower())
    new.get_by_role("button", name="Fortsätt spela").click()
    expect(box(new, 4, "Utfall")).to_have_attribute("aria-pressed", "true")
    cross(new, 5, "Aktiviteter")
    expect(box(old, 5, "Aktiviteter")).to_have_attribute("aria-pressed", "true")  # the first device follows

    # From a player's device there is no way to the leader's screen or to any case, whatever address is typed.
    for address in (session, f"{server.url}/", f"{server.url}/arenden", f"{server.url}/stryktips"):
        answer = new.goto(address)
        assert answer is not None and answer.status == 403
        expect(new.get_by_role("heading", level=1)).to_be_visible()
        assert violations(new) == []
    other.goto(f"{server.url}/spela?kod=FELFEL")
    expect(other.get_by_role("alert")).to_contain_text("Det finns ingen session med koden")
    join(other, server, code, "Tall")


def test_stryktips_led_session_takes_one_statement_at_a_time(page: Page, phones: list[Page], server: Server) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(f"{server.url}/stryktips")
    page.get_by_text(re.compile("^Inställningar")).click()
    page.get_by_text("Jag tar påståendena ett i taget").click()
    page.get_by_role("button", name="Öppna sessionen").click()
    phone = phones[0]
    join(phone, server, code_on(page), "Gran")
    press(page, "Starta runda 1")
    expect(phone.locator(".rad")).to_have_count(1)
    cross(phone, 1, "Utfall")
    press(page, "Lås")
    expect(phone.get_by_text("Raden är låst")).to_be_visible()
    press(page, "Visa rummets svar")
    expect(phone.locator("meter")).to_have_count(1)
    press(page, "Nästa påstående")
    expect(phone.get_by_text("2 av 19")).to_be_visible()
    assert violations(phone) == []
    press(page, "Stäng runda 1")
    expect(page.get_by_role("button", name="Starta runda 2", exact=True)).to_be_visible()  # else "Mer" is still that of the round
    press(page, "Mer")
    press(page, "Öppna runda 1 igen")
    expect(phone.get_by_text("Påstående 2 av 19")).to_be_visible()
    expect(page.get_by_role("button", name="Alla sessioner")).to_be_hidden()  # what is shown to the room is not covered


def test_stryktips_phone_page_is_never_wider_than_the_phone(page: Page, phones: list[Page], server: Server) -> None:
    code = open_session(page, server)
    for phone, width in zip(phones, (320, 360, 389), strict=True):
        phone.set_viewport_size({"width": width, "height": 640})
        join(phone, server, code, f"Ett långt namn, {width} punkter")
    headings = {
        "Starta runda 1": "Sätt kryss för varje påstående",
        "Stäng runda 1": "Runda 1 är stängd",
        "Starta runda 2": "Sätt kryss för varje påstående",
        "Stäng runda 2": "Runda 2 är stängd",
        "Visa facit": "Facit",
        "Visa modellens tips": "Modellens tips",
        "Avsluta sessionen": "Avslut",
    }
    for step, heading in headings.items():
        press(page, step)
        for phone in phones:
            expect(phone.get_by_role("heading", level=1)).to_have_text(heading)
            assert phone.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def test_stryktips_phone_is_quiet_when_the_time_is_out(phones: list[Page], server: Server) -> None:
    players = players_on(open_database(f"sqlite:///{server.database}"), load_scheme())
    game = players.games.open(standard(), "Kort om tid", Settings(seconds=4))
    phone = phones[0]
    join(phone, server, game.code, "Gran")
    players.games.go_to(game.id, Step.ROUND_1, game.revision)
    cross(phone, 1, "Utfall")
    expect(phone.get_by_text("Tiden är ute. Titta på skärmen.")).to_be_visible()
    expect(phone.locator('.rad[data-rad="0"]').get_by_text("Utfall", exact=True)).to_be_visible()
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.wait_for_timeout(5_000)
    assert not [url for url in asked if "/vy" in url]
    assert [url for url in asked if "/lage" in url]


def test_stryktips_mark_waits_on_the_phone_until_its_player_is_back(phones: list[Page], server: Server) -> None:
    players = players_on(open_database(f"sqlite:///{server.database}"), load_scheme())
    game = players.games.open(standard(), "Tillbaka", Settings())
    phone = phones[0]
    join(phone, server, game.code, "Gran")
    players.games.go_to(game.id, Step.ROUND_1, game.revision)
    cross(phone, 1, "Utfall")
    personal = phone.locator(".kodtext").inner_text()
    phone.context.clear_cookies()
    box(phone, 2, "Resurser").click()
    phone.get_by_text("Jag är redan med").click()
    phone.get_by_label("Din personliga kod").fill(personal)
    phone.get_by_role("button", name="Fortsätt spela").click()
    expect(phone.locator("#sparat.klart")).to_be_visible()
    [player] = players.games.room(game.id).players
    assert [row.get(player.id) for row in players.games.room(game.id).answers(1)[:2]] == [Crosses.of("U"), Crosses.of("R")]
