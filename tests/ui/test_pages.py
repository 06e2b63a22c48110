"""The pages run as scripts, with the dummy model: what they show and what they save."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from classifier.assistant import ProjectText, Suggestion
from classifier.errors import ModelError, StoreError
from classifier.services import Services
from classifier.store.cases import Cases, statement_target
from classifier.taxonomy import Field
from tests.conftest import APPLICATION

PAGES = Path(__file__).parents[2] / "classifier" / "ui"
ROOT = Path(__file__).parents[2]


def run(page: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(PAGES / page), default_timeout=20)
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def add_case(opened: Services) -> str:
    return opened.cases.add(opened.assistant.suggest([ProjectText(APPLICATION, "Skolan blir butik")])[0])


def test_page_assistant_welcomes_in_swedish(opened: Services) -> None:
    app = run("page_assistant.py")
    assert not app.exception
    assert app.title[0].value == "Effektkedjeassistenten"
    assert "inte ett underlag för att bevilja eller avslå" in app.caption[0].value


def test_page_assistant_pasted_text_becomes_a_saved_case(opened: Services) -> None:
    app = run("page_assistant.py")
    app.chat_input[0].set_value(APPLICATION).run()
    assert not app.exception
    [line] = opened.cases.search()
    assert app.query_params["arende"] == line.id
    assert any("Jag föreslår fokusområdet" in item.value for item in app.markdown)


def test_page_assistant_too_short_text_is_explained_and_kept(opened: Services) -> None:
    app = run("page_assistant.py")
    app.chat_input[0].set_value("Bygga en brygga").run()
    assert "för kort" in app.error[0].value
    assert app.text_area[0].value == "Bygga en brygga"
    assert opened.cases.count() == 0


def test_page_assistant_text_that_cannot_be_saved_is_kept_and_saved_later(opened: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Cases, suggestion: Suggestion, source: str = "", notes: Sequence[str] = ()) -> str:
        raise StoreError("disken är full")

    with monkeypatch.context() as patch:
        patch.setattr(Cases, "add", full)
        app = run("page_assistant.py")
        app.chat_input[0].set_value(APPLICATION).run()
        assert "disken är full" in app.error[0].value
        assert app.text_area[0].value.strip() == APPLICATION.strip()
    app.button(key="spara-0").click().run()
    assert opened.cases.count() == 1
    assert not app.error


def test_page_assistant_unknown_case_is_said(opened: Services) -> None:
    assert "finns inte" in run("page_assistant.py", arende="borta").warning[0].value


def test_page_assistant_one_click_confirms_a_field(opened: Services) -> None:
    case_id = add_case(opened)
    proposed = opened.cases.get(case_id).suggestion.proposals[Field.EFFEKTKEDJA].values[0]
    app = run("page_assistant.py", arende=case_id)
    app.button(key=f"{case_id}-effektkedja-{proposed}").click().run()
    decision = opened.cases.get(case_id).decisions[Field.EFFEKTKEDJA]
    assert decision.values == (proposed,)
    assert app.button(key=f"{case_id}-effektkedja-{proposed}").label.startswith("✓")


def test_page_assistant_one_choice_changes_a_statement(opened: Services) -> None:
    case_id = add_case(opened)
    before = opened.cases.get(case_id).columns(1)
    wanted = "K" if before[0] != "K" else "R"
    app = run("page_assistant.py", arende=case_id)
    app.button_group(key=f"{case_id}-1-kolumn-0").set_value(wanted).run()
    assert not app.exception
    assert opened.cases.get(case_id).columns(1) == (wanted,)


def test_page_assistant_one_click_confirms_a_statement(opened: Services) -> None:
    case_id = add_case(opened)
    proposed = opened.cases.get(case_id).columns(2)
    app = run("page_assistant.py", arende=case_id)
    app.button(key=f"{case_id}-2-bekrafta").click().run()
    assert not app.exception
    assert opened.cases.get(case_id).decisions[statement_target(2)].values == proposed


def test_page_assistant_none_of_these_is_a_decision(opened: Services) -> None:
    case_id = add_case(opened)
    app = run("page_assistant.py", arende=case_id)
    app.selectbox(key=f"{case_id}-fokusomrade-annat-0").select("Inget av dessa").run()
    assert not app.exception
    assert opened.cases.get(case_id).decisions[Field.FOKUSOMRADE].values == ()
    assert any("Inget av dessa" in item.value for item in app.caption)


def test_page_assistant_later_tab_sees_the_earlier_decision(opened: Services) -> None:
    case_id = add_case(opened)
    labels = [label for label, _ in opened.cases.get(case_id).suggestion.proposals[Field.PROJEKTTYP].ranked]
    app = run("page_assistant.py", arende=case_id)
    opened.cases.decide(case_id, Field.PROJEKTTYP, (labels[1],), seen_revision=0, decided_by="EK")
    app.button(key=f"{case_id}-projekttyp-{labels[0]}").click().run()
    assert "EK hann före" in app.warning[0].value
    assert opened.cases.get(case_id).decisions[Field.PROJEKTTYP].values == (labels[1],)
    next(button for button in app.button if button.label == "Ersätt med mitt").click().run()
    assert opened.cases.get(case_id).decisions[Field.PROJEKTTYP].values == (labels[0],)


def test_page_assistant_written_correction_is_saved(opened: Services) -> None:
    case_id = add_case(opened)
    app = run("page_assistant.py", arende=case_id)
    app.chat_input[0].set_value("påstående 2 är utfall").run()
    assert "Ändrat: påstående 2 är utfall." in app.success[0].value
    assert opened.cases.get(case_id).decisions[statement_target(1)].values == ("U",)


def test_page_assistant_confirm_all_leaves_what_was_decided(opened: Services) -> None:
    case_id = add_case(opened)
    opened.cases.decide(case_id, statement_target(0), ("L",), seen_revision=0)
    app = run("page_assistant.py", arende=case_id)
    app.button(key=f"{case_id}-alla").click().run()
    case = opened.cases.get(case_id)
    assert case.columns(0) == ("L",)
    assert all(statement_target(number) in case.decisions for number in range(len(case.suggestion.statements)))


def test_page_assistant_model_that_cannot_be_opened_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Services:
        raise ModelError("filen heads.npz saknas; kör: effektkedja train")

    monkeypatch.setattr("classifier.ui.frame.open_services", broken)
    app = run("page_assistant.py")
    assert not app.exception
    assert "effektkedja train" in app.error[0].value


def test_page_cases_lists_searches_and_deletes(opened: Services) -> None:
    case_id = add_case(opened)
    app = run("page_cases.py")
    assert any("Skolan blir butik" in item.value for item in app.markdown)
    app.text_input(key="sok").set_value("flygplats").run()
    assert "Inget ärende" in app.info[0].value
    app.text_input(key="sok").set_value("volontärer").run()
    app.button(key=f"bort-{case_id}").click().run()
    assert opened.cases.count() == 0


def test_page_help_explains_every_column(opened: Services) -> None:
    app = run("page_help.py")
    assert not app.exception
    shown = app.table[0].value.to_string()
    assert all(column.name in shown for column in opened.assistant.scheme.columns)


def test_page_accessibility_says_where_to_complain() -> None:
    app = run("page_accessibility.py")
    assert any("myndighet som har tillsyn" in item.value for item in app.markdown)


def test_layers_only_ui_imports_streamlit() -> None:
    outside = [path for path in (ROOT / "classifier").rglob("*.py") if "ui" not in path.parts]
    assert len(outside) > 20
    assert [path.name for path in outside if "import streamlit" in path.read_text(encoding="utf-8")] == []


def test_layers_nothing_at_run_time_imports_torch() -> None:
    runtime = [path for path in (ROOT / "classifier").rglob("*.py") if "training" not in path.parts]
    assert [path.name for path in runtime if "import torch" in path.read_text(encoding="utf-8")] == []
