"""Labelled projects as the arrays that training needs: segments in, targets out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.model.windows import Segment
from classifier.taxonomy import Field, Scheme
from classifier.training.corpus import LabelledProject, LabelledStatement

MAIN_SHARE = 0.7
"""How much of a statement's target its main column gets when it has several; the others share the rest."""


def project_segments(project: LabelledProject, *, with_headings: bool = True) -> tuple[list[Segment], list[int]]:
    """A project's title, headings and statements in order, and which of the segments are the statements."""
    segments: list[Segment] = []
    statements: list[int] = []
    if project.title and with_headings:
        segments.append(Segment(project.title, is_heading=True))
    heading = ""
    for item in project.statements:
        if with_headings and item.statement.heading and item.statement.heading != heading:
            heading = item.statement.heading
            segments.append(Segment(heading, is_heading=True))
        statements.append(len(segments))
        segments.append(Segment(item.statement.text))
    return segments, statements


def column_targets(statements: Sequence[LabelledStatement], scheme: Scheme) -> NDArray[np.float32]:
    """Target shares of shape (statements, columns); every row sums to one."""
    codes = [column.code for column in scheme.columns]
    targets = np.zeros((len(statements), len(codes)), np.float32)
    for row, item in enumerate(statements):
        main, *others = item.columns
        targets[row, codes.index(main)] = MAIN_SHARE if others else 1.0
        for code in others:
            targets[row, codes.index(code)] += (1.0 - MAIN_SHARE) / len(others)
    return targets


def project_targets(projects: Sequence[LabelledProject], field: Field, scheme: Scheme) -> NDArray[np.float32]:
    """Targets of shape (projects, labels): 1 where the project has the label."""
    ids = scheme.ids(field)
    targets = np.zeros((len(projects), len(ids)), np.float32)
    for row, project in enumerate(projects):
        for label in project.labels.get(field, ()):
            targets[row, ids.index(label)] = 1.0
    return targets
