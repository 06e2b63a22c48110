"""The main job as a case officer does it, in a real browser against a real server."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Server, violations
from tests.conftest import APPLICATION

pytestmark = pytest.mark.browser

PAGES = ("/", "/arenden", "/portfolj", "/hjalp", "/tillganglighet")


def paste(page: Page, text: str) -> None:
    box = page.get_by_test_id("stChatInput").locator("textarea")
    box.fill(text)
    box.press("Enter")


def open_application(page: Page, server: Server) -> None:
    page.goto(server.url)
    paste(page, APPLICATION)
    expect(page.get_by_text("Jag föreslår fokusområdet")).to_be_visible()


def column_choice(page: Page, number: int, column: str) -> Locator:
    return page.get_by_role("radiogroup", name=f"Kolumn för påstående {number}", exact=True).get_by_role("radio", name=column)


def another_column(page: Page, number: int) -> str:
    """A column that is not the one proposed, whatever the model proposes."""
    return "Utfall" if column_choice(page, number, "Resurser").is_checked() else "Resurser"


def open_correction(page: Page) -> None:
    page.get_by_role("tab", name="Rätta påståenden").click()


def test_flow_decisions_survive_reload_and_a_killed_server(page: Page, server: Server) -> None:
    open_application(page, server)
    expect(page.get_by_text("Förslag, ej granskat").first).to_be_visible()
    board = page.get_by_role("group", name="Effektkedja")
    for name in ("Resurser", "Aktiviteter", "Prestationer", "Utfall", "Kortsiktiga samhällseffekter", "Långsiktiga samhällseffekter"):
        expect(board.get_by_role("heading", name=name)).to_be_visible()

    page.get_by_role("button", name=re.compile(r"· .*\d\s%$")).first.click()
    expect(page.get_by_role("button", name=re.compile("^✓"))).to_have_count(1)
    open_correction(page)
    wanted = another_column(page, 2)
    column_choice(page, 2, wanted).click()
    expect(page.get_by_text("✓ beslutat")).to_have_count(1)
    page.get_by_role("button", name="Bekräfta", exact=True).nth(3).click()  # the first three belong to bransch, verktyg and syfte
    expect(page.get_by_text("✓ beslutat")).to_have_count(2)
    expect(page.get_by_text("Utkast, delvis granskat")).to_be_visible()

    page.reload()
    expect(page.get_by_text("Utkast, delvis granskat")).to_be_visible()
    server.kill()
    server.start()

    page.goto(f"{server.url}/arenden")
    page.get_by_role("button", name="Öppna").click()
    expect(page.get_by_role("button", name=re.compile(r"^✓ .*%"))).to_have_count(1)
    open_correction(page)
    expect(page.get_by_text("✓ beslutat")).to_have_count(2)
    expect(column_choice(page, 2, wanted)).to_be_checked()


def test_flow_second_tab_is_asked_before_it_replaces_a_decision(browser: Browser, page: Page, server: Server) -> None:
    open_application(page, server)
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.get_by_text("Jag föreslår fokusområdet")).to_be_visible()
    open_correction(page)
    open_correction(other)

    # The first statement is plain background, so neither of these is what the model proposes.
    column_choice(page, 1, "Utfall").click()
    expect(page.get_by_text("✓ beslutat")).to_have_count(1)
    column_choice(other, 1, "Resurser").click()
    expect(other.get_by_text("hann före: påstående 1 är utfall")).to_be_visible()

    other.get_by_role("button", name="Ersätt med mitt").click()
    expect(other.get_by_text("hann före")).to_have_count(0)
    page.reload()
    open_correction(page)
    expect(column_choice(page, 1, "Resurser")).to_be_checked()


def test_flow_written_correction_is_carried_out(page: Page, server: Server) -> None:
    open_application(page, server)
    paste(page, "påstående 2 är resurser")
    expect(page.get_by_text("Ändrat: påstående 2 är resurser.")).to_be_visible()
    open_correction(page)
    expect(column_choice(page, 2, "Resurser")).to_be_checked()


@pytest.mark.parametrize(("text", "answer"), [("Bygga en brygga", "för kort"), ("هذا مشروع لبناء جسر جديد في القرية للناس", "alfabet")])
def test_flow_text_that_cannot_be_judged_is_explained_and_kept(page: Page, server: Server, text: str, answer: str) -> None:
    page.goto(server.url)
    paste(page, text)
    expect(page.get_by_text(answer)).to_be_visible()
    expect(page.get_by_label("Din text finns kvar här")).to_have_value(text)


def test_flow_attached_file_that_is_not_what_it_says_is_explained(page: Page, server: Server, tmp_path: Path) -> None:
    false = tmp_path / "ansokan.docx"
    false.write_bytes(b"det har ar ingen wordfil")
    page.goto(server.url)
    page.locator("input[type=file]").set_input_files(false)
    expect(page.get_by_text("ansokan.docx").first).to_be_visible()
    page.get_by_test_id("stChatInput").get_by_test_id("stChatInputSubmitButton").click()
    expect(page.get_by_text("ingen riktig .docx-fil")).to_be_visible()


def test_flow_markup_in_an_application_is_shown_as_text(page: Page, server: Server) -> None:
    page.goto(server.url)
    paste(page, "# Rubrik\nVi ska bygga :red[en bro] för $50 till <b>byn</b> <script>document.title='x'</script> under nästa år.")
    expect(page.get_by_text("Jag föreslår fokusområdet")).to_be_visible()
    page.get_by_role("tab", name="Texten").click()
    expect(page.get_by_text(":red[en bro] för $50 till <b>byn</b>", exact=False).first).to_be_visible()
    assert page.title() != "x"


def test_flow_statement_is_explained_on_request(page: Page, server: Server) -> None:
    open_application(page, server)
    open_correction(page)
    page.get_by_test_id("stPopoverButton").filter(has_text="Varför?").nth(1).click()
    expect(page.get_by_text("Liknande påståenden och deras kolumner:")).to_be_visible()
    expect(page.locator(".ek-reasons:visible li b")).to_have_count(3)
    assert violations(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_page_meets_wcag_by_axe(page: Page, server: Server, path: str) -> None:
    page.goto(server.url + path)
    page.get_by_role("heading", level=1).wait_for()
    assert page.locator("html").get_attribute("lang") == "sv"
    assert violations(page) == []


def test_case_meets_wcag_by_axe(page: Page, server: Server) -> None:
    open_application(page, server)
    assert violations(page) == []
    for tab in ("Texten", "Rätta påståenden"):
        page.get_by_role("tab", name=tab).click()
        page.wait_for_timeout(400)
        assert violations(page) == []
