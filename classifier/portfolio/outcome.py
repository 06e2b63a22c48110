"""What the model proposes for one project of a portfolio, small enough to keep a hundred thousand of."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from classifier.assistant import Status, Suggestion
from classifier.taxonomy import Field, Scheme
from classifier.taxonomy.scheme import COLUMN_CODES

DIGITS = 4
"""Decimals of a probability that are kept: as many as are written to files."""
Share = tuple[str, float]
"""A label's id and its probability."""


@dataclass(frozen=True)
class FieldOutcome:
    """What is proposed for a field: the label ids, the probability of the likeliest, and the prediction set (likeliest first)."""

    values: tuple[str, ...]
    probability: float
    likely: tuple[Share, ...] = ()


@dataclass(frozen=True)
class StatementOutcome:
    """Where a statement stands in its text, its column codes (main first) and the probability of each of ``COLUMN_CODES``."""

    start: int
    end: int
    columns: tuple[str, ...]
    probabilities: tuple[float, ...]


@dataclass(frozen=True)
class Outcome:
    """What became of a project: a status, and proposals when it could be judged."""

    status: str
    model: str = ""
    """Which tier of which model judged it."""
    needs_review: bool = True
    fields: Mapping[Field, FieldOutcome] = field(default_factory=dict)
    sakomraden: tuple[Share, ...] = ()
    """The proposed fokusområde's own sakområde, then the others that the prediction set allows."""
    statements: tuple[StatementOutcome, ...] = ()

    @property
    def is_judged(self) -> bool:
        """Whether there are proposals."""
        return bool(self.fields)


def outcome_of(suggestion: Suggestion, model: str, scheme: Scheme) -> Outcome:
    """What to keep of a suggestion."""
    status = f"{suggestion.status.value}. {suggestion.note}" if suggestion.note else suggestion.status.value
    if suggestion.status is not Status.PROPOSED:
        return Outcome(status)
    fields = {}
    for name, proposal in suggestion.proposals.items():
        shares = dict(proposal.ranked)
        likely = tuple((label, _rounded(shares[label])) for label in proposal.likely)
        fields[name] = FieldOutcome(proposal.values, _rounded(proposal.probability), likely)
    possible = {scheme.sakomrade_of(leaf).id for leaf in suggestion.proposals[Field.FOKUSOMRADE].likely}
    own, *others = suggestion.sakomraden
    return Outcome(
        status,
        model,
        suggestion.needs_review,
        fields,
        tuple((label, _rounded(share)) for label, share in (own, *(pair for pair in others if pair[0] in possible))),
        tuple(
            StatementOutcome(
                item.statement.start,
                item.statement.end,
                item.columns,
                tuple(_rounded(item.probabilities[code]) for code in COLUMN_CODES),
            )
            for item in suggestion.statements
        ),
    )


def pack(outcome: Outcome) -> bytes:
    """An outcome as bytes; the same outcome gives the same bytes."""
    fields = {name: [item.values, item.probability, item.likely] for name, item in outcome.fields.items()}
    statements = [[item.start, item.end, item.columns, item.probabilities] for item in outcome.statements]
    content = [outcome.status, outcome.model, outcome.needs_review, fields, outcome.sakomraden, statements]
    return zlib.compress(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(), 1)


def unpack(packed: bytes) -> Outcome:
    """What :func:`pack` packed."""
    status, model, needs_review, fields, sakomraden, statements = json.loads(zlib.decompress(packed))
    return Outcome(
        status,
        model,
        needs_review,
        {Field(name): FieldOutcome(tuple(values), share, _pairs(likely)) for name, (values, share, likely) in fields.items()},
        _pairs(sakomraden),
        tuple(StatementOutcome(start, end, tuple(columns), tuple(shares)) for start, end, columns, shares in statements),
    )


def _pairs(pairs: list[list[object]]) -> tuple[Share, ...]:
    return tuple((str(label), float(share)) for label, share in pairs)  # type: ignore[arg-type]


def _rounded(share: float) -> float:
    return round(float(share), DIGITS)
