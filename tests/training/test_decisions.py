"""What people confirm can be learnt from; what they have not decided cannot."""

from __future__ import annotations

from classifier.assistant import Assistant, ProjectText
from classifier.store.cases import Cases, statement_target
from classifier.taxonomy import Field
from classifier.training.decisions import labelled_from_cases
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
