"""What a room talks about: the rows it is split over, group against group, before and after."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from classifier.chain import CHAIN_CODES
from classifier.report.wording import decimal
from classifier.store.players import REASON
from classifier.stryktips.crosses import Crosses
from classifier.stryktips.report.session import shown_names
from classifier.stryktips.room import Room
from classifier.stryktips.scoring import majority
from classifier.ui import stryktips_markup as markup
from classifier.ui import stryktips_words as words
from classifier.ui.stryktips_markup import LESS, Cell, Line
from classifier.ui.stryktips_room import agreed_in, bars_of, column_heads
from classifier.ui.stryktips_scene import Chosen, Scene

REASONS_SHOWN = 12
MOVES_SHOWN = 3


def discussed(scene: Scene, chosen: Chosen) -> str:
    """One of the rows that the room is split over: what was answered, and why."""
    split = scene.room.to_discuss(scene.round)
    if not split:
        return markup.told("Inget att diskutera än: antingen har alla svarat lika, eller så är det för få som har svarat.")
    number = chosen.row if chosen.row in split else split[0]
    row = scene.rows[number]
    where = " · ".join(
        filter(None, [f"De mest delade, {words.positions(split, number)}", agreed_in(scene.room.agreements(scene.round)[number])])
    )
    reasons = [remark.text for remark in scene.remarks(REASON) if remark.number == number]
    return markup.statement(row.text, where, words.ASKED.get(row.choice, "")) + markup.side_by_side(
        markup.heading(f"Rummets svar, {len(scene.answers[number])}") + markup.bars("Rummets svar", bars_of(scene, number)),
        markup.heading("Så tänker några")
        + markup.quotes("Skäl som spelare har skrivit", reasons[:REASONS_SHOWN], "Ingen har skrivit varför. Fråga rummet."),
    )


def teams(scene: Scene, chosen: Chosen) -> str:
    """Rows by groups: what most of each group answered."""
    names = shown_names(scene.room, scene.game.names_shown)
    found = Room(scene.coupon, [replace(player, name=names[player.id]) for player in scene.room.players], ()).teams()
    if len(found) < 2:
        return markup.told(
            "Det finns inte två grupper att jämföra. En grupp är antingen några som spelar på samma enhet, eller minst fem personer som skrev "
            "samma grupp när de gick med."
        )
    lines = []
    for number in scene.in_order(chosen.order):
        row, room = scene.rows[number], scene.majorities[number]
        given = [majority(scene.answers[number][one] for one in ids if one in scene.answers[number]) for ids in found.values()]
        cells = [
            Cell(
                words.crosses(answer, row, scene.scheme),
                said=words.in_words(answer or Crosses(), row, scene.scheme),
                ringed=answer not in (None, room),
            )
            for answer in given
        ]
        lines.append(Line(number + 1, words.row_text(row), cells))
    heads = [("", f"{name} ({len(ids)})" if len(ids) > 1 else name, "") for name, ids in found.items()]
    return markup.grid("Vad de flesta i varje grupp har svarat", heads, lines, what=scene.row_name, wide=True) + markup.told(
        "Inramat: gruppens svar är ett annat än rummets."
    )


def moved(scene: Scene, _chosen: Chosen) -> str:
    """How the answers moved from the first round to the second."""
    before, after = scene.room.agreement(1), scene.room.agreement(2)
    movements = scene.room.movements()
    changed = sum(movement.changed for movement in movements)
    top = markup.figures(
        [
            (decimal(before, 2) if before is not None else "–", f"α i runda 1: {words.agreed(before) or 'för få svar'}"),
            (decimal(after, 2) if after is not None else "–", f"α i runda 2: {words.agreed(after) or 'för få svar'}"),
            (str(changed), "svar ändrades"),
        ]
    )
    if not scene.has_columns:
        rows = [
            (
                words.row_text(scene.rows[item.row]),
                f"{item.changed} av {item.both}",
                _nearer(item.before, item.after),
                _moves(scene, item.row),
            )
            for item in movements
        ]
        return top + markup.plain_table("Hur svaren flyttade sig", ("Fråga", "Ändrade sig", "Rummet kom", "Från → till"), rows)
    lines = [
        Line(
            item.row + 1,
            scene.rows[item.row].text,
            _changes(scene, item.row, item.both),
            (f"{item.changed} av {item.both}", _nearer(item.before, item.after)),
        )
        for item in movements
    ]
    return (
        top
        + markup.grid(
            "Hur många fler eller färre kryss varje kolumn fick i runda 2", column_heads(scene), lines, "Ändrade sig", what=scene.row_name
        )
        + markup.told("+ fler kryss än i runda 1, − färre. Bara de som svarade båda gångerna räknas.")
    )


def _changes(scene: Scene, number: int, both: int) -> list[Cell]:
    """For every column how many more or fewer have a cross there in the second round, among those who answered both times."""
    first, second = (_both(scene, number)[round_number] for round_number in (0, 1))
    change = {code: sum(code in answer for answer in second) - sum(code in answer for answer in first) for code in CHAIN_CODES}
    return [
        Cell(
            words.signed(change[code]),
            abs(change[code]) / both if both else 0.0,
            f"{change[code]:+d}" if change[code] else "oförändrat",
            tone=LESS if change[code] < 0 else markup.ROOM,
        )
        for code in CHAIN_CODES
    ]


def _both(scene: Scene, number: int) -> tuple[list[Crosses], list[Crosses]]:
    """The answers of those who answered in both rounds, before and after, in the same order."""
    before, after = scene.room.answers(1)[number], scene.room.answers(2)[number]
    players = [player for player in before if player in after]
    return [before[player] for player in players], [after[player] for player in players]


def _moves(scene: Scene, number: int) -> str:
    """The commonest moves, with how many made them."""
    row = scene.rows[number]
    moves = Counter((old, new) for old, new in zip(*_both(scene, number), strict=True) if old != new)
    told = [
        f"{words.crosses(old, row, scene.scheme)} → {words.crosses(new, row, scene.scheme)}: {many}"
        for (old, new), many in moves.most_common(MOVES_SHOWN)
    ]
    return "; ".join(told) or "–"


def _nearer(before: float, after: float) -> str:
    if abs(before - after) < 0.005:
        return "som förut"
    return "närmare" if after < before else "längre isär"
