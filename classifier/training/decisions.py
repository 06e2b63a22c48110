"""Confirmed cases as labelled projects: what people have decided becomes something to learn from."""

from __future__ import annotations

from collections.abc import Iterable

from classifier.decisions import CaseStatus
from classifier.store.cases import StoredCase, statement_target
from classifier.taxonomy import Field
from classifier.training.corpus import LabelledProject, LabelledStatement


def labelled_from_cases(cases: Iterable[StoredCase]) -> list[LabelledProject]:
    """Turn confirmed cases into labelled projects.

    A statement that nobody has decided is left out, and so is a field decided as "none of these". A case that is not
    confirmed as a whole, or has no decided statement, teaches nothing yet.
    """
    confirmed = [case for case in cases if case.status is CaseStatus.CONFIRMED]
    return [project for project in map(_labelled, confirmed) if project.statements]


def _labelled(case: StoredCase) -> LabelledProject:
    statements = tuple(
        LabelledStatement(proposal.statement, case.columns(number))
        for number, proposal in enumerate(case.suggestion.statements)
        if statement_target(number) in case.decisions
    )
    labels = {field: case.values(field) for field in Field if case.values(field) or field.is_multiple}
    return LabelledProject(case.id, case.suggestion.project.title, case.suggestion.project.text, statements, labels)
