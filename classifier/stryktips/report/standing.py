"""Who stands where: the points of players and model, and group against group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from classifier.report.parts import Grid, Section, bounded_grid
from classifier.report.wording import NONE, brief, decimal, listing
from classifier.stryktips.agreement import disagreement, unlikeness
from classifier.stryktips.crosses import Crosses
from classifier.stryktips.report.session import Session
from classifier.stryktips.report.telling import MODEL, MOST_DISCUSSED, MOST_LISTED, NO_ANSWERS, named, noun
from classifier.stryktips.room import LEAST_PEOPLE
from classifier.stryktips.scoring import HOW, Score, majority, score
from classifier.stryktips.wording import room_answer
from classifier.taxonomy import Scheme


def teams(session: Session, scheme: Scheme) -> Section:
    """Group against group."""
    heading = "Grupp mot grupp"
    if not session.teams:
        told = f"Det finns inte två grupper att jämföra. En grupp svarar tillsammans eller är minst {LEAST_PEOPLE} personer, så att ingens svar kan gissas."
        return Section(heading, (told,))
    answered = {name: _answers_of(session, ids) for name, ids in session.teams.items()}
    columns = ("Grupp", "Kuponger", *(["Poäng mot facit"] if any(session.keys) else []), "Poäng mot rummet")
    rows = [
        (
            brief(name, 60),
            str(len(session.teams[name])),
            *([_points(_score(session, found, session.keys))] if any(session.keys) else []),
            _points(_score(session, found, session.majorities)),
        )
        for name, found in answered.items()
    ]
    told = "En grupps svar är det som de flesta i gruppen har kryssat."
    grids = (bounded_grid("Grupperna", columns, rows, columns[1:], MOST_LISTED), _stances(session, scheme, answered))
    return Section(heading, (told,), (), tuple(grid for grid in grids if grid.rows))


def points(session: Session) -> Section:
    """The points of everybody who has answered anything, and of the model."""
    if not session.played:
        return Section("Poäng", (HOW, NO_ANSWERS))
    columns = ("Spelare", "Besvarade", *(["Mot facit"] if any(session.keys) else []), "Mot rummet")
    rows = [
        (brief(name, 60), str(answered), *([_points(against_key)] if any(session.keys) else []), _points(against_room))
        for name, answered, against_key, against_room in standings(session)
    ]
    hidden = "" if session.names_shown else "Personers namn är dolda."
    told = "Poäng mot rummet räknas likadant, men mot det som de flesta i rummet har kryssat."
    grid = bounded_grid("Poäng av möjliga, flest först", columns, rows, columns[1:], MOST_LISTED)
    return Section("Poäng", tuple(filter(None, (HOW, mean_points(session), told, hidden))), (), (grid,))


def mean_points(session: Session) -> str:
    """The mean points against the key of those who have answered anything, in words; empty when there is no key or nobody has answered."""
    scores = session.room.scores(session.round, session.keys)
    played = [scores[player] for player in session.played]
    if not played or not played[0].rows:
        return ""
    mean = sum(found.points for found in played) / len(played)
    return f"I genomsnitt fick spelarna {decimal(mean)} av {played[0].rows} poäng mot facit (obesvarade rader ger 0)."


def standings(session: Session) -> list[tuple[str, int, Score, Score]]:
    """Those who have answered anything, and the model where it has: name, rows answered, points against the key and against the room's majority.

    Most points first: against the key where there is one, else against the room.
    """
    answers: dict[str, dict[int, Crosses]] = {player.id: {} for player in session.room.players if player.id in session.played}
    for number, row in enumerate(session.answers):
        for player, given in row.items():
            answers[player][number] = given
    found = [(session.names[player], given) for player, given in answers.items()]
    own = {row: tip for row in range(len(session.rows)) if (tip := session.tip(row)) is not None}
    found += [(MODEL, own)] if own else []
    scored = [(name, len(given), _score(session, given, session.keys), _score(session, given, session.majorities)) for name, given in found]
    return sorted(scored, key=lambda line: (-line[2].points, -line[3].points))


def _answers_of(session: Session, players: Sequence[str]) -> dict[int, Crosses]:
    """Row → what most of some players answered."""
    some = frozenset(players)
    answered = {row: majority(given for player, given in answers.items() if player in some) for row, answers in enumerate(session.answers)}
    return {row: found for row, found in answered.items() if found is not None}


def _stances(session: Session, scheme: Scheme, answered: Mapping[str, Mapping[int, Crosses]]) -> Grid:
    """The rows that the groups answered most differently, with which groups answered what."""
    found = []
    for row, asked in enumerate(session.rows):
        stances: dict[Crosses, list[str]] = {}
        for name, given in answered.items():
            if row in given:
                stances.setdefault(given[row], []).append(brief(name, 60))
        if len(stances) > 1:
            ranked = sorted(stances.items(), key=lambda stance: -len(stance[1]))
            told = "\n".join(
                f"{room_answer(stance, asked, scheme, session.room.coupon.exercise)}: {brief(listing(groups), 200)}"
                for stance, groups in ranked
            )
            found.append(
                (disagreement(Counter({stance: len(groups) for stance, groups in stances.items()}), unlikeness), named(session, row), told)
            )
    rows = [(named, told) for _, named, told in sorted(found, key=lambda line: -line[0])]
    return bounded_grid("Här svarade grupperna mest olika", (noun(session), "Så svarade grupperna"), rows, most=MOST_DISCUSSED)


def _score(session: Session, given: Mapping[int, Crosses], keys: Sequence[Crosses | None]) -> Score:
    return score(given, keys, is_single=session.room.coupon.exercise.is_single)


def _points(found: Score) -> str:
    return f"{decimal(found.points)} av {found.rows}" if found.rows else NONE
