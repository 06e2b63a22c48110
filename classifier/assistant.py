"""Texts → suggestions: the one road that the page, the commands, the portfolio and the evaluation all take."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifier.model.bundle import MODEL_DIR, Bundle, load_bundle
from classifier.model.heads import as_probabilities
from classifier.model.windows import EncoderInput, encoder_input, read_once, read_twice
from classifier.taxonomy import Field, Scheme, load_scheme
from classifier.taxonomy.scheme import COLUMN_CODES
from classifier.text.statements import Statement, split

MIN_WORDS = 5
"""Fewer words than this say too little about a project to classify it."""
REVIEW_BELOW = 0.7
"""A project whose fokusområde or effektkedja is less probable than this is marked for review. Chosen in the cross-validation, as the
limit above which both are right for 85 of 100 texts; the model card has the figures for others."""
REVIEWED = (Field.FOKUSOMRADE, Field.EFFEKTKEDJA)
MIN_LATIN = 0.6
MIN_FUNCTION_WORDS = 0.12
LANGUAGE_WORDS = 20
TITLE = -1
"""Stands for the title where evidence names a statement by its number."""


class Tier(StrEnum):
    """How carefully texts are read. The value is what files say."""

    ACCURATE = "noggrann"
    """Every statement is read twice, in its place and alone."""
    FAST = "snabb"
    """Every statement is read once, in its place among fewer neighbours; the model card says what that costs."""


class Status(StrEnum):
    """What became of a text. The value is what files say."""

    PROPOSED = "förslag, ej granskat"
    EMPTY = "tom text"
    TOO_SHORT = "för kort text"
    OTHER_SCRIPT = "skriftspråket stöds inte"


@dataclass(frozen=True)
class ProjectText:
    """A project to classify. ``statements`` are given when the text is already cut; otherwise the text is."""

    text: str
    title: str = ""
    id: str = ""
    statements: tuple[Statement, ...] | None = None


@dataclass(frozen=True)
class Evidence:
    """How much a statement (by its index, or ``TITLE``) moved a label's score; above zero speaks for it."""

    statement: int
    weight: float


@dataclass(frozen=True)
class Proposal:
    """What is proposed for one field of a project."""

    field: Field
    values: tuple[str, ...]
    """The proposed label's id; for a field with several values none, one or more."""
    ranked: tuple[tuple[str, float], ...]
    """Every label's id and probability, likeliest first."""
    evidence: Mapping[str, tuple[Evidence, ...]]
    """For the first few labels: what speaks for them, strongest first."""
    likely: tuple[str, ...] = ()
    """Ids of the prediction set, likeliest first: the right label is among them nine times in ten. Empty for a field with several values."""

    @property
    def probability(self) -> float:
        """The probability of the likeliest label."""
        return self.ranked[0][1]


@dataclass(frozen=True)
class StatementProposal:
    """What is proposed for one statement."""

    statement: Statement
    columns: tuple[str, ...]
    """Column codes, main column first."""
    probabilities: Mapping[str, float]
    """Probability of each code, as the main column; they sum to one."""
    likely: tuple[str, ...] = ()
    """Codes of the prediction set, likeliest first: the right main column is among them nine times in ten."""

    @property
    def column(self) -> str:
        """The main column's code."""
        return self.columns[0]


@dataclass(frozen=True)
class Suggestion:
    """All that is proposed for a text."""

    project: ProjectText
    status: Status
    proposals: Mapping[Field, Proposal] = field(default_factory=dict)
    sakomraden: tuple[tuple[str, float], ...] = ()
    """Sakområden with the sum of their fokusområden's probabilities, likeliest first."""
    statements: tuple[StatementProposal, ...] = ()
    note: str = ""
    model_version: str = ""
    scheme_version: str = ""

    @property
    def needs_review(self) -> bool:
        """Whether a person should look at this one first."""
        return bool(self.note) or not self.proposals or any(self.proposals[name].probability < REVIEW_BELOW for name in REVIEWED)


class Assistant:
    """Proposes labels for texts with an opened model."""

    def __init__(self, bundle: Bundle, scheme: Scheme, tier: Tier = Tier.ACCURATE) -> None:
        self.bundle = bundle
        self.scheme = scheme
        self.tier = tier

    def suggest(self, texts: Sequence[ProjectText], *, with_evidence: bool = True) -> list[Suggestion]:
        """Propose labels for projects and their statements; the answers come in the order of the texts.

        Without evidence it is not worked out which statements speak for which label, which nobody asks of a whole portfolio.
        """
        cut = [text.statements if text.statements is not None else tuple(split(text.text)) for text in texts]
        judged = [(text, statements, _status(text, statements)) for text, statements in zip(texts, cut, strict=True)]
        readable = [(text, statements) for text, statements, status in judged if status is Status.PROPOSED]
        documents = [encoder_input(text.title, statements) for text, statements in readable]
        ends = np.cumsum([len(document.parts) for document in documents])
        scores = self._scores(documents)
        answers = iter(
            [
                self._suggest(
                    text, statements, {field: rows[end - len(document.parts) : end] for field, rows in scores.items()}, with_evidence
                )
                for (text, statements), document, end in zip(readable, documents, ends, strict=True)
            ]
        )
        return [next(answers) if status is Status.PROPOSED else Suggestion(text, status) for text, _, status in judged]

    def _scores(self, documents: Sequence[EncoderInput]) -> dict[Field | None, NDArray[np.float32]]:
        """What every head gives the parts of all documents, one after another; under ``None`` the head for the columns."""
        heads = self.bundle.heads
        texts = [document.segments[number].text for document in documents for number in document.parts]
        read = read_twice if self.tier is Tier.ACCURATE else read_once
        vectors = read(self.bundle.encoder.encode, documents)
        parts = heads.features(np.concatenate(vectors) if vectors else np.zeros((0, 0), np.float32), texts)
        if not texts:
            return {}
        return {None: heads.columns.scores(parts), **{field: head.scores(parts) for field, head in heads.fields.items()}}

    def _suggest(
        self, text: ProjectText, statements: Sequence[Statement], scores: Mapping[Field | None, NDArray[np.float32]], with_evidence: bool
    ) -> Suggestion:
        titled = len(scores[None]) > len(statements)
        proposals = {field: self._proposal(field, scores[field], titled, with_evidence) for field in Field}
        return Suggestion(
            text,
            Status.PROPOSED,
            proposals,
            sum_sakomraden(proposals[Field.FOKUSOMRADE], self.scheme),
            self._columns(statements, scores[None][len(scores[None]) - len(statements) :]),
            _language_note(text.text),
            self.bundle.manifest.model_version,
            self.scheme.version,
        )

    def _proposal(self, field: Field, scores: NDArray[np.float32], titled: bool, with_evidence: bool) -> Proposal:
        """A field's proposal from what its head gives the project's parts; the project's own score is their mean."""
        head, ids = self.bundle.heads.fields[field], self.scheme.ids(field)
        shares = as_probabilities(scores.mean(axis=0, keepdims=True), many=field.is_multiple)[0]
        order = np.argsort(-shares, kind="stable")
        chosen = [number for number in order if shares[number] >= head.thresholds[number]] if field.is_multiple else [order[0]]
        evidence = {}
        for number in dict.fromkeys([*chosen, *order[:3]]) if with_evidence else ():
            weights = head.contributions(scores, int(number))
            ranked = sorted(enumerate(weights.tolist(), TITLE if titled else 0), key=lambda pair: -pair[1])
            evidence[ids[number]] = tuple(Evidence(statement, weight) for statement, weight in ranked)
        likely = head.likely(shares[None])[0]
        return Proposal(
            field,
            tuple(ids[number] for number in chosen),
            tuple((ids[number], float(shares[number])) for number in order),
            evidence,
            () if field.is_multiple else tuple(ids[number] for number in order if likely[number]),
        )

    def _columns(self, statements: Sequence[Statement], scores: NDArray[np.float32]) -> tuple[StatementProposal, ...]:
        if not statements:
            return ()
        head = self.bundle.heads.columns
        shares = as_probabilities(scores, many=False)
        return tuple(
            StatementProposal(
                statement,
                column_set(row, head.thresholds),
                dict(zip(COLUMN_CODES, row.tolist(), strict=True)),
                tuple(COLUMN_CODES[number] for number in np.argsort(-row, kind="stable") if possible[number]),
            )
            for statement, row, possible in zip(statements, shares, head.likely(shares), strict=True)
        )


def load(model_dir: Path = MODEL_DIR, tier: Tier = Tier.ACCURATE, threads: int = 0) -> Assistant:
    """Open the model and the scheme.

    Args:
        model_dir: where the model lies.
        tier: how carefully to read.
        threads: cores the encoder uses; all when 0.

    Raises:
        ModelError: when the model is missing, damaged or made for something else.
        SchemeError: when the scheme is malformed.
    """
    scheme = load_scheme()
    return Assistant(load_bundle(model_dir, scheme_version=scheme.version, threads=threads), scheme, tier)


def sum_sakomraden(fokusomrade: Proposal, scheme: Scheme) -> tuple[tuple[str, float], ...]:
    """Sakområden with the sum of their fokusområden's probabilities, the proposed fokusområde's own first."""
    sums = dict.fromkeys((label.id for label in scheme.sakomraden), 0.0)
    for leaf, share in fokusomrade.ranked:
        sums[scheme.sakomrade_of(leaf).id] += share
    # The two must never contradict each other, so the leaf decides even where another sakområde has a larger sum.
    own = scheme.sakomrade_of(fokusomrade.values[0]).id
    return tuple(sorted(sums.items(), key=lambda pair: (pair[0] != own, -pair[1])))


def column_set(shares: NDArray[np.float32], thresholds: NDArray[np.float32]) -> tuple[str, ...]:
    """The likeliest column, then the others that are likely enough; outside the chain stands alone."""
    order = [COLUMN_CODES[number] for number in np.argsort(-shares, kind="stable")]
    if order[0] == "-":
        return ("-",)
    likely = {code for code, share, least in zip(COLUMN_CODES, shares, thresholds, strict=True) if share >= least and code != "-"}
    return (order[0], *(code for code in order[1:] if code in likely))


def _status(text: ProjectText, statements: Sequence[Statement]) -> Status:
    """Whether the text can be judged. Statements that were given as such are taken as they stand, however short."""
    whole = text.text if text.statements is None else " ".join(statement.text for statement in statements)
    if not whole.strip():
        return Status.EMPTY
    letters = [character for character in whole if character.isalpha()]
    if letters and sum(character < "\u0250" for character in letters) / len(letters) < MIN_LATIN:
        return Status.OTHER_SCRIPT
    if text.statements is None and (len(re.findall(r"\w*[^\W\d_]\w*", whole)) < MIN_WORDS or not statements):
        return Status.TOO_SHORT
    return Status.PROPOSED


def _language_note(text: str) -> str:
    words = re.findall(r"[^\W\d_]+", text.lower())
    if len(words) < LANGUAGE_WORDS or sum(word in _function_words() for word in words) / len(words) >= MIN_FUNCTION_WORDS:
        return ""
    return "Texten verkar inte vara på svenska eller engelska, så förslagen är osäkra."


@cache
def _function_words() -> frozenset[str]:
    from spacy.lang.en.stop_words import STOP_WORDS as ENGLISH
    from spacy.lang.sv.stop_words import STOP_WORDS as SWEDISH

    return frozenset(SWEDISH | ENGLISH)
