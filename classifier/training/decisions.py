"""Confirmed cases, and what rooms have agreed on, as labelled projects: what people have decided becomes something to learn from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from classifier.decisions import CaseStatus
from classifier.store.cases import StoredCase, statement_target
from classifier.store.games import Agreed
from classifier.taxonomy import Field
from classifier.text.statements import Statement
from classifier.training.corpus import LabelledProject, LabelledStatement


def labelled_from_cases(cases: Iterable[StoredCase]) -> list[LabelledProject]:
    """Turn confirmed cases into labelled projects.

    A statement that nobody has decided is left out, and so is a field decided as "none of these". A case that is not
    confirmed as a whole, or has no decided statement, teaches nothing yet.
    """
    confirmed = [case for case in cases if case.status is CaseStatus.CONFIRMED]
    return [project for project in map(_labelled, confirmed) if project.statements]


def labelled_from_consensus(given: Mapping[tuple[str, int], Agreed]) -> list[LabelledProject]:
    """Turn statements that rooms have agreed on into projects of one statement, without title and project labels, as the corpus's short ones are.

    Args:
        given: what leaders have given to the corpus, by session and row; see ``store.games.Games.given``.
    """
    return [LabelledProject(f"{game_id}:{row}", "", agreed.text, (_alone(agreed),), {}) for (game_id, row), agreed in given.items()]


def _alone(agreed: Agreed) -> LabelledStatement:
    return LabelledStatement(Statement(agreed.text, 0, len(agreed.text)), agreed.columns)


def _labelled(case: StoredCase) -> LabelledProject:
    statements = tuple(
        LabelledStatement(proposal.statement, case.columns(number))
        for number, proposal in enumerate(case.suggestion.statements)
        if statement_target(number) in case.decisions
    )
    labels = {field: case.values(field) for field in Field if case.values(field) or field.is_multiple}
    return LabelledProject(case.id, case.suggestion.project.title, case.suggestion.project.text, statements, labels)
