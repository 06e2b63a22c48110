"""What the tests of the result package share: sessions that have been played, of every exercise and size."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from classifier.stryktips.coupon import CASE_CHOICES, Coupon, Exercise, Row, choice_ids, standard
from classifier.stryktips.crosses import Crosses
from classifier.stryktips.report.session import Session
from classifier.stryktips.room import Mark, Player, Room
from classifier.stryktips.tips import Tip
from classifier.taxonomy import load_scheme

SCHEME = load_scheme()
MOMENT = datetime.datetime(2026, 11, 22, 8, 30, tzinfo=datetime.UTC)
QUESTIONS = ("Hur gick det?", "Vilka svårigheter fanns?")
HOSTILE = "=cmd|'/C calc'!A0 </td><script>alert('x')</script> & <img src=x onerror=alert(1)> \x00\x0b\ufffe {{=1}}"
SMALL = Coupon(
    "Liten kupong",
    Exercise.STRYKTIPS,
    (Row("Vinnväxt", Crosses.parse("R A")), Row("Teknikutveckling", Crosses.parse("(A)")), Row("Årsmöte")),
)


def players(number: int, groups: int = 0, team: str = "") -> list[Player]:
    persons = [Player(f"p{place}", f"Namn {place}", team) for place in range(1, number + 1)]
    return [*persons, *(Player(f"g{place}", f"Bord {place}", "", True) for place in range(1, groups + 1))]


def marks(answers: Mapping[str, Sequence[str | None]], round_number: int = 1) -> list[Mark]:
    """Player → what is crossed in each row; nothing where a row is passed over."""
    return [
        Mark(player, row, round_number, Crosses.parse(written))
        for player, rows in answers.items()
        for row, written in enumerate(rows)
        if written is not None
    ]


def session_of(coupon: Coupon, people: Sequence[Player], made: Sequence[Mark], **given: Any) -> Session:
    order = {row: choice_ids(found.choice, SCHEME) for row, found in enumerate(coupon.rows)}
    values: dict[str, Any] = {
        "title": "Torsdagens övning",
        "opened_at": MOMENT,
        "tips": [],
        "reasons": [],
        "reflections": [],
        "changes": [(mark.player, mark.round, mark.row, mark.crosses.written(order[mark.row]), MOMENT) for mark in made],
        "names_shown": False,
        "questions": QUESTIONS,
        "model_version": "prov 1",
    }
    return Session(room=Room(coupon, people, made), **(values | given))


def small(**given: Any) -> Session:
    """Three persons and a group; they agree on the first row, split on the second, and one alone answers the third."""
    made = marks({"p1": ["R A", "A", "L"], "p2": ["R A", "U"], "p3": ["R A", "(A)"], "g1": ["R A", "K L"]})
    values = {
        "tips": [tip("A (P)", A=0.6, P=0.3), tip("A", A=0.9), Tip(Crosses(), {})],
        "reasons": [("p1", 1, "Det är något man gör."), ("g1", 1, "Det är ett mål i sig.")],
        "reflections": [("p2", 0, "Bra."), ("p1", 0, "Svårt.")],
    }
    return session_of(SMALL, players(3, 1), made, **(values | given))


def tip(written: str, **shares: float) -> Tip:
    return Tip(Crosses.parse(written), shares)


def large(number: int, rows: int, rounds: int = 1, seed: int = 7, **given: Any) -> Session:
    """A room that answers by chance, nearer to the key the further down the coupon; ten teams."""
    chance = random.Random(seed)
    found = standard().rows
    coupon = Coupon(
        "Stor kupong",
        Exercise.STRYKTIPS,
        tuple(Row(f"{found[row % 19].text} {row // 19 or ''}".strip(), found[row % 19].key) for row in range(rows)),
    )
    people = [Player(f"p{place}", f"Namn {place}", f"Lag {place % 10}") for place in range(number)]
    made = []
    for round_number in range(1, rounds + 1):
        for person in people:
            for row, asked in enumerate(coupon.rows):
                near = chance.random() < (0.3 + 0.5 * row / rows + 0.15 * (round_number - 1))
                answer = asked.key if near and asked.key else Crosses.of(chance.sample("RAPUKL", chance.choice([1, 1, 2, 3])))
                made.append(Mark(person.id, row, round_number, answer))
    values = {
        "tips": [tip(chance.choice("RAPUKL"), R=0.1, A=0.4, U=0.3) for _ in range(rows)],
        "reasons": [
            (person.id, row, f"Skäl {person.id} på rad {row}, för det beror på vems perspektiv man tar.")
            for person in people[:25]
            for row in range(0, rows, 2)
        ],
        "reflections": [(person.id, number, f"Tanke {number} från {person.id}.") for person in people for number in range(2)],
    }
    return session_of(coupon, people, made, **(values | given))


def cases(number: int = 6, projects: int = 3, **given: Any) -> Session:
    """Groups that give projects their sakområde, fokusområde and effektkedja."""
    chance = random.Random(3)
    rows = tuple(
        Row(f"Projekt {project}", Crosses.of([choice_ids(choice, SCHEME)[project % 4]]), choice, "Om projektet.")
        for project in range(projects)
        for choice in CASE_CHOICES
    )
    people = players(0, number)
    made = [
        Mark(person.id, row, 1, Crosses.of([chance.choice(choice_ids(asked.choice, SCHEME))]))
        for person in people
        for row, asked in enumerate(rows)
    ]
    return session_of(Coupon("Projektcase", Exercise.CASES, rows), people, made, **given)


def chain(**given: Any) -> Session:
    """One project's cards, each laid into one column."""
    coupon = Coupon("Bryggan", Exercise.CHAIN, (Row("Vi bygger bryggan", Crosses.parse("A")), Row("Fler besöker ön", Crosses.parse("U"))))
    return session_of(coupon, players(0, 3), marks({"g1": ["A", "U"], "g2": ["P", "U"], "g3": ["A", "K"]}), **given)


def empty(**given: Any) -> Session:
    """Nobody has come."""
    return session_of(SMALL, [], [], **given)


def alone(**given: Any) -> Session:
    """One player has answered one row."""
    return session_of(SMALL, players(1), marks({"p1": ["R"]}), **given)


def hostile(**given: Any) -> Session:
    """Everything that anybody can write is hostile."""
    coupon = Coupon(HOSTILE, Exercise.STRYKTIPS, tuple(Row((HOSTILE + str(row))[:600], Crosses.parse("A")) for row in range(3)))
    people = [Player(f"p{place}", f"{HOSTILE}{place}", HOSTILE) for place in range(6)]
    made = marks({person.id: ["A", "P U", "(L)"] if number % 2 else ["U", "P", "K"] for number, person in enumerate(people)})
    said = [(person.id, row, HOSTILE * 10) for person in people for row in range(2)]
    values = {
        "title": HOSTILE,
        "reasons": said,
        "reflections": said,
        "questions": (HOSTILE, HOSTILE),
        "names_shown": True,
        "model_version": HOSTILE,
    }
    return session_of(coupon, people, made, **(values | given))


EVERY: dict[str, Callable[[], Session]] = {
    "small": small,
    "two rounds": lambda: large(20, 19, 2),
    "cases": cases,
    "chain": chain,
    "empty": empty,
    "alone": alone,
    "hostile": hostile,
    "no key": lambda: session_of(
        Coupon("Utan facit", Exercise.STRYKTIPS, (Row("Ett"), Row("Två"))), players(2), marks({"p1": ["A", "P"], "p2": ["A", "U"]})
    ),
}
"""Every kind of session that a package can be made of."""
