"""A session → an Excel workbook: every row, every cross, every change, points, and all that was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from classifier.files import whole_file
from classifier.report.sheets import HEADING, PLAIN, Line, Rows, add_lines, add_table, styles_of
from classifier.report.wording import brief
from classifier.stryktips.coupon import Choice
from classifier.stryktips.crosses import Crosses, likeness
from classifier.stryktips.report.sections import how_reckoned, summary
from classifier.stryktips.report.session import LOCAL, Session
from classifier.stryktips.report.standing import standings
from classifier.stryktips.report.telling import LIKENESS, UNITY, noun
from classifier.stryktips.scoring import majority
from classifier.stryktips.wording import CHOICES, crosses, names, room_answer, row_text
from classifier.taxonomy import Scheme
from classifier.text.excel_writer import cell_text, open_book

LONGEST_ROW = 80
"""Characters of a row's text on sheets where it only says which row is meant; the sheet Påståenden has all of it."""
OUTSIDE = "Modellen utanför kedjan"
SHEETS = {
    "Påståenden": "En rad för varje påstående och runda: antal kryss, enighet (α), likhet, rummets svar, facit och modellens tips.",
    "Kryss": "En rad för varje svar: vem, runda, påstående och kryss. I runda 2 står också de svar från runda 1 som lämnades som de var.",
    "Ändringar": "Varje kryss som det gjordes, i ordning.",
    "Poäng": "Poäng mot facit och mot det som de flesta i rummet har kryssat.",
    "Motiveringar": "Varför spelarna kryssade som de gjorde.",
    "Reflektion": "Svaren på reflektionsfrågorna.",
}


def write_session_workbook(path: Path, session: Session, scheme: Scheme) -> None:
    """Write the workbook of a session, to a temporary name that is renamed when all is written.

    Raises:
        OutputError: when the file cannot be written.
    """
    sheets = Sheets(session, scheme)
    titled = {"author": "Effektkedjeassistenten", "title": cell_text(session.title)}
    tables = (sheets.rows(), sheets.crosses(), sheets.changes(), sheets.points(), sheets.reasons(), sheets.reflections())
    with whole_file(path) as file, open_book(file, **titled) as book:
        styles = styles_of(book)
        for title, table in zip(SHEETS, tables, strict=True):
            add_table(book, title, table, path.name, styles)
        add_lines(book, "Om", sheets.about(), (30, 110), styles)


class Sheets:
    """What stands on the sheets of one session's workbook."""

    def __init__(self, session: Session, scheme: Scheme) -> None:
        self.session = session
        self.scheme = scheme
        self.noun = noun(session)
        self.told = [{"Nr": number, self.noun: brief(row_text(row), LONGEST_ROW)} for number, row in enumerate(session.rows, 1)]
        self.names = [names(row, scheme) for row in session.rows]
        self.heads = [_heads(row.choice, known) for row, known in zip(session.rows, self.names, strict=True)]
        self.all_heads = tuple(dict.fromkeys(head for heads in self.heads for head in heads.values()))
        self.written = cache(self._written)

    def rows(self) -> Rows:
        """The coupon's rows, once for each round."""
        counted = [f"{head} {kind}" for head in self.all_heads for kind in ("hela", "svaga")]
        probable = [f"Modellen {head}" for head in self.all_heads] if self.session.tips else []
        probable += [OUTSIDE] if any(self.session.outside(row) is not None for row in range(len(self.told))) else []
        told = ("Runda", "Svar", UNITY, LIKENESS, "Rummets svar", "Facit", "Likhet med facit", "Modellens tips")
        return ("Nr", self.noun, *told, *counted, *probable), self._rows()

    def crosses(self) -> Rows:
        """Every answer that stands on a coupon, by player, round and row."""
        teams = {player.id: player.team for player in self.session.room.players if self.session.names_shown}
        columns = ("Spelare", *(["Grupp"] if teams else []), "Runda", "Nr", self.noun, "Kryss", *self.all_heads)
        return columns, self._crosses(teams)

    def changes(self) -> Rows:
        """Every mark as it was made."""
        parse = cache(Crosses.parse)
        found = (
            {
                "Tid": made_at.astimezone(LOCAL).replace(tzinfo=None),
                "Spelare": self.session.names.get(player),
                "Runda": number,
                "Nr": row + 1,
                "Kryss": self.written(row, parse(text)),
            }
            for player, number, row, text, made_at in self.session.changes
            if row < len(self.told)
        )
        return ("Tid", "Spelare", "Runda", "Nr", "Kryss"), found

    def points(self) -> Rows:
        """The points of those who have answered anything, and of the model."""
        found = (
            {
                "Spelare": name,
                "Besvarade": answered,
                "Mot facit": round(key.points, 3) if key.rows else None,
                "Möjliga mot facit": key.rows,
                "Mot rummet": round(room.points, 3) if room.rows else None,
                "Möjliga mot rummet": room.rows,
            }
            for name, answered, key, room in standings(self.session)
        )
        return ("Spelare", "Besvarade", "Mot facit", "Möjliga mot facit", "Mot rummet", "Möjliga mot rummet"), found

    def reasons(self) -> Rows:
        """Why players crossed rows as they did, by row."""
        found = (
            {
                **self.told[row],
                "Spelare": self.session.names.get(player),
                "Kryss": self.written(row, self.session.answers[row].get(player, Crosses())),
                "Motivering": text,
            }
            for player, row, text in sorted(self.session.reasons, key=lambda said: said[1])
            if row < len(self.told)
        )
        return ("Nr", self.noun, "Spelare", "Kryss", "Motivering"), found

    def reflections(self) -> Rows:
        """The answers to the questions for reflection, by question."""
        found = (
            {"Fråga": self.session.questions[number], "Spelare": self.session.names.get(player), "Svar": text}
            for player, number, text in sorted(self.session.reflections, key=lambda said: said[1])
            if number < len(self.session.questions)
        )
        return ("Fråga", "Spelare", "Svar"), found

    def about(self) -> Iterator[Line]:
        """The lines that say what the workbook holds and how its figures are reckoned."""
        session = self.session
        facts = {
            "Session": session.title,
            "Öppnad": session.day,
            "Kupong": session.room.coupon.title,
            "Modell": session.model_version or "–",
        }
        facts["Personers namn"] = "visas" if session.names_shown else "är dolda"
        yield [("Om arbetsboken", HEADING), ("", HEADING)]
        yield from ([(name, PLAIN), (value, PLAIN)] for name, value in facts.items())
        yield from ([("", PLAIN), (said, PLAIN)] for said in summary(session).paragraphs)
        yield []
        yield [("Blad", HEADING), ("Innehåll", HEADING)]
        yield from ([(name, PLAIN), (said, PLAIN)] for name, said in SHEETS.items())
        yield []
        yield [("Så räknades det", HEADING), ("", HEADING)]
        yield from ([("", PLAIN), (said, PLAIN)] for said in how_reckoned(session).paragraphs)
        if any(row.choice is Choice.COLUMN for row in session.rows):
            yield []
            yield [("Kolumn", HEADING), ("Betydelse", HEADING)]
            yield from (
                [(f"{column.code} {column.name}", PLAIN), (column.definition, PLAIN)]
                for column in self.scheme.columns
                if column.code != "-"
            )

    def _rows(self) -> Iterator[Mapping[str, Any]]:
        session = self.session
        exercise = session.room.coupon.exercise
        for number in range(1, session.round + 1):
            last = number == session.round
            answers = session.answers if last else session.room.answers(number)
            unity = session.unity if last else session.unity_of(number)
            tallies = session.tallies if last else session.room.tallies(number)
            alphas = session.room.agreements(number)
            for row, (given, counted) in enumerate(zip(answers, tallies, strict=True)):
                room = majority(given.values())
                line = {
                    "Nr": row + 1,
                    self.noun: row_text(session.rows[row]),
                    "Runda": number,
                    "Svar": len(given),
                    UNITY: _rounded(alphas[row]),
                    LIKENESS: _rounded(unity[row]),
                    "Rummets svar": room_answer(room, session.rows[row], self.scheme, exercise) if room else None,
                    **self._key_and_tip(row, room),
                }
                for choice, head in self.heads[row].items():
                    tally = counted.get(choice)
                    line |= {f"{head} hela": tally.full if tally else 0, f"{head} svaga": tally.weak if tally else 0}
                yield line

    def _key_and_tip(self, row: int, room: Crosses | None) -> dict[str, Any]:
        key, tips = self.session.keys[row], self.session.tips
        shares = tips[row].shares if row < len(tips) else {}
        return (
            {
                "Facit": self.written(row, key),
                "Likhet med facit": _rounded(likeness(room, key)) if room is not None and key is not None else None,
                "Modellens tips": self.written(row, self.session.tip(row)),
            }
            | {f"Modellen {head}": _rounded(shares.get(choice)) for choice, head in self.heads[row].items()}
            | {OUTSIDE: _rounded(self.session.outside(row))}
        )

    def _crosses(self, teams: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        session = self.session
        rounds = [session.room.answers(number) for number in range(1, session.round)] + [session.answers]
        marks = cache(self._marks)
        for player in session.room.players:
            who = {"Spelare": session.names[player.id], "Grupp": teams.get(player.id)}
            for number, answers in enumerate(rounds, 1):
                for row, given in enumerate(answers):
                    if player.id in given:
                        yield who | self.told[row] | marks(row, given[player.id]) | {"Runda": number}

    def _marks(self, row: int, given: Crosses) -> dict[str, str]:
        """What stands in the cells of an answer: all its crosses, and each at its choice."""
        heads = self.heads[row]
        return {"Kryss": self.written(row, given) or ""} | {
            heads[choice]: "X" if choice in given.full else "(X)" for choice in given.weights
        }

    def _written(self, row: int, given: Crosses | None) -> str | None:
        return crosses(given, self.session.rows[row], self.scheme) if given else None


def _heads(choice: Choice, known: Mapping[str, str]) -> dict[str, str]:
    """What can be crossed → the head of its column."""
    return {found: found if choice is Choice.COLUMN else f"{CHOICES[choice]}: {name}" for found, name in known.items()}


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 3)
