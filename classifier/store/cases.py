"""Save cases and decisions, and find them again."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from classifier.assistant import Evidence, ProjectText, Proposal, StatementProposal, Status, Suggestion, sum_sakomraden
from classifier.decisions import CaseStatus, status_of
from classifier.errors import StoreError
from classifier.store import tables
from classifier.store.database import transaction
from classifier.taxonomy import Field, Scheme
from classifier.text.statements import Statement

TITLE_LENGTH = 300
TITLE_WORDS = 14
TITLE_CUT = 70
EVIDENCE_KEPT = 8
"""Strongest statements kept for each label; the rest move the score too little to be shown."""


@dataclass(frozen=True)
class Decision:
    """The decision that holds for a field or a statement."""

    target: str
    values: tuple[str, ...]
    status: CaseStatus
    decided_by: str
    decided_at: datetime.datetime
    revision: int


@dataclass(frozen=True)
class StoredCase:
    """A case as it stands: what was proposed, and what has been decided, by target."""

    id: str
    title: str
    source: str
    notes: tuple[str, ...]
    suggestion: Suggestion
    decisions: Mapping[str, Decision]
    created_at: datetime.datetime
    changed_at: datetime.datetime

    @property
    def status(self) -> CaseStatus:
        """Confirmed when every field is; a draft when something is."""
        return status_of({target for target in self.decisions if not target.startswith("statement:")}, bool(self.decisions))

    def columns(self, number: int) -> tuple[str, ...]:
        """The columns of a statement: those decided, else those proposed."""
        decision = self.decisions.get(statement_target(number))
        return decision.values if decision else self.suggestion.statements[number].columns

    def values(self, field: Field) -> tuple[str, ...]:
        """The labels of a field: those decided, else those proposed."""
        decision = self.decisions.get(field)
        return decision.values if decision else self.suggestion.proposals[field].values


@dataclass(frozen=True)
class CaseLine:
    """A case in a list."""

    id: str
    title: str
    status: CaseStatus
    changed_at: datetime.datetime


class ConflictError(StoreError):
    """Somebody else has decided the same thing since it was read."""

    prefix = "Någon annan hann före"

    def __init__(self, earlier: Decision) -> None:
        super().__init__("ett nyare beslut finns redan; välj om det ska gälla eller ersättas")
        self.earlier = earlier


def statement_target(number: int) -> str:
    """The name of a statement, counted from 0, as the target of a decision."""
    return f"statement:{number}"


class Cases:
    """The cases in one database."""

    def __init__(self, engine: Engine, scheme: Scheme) -> None:
        self.engine = engine
        self.scheme = scheme

    def add(self, suggestion: Suggestion, source: str = "", notes: Sequence[str] = ()) -> str:
        """Save a new case with what was proposed for it; returns its id.

        Raises:
            StoreError: when it cannot be written.
        """
        case_id, moment = secrets.token_urlsafe(9), now()
        with transaction(self.engine) as session:
            session.add(
                tables.Case(
                    id=case_id,
                    title=case_title(suggestion)[:TITLE_LENGTH],
                    text=suggestion.project.text,
                    source=source[:TITLE_LENGTH],
                    notes=list(notes),
                    doubt=suggestion.note,
                    model_version=suggestion.model_version,
                    scheme_version=suggestion.scheme_version,
                    created_at=moment,
                    changed_at=moment,
                )
            )
            session.flush()
            session.add_all(_proposal_row(case_id, proposal) for proposal in suggestion.proposals.values())
            session.add_all(_statement_row(case_id, number, proposal) for number, proposal in enumerate(suggestion.statements))
        return case_id

    def get(self, case_id: str) -> StoredCase | None:
        """The case with this id, or nothing.

        Raises:
            StoreError: when the database cannot be read.
        """
        with transaction(self.engine) as session:
            case = session.get(tables.Case, case_id)
            if case is None:
                return None
            return StoredCase(
                id=case.id,
                title=case.title,
                source=case.source,
                notes=(*case.notes, *filter(None, [case.doubt])),
                suggestion=self._suggestion(session, case),
                decisions=latest_decisions(session, case_id),
                created_at=aware(case.created_at),
                changed_at=aware(case.changed_at),
            )

    def decide(self, case_id: str, target: str, values: Sequence[str], *, seen_revision: int, decided_by: str = "") -> Decision:
        """Save a decision about a field or a statement.

        Args:
            target: a field's id or :func:`statement_target`.
            case_id: the case.
            values: the label ids or column codes decided; none for "none of these".
            seen_revision: the revision of the decision that the person saw, 0 when there was none.
            decided_by: the signature of the person.

        Raises:
            ConflictError: when a newer decision exists; it says which.
            StoreError: when the target or a value does not exist, or the database cannot be written.
        """
        with transaction(self.engine) as session:
            case = session.get(tables.Case, case_id)
            if case is None:
                raise StoreError("ärendet finns inte längre")
            self._check_values(session, case, target, values)
            earlier = latest_decisions(session, case_id, target).get(target)
            if (earlier.revision if earlier else 0) != seen_revision:
                raise ConflictError(earlier) if earlier else StoreError("beslutet bygger på ett ärende som har ändrats; ladda om sidan")
            decision = Decision(target, tuple(values), CaseStatus.CONFIRMED, decided_by[:80], now(), seen_revision + 1)
            session.add(
                tables.Decision(
                    case_id=case_id,
                    target=target,
                    revision=decision.revision,
                    values=list(decision.values),
                    status=decision.status,
                    decided_by=decision.decided_by,
                    decided_at=decision.decided_at,
                    model_version=case.model_version,
                )
            )
            case.changed_at = decision.decided_at
            try:
                session.flush()
            except IntegrityError as error:  # the other writer took the revision between our reading and writing
                session.rollback()
                raise self._conflict(case_id, target) from error
        return decision

    def search(self, words: str = "", limit: int = 50) -> list[CaseLine]:
        """Cases whose title or text holds the words, the last changed first.

        Raises:
            StoreError: when the database cannot be read.
        """
        query = select(tables.Case).order_by(tables.Case.changed_at.desc(), tables.Case.id).limit(limit)
        if words.strip():
            pattern = "%" + words.strip().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
            query = query.where(or_(*(column.ilike(pattern, escape="\\") for column in (tables.Case.title, tables.Case.text))))
        with transaction(self.engine) as session:
            cases = list(session.scalars(query))
            decided: dict[str, set[str]] = {case.id: set() for case in cases}
            rows = session.execute(
                select(tables.Decision.case_id, tables.Decision.target).where(tables.Decision.case_id.in_(decided)).distinct()
            )
            for case_id, target in rows:
                decided[case_id].add(target)
        return [
            CaseLine(
                case.id,
                case.title,
                status_of({target for target in decided[case.id] if not target.startswith("statement:")}, bool(decided[case.id])),
                aware(case.changed_at),
            )
            for case in cases
        ]

    def all(self) -> list[StoredCase]:
        """Every case, oldest first.

        Raises:
            StoreError: when the database cannot be read.
        """
        with transaction(self.engine) as session:
            ids = list(session.scalars(select(tables.Case.id).order_by(tables.Case.created_at, tables.Case.id)))
        return [case for case in map(self.get, ids) if case]

    def count(self) -> int:
        """How many cases there are."""
        with transaction(self.engine) as session:
            return session.scalar(select(func.count()).select_from(tables.Case)) or 0

    def delete(self, case_id: str) -> None:
        """Delete a case with all that belongs to it.

        Raises:
            StoreError: when the database cannot be written.
        """
        with transaction(self.engine) as session:
            case = session.get(tables.Case, case_id)
            if case is not None:
                session.delete(case)

    def _check_values(self, session: Session, case: tables.Case, target: str, values: Sequence[str]) -> None:
        """Validate what came from a page as if it came from anywhere.

        Raises:
            StoreError: when the target or one of the values is unknown, or values contradict each other.
        """
        if target in set(Field):
            field = Field(target)
            if len(set(values)) != len(values) or not set(values) <= set(self.scheme.ids(field)):
                raise StoreError(f"{field.swedish} har fått ett värde som inte finns i schemat; ladda om sidan")
            if not field.is_multiple and len(values) > 1:
                raise StoreError(f"{field.swedish} kan bara ha ett värde")
            return
        codes = [column.code for column in self.scheme.columns]
        numbers = session.scalars(select(tables.Statement.number).where(tables.Statement.case_id == case.id))
        if target not in map(statement_target, numbers):
            raise StoreError("påståendet finns inte i ärendet; ladda om sidan")
        if not values or len(set(values)) != len(values) or not set(values) <= set(codes) or ("-" in values and len(values) > 1):
            raise StoreError("kolumnerna motsäger varandra; välj en eller flera kolumner, eller bara utanför kedjan")

    def _conflict(self, case_id: str, target: str) -> ConflictError:
        with transaction(self.engine) as session:
            return ConflictError(latest_decisions(session, case_id, target)[target])

    def _suggestion(self, session: Session, case: tables.Case) -> Suggestion:
        rows = session.scalars(select(tables.Proposal).where(tables.Proposal.case_id == case.id))
        found = {row.field: row for row in rows}
        proposals = {
            field: Proposal(
                field,
                tuple(found[field].values),
                tuple((label, float(share)) for label, share in found[field].ranked),
                {
                    label: tuple(Evidence(int(number), float(weight)) for number, weight in pairs)
                    for label, pairs in found[field].evidence.items()
                },
                tuple(found[field].likely or ()),
            )
            for field in Field
            if field in found
        }
        statements = tuple(
            StatementProposal(
                Statement(case.text[row.start : row.end], row.start, row.end, row.heading),
                tuple(row.columns),
                dict(row.probabilities),
                tuple(row.likely or ()),
            )
            for row in session.scalars(
                select(tables.Statement).where(tables.Statement.case_id == case.id).order_by(tables.Statement.number)
            )
        )
        return Suggestion(
            ProjectText(case.text, case.title, case.id),
            Status.PROPOSED,
            proposals,
            sum_sakomraden(proposals[Field.FOKUSOMRADE], self.scheme) if proposals else (),
            statements,
            case.doubt,
            case.model_version,
            case.scheme_version,
        )


def case_title(suggestion: Suggestion) -> str:
    """The title; without one the text's first line when it reads like a title, else the beginning of its first statement."""
    if suggestion.project.title.strip():
        return suggestion.project.title.strip()
    first_line = next((line.strip(" #\t") for line in suggestion.project.text.splitlines() if line.strip()), "")
    if 1 < len(first_line.split()) <= TITLE_WORDS and not first_line.endswith((".", ":", "!", "?")):
        return first_line
    first = " ".join(suggestion.statements[0].statement.text.split()) if suggestion.statements else first_line
    return first if len(first) <= TITLE_CUT else first[:TITLE_CUT].rsplit(" ", 1)[0] + " …"


def latest_decisions(session: Session, case_id: str, target: str | None = None) -> dict[str, Decision]:
    """The decisions that hold, by target: all of a case's, or just the one asked for."""
    query = select(tables.Decision).where(tables.Decision.case_id == case_id).order_by(tables.Decision.revision)
    rows = session.scalars(query if target is None else query.where(tables.Decision.target == target))
    return {
        row.target: Decision(row.target, tuple(row.values), CaseStatus(row.status), row.decided_by, aware(row.decided_at), row.revision)
        for row in rows
    }


def _proposal_row(case_id: str, proposal: Proposal) -> tables.Proposal:
    return tables.Proposal(
        case_id=case_id,
        field=proposal.field,
        values=list(proposal.values),
        ranked=[[label, round(share, 6)] for label, share in proposal.ranked],
        evidence={
            label: [[item.statement, round(item.weight, 6)] for item in items[:EVIDENCE_KEPT]] for label, items in proposal.evidence.items()
        },
        likely=list(proposal.likely),
    )


def _statement_row(case_id: str, number: int, proposal: StatementProposal) -> tables.Statement:
    return tables.Statement(
        case_id=case_id,
        number=number,
        start=proposal.statement.start,
        end=proposal.statement.end,
        heading=proposal.statement.heading,
        columns=list(proposal.columns),
        probabilities={code: round(share, 6) for code, share in proposal.probabilities.items()},
        likely=list(proposal.likely),
    )


def now() -> datetime.datetime:
    """The time, in UTC."""
    return datetime.datetime.now(datetime.UTC)


def aware(moment: datetime.datetime) -> datetime.datetime:
    """SQLite forgets the time zone; all times are stored as UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)
