"""The page "Portfölj" run as a script with the dummy model: bring in, follow, filter, decide, undo, open, compare, take along."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from classifier import portfolios
from classifier.assistant import ProjectText, Tier
from classifier.decisions import CaseStatus
from classifier.portfolio.facts import FactColumns, Facts
from classifier.portfolio.judged import Judged
from classifier.portfolio.outcome import outcome_of
from classifier.portfolio.sources import Entry
from classifier.services import Services
from classifier.store.runs import Run, RunColumns, RunState
from classifier.taxonomy import Field
from classifier.ui import portfolio_data
from tests.conftest import APPLICATION
from tests.ui.test_pages import run

CSV = "id;titel;text;belopp;år;län;tidigare\n" + "".join(
    f"P{number};Bygdens butik {number};{' '.join(APPLICATION.split())};{number}00000;{2014 + number};Västerbotten;Innovation\n"
    for number in range(1, 6)
)


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portfolios, "start_worker", lambda: None)


def add_run(opened: Services, number: int = 4, state: RunState = RunState.DONE, name: str = "Länets projekt") -> Run:
    columns = RunColumns("text", "titel", "id", FactColumns("belopp", "år", "län"))
    kept = ("text", "belopp", "år", "län", "tidigare")
    run_id = opened.runs.add(name, "projekt.csv", columns, kept, number, Tier.ACCURATE)
    assert opened.runs.claim(run_id, "noggrann provmodell")
    opened.runs.add_rows(run_id, [judged(opened, place) for place in range(number)])
    opened.runs.end(run_id, state)
    found = opened.runs.get(run_id)
    assert found
    return found


def judged(opened: Services, place: int) -> Judged:
    project = ProjectText(APPLICATION, f"Butik {place} <b>$x$</b>", f"P{place}")
    [suggestion] = opened.assistant.suggest([project])
    kept = {"text": APPLICATION, "belopp": 100_000 * (place + 1), "år": 2015 + place, "län": "Västerbotten", "tidigare": "Innovation"}
    facts = Facts(100_000.0 * (place + 1), 2015 + place, "Västerbottens län", "")
    return Judged(place, Entry(project, kept), facts, outcome_of(suggestion, "noggrann provmodell", opened.assistant.scheme))


def show(page_run: Run, view: str = "") -> AppTest:
    app = run("page_portfolio.py", portfolj=page_run.id)
    assert not app.exception
    if view:
        app.segmented_control(key="visa").set_value(view).run()
        assert not app.exception
    return app


def states(opened: Services, page_run: Run) -> list[CaseStatus]:
    return [item.state for item in opened.runs.stream(page_run.id)]


def told(app: AppTest) -> str:
    return " ".join(item.value for group in (app.success, app.info, app.error, app.markdown, app.caption) for item in group)


def test_portfolio_page_empty_asks_for_a_file(opened: Services) -> None:
    app = run("page_portfolio.py")
    assert not app.exception
    assert app.title[0].value == "Portfölj"
    assert "en rad per projekt" in told(app)


def test_portfolio_page_file_is_mapped_with_guesses_and_started(opened: Services) -> None:
    app = run("page_portfolio.py")
    app.file_uploader[0].set_value(("projekt.csv", CSV.encode(), "text/csv")).run()
    assert not app.exception
    chosen = {box.label: box.value for box in app.selectbox}
    assert chosen["Projektets text"] == "text"
    assert (chosen["Belopp i kronor"], chosen["År eller datum"], chosen["Län"], chosen["Program"]) == (
        "belopp",
        "år",
        "län",
        "(finns inte)",
    )
    next(button for button in app.button if button.label == "Starta").click().run()
    [started] = opened.runs.all()
    assert (started.state, started.total, started.columns.facts.amount) == (RunState.WAITING, 5, "belopp")
    assert app.query_params["portfolj"] in (started.id, [started.id])
    assert "Väntar på sin tur" in app.get("progress")[0].proto.text


def test_portfolio_page_file_that_is_no_table_is_said(opened: Services) -> None:
    app = run("page_portfolio.py")
    app.file_uploader[0].set_value(("tom.csv", b"", "text/csv")).run()
    assert not app.exception
    assert "tom.csv" in app.error[0].value
    assert opened.runs.all() == []


def test_portfolio_page_progress_can_be_stopped_and_continued(opened: Services) -> None:
    waiting = add_run(opened, state=RunState.STOPPED)
    app = show(waiting)
    app.button(key="fortsatt").click().run()
    assert opened.runs.get(waiting.id).state is RunState.WAITING  # type: ignore[union-attr]
    show(waiting).button(key="avbryt").click().run()
    assert opened.runs.get(waiting.id).state is RunState.STOPPED  # type: ignore[union-attr]


def test_portfolio_page_failure_is_shown_with_its_reason(opened: Services) -> None:
    failed = add_run(opened)
    opened.runs.end(failed.id, RunState.FAILED, "Filen kan inte läsas: projekt.csv")
    assert "Filen kan inte läsas" in show(failed).error[0].value


def test_portfolio_page_confirm_all_filtered_and_undo(opened: Services) -> None:
    done = add_run(opened)
    app = show(done)
    app.text_input(key="portfolj-sok").set_value("p2").run()
    assert "**1 projekt** av 4 visas." in told(app)
    app.button(key="bekrafta-alla").click().run()
    assert states(opened, done) == [CaseStatus.WAITING, CaseStatus.WAITING, CaseStatus.CONFIRMED, CaseStatus.WAITING]
    assert "Bekräftade 1 rad" in told(app)
    next(button for button in app.button if button.label.startswith("Ångra")).click().run()
    assert set(states(opened, done)) == {CaseStatus.WAITING}


def test_portfolio_page_change_all_filtered(opened: Services) -> None:
    done = add_run(opened)
    app = show(done)
    label = opened.assistant.scheme.ids(Field.FOKUSOMRADE)[0]
    app.selectbox(key="andra-falt").set_value(Field.EFFEKTKEDJA).run()
    wanted = opened.assistant.scheme.ids(Field.EFFEKTKEDJA)[1]
    app.selectbox(key="andra-effektkedja").set_value(wanted).run()
    app.button(key="andra-alla").click().run()
    assert not app.exception
    assert label != wanted
    assert all(item.decided == {Field.EFFEKTKEDJA: (wanted,)} for item in opened.runs.stream(done.id))
    assert set(states(opened, done)) == {CaseStatus.DRAFT}


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ({"portfolj-fran": 250_000}, [2, 3]),
        ({"portfolj-till": 250_000}, [0, 1]),
        ({"portfolj-fran": 150_000, "portfolj-till": 250_000}, [1]),
    ],
)
def test_portfolio_page_filter_by_amount(opened: Services, filters: dict[str, int], numbers: Sequence[int]) -> None:
    done = add_run(opened)
    app = show(done)
    for key, value in filters.items():
        app.number_input(key=key).set_value(value).run()
    assert list(app.dataframe[0].value["Rad"]) == [number + 1 for number in numbers]


def test_portfolio_page_opens_a_row_as_a_case_with_its_decisions(opened: Services) -> None:
    done = add_run(opened)
    opened.runs.confirm(done.id, [1], "AB")
    case_id = portfolios.open_case(opened, done, 1)
    case = opened.cases.get(case_id)
    assert case
    assert case.status is CaseStatus.CONFIRMED
    assert portfolios.open_case(opened, done, 1) == case_id


@pytest.mark.parametrize(
    ("view", "heading"),
    [
        ("oversikt", "Sakområde, fokusområde och effektkedja"),
        ("kedja", "Hur mycket sägs i varje kolumn?"),
        ("utvarderbarhet", "Går portföljen att utvärdera samlat?"),
        ("liknande", "Möjliga dubbletter"),
    ],
)
def test_portfolio_page_views(opened: Services, view: str, heading: str) -> None:
    app = show(add_run(opened), view)
    assert heading in [item.value for item in app.header]


def test_portfolio_page_figures_lead_to_their_rows(opened: Services) -> None:
    done = add_run(opened)
    app = show(done, "liknande")
    next(button for button in app.button if button.label.startswith("Visa alla")).click().run()
    assert not app.exception
    assert "Visar bara: möjliga dubbletter" in told(app)
    assert len(app.dataframe[0].value) == 4
    next(button for button in app.button if button.label == "Visa alla").click().run()
    assert "Visar bara" not in told(app)


def test_portfolio_page_compare_with_another(opened: Services) -> None:
    add_run(opened, name="Förra året")
    app = show(add_run(opened), "jamfor")
    assert app.selectbox(key="jamfor-annan").options == ["Förra året"]


def test_portfolio_page_compare_with_labels_in_the_file(opened: Services) -> None:
    app = show(add_run(opened), "jamfor")
    app.segmented_control(key="jamfor-med").set_value("Med klassificeringen i filen").run()
    app.selectbox(key="facit-falt").set_value(Field.FOKUSOMRADE).run()
    app.selectbox(key="facit-kolumn").set_value("tidigare").run()
    assert not app.exception
    assert {item.label: item.value for item in app.metric}["Jämförda projekt"] == "4"


@pytest.mark.parametrize("number", range(6))
def test_portfolio_page_files_can_be_made(opened: Services, number: int) -> None:
    done = add_run(opened)
    app = show(done, "hamta")
    app.button(key=f"fil-{done.id}-{number}-skapa").click().run()
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("ending", [".xlsx", ".jsonl", ".csv"])
def test_portfolio_page_what_was_taken_along_comes_back_unchanged(opened: Services, tmp_path: Path, ending: str) -> None:
    done = add_run(opened)
    opened.runs.confirm(done.id, [0, 2], "AB")
    opened.runs.mark(done.id, [1], marked=True)
    portfolios.write(opened, done, portfolios.lay_out(opened, done), tmp_path / f"ut{ending}")
    upload = portfolios.receive((tmp_path / f"ut{ending}").read_bytes(), f"ut{ending}")
    back = opened.runs.get(portfolios.restore(opened, upload, "Tillbaka"))
    assert back
    assert back.state is RunState.DONE
    assert states(opened, back) == states(opened, done)
    portfolios.write(opened, back, portfolios.lay_out(opened, back), tmp_path / f"igen{ending}")
    if ending != ".xlsx":  # the workbook's sheet of how it was made names another source
        assert (tmp_path / f"igen{ending}").read_bytes() == (tmp_path / f"ut{ending}").read_bytes()


def test_portfolio_page_two_runs_alike_are_not_taken_for_each_other(opened: Services) -> None:
    first, second = add_run(opened, 2, name="Den ena"), add_run(opened, 2, name="Den andra")
    opened.runs.confirm(first.id, [0])
    undone = opened.runs.actions(first.id)[0]
    opened.runs.undo(undone.id)
    names = [portfolio_data.current(opened, which).name for which in (first, second)]
    assert names == ["Den ena", "Den andra"]
    third = add_run(opened, 2, name="Den tredje")
    assert portfolio_data.current(opened, third).name == "Den tredje"


def test_portfolio_page_unknown_run_is_said(opened: Services) -> None:
    assert "finns inte" in run("page_portfolio.py", portfolj="borta").warning[0].value


def test_portfolio_page_deleted_run_is_gone_with_its_rows(opened: Services) -> None:
    done = add_run(opened)
    run("page_portfolio.py").button(key=f"bort-{done.id}").click().run()
    assert opened.runs.all() == []
    assert list(opened.runs.stream(done.id)) == []
