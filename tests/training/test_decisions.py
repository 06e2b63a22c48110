"""What people confirm can be learnt from; what they have not decided cannot."""

from __future__ import annotations

from classifier.assistant import Assistant, ProjectText
from classifier.services import players_on
from classifier.store.cases import Cases, now, statement_target
from classifier.store.games import Agreed, Settings
from classifier.stryktips.coupon import standard
from classifier.taxonomy import Field
from classifier.text.statements import Statement
from classifier.training.corpus import LabelledProject, LabelledStatement, read_short_statements
from classifier.training.decisions import labelled_from_cases, labelled_from_consensus
from tests.conftest import APPLICATION


def test_decisions_only_confirmed_cases_and_decided_statements_are_learnt_from(assistant: Assistant, cases: Cases) -> None:
    case_id = cases.add(assistant.suggest([ProjectText(APPLICATION, "Butiken")])[0])
    cases.decide(case_id, statement_target(1), ("P", "A"), seen_revision=0)
    assert labelled_from_cases(cases.all()) == []
    for field in Field:
        cases.decide(case_id, field, () if field is Field.PROJEKTTYP else assistant.scheme.ids(field)[:1], seen_revision=0)
    [project] = labelled_from_cases(cases.all())
    assert [item.columns for item in project.statements] == [("P", "A")]
    assert Field.PROJEKTTYP not in project.labels
    assert project.labels[Field.FOKUSOMRADE] == ("innovation",)


def test_decisions_what_rooms_agreed_on_is_learnt_from_as_short_statements_are(cases: Cases) -> None:
    games = players_on(cases.engine, cases.scheme).games
    first, second = (games.open(standard(), "Provspel", Settings()) for _ in range(2))
    agreed = Agreed("Vinnväxt", ("A", "R"), 7, 0.5, "Provspel", "ledaren", now())
    games.give(first, {5: agreed})
    games.give(second, {5: agreed, 18: Agreed("Stark forskning", ("U",), 5, 1.0, "Provspel", "ledaren", now())})
    found = labelled_from_consensus(games.given())
    assert found[0] == LabelledProject(f"{first.id}:5", "", "Vinnväxt", (LabelledStatement(Statement("Vinnväxt", 0, 8), ("A", "R")),), {})
    assert [(project.text, project.statements[0].columns) for project in found[1:]] == [
        ("Vinnväxt", ("A", "R")),
        ("Stark forskning", ("U",)),
    ]
    assert len({project.id for project in found}) == 3
    [short, *_] = read_short_statements()
    assert (short.title, short.labels, len(short.statements)) == (found[0].title, found[0].labels, len(found[0].statements))


def test_decisions_nothing_agreed_on() -> None:
    assert labelled_from_consensus({}) == []
