"""The model's own tips: what it would have crossed in a row, how sure it is, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from classifier.stryktips.crosses import Crosses


@dataclass(frozen=True)
class Tip:
    """The model's answer in one row."""

    crosses: Crosses
    shares: Mapping[str, float]
    """Choice → probability; they sum to at most one, what is lacking lies outside the choices."""
    reasons: tuple[str, ...] = ()
    """Quotes: the words that weigh most in a statement, or the sentences that speak most for a label."""
    alike: tuple[tuple[str, str], ...] = ()
    """Statements like it whose columns people have decided, each with its columns in words."""


def tip_as_data(tip: Tip) -> dict[str, Any]:
    """The tip as plain data for JSON; :func:`tip_from_data` reads it again."""
    return asdict(tip) | {"crosses": tip.crosses.written(sorted(tip.crosses.weights)), "shares": dict(tip.shares)}


def tip_from_data(data: Mapping[str, Any]) -> Tip:
    """A tip from what :func:`tip_as_data` made of it."""
    return Tip(Crosses.parse(data["crosses"]), data["shares"], tuple(data["reasons"]), tuple((text, said) for text, said in data["alike"]))
