"""What the room has answered, as the leader's screen shows it: who is there, the row at hand, heat map, board, small tables."""

from __future__ import annotations

from collections.abc import Iterator

from classifier.chain import CHAIN_CODES
from classifier.report.wording import count, decimal
from classifier.stryktips.coupon import Exercise
from classifier.stryktips.course import Gate, Step
from classifier.stryktips.room import Tally
from classifier.ui import stryktips_markup as markup
from classifier.ui import stryktips_words as words
from classifier.ui.markup import shortened
from classifier.ui.stryktips_markup import Bar, Cell, Line
from classifier.ui.stryktips_scene import Chosen, Scene

ABOUT_SHOWN = 700
"""Characters of a project's text on the leader's screen; the players have all of it."""


def counts(scene: Scene) -> str:
    """How many have joined and how far they are."""
    joined = f"{len(scene.room.players)} är med"
    if scene.is_led:
        position = scene.game.state.position
        return f"{joined}, {len(scene.answers[position])} har svarat på {scene.row_name.lower()} {position + 1} av {len(scene.rows)}"
    if scene.game.state.step is Step.LOBBY:
        return joined
    done = sum(number == len(scene.rows) for number in scene.room.progress(scene.round).values())
    return f"{joined}, {done} har svarat på allt"


def joined(scene: Scene, _chosen: Chosen) -> str:
    """How far each has come: with names those that are groups, and persons where the leader shows them; the others as a bar each."""
    progress, rows = scene.room.progress(scene.round), len(scene.rows)
    if not scene.room.players:
        return markup.told("Ingen har kommit än. Skanna koden eller skriv adressen i mobilens webbläsare.")
    bars = [
        Bar(
            f"{player.name}{f' ({player.team})' if player.team else ''}",
            f"{progress[player.id]} av {rows}",
            progress[player.id] / rows,
        )
        for player in scene.room.players
        if scene.is_named(player)
    ]
    named = markup.bars("Spelare och hur många rader de har svarat på", bars, many=True) if bars else ""
    hidden = [progress[player.id] / rows for player in scene.room.players if not scene.is_named(player)]
    if not hidden or scene.game.state.step is Step.LOBBY:
        return named
    return named + markup.strip(f"{counts(scene)}; en stapel var, utan namn", hidden)


def at_hand(scene: Scene, _chosen: Chosen) -> str:
    """The row that the leader has taken up; what the room has answered only when the leader shows it."""
    position, gate = scene.game.state.position, scene.game.state.gate
    row, answered = scene.rows[position], len(scene.answers[position])
    where = " · ".join(filter(None, [f"{position + 1} av {len(scene.rows)}", words.GATES[gate]]))
    top = markup.statement(row.text, where, words.ASKED.get(row.choice, ""), alone=gate is not Gate.SHOWN)
    if gate is Gate.SHOWN:
        return top + markup.bars("Rummets svar", bars_of(scene, position))
    about = markup.told(shortened(row.about, ABOUT_SHOWN)) if row.about else ""
    return top + about + markup.figures([(f"{answered} av {len(scene.room.players)}", "har svarat")])


def answered(scene: Scene, chosen: Chosen) -> str:
    """All that the room has answered: a heat map, a board for the cards of a chain, or a small table for every question about a case."""
    if scene.coupon.exercise is Exercise.STRYKTIPS:
        return _heat(scene, chosen)
    top = markup.lead(words.agreement(scene.room.agreement(scene.round)))
    return top + (_board(scene) if scene.coupon.exercise is Exercise.CHAIN else _small_tables(scene, chosen))


def column_heads(scene: Scene) -> list[tuple[str, str, str]]:
    """The six columns as headings of a grid."""
    columns = [scene.scheme.column(code) for code in CHAIN_CODES]
    return [(column.code, words.HEADS.get(column.code, column.name), column.colour) for column in columns]


def room_cells(scene: Scene, number: int) -> Iterator[tuple[str, Tally, float]]:
    """For every choice of a row: its id, its crosses and the share of those who answered that have one there."""
    tally, answers = scene.tallies[number], len(scene.answers[number])
    for choice in words.names(scene.rows[number], scene.scheme):
        found = tally.get(choice, Tally(0, 0))
        yield choice, found, found.number / answers if answers else 0.0


def said_of(found: Tally, answers: int) -> str:
    """Crosses at a choice, for those who listen."""
    return f"{found.number} av {answers}" + (f", varav {count(found.weak, 'svagt', 'svaga')}" if found.weak else "")


def _heat(scene: Scene, chosen: Chosen) -> str:
    alphas = scene.room.agreements(scene.round)
    lines = []
    for number in scene.in_order(chosen.order):
        cells = [
            Cell(words.numbers(found.full, found.weak), share, said_of(found, len(scene.answers[number])))
            for _, found, share in room_cells(scene, number)
        ]
        alpha = alphas[number]
        end = (decimal(alpha, 2), words.agreed(alpha)) if alpha is not None else ("–", "för få svar")
        lines.append(Line(number + 1, scene.rows[number].text, cells, end))
    told = words.agreement(scene.room.agreement(scene.round))
    return markup.grid("Antal kryss, svaga inom parentes", column_heads(scene), lines, "Enighet α", lead=told) + markup.told(
        "Ju mörkare ruta, desto större del av dem som svarat har ett kryss där. α är 1 när alla svarar lika och 0 när de inte är enigare än slumpen."
    )


def _small_tables(scene: Scene, chosen: Chosen) -> str:
    made, alphas = [], scene.room.agreements(scene.round)
    for number in scene.in_order(chosen.order):
        row = scene.rows[number]
        names = words.names(row, scene.scheme)
        ranked = sorted(room_cells(scene, number), key=lambda item: -item[1].number)
        cells = [
            (names[choice], Cell(words.numbers(found.full, found.weak), share, said_of(found, len(scene.answers[number]))))
            for choice, found, share in ranked
            if found.number
        ]
        made.append(markup.small_table(row.text, agreed_in(alphas[number]), (words.CHOICES[row.choice], "Antal"), cells))
    return markup.cards(made, three=True)


def _board(scene: Scene) -> str:
    laid: dict[str, list[tuple[int, str, str, float]]] = {code: [] for code in CHAIN_CODES}
    waiting, alphas = [], scene.room.agreements(scene.round)
    for number, (row, room) in enumerate(zip(scene.rows, scene.majorities, strict=True)):
        if room is None:
            waiting.append(row.text)
            continue
        code, *others = [code for code in CHAIN_CODES if code in room]
        number_there, answers = scene.tallies[number][code].number, len(scene.answers[number])
        shared = f", lika många i {' och '.join(others)}" if others else ""
        agreed = agreed_in(alphas[number])
        laid[code].append(
            (number + 1, row.text, f"{number_there} av {answers}{shared}{f', {agreed}' if agreed else ''}", number_there / answers)
        )
    columns = [(scene.scheme.column(code), words.column_name(scene.scheme.column(code)), held) for code, held in laid.items()]
    rest = markup.told(f"Inte lagda än: {'; '.join(waiting)}") if waiting else ""
    return markup.board("Korten där de flesta har lagt dem", columns) + rest


def bars_of(scene: Scene, number: int) -> list[Bar]:
    """A row's crosses as bars; of many labels only those with crosses, the most first."""
    row = scene.rows[number]
    names = words.names(row, scene.scheme)
    found = list(room_cells(scene, number))
    if not scene.has_columns:
        found = sorted((item for item in found if item[1].number), key=lambda item: -item[1].number)
    return [
        Bar(names[choice], words.numbers(tally.full, tally.weak) or "0", share, *_coloured(scene, choice)) for choice, tally, share in found
    ]


def agreed_in(alpha: float | None) -> str:
    """A row's agreement in figure and words; empty when it cannot be counted."""
    return "" if alpha is None else f"enighet {decimal(alpha, 2)}, {words.agreed(alpha)}"


def _coloured(scene: Scene, choice: str) -> tuple[str, str]:
    """A column's code and colour; of other choices nothing."""
    return (choice, scene.scheme.column(choice).colour) if scene.has_columns else ("", "")
