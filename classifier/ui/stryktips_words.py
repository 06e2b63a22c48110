"""What the leader's screen says: steps, exercises, agreement, crosses, time."""

from __future__ import annotations

import math
from collections.abc import Sequence

from classifier.report.wording import count, listing
from classifier.stryktips.coupon import Choice, Coupon, Exercise, Row
from classifier.stryktips.course import Gate, Pace, Step, is_past
from classifier.stryktips.crosses import Crosses
from classifier.stryktips.wording import CHOICES, ROWS, agreed, agreement, column_name, crosses, names, numbers, room_answer, row_text
from classifier.taxonomy import Scheme

__all__ = [
    "CHOICES",
    "agreed",
    "agreement",
    "clock",
    "column_name",
    "course",
    "crosses",
    "file_name",
    "in_words",
    "names",
    "numbers",
    "positions",
    "room_answer",
    "row_text",
    "rows",
    "signed",
    "time_left",
    "to_step",
]

EXERCISES = {
    Exercise.STRYKTIPS: ("Stryktips", "Varje påstående får kryss i en eller flera av kedjans sex kolumner."),
    Exercise.CHAIN: ("Pussla insatslogiken", "Korten från ett projekt läggs i kedjan, vart och ett i en kolumn."),
    Exercise.CASES: ("Kategorisera projektcase", "Varje projekt får ett sakområde, ett fokusområde och en effektkedja."),
}
STEPS = {
    Step.LOBBY: "Lobby",
    Step.ROUND_1: "Runda 1",
    Step.CLOSED_1: "Stängd",
    Step.ROUND_2: "Runda 2",
    Step.CLOSED_2: "Stängd",
    Step.KEY: "Facit",
    Step.MODEL: "Modellens tips",
    Step.END: "Avslut",
}
TO_STEP = {
    Step.ROUND_1: "Starta runda 1",
    Step.CLOSED_1: "Stäng runda 1",
    Step.ROUND_2: "Starta runda 2",
    Step.CLOSED_2: "Stäng runda 2",
    Step.KEY: "Visa facit",
    Step.MODEL: "Visa modellens tips",
    Step.END: "Avsluta sessionen",
}
BACK = {Step.ROUND_1: "Öppna runda 1 igen", Step.ROUND_2: "Öppna runda 2 igen"}
PACES = {Pace.OWN: "Alla i egen takt", Pace.LED: "Jag tar påståendena ett i taget"}
ASKED = {
    Choice.SAKOMRADE: "Vilket sakområde?",
    Choice.FOKUSOMRADE: "Vilket fokusområde?",
    Choice.EFFEKTKEDJA: "Vilken effektkedja?",
}
"""What is asked about a case."""
GATES = {Gate.OPEN: "", Gate.LOCKED: "låst", Gate.SHOWN: "låst, rummets svar visas"}
HEADS = {"K": "Kort sikt", "L": "Lång sikt"}
"""Columns whose names are too long for a heading that is read at ten metres; the whole names are one tap away."""
CONTEXT = "Vinnväxt"
CONTEXT_DECIDES = (
    "Vinnväxt har kryss i alla sex kolumnerna, och det är inget fel: sammanhanget avgör. Samma ord är pengar för den som får dem, arbete för den som driver "
    "satsningen och en förändring för den som ska leva med den. Fråga alltid vems kedja det gäller."
)


def course(has_second: bool, coupon: Coupon) -> list[Step]:
    """The steps of a session in order, with those of a second round and of a key where there is one."""
    left_out = set() if has_second else {Step.ROUND_2, Step.CLOSED_2}
    return [step for step in Step if step not in left_out and (coupon.has_key or step is not Step.KEY)]


def to_step(step: Step, present: Step) -> str:
    """What a button to a step says."""
    return BACK[step] if step in BACK and is_past(present, step) else TO_STEP[step]


def in_words(found: Crosses, row: Row, scheme: Scheme) -> str:
    """Crosses in whole words, for those who listen."""
    said = [name if choice in found.full else f"{name} (svagt)" for choice, name in names(row, scheme).items() if choice in found]
    return listing(said) if said else "inget kryss"


def rows(coupon: Coupon) -> str:
    """How many rows a coupon has, in words."""
    return count(len(coupon.rows), *ROWS[coupon.exercise])


def clock(seconds: float) -> str:
    """Time left, as minutes and seconds.

    >>> clock(92.4)
    '1:33'
    """
    whole = max(math.ceil(seconds), 0)
    return f"{whole // 60}:{whole % 60:02}"


def time_left(seconds: float) -> str:
    """The time that is left of a round, or that it is out."""
    return f"{clock(seconds)} kvar" if seconds > 0 else "Tiden är ute"


def signed(number: int) -> str:
    """A change with its sign; empty when there is none."""
    return f"{number:+d}".replace("-", "−") if number else ""


def positions(rows_: Sequence[int], position: int) -> str:
    """Where in a series of rows a screen stands."""
    return f"{rows_.index(position) + 1} av {len(rows_)}"


def file_name(title: str) -> str:
    """A title as the name of a file.

    >>> file_name('Träff 3: "mars"/april')
    'Träff 3 marsapril'
    """
    return " ".join("".join(character for character in title if character.isalnum() or character in " -_").split())[:60] or "session"
