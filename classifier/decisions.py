"""How far a decision has come."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from classifier.taxonomy import Field


class CaseStatus(StrEnum):
    """How far a case, a field or a statement has come. Only what is confirmed trains or is exported."""

    WAITING = "väntar"
    DRAFT = "utkast"
    CONFIRMED = "bekräftad"
    REJECTED = "avvisad"


def status_of(decided_fields: Collection[str], anything: bool) -> CaseStatus:
    """Confirmed when every field is decided; a draft when something is."""
    if set(decided_fields) >= set(Field):
        return CaseStatus.CONFIRMED
    return CaseStatus.DRAFT if anything else CaseStatus.WAITING
