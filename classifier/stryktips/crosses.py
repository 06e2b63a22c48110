"""Crosses: what somebody has put in one row of a coupon, each full or weak, and how alike two such answers are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from classifier.errors import StryktipsError

FULL, WEAK = 1.0, 0.5
"""What a cross weighs. A weak one, written ``(X)``, counts half."""
_CROSS = re.compile(r"\(([a-z0-9_-]+)\)|([a-z0-9_-]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Crosses:
    """The crosses in one row, by the ids of the choices they stand at."""

    full: frozenset[str] = frozenset()
    weak: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.full & self.weak:
            raise StryktipsError("ett kryss kan inte vara både helt och svagt; välj ett av dem")

    @classmethod
    def parse(cls, text: str) -> Crosses:
        """Read crosses as they are written: ids with spaces between, weak ones in brackets.

        Raises:
            StryktipsError: when the text is written otherwise.

        >>> Crosses.parse("A (P)").weights == {"A": 1.0, "P": 0.5}
        True
        """
        full: set[str] = set()
        weak: set[str] = set()
        for word in text.split():
            found = _CROSS.fullmatch(word)
            if found is None:
                raise StryktipsError(f"kryssen {text[:40]!r} kan inte läsas; skriv till exempel A (P)")
            (weak if found[1] else full).add(found[1] or found[2])
        return cls(frozenset(full), frozenset(weak))

    @classmethod
    def of(cls, choices: Iterable[str]) -> Crosses:
        """A full cross at each of the choices."""
        return cls(frozenset(choices))

    def only(self, choice: str) -> Crosses:
        """The cross at one choice, as it stands."""
        return Crosses(self.full & {choice}, self.weak & {choice})

    def written(self, order: Iterable[str]) -> str:
        """The crosses as they are written, in the order of the choices; :meth:`parse` reads them again."""
        return " ".join(choice if choice in self.full else f"({choice})" for choice in order if choice in self)

    @cached_property
    def weights(self) -> Mapping[str, float]:
        """Choice → what its cross weighs."""
        return {**dict.fromkeys(self.full, FULL), **dict.fromkeys(self.weak, WEAK)}

    @cached_property
    def weight(self) -> float:
        """What all the crosses weigh together."""
        return FULL * len(self.full) + WEAK * len(self.weak)

    @property
    def guards(self) -> int:
        """Garderingar: crosses beyond the first."""
        return max(len(self) - 1, 0)

    def __contains__(self, choice: str) -> bool:
        return choice in self.full or choice in self.weak

    def __len__(self) -> int:
        return len(self.full) + len(self.weak)


def likeness(first: Crosses, second: Crosses) -> float:
    """How alike two answers are, from 0 to 1: the Jaccard index for weighted sets (Ružička 1958).

    The sum of the smaller weights divided by the sum of the larger. With full crosses only it is the Jaccard index of the two sets. Two
    empty answers are alike.

    >>> likeness(Crosses.parse("A P"), Crosses.parse("A"))
    0.5
    >>> likeness(Crosses.parse("A"), Crosses.parse("(A)"))
    0.5
    """
    shared = FULL * len(first.full & second.full)
    shared += WEAK * (len(first.weak & second.weak) + len(first.weak & second.full) + len(first.full & second.weak))
    larger = first.weight + second.weight - shared  # the smaller and the larger weights are together those of both answers
    return shared / larger if larger else 1.0
