"""The database's tables. A proposal is not a decision: they are kept apart, and decisions are only ever added."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

STORE_VERSION = 2
"""Raised whenever a table changes, with the step in ``UPGRADES``; a database of a later version is not opened."""
UPGRADES = {
    1: ("ALTER TABLE proposals ADD COLUMN likely JSON", "ALTER TABLE statements ADD COLUMN likely JSON"),
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
