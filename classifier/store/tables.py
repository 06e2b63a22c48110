"""The database's tables. A proposal is not a decision: they are kept apart, and decisions are only ever added."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Float, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

STORE_VERSION = 4
"""Raised whenever a table changes, with the step in ``UPGRADES``; a database of a later version is not opened."""
UPGRADES = {
    1: ("ALTER TABLE proposals ADD COLUMN likely JSON", "ALTER TABLE statements ADD COLUMN likely JSON"),
    2: (),  # the tables of runs are new, and missing tables are made on opening
    3: (),  # so are those of the stryktips
}
"""What makes a database of a version into one of the next."""


class Base(DeclarativeBase):
    """Base of all tables."""


class Version(Base):
    """Which version of the tables the database holds; one row."""

    __tablename__ = "store_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]


class Case(Base):
    """An application that someone has brought in."""

    __tablename__ = "cases"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(300))
    """Name of the file the text came from; empty when it was pasted."""
    notes: Mapped[list[str]] = mapped_column(JSON)
    """What the reader said of the file."""
    doubt: Mapped[str] = mapped_column(Text)
    """Why the whole proposal is in doubt, such as the text's language; empty when it is not."""
    model_version: Mapped[str] = mapped_column(String(60))
    scheme_version: Mapped[str] = mapped_column(String(30))
    created_at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True), index=True)


class Statement(Base):
    """A statement of a case, as the text was cut when the case came in."""

    __tablename__ = "statements"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    number: Mapped[int]
    """From 0, in the order of the text."""
    start: Mapped[int]
    end: Mapped[int]
    heading: Mapped[str] = mapped_column(Text)
    columns: Mapped[list[str]] = mapped_column(JSON)
    """Proposed column codes, main column first."""
    probabilities: Mapped[dict[str, float]] = mapped_column(JSON)
    likely: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Codes of the prediction set; nothing in cases of version 1, which had none."""


class Proposal(Base):
    """What the model proposed for one field of a case."""

    __tablename__ = "proposals"
    __table_args__ = (UniqueConstraint("case_id", "field"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    field: Mapped[str] = mapped_column(String(30))
    values: Mapped[list[str]] = mapped_column(JSON)
    ranked: Mapped[list[Any]] = mapped_column(JSON)
    """Pairs of label id and probability, likeliest first."""
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Label id → pairs of statement number (-1 for the title) and weight, strongest first."""
    likely: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Label ids of the prediction set; nothing in cases of version 1, which had none."""


class Decision(Base):
    """What a person decided about a field or a statement. The latest of a target holds; none is ever changed."""

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("case_id", "target", "revision"),
        Index("decisions_of_target", "case_id", "target"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    target: Mapped[str] = mapped_column(String(40))
    """A field's id, or ``statement:N``."""
    revision: Mapped[int] = mapped_column(Integer)
    """1 for the first decision about a target, then counting up; two writers cannot take the same number."""
    values: Mapped[list[str]] = mapped_column(JSON)
    """Label ids or column codes; empty for "none of these"."""
    status: Mapped[str] = mapped_column(String(12))
    decided_by: Mapped[str] = mapped_column(String(80))
    decided_at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    model_version: Mapped[str] = mapped_column(String(60))
    """The model whose proposal the decision answers."""


class Run(Base):
    """A portfolio that someone has brought in, and how far it has come."""

    __tablename__ = "runs"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    source: Mapped[str] = mapped_column(String(300))
    """Name of the file it came from."""
    columns: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Which column holds what; see ``store.runs.RunColumns``."""
    kept: Mapped[list[str]] = mapped_column(JSON)
    """The input columns, in order."""
    tier: Mapped[str] = mapped_column(String(20))
    model: Mapped[str] = mapped_column(String(80))
    """Tier and model version; empty until it has begun."""
    scheme_version: Mapped[str] = mapped_column(String(30))
    notes: Mapped[list[str]] = mapped_column(JSON)
    """What the reader said of the file."""
    state: Mapped[str] = mapped_column(String(20), index=True)
    message: Mapped[str] = mapped_column(Text)
    """Why it failed; empty when it has not."""
    total: Mapped[int]
    done: Mapped[int]
    begun_at: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))
    """When the present stretch of work began, and with how many rows done: what the time left is reckoned from."""
    begun_with: Mapped[int]
    beat_at: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))
    """When the worker was last heard of."""
    created_at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))


class RunRow(Base):
    """A project of a run: what came in, what was proposed, and what holds now."""

    __tablename__ = "run_rows"
    __table_args__ = (Index("run_rows_of_state", "run_id", "state"), Index("run_rows_of_label", "run_id", "fokusomrade", "effektkedja"))

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 0, in the order of the file."""
    project_id: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    kept: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The input row's cells."""
    amount: Mapped[float | None] = mapped_column(Float)
    year: Mapped[int | None]
    county: Mapped[str] = mapped_column(String(40))
    programme: Mapped[str] = mapped_column(String(200))
    outcome: Mapped[bytes] = mapped_column(LargeBinary)
    """What was proposed, packed; see ``portfolio.outcome``. Never changed."""
    status: Mapped[str] = mapped_column(Text)
    certainty: Mapped[float | None] = mapped_column(Float)
    """The lower of the probabilities of fokusområde and effektkedja; nothing when the text could not be judged."""
    needs_review: Mapped[bool]
    """Whether the model doubts its proposal."""
    marked: Mapped[bool]
    """Whether a person has marked the row for review."""
    sakomrade: Mapped[str] = mapped_column(String(60))
    fokusomrade: Mapped[str] = mapped_column(String(60))
    effektkedja: Mapped[str] = mapped_column(String(60))
    projekttyp: Mapped[str] = mapped_column(String(60))
    """Label ids that hold: decided, else proposed; empty for none."""
    decided: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Field id → label ids decided."""
    state: Mapped[str] = mapped_column(String(12))
    """A ``CaseStatus``."""
    decided_by: Mapped[str] = mapped_column(String(80))
    decided_at: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))
    last_action: Mapped[str] = mapped_column(String(32))
    """The action that changed the row last; empty when none has."""
    case_id: Mapped[str | None] = mapped_column(ForeignKey("cases.id", ondelete="SET NULL"), index=True)
    """The case it was opened as."""


class RunAction(Base):
    """Something a person did to many rows at once; none is ever changed but for being undone."""

    __tablename__ = "run_actions"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    told: Mapped[str] = mapped_column(Text)
    """What was done, in Swedish."""
    rows: Mapped[int]
    done_by: Mapped[str] = mapped_column(String(80))
    done_at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    undone_at: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))


class RunChange(Base):
    """What an action changed in one row: how it stood before and after."""

    __tablename__ = "run_changes"
    __table_args__ = (Index("run_changes_of_row", "run_id", "number"),)

    action_id: Mapped[str] = mapped_column(ForeignKey("run_actions.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    run_id: Mapped[str] = mapped_column(String(32))
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
