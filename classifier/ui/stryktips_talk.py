"""What a room talks about: the rows it is split over, group against group, before and after."""

from __future__ import annotations

from collections import Counter

from classifier.chain import CHAIN_CODES
from classifier.report.wording import count, decimal
from classifier.store.players import REASON
from classifier.stryktips.coupon import Exercise
from classifier.stryktips.crosses import Crosses
from classifier.stryktips.report.session import told_teams
from classifier.stryktips.room import Movement
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
    found = told_teams(scene.room, scene.round, scene.game.names_shown)
    if not found:
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
                words.room_answer(answer, row, scene.scheme, scene.coupon.exercise),
                said=words.in_words(answer or Crosses(), row, scene.scheme),
                ringed=_differs(answer, room, scene.coupon.exercise),
            )
            for answer in given
        ]
        lines.append(Line(number + 1, words.row_text(row), cells))
    heads = [("", f"{name} ({len(ids)})" if len(ids) > 1 else name, "") for name, ids in found.items()]
    return markup.grid("Vad de flesta i varje grupp har svarat", heads, lines, what=scene.row_name, wide=True) + markup.told(
        "Inramat: gruppens svar är ett annat än rummets."
    )


def _differs(answer: Crosses | None, room: Crosses | None, exercise: Exercise) -> bool:
    """Whether a group's answer is another than the room's; where everyone gives one answer, a tie that holds the other's is none."""
    if answer is None or room is None:
        return False
    return not any(choice in room for choice in answer.weights) if exercise.is_single else answer != room


def moved(scene: Scene, _chosen: Chosen) -> str:
    """How the answers moved from the first round to the second."""
    before, after = scene.room.agreement(1), scene.room.agreement(2)
    movements = scene.room.movements()
    changed = sum(movement.changed for movement in movements)
    new = [_new(scene, row) for row in range(len(scene.rows))]
    top = markup.figures(
        [
            (decimal(before, 2) if before is not None else "–", f"α i runda 1: {words.agreed(before) or 'för få svar'}"),
            (decimal(after, 2) if after is not None else "–", f"α i runda 2: {words.agreed(after) or 'för få svar'}"),
            (str(changed), "svar ändrades"),
            *([(str(sum(new)), "nytt svar i runda 2" if sum(new) == 1 else "nya svar i runda 2")] if any(new) else []),
        ]
    )
    if not scene.has_columns:
        rows = [
            (
                words.row_text(scene.rows[item.row]),
                _changed(item),
                _nearer(item) or "–",
                str(new[item.row] or "–"),
                _moves(scene, item.row),
            )
            for item in movements
        ]
        return top + markup.plain_table("Hur svaren flyttade sig", ("Fråga", "Ändrade sig", "Rummet kom", "Nya svar", "Från → till"), rows)
    lines = [
        Line(
            item.row + 1,
            scene.rows[item.row].text,
            _changes(scene, item.row, item.both),
            (
                _changed(item),
                ", ".join(filter(None, [_nearer(item), count(new[item.row], "nytt svar", "nya svar") if new[item.row] else ""])),
            ),
        )
        for item in movements
    ]
    return (
        top
        + markup.grid(
            "Hur många fler eller färre kryss varje kolumn fick i runda 2", column_heads(scene), lines, "Ändrade sig", what=scene.row_name
        )
        + markup.told(
            "+ fler kryss än i runda 1, − färre. Bara de som svarade båda gångerna räknas; nya svar är de som gavs först i runda 2."
        )
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


def _new(scene: Scene, number: int) -> int:
    """How many answered a row in the second round alone."""
    return len(scene.room.answers(2)[number].keys() - scene.room.answers(1)[number].keys())


def _changed(movement: Movement) -> str:
    return f"{movement.changed} av {movement.both}" if movement.both else "–"


def _nearer(movement: Movement) -> str:
    """Whether those who answered both times came nearer to each other; empty where there were not two to stand apart."""
    if movement.both < 2:
        return ""
    if abs(movement.before - movement.after) < 0.005:
        return "som förut"
    return "närmare" if movement.after < movement.before else "längre isär"
