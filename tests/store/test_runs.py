"""Portfolios in the database: the life of a run, and what people do to its rows, undo, and do in the cases they open.

Every test here also runs against PostgreSQL, see ``test_postgres.py``; so nothing here may know which database it meets.
"""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from classifier.assistant import Assistant, ProjectText, Tier
from classifier.decisions import CaseStatus
from classifier.errors import StoreError
from classifier.portfolio.facts import FactColumns, Facts
from classifier.portfolio.judged import Judged
from classifier.portfolio.outcome import Outcome, outcome_of
from classifier.portfolio.sources import Entry
from classifier.store import runs as runs_module
from classifier.store import tables
from classifier.store.cases import Cases, StoredCase, now, statement_target
from classifier.store.database import transaction
from classifier.store.runs import SILENT_AFTER, Run, RunColumns, Runs, RunState
from classifier.taxonomy import Field
from tests.conftest import APPLICATION

ROUNDS = 10
MODEL = "noggrann provmodell"
COLUMNS = RunColumns("text", "titel", None, FactColumns(amount="belopp", year="år"))
FACTS = Facts(450_000.0, 2016, "Västerbottens län", "Övre Norrland")
LONG_AGO = SILENT_AFTER + datetime.timedelta(seconds=1)


def judge(assistant: Assistant, number: int, text: str = APPLICATION, **kept: Any) -> Judged:
    project = ProjectText(text, f"titel {number}", f"P{number}")
    (suggestion,) = assistant.suggest([project])
    return Judged(number, Entry(project, {"text": text, **kept}), FACTS, outcome_of(suggestion, MODEL, assistant.scheme))


def begun(runs: Runs, total: int = 4) -> str:
    run_id = runs.add("Portfölj", "prov.csv", COLUMNS, ["text"], total, Tier.ACCURATE)
    assert runs.claim(run_id, MODEL)
    return run_id


def filled(runs: Runs, assistant: Assistant, count: int = 3) -> str:
    """A finished run of some projects that were judged, and one that could not be."""
    run_id = begun(runs, count + 1)
    texts = [APPLICATION, "Fyra bagerier i bygden delar på en ny ugn.", "Kursen hålls i byn så att fler kan starta företag."]
    rows = [judge(assistant, number, texts[number % len(texts)]) for number in range(count)]
    runs.add_rows(run_id, [*rows, Judged(count, Entry(ProjectText("", "", "tom"), {"text": ""}), Facts(), Outcome("tom text"))])
    runs.end(run_id, RunState.DONE)
    return run_id


def run_of(runs: Runs, run_id: str) -> Run:
    run = runs.get(run_id)
    assert run is not None
    return run


def put(runs: Runs, run_id: str, **values: object) -> None:
    with transaction(runs.engine) as session:
        row = session.get_one(tables.Run, run_id)
        for name, value in values.items():
            setattr(row, name, value)


def silence(runs: Runs, run_id: str) -> None:
    put(runs, run_id, beat_at=now() - LONG_AGO)


def stand(runs: Runs, run_id: str) -> list[Judged]:
    return list(runs.stream(run_id))


def counts(runs: Runs) -> dict[str, int]:
    kinds = (tables.Run, tables.RunRow, tables.RunAction, tables.RunChange, tables.Case, tables.Decision)
    with transaction(runs.engine) as session:
        return {kind.__tablename__: session.scalar(select(func.count()).select_from(kind)) or 0 for kind in kinds}


def labels(runs: Runs, run_id: str, number: int) -> tuple[str, str, str, str, str]:
    with transaction(runs.engine) as session:
        row = session.get_one(tables.RunRow, (run_id, number))
        return row.sakomrade, row.fokusomrade, row.effektkedja, row.projekttyp, row.state


def opened(runs: Runs, cases: Cases, assistant: Assistant, run_id: str, number: int = 0) -> str:
    """A row as a case."""
    [item] = runs.rows(run_id, [number])
    (suggestion,) = assistant.suggest([item.entry.project])
    case_id = cases.add(suggestion)
    runs.link(run_id, number, case_id)
    return case_id


def case_of(cases: Cases, case_id: str) -> StoredCase:
    case = cases.get(case_id)
    assert case is not None
    return case


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """What each returned, when all ran at the same moment."""
    barrier = threading.Barrier(len(works))
    results: list[Any] = []

    def go(work: Callable[[], Any]) -> None:
        barrier.wait(timeout=30)
        results.append(work())

    threads = [threading.Thread(target=go, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == len(works)
    return results


# The life of a run


def test_runs_add_is_found_again(runs: Runs) -> None:
    run_id = runs.add("Övre Norrland", "prov.xlsx", COLUMNS, ["text", "län"], 7, Tier.FAST, ["Rubrikerna hittades på rad 2."])
    run = run_of(runs, run_id)
    assert (run.name, run.source, run.columns, run.kept, run.total) == ("Övre Norrland", "prov.xlsx", COLUMNS, ("text", "län"), 7)
    assert (run.tier, run.model, run.scheme_version) == (Tier.FAST, "", runs.scheme.version)
    assert (run.notes, run.state, run.message, run.done) == (("Rubrikerna hittades på rad 2.",), RunState.WAITING, "", 0)
    assert run.created_at.tzinfo is not None
    assert not run.is_silent(now())
    assert run.seconds_left(now()) is None
    assert runs.get("saknas") is None


def test_runs_add_with_an_id_and_a_long_name(runs: Runs) -> None:
    assert runs.add("n" * 400, "k" * 400, COLUMNS, [], 0, Tier.FAST, run_id="eget-id") == "eget-id"
    run = run_of(runs, "eget-id")
    assert (len(run.name), len(run.source)) == (300, 300)
    with pytest.raises(StoreError):
        runs.add("igen", "prov.csv", COLUMNS, [], 0, Tier.FAST, run_id="eget-id")


def test_runs_all_newest_first(runs: Runs) -> None:
    ids = [runs.add(f"nr {number}", "prov.csv", COLUMNS, [], 1, Tier.FAST) for number in range(3)]
    assert [run.id for run in runs.all()] == ids[::-1]


def test_runs_claim_begins(runs: Runs) -> None:
    run = run_of(runs, begun(runs))
    assert (run.state, run.model, run.begun_with) == (RunState.RUNNING, MODEL, 0)
    assert run.begun_at == run.beat_at is not None


def test_runs_claim_by_two_workers_only_once(runs: Runs) -> None:
    for _ in range(ROUNDS):
        run_id = runs.add("Portfölj", "prov.csv", COLUMNS, [], 1, Tier.FAST)
        assert sorted(at_once(*[partial(runs.claim, run_id, MODEL)] * 3)) == [False, False, True]


def test_runs_silent_worker_taken_over_only_once(runs: Runs) -> None:
    run_id = begun(runs)
    for _ in range(ROUNDS):
        silence(runs, run_id)
        assert sorted(at_once(*[partial(runs.claim, run_id, "ny modell")] * 3)) == [False, False, True]
    assert run_of(runs, run_id).model == "ny modell"


@pytest.mark.parametrize("state", [RunState.STOPPED, RunState.DONE, RunState.FAILED, RunState.RUNNING, RunState.STOPPING])
def test_runs_claim_what_does_not_wait(runs: Runs, state: RunState) -> None:
    run_id = begun(runs)
    put(runs, run_id, state=state)
    assert not runs.claim(run_id, MODEL)
    assert not runs.claim("saknas", MODEL)
    assert run_of(runs, run_id).state is state


def test_runs_silent_worker_taken_over_goes_on_where_it_was(runs: Runs, assistant: Assistant) -> None:
    run_id = begun(runs)
    runs.add_rows(run_id, [judge(assistant, 0), judge(assistant, 1)])
    assert runs.next_waiting() is None
    silence(runs, run_id)
    assert run_of(runs, run_id).is_silent(now())
    waiting = runs.next_waiting()
    assert waiting is not None
    assert (waiting.id, waiting.done) == (run_id, 2)
    assert runs.claim(run_id, MODEL)
    assert run_of(runs, run_id).begun_with == 2
    assert not run_of(runs, run_id).is_silent(now())


def test_runs_next_waiting_is_the_oldest(runs: Runs) -> None:
    assert runs.next_waiting() is None
    ids = [runs.add(f"nr {number}", "prov.csv", COLUMNS, [], 1, Tier.FAST) for number in range(3)]
    for run_id in ids:
        waiting = runs.next_waiting()
        assert waiting is not None
        assert waiting.id == run_id
        runs.claim(run_id, MODEL)
        assert runs.next_waiting() is None  # one at a time
        runs.end(run_id, RunState.DONE)
    assert runs.next_waiting() is None


def test_runs_silent_worker_that_was_asked_to_stop_is_not_taken_over(runs: Runs) -> None:
    run_id = begun(runs)
    runs.stop(run_id)
    silence(runs, run_id)
    assert run_of(runs, run_id).is_silent(now())
    assert runs.next_waiting() is None
    assert not runs.claim(run_id, MODEL)
    runs.wait(run_id)
    assert runs.claim(run_id, MODEL)


@pytest.mark.parametrize(
    ("state", "goes_on", "is_heard"),
    [(RunState.RUNNING, True, True), (RunState.STOPPING, False, True), (RunState.STOPPED, False, False), (RunState.DONE, False, False)],
)
def test_runs_beat(runs: Runs, state: RunState, goes_on: bool, is_heard: bool) -> None:
    run_id = begun(runs)
    put(runs, run_id, state=state, beat_at=None)
    assert runs.beat(run_id) is goes_on
    assert (run_of(runs, run_id).beat_at is not None) is is_heard
    assert not runs.beat("saknas")


@pytest.mark.parametrize(
    ("state", "silent", "then"),
    [
        (RunState.WAITING, False, RunState.STOPPED),
        (RunState.RUNNING, False, RunState.STOPPING),
        (RunState.RUNNING, True, RunState.STOPPED),
        (RunState.STOPPING, True, RunState.STOPPED),
        (RunState.DONE, False, RunState.DONE),
        (RunState.FAILED, False, RunState.FAILED),
    ],
)
def test_runs_stop(runs: Runs, state: RunState, silent: bool, then: RunState) -> None:
    run_id = begun(runs)
    put(runs, run_id, state=state)
    if silent:
        silence(runs, run_id)
    runs.stop(run_id)
    runs.stop("saknas")
    assert run_of(runs, run_id).state is then


def test_runs_stop_twice_leaves_the_worker_its_batch(runs: Runs) -> None:
    run_id = begun(runs)
    runs.stop(run_id)
    runs.stop(run_id)
    assert run_of(runs, run_id).state in (RunState.STOPPING, RunState.STOPPED)
    assert not runs.beat(run_id)


@pytest.mark.parametrize(
    ("state", "silent", "then"),
    [
        (RunState.STOPPED, False, RunState.WAITING),
        (RunState.FAILED, False, RunState.WAITING),
        (RunState.RUNNING, True, RunState.WAITING),
        (RunState.STOPPING, True, RunState.WAITING),
        (RunState.RUNNING, False, RunState.RUNNING),
        (RunState.DONE, False, RunState.DONE),
    ],
)
def test_runs_wait(runs: Runs, state: RunState, silent: bool, then: RunState) -> None:
    run_id = begun(runs)
    put(runs, run_id, state=state, message="gick fel")
    if silent:
        silence(runs, run_id)
    runs.wait(run_id)
    runs.wait("saknas")
    run = run_of(runs, run_id)
    assert run.state is then
    assert (run.message == "") is (then is RunState.WAITING)


def test_runs_end_says_how_it_went(runs: Runs) -> None:
    run_id = runs.add("Portfölj", "prov.csv", COLUMNS, [], 1, Tier.FAST, ["ett"])
    runs.end(run_id, RunState.FAILED, "Filen kan inte läsas.", ["ett", "två"])
    runs.end("saknas", RunState.DONE)
    run = run_of(runs, run_id)
    assert (run.state, run.message, run.notes, run.beat_at) == (RunState.FAILED, "Filen kan inte läsas.", ("ett", "två"), None)


def test_runs_seconds_left(runs: Runs) -> None:
    run_id = begun(runs, total=100)
    began = run_of(runs, run_id).begun_at
    assert began is not None
    put(runs, run_id, done=30, begun_with=10)
    assert run_of(runs, run_id).seconds_left(began + datetime.timedelta(seconds=40)) == pytest.approx(140)
    put(runs, run_id, done=10)
    assert run_of(runs, run_id).seconds_left(began + datetime.timedelta(seconds=40)) is None


def test_runs_delete_leaves_nothing_but_cases(runs: Runs, cases: Cases, assistant: Assistant) -> None:
    run_id, other = filled(runs, assistant), filled(runs, assistant)
    opened(runs, cases, assistant, run_id)
    runs.confirm(run_id, [0, 1])
    runs.confirm(other, [0])
    runs.delete(run_id)
    runs.delete("saknas")
    assert runs.get(run_id) is None
    assert counts(runs) == {"runs": 1, "run_rows": 4, "run_actions": 1, "run_changes": 1, "cases": 1, "decisions": len(Field)}


# Rows


def test_runs_add_rows_are_found_again(runs: Runs, assistant: Assistant) -> None:
    run_id = begun(runs)
    rows = [
        judge(assistant, 0, län="AC", belopp=100),
        judge(assistant, 1, "", år=None),
        judge(assistant, 2, "=1+1 <b>Fyra bagerier</b> delar på ugnen."),
    ]
    decided = {Field.SYFTE: (), Field.FOKUSOMRADE: ("ovrigt",)}
    at = datetime.datetime(2026, 11, 22, 12, 5, 7, tzinfo=datetime.UTC)
    rows.append(replace(judge(assistant, 3), decided=decided, marked=True, decided_by="ek", decided_at=at))
    assert runs.add_rows(run_id, rows[:2])
    assert runs.add_rows(run_id, rows[2:])
    assert runs.add_rows(run_id, [])
    assert stand(runs, run_id) == rows
    assert run_of(runs, run_id).done == 4
    assert [labels(runs, run_id, number)[1:] for number in (1, 3)] == [
        ("", "", "", "väntar"),
        ("ovrigt", *(rows[3].values(name)[0] for name in (Field.EFFEKTKEDJA, Field.PROJEKTTYP)), "utkast"),
    ]
    assert labels(runs, run_id, 3)[0] == runs.scheme.sakomrade_of("ovrigt").id


def test_runs_add_rows_cells_of_every_kind(runs: Runs, assistant: Assistant) -> None:
    run_id = begun(runs)
    cells = {
        "dag": datetime.datetime(2016, 5, 1),
        "stund": datetime.datetime(2016, 5, 1, 12, 30),
        "datum": datetime.date(2016, 5, 1),
        "tid": datetime.timedelta(hours=1),
        "inget": float("nan"),
        "nästlat": {"a": [1, float("inf"), None, "å", "\0", "\ud800"]},
        "tal": 10**30,
        "sant": True,
    }
    assert runs.add_rows(run_id, [judge(assistant, 0, **cells)])
    [row] = stand(runs, run_id)
    assert row.entry.kept == {
        "text": APPLICATION,
        "dag": "2016-05-01",
        "stund": "2016-05-01 12:30:00",
        "datum": "2016-05-01",
        "tid": "1:00:00",
        "inget": None,
        "nästlat": {"a": [1, None, None, "å", "\0", "\ud800"]},
        "tal": 10**30,
        "sant": True,
    }


def test_runs_add_rows_long_words_of_a_file(runs: Runs, assistant: Assistant) -> None:
    run_id = begun(runs)
    row = judge(assistant, 0)
    row = replace(
        row, decided_by="e" * 500, entry=replace(row.entry, project=replace(row.entry.project, id="i" * 5_000, title="t" * 5_000))
    )
    runs.add_rows(run_id, [row])
    [found] = stand(runs, run_id)
    assert (len(found.entry.project.id), len(found.entry.project.title), len(found.decided_by)) == (5_000, 5_000, 80)


def test_runs_add_rows_whole_or_not_at_all(runs: Runs, assistant: Assistant) -> None:
    run_id = begun(runs)
    runs.add_rows(run_id, [judge(assistant, 0), judge(assistant, 1)])
    with pytest.raises(StoreError):
        runs.add_rows(run_id, [judge(assistant, 2), judge(assistant, 1)])
    assert [row.number for row in stand(runs, run_id)] == [0, 1]
    assert run_of(runs, run_id).done == 2


def test_runs_add_rows_to_a_run_that_should_stop(runs: Runs, assistant: Assistant) -> None:
    run_id = begun(runs)
    runs.stop(run_id)
    assert not runs.add_rows(run_id, [judge(assistant, 0)])
    assert (run_of(runs, run_id).done, len(stand(runs, run_id))) == (1, 1)  # what is done is kept


def test_runs_add_rows_to_a_run_that_is_gone(runs: Runs, assistant: Assistant) -> None:
    assert not runs.add_rows("saknas", [judge(assistant, 0)])
    assert counts(runs)["run_rows"] == 0


def test_runs_stream_in_parts(runs: Runs, assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs_module, "READ_AT_A_TIME", 2)
    run_id = filled(runs, assistant, 4)
    assert [row.number for row in runs.stream(run_id)] == [0, 1, 2, 3, 4]
    assert list(runs.stream("saknas")) == []


def test_runs_rows_asked_for(runs: Runs, assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs_module, "AT_A_TIME", 2)
    run_id = filled(runs, assistant, 4)
    assert [row.number for row in runs.rows(run_id, [4, 0, 2, 99])] == [0, 2, 4]
    assert runs.rows(run_id, []) == []


def test_runs_version_changes_with_the_rows(runs: Runs, assistant: Assistant) -> None:
    run_id = begun(runs)
    versions = [runs.version(run_id)]
    runs.add_rows(run_id, [judge(assistant, 0)])
    versions.append(runs.version(run_id))
    action = runs.confirm(run_id, [0])
    versions.append(runs.version(run_id))
    runs.undo(action.id)
    versions.append(runs.version(run_id))
    assert len(set(versions)) == 4
    assert runs.version(run_id) == versions[-1]


# What people do


def test_runs_confirm_rows_as_they_stand(runs: Runs, assistant: Assistant) -> None:
    run_id = filled(runs, assistant)
    runs.change(run_id, [1], Field.FOKUSOMRADE, ["ovrigt"], "ek")
    before = stand(runs, run_id)
    action = runs.confirm(run_id, [0, 1, 3], "bo")
    after = stand(runs, run_id)
    assert (action.told, action.rows, action.done_by) == ("Bekräftade 2 rader", 2, "bo")
    assert [row.state for row in after] == [CaseStatus.CONFIRMED, CaseStatus.CONFIRMED, CaseStatus.WAITING, CaseStatus.WAITING]
    for old, new in zip(before[:2], after[:2], strict=True):
        assert {name: new.values(name) for name in Field} == {name: old.values(name) for name in Field}
        assert (new.decided_by, new.decided_at) == ("bo", action.done_at)
    assert after[1].decided[Field.FOKUSOMRADE] == ("ovrigt",)
    assert after[2:] == before[2:]  # one was not asked for, the other has no proposal


def test_runs_confirm_again_is_nothing_to_undo(runs: Runs, assistant: Assistant) -> None:
    run_id = filled(runs, assistant)
    first = runs.confirm(run_id, [0])
    again = runs.confirm(run_id, [0, 0], "bo")
    assert (again.told, again.rows) == ("Bekräftade 0 rader", 0)
    assert runs.actions(run_id) == [first]
    assert runs.undo(again.id) == (0, 0)


def test_runs_change_a_field(runs: Runs, assistant: Assistant) -> None:
    run_id = filled(runs, assistant)
    action = runs.change(run_id, [0, 2, 3], Field.FOKUSOMRADE, ["innovation"], "ek")
    assert action.told == "Ändrade fokusområde till Innovation för 3 rader"
    rows = stand(runs, run_id)
    assert [row.values(Field.FOKUSOMRADE) == ("innovation",) for row in rows] == [
        True,
        rows[1].values(Field.FOKUSOMRADE) == ("innovation",),
        True,
        True,
    ]
    assert [row.state for row in rows] == [CaseStatus.DRAFT, CaseStatus.WAITING, CaseStatus.DRAFT, CaseStatus.DRAFT]
    assert labels(runs, run_id, 3) == ("innovation_och_foretagande", "innovation", "", "", "utkast")


def test_runs_change_to_none_and_to_several(runs: Runs, assistant: Assistant) -> None:
    run_id = filled(runs, assistant)
    several = runs.scheme.ids(Field.SYFTE)[:2]
    assert runs.change(run_id, [0], Field.EFFEKTKEDJA, []).told == "Ändrade effektkedja till inget av dessa för 1 rad"
    runs.change(run_id, [0], Field.SYFTE, several)
    [row] = runs.rows(run_id, [0])
    assert row.decided == {Field.EFFEKTKEDJA: (), Field.SYFTE: tuple(several)}
    assert labels(runs, run_id, 0)[2] == ""


@pytest.mark.parametrize(
    ("target", "values"),
    [
        (Field.FOKUSOMRADE, ["påhitt"]),
        (Field.FOKUSOMRADE, ["innovation", "foretagande"]),
        (Field.SYFTE, ["destinationsutveckling", "destinationsutveckling"]),
        (Field.SYFTE, ["innovation"]),
    ],
)
def test_runs_change_to_what_cannot_be(runs: Runs, assistant: Assistant, target: Field, values: list[str]) -> None:
    run_id = filled(runs, assistant)
    before = stand(runs, run_id)
    with pytest.raises(StoreError, match=r"kan bara ha ett värde|inte finns i schemat; ladda om sidan"):
        runs.change(run_id, [0], target, values)
    assert (stand(runs, run_id), runs.actions(run_id)) == (before, [])


def test_runs_mark_and_take_the_mark_away(runs: Runs, assistant: Assistant) -> None:
    run_id = filled(runs, assistant)
    assert runs.mark(run_id, [1, 3], True).told == "Märkte för granskning 2 rader"
    assert [row.marked for row in stand(runs, run_id)] == [False, True, False, True]
    assert runs.mark(run_id, [0, 1], False).told == "Tog bort märkningen från 1 rad"
    assert [row.marked for row in stand(runs, run_id)] == [False, False, False, True]
    assert {row.state for row in stand(runs, run_id)} == {CaseStatus.WAITING}


def test_runs_act_on_a_run_that_is_gone(runs: Runs) -> None:
    with pytest.raises(StoreError, match="portföljen finns inte längre"):
        runs.confirm("saknas", [0])


def test_runs_act_on_more_rows_than_one_statement_takes(runs: Runs, assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs_module, "AT_A_TIME", 2)
    run_id = filled(runs, assistant, 5)
    before = stand(runs, run_id)
    action = runs.confirm(run_id, range(6))
    assert action.rows == 5
    assert runs.undo(action.id) == (5, 0)
    assert stand(runs, run_id) == before


def test_runs_actions_latest_first(runs: Runs, assistant: Assistant) -> None:
    run_id = filled(runs, assistant)
    done = [runs.mark(run_id, [number], True, "ek") for number in range(3)]
    assert runs.actions(run_id) == done[::-1]
    assert runs.actions(run_id, 1) == done[-1:]
    runs.undo(done[1].id)
    assert runs.actions(run_id) == [done[2], done[0]]
    assert runs.actions("saknas") == []


def test_runs_undo_step_by_step_to_the_beginning(runs: Runs, assistant: Assistant) -> None:
    run_id = filled(runs, assistant)
    seen, done = [stand(runs, run_id)], []
    for act in (
        lambda: runs.change(run_id, [0, 1], Field.FOKUSOMRADE, ["innovation"], "ek"),
        lambda: runs.mark(run_id, [1, 3], True, "bo"),
        lambda: runs.confirm(run_id, [0, 1, 2], "bo"),
        lambda: runs.change(run_id, [1, 3], Field.SYFTE, [], "ek"),
    ):
        done.append(act())
        seen.append(stand(runs, run_id))
    for action, before in zip(reversed(done), reversed(seen[:-1]), strict=True):
        assert runs.undo(action.id) == (action.rows, 0)
        assert stand(runs, run_id) == before
        assert runs.undo(action.id) == (0, 0)
    assert runs.actions(run_id) == []
    assert runs.undo("saknas") == (0, 0)


def test_runs_undo_leaves_rows_that_have_changed_again(runs: Runs, assistant: Assistant) -> None:
    run_id = filled(runs, assistant)
    before = stand(runs, run_id)
    first = runs.confirm(run_id, [0, 1])
    second = runs.change(run_id, [1], Field.FOKUSOMRADE, ["ovrigt"])
    changed = runs.rows(run_id, [1])
    assert runs.undo(first.id) == (1, 1)
    assert runs.rows(run_id, [0, 1]) == [before[0], *changed]
    assert runs.undo(second.id) == (1, 0)
    assert runs.rows(run_id, [1])[0].state is CaseStatus.CONFIRMED  # as it stood before the second


def test_runs_two_people_at_once_lose_nothing(runs: Runs, assistant: Assistant) -> None:
    for _ in range(ROUNDS):
        run_id = filled(runs, assistant)
        actions = at_once(
            partial(runs.change, run_id, range(4), Field.FOKUSOMRADE, ["innovation"], "ek"),
            partial(runs.change, run_id, range(4), Field.EFFEKTKEDJA, ["direkt"], "bo"),
        )
        assert {row.values(Field.FOKUSOMRADE) + row.values(Field.EFFEKTKEDJA) for row in stand(runs, run_id)} == {("innovation", "direkt")}
        assert [action.rows for action in actions] == [4, 4]


# Rows and cases


def test_runs_decision_in_the_case_reaches_the_row(runs: Runs, cases: Cases, assistant: Assistant) -> None:
    run_id = filled(runs, assistant)
    case_id = opened(runs, cases, assistant, run_id)
    assert runs.take_over(run_id) == 0
    cases.decide(case_id, statement_target(0), ["A"], seen_revision=0, decided_by="bo")
    assert runs.take_over(run_id) == 0  # a row knows nothing of statements
    cases.decide(case_id, Field.FOKUSOMRADE, ["ovrigt"], seen_revision=0, decided_by="ek")
    assert runs.take_over(run_id) == 1
    assert runs.take_over(run_id) == 0
    [row] = runs.rows(run_id, [0])
    assert (row.decided, row.decided_by, row.case_id) == ({Field.FOKUSOMRADE: ("ovrigt",)}, "ek", case_id)
    assert [action.told for action in runs.actions(run_id)] == ["Beslutade i ärendet för 1 rad"]
    assert labels(runs, run_id, 0)[1] == "ovrigt"
    assert case_of(cases, case_id).decisions[Field.FOKUSOMRADE].revision == 1


def test_runs_decision_on_the_row_reaches_the_case(runs: Runs, cases: Cases, assistant: Assistant) -> None:
    run_id = filled(runs, assistant)
    case_id = opened(runs, cases, assistant, run_id)
    cases.decide(case_id, Field.FOKUSOMRADE, ["innovation"], seen_revision=0, decided_by="bo")
    runs.take_over(run_id)
    changed_at = case_of(cases, case_id).changed_at
    runs.confirm(run_id, [0, 1], "ek")
    case, [row] = case_of(cases, case_id), runs.rows(run_id, [0])
    assert case.status is row.state is CaseStatus.CONFIRMED
    assert {name: case.values(name) for name in Field} == {name: row.values(name) for name in Field}
    assert (case.decisions[Field.FOKUSOMRADE].revision, case.decisions[Field.FOKUSOMRADE].decided_by) == (1, "bo")  # it was the same
    assert (case.decisions[Field.SYFTE].decided_by, case.changed_at > changed_at) == ("ek", True)
    runs.change(run_id, [0], Field.FOKUSOMRADE, ["ovrigt"], "ek")
    decision = case_of(cases, case_id).decisions[Field.FOKUSOMRADE]
    assert (decision.values, decision.revision) == (("ovrigt",), 2)
    assert runs.take_over(run_id) == 0


def test_runs_marking_a_row_leaves_its_case(runs: Runs, cases: Cases, assistant: Assistant) -> None:
    run_id = filled(runs, assistant)
    case_id = opened(runs, cases, assistant, run_id)
    runs.mark(run_id, [0], True)
    assert case_of(cases, case_id).decisions == {}


def test_runs_decisions_of_the_row_stay_when_the_case_says_nothing(runs: Runs, cases: Cases, assistant: Assistant) -> None:
    run_id = filled(runs, assistant)
    runs.change(run_id, [0], Field.SYFTE, [], "ek")
    case_id = opened(runs, cases, assistant, run_id)
    assert runs.take_over(run_id) == 0
    cases.decide(case_id, Field.FOKUSOMRADE, ["ovrigt"], seen_revision=0)
    assert runs.take_over(run_id) == 1
    assert runs.rows(run_id, [0])[0].decided == {Field.SYFTE: (), Field.FOKUSOMRADE: ("ovrigt",)}


def test_runs_undone_stays_undone_until_the_case_is_decided_again(runs: Runs, cases: Cases, assistant: Assistant) -> None:
    run_id = filled(runs, assistant)
    case_id = opened(runs, cases, assistant, run_id)
    action = runs.confirm(run_id, [0], "ek")
    assert runs.undo(action.id) == (1, 0)
    assert runs.take_over(run_id) == 0
    assert runs.rows(run_id, [0])[0].decided == {}
    cases.decide(case_id, Field.FOKUSOMRADE, ["ovrigt"], seen_revision=1, decided_by="bo")
    assert runs.take_over(run_id) == 1
    [row] = runs.rows(run_id, [0])
    assert (row.decided, row.decided_by) == ({Field.FOKUSOMRADE: ("ovrigt",)}, "bo")


def test_runs_undone_decision_of_the_case_stays_undone(runs: Runs, cases: Cases, assistant: Assistant) -> None:
    run_id = filled(runs, assistant)
    case_id = opened(runs, cases, assistant, run_id)
    cases.decide(case_id, Field.FOKUSOMRADE, ["ovrigt"], seen_revision=0)
    runs.take_over(run_id)
    [taken] = runs.actions(run_id)
    assert runs.undo(taken.id) == (1, 0)
    assert runs.take_over(run_id) == 0
    assert runs.rows(run_id, [0])[0].decided == {}


def test_runs_undone_change_gives_the_case_its_former_value(runs: Runs, cases: Cases, assistant: Assistant) -> None:
    run_id = filled(runs, assistant)
    case_id = opened(runs, cases, assistant, run_id)
    runs.change(run_id, [0], Field.FOKUSOMRADE, ["ovrigt"], "ek")
    later = runs.change(run_id, [0], Field.FOKUSOMRADE, ["innovation"], "bo")
    runs.undo(later.id)
    decision = case_of(cases, case_id).decisions[Field.FOKUSOMRADE]
    assert (decision.values, decision.revision, decision.decided_by) == (("ovrigt",), 3, "ek")
    assert runs.take_over(run_id) == 0
    assert runs.rows(run_id, [0])[0].decided == {Field.FOKUSOMRADE: ("ovrigt",)}


def test_runs_case_that_is_deleted_lets_go_of_the_row(runs: Runs, cases: Cases, assistant: Assistant) -> None:
    run_id = filled(runs, assistant)
    case_id = opened(runs, cases, assistant, run_id)
    runs.confirm(run_id, [0])
    cases.delete(case_id)
    [row] = runs.rows(run_id, [0])
    assert (row.case_id, row.state) == (None, CaseStatus.CONFIRMED)
    assert runs.take_over(run_id) == 0
    runs.change(run_id, [0], Field.FOKUSOMRADE, ["ovrigt"])
    runs.link(run_id, 99, "saknas")  # a row that is not there
