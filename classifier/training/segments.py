"""Labelled projects as training needs them: documents in, targets out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.model.windows import EncoderInput, encoder_input
from classifier.taxonomy import Field, Scheme
from classifier.training.corpus import LabelledProject, LabelledStatement

MAIN_SHARE = 0.7
"""How much of a statement's target its main column gets when it has several; the others share the rest."""


def project_input(project: LabelledProject, *, with_headings: bool = True) -> EncoderInput:
    """A labelled project as the encoder reads it."""
    return encoder_input(project.title, [item.statement for item in project.statements], with_headings=with_headings)


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
