"""What is shown when the rounds are over: the key and the points, the model as one more player, the answers to the questions for reflection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from classifier.report.wording import decimal, share
from classifier.store.players import QUESTIONS, REFLECTION
from classifier.stryktips.coupon import Choice
from classifier.stryktips.crosses import Crosses
from classifier.stryktips.scoring import HOW, Score, row_points, score
from classifier.ui import stryktips_markup as markup
from classifier.ui import stryktips_words as words
from classifier.ui.stryktips_markup import MODEL, Bar, Cell, Line
from classifier.ui.stryktips_room import column_heads, room_cells
from classifier.ui.stryktips_scene import Chosen, Scene

OUTSIDE = "Utanför kedjan"
LABELS_SHOWN = 6
UNANSWERED = "obesvarade rader ger 0"
OF_THOSE = "Poäng i snitt av dem som svarat"
FIFTHS = ("0–20\u00a0%", "20–40\u00a0%", "40–60\u00a0%", "60–80\u00a0%", "80–100\u00a0%")


def key(scene: Scene, _chosen: Chosen) -> str:
    """The key against the room, and the points."""
    against_key = _scores(scene, scene.keys)
    against_room = _scores(scene, scene.majorities)
    context = markup.lead(words.CONTEXT_DECIDES) if _has_context(scene) else ""
    told = f"I snitt {_mean(against_key)} poäng mot facit, {_mean(against_room)} mot rummets majoritet."
    return (
        (_key_grid(scene, told) if scene.has_columns else markup.lead(told) + _key_table(scene))
        + context
        + markup.told(HOW)
        + markup.heading("Så fördelar sig poängen mot facit")
        + _distribution(list(against_key.values()))
        + _by_name(scene, against_key, against_room)
    )


def tips(scene: Scene, _chosen: Chosen) -> str:
    """The model's tips on the whole coupon, and how it stands among the players."""
    if not scene.tips:
        return markup.told("Modellen har inte tippat i den här sessionen.")
    answers = {number: tip.crosses for number, tip in enumerate(scene.tips)}
    is_single, found = scene.coupon.exercise.is_single, []
    if scene.coupon.has_key:
        own = score(answers, scene.keys, is_single=is_single)
        found = [
            (f"{decimal(own.points)} av {own.rows}", "modellens poäng mot facit"),
            (_place(own, _scores(scene, scene.keys)), "modellens plats bland dem som spelat"),
        ]
    near = score(answers, scene.majorities, is_single=is_single)
    found.append((f"{decimal(near.points)} av {near.rows}" if near.rows else "–", "modellens poäng mot rummets majoritet"))
    return markup.figures(found) + (_tip_grid(scene) if scene.has_columns else _tip_table(scene))


def tip(scene: Scene, chosen: Chosen) -> str:
    """The model's tip in one row: how probable it found each choice, and why."""
    number = min(chosen.row, len(scene.rows) - 1)
    row, found = scene.rows[number], scene.tips[number]
    answered = f"Modellen: {words.crosses(found.crosses, row, scene.scheme)}"
    others = f"rummet: {_room(scene, number)}"
    if row.key is not None:
        others = f"facit: {words.crosses(row.key, row, scene.scheme)} · {others}"
    legend = markup.told(f"Inramat är {'facit' if row.key else 'modellens svar'}.")
    why = markup.heading("Det vägde tyngst") + markup.quotes("Det som vägde tyngst", found.reasons, "Inget enskilt ord; helheten avgjorde.")
    if found.alike:
        alike = [f"{text} – {said}" for text, said in found.alike]
        why += markup.heading("Liknande påståenden som människor har bedömt") + markup.quotes("Liknande påståenden", alike, "")
    return markup.statement(words.row_text(row), f"{number + 1} av {len(scene.rows)} · {answered} · {others}") + markup.side_by_side(
        markup.heading("Så sannolikt fann modellen det") + markup.bars("Modellens sannolikheter", _tip_bars(scene, number)) + legend, why
    )


def _tip_bars(scene: Scene, number: int) -> list[Bar]:
    """The model's probabilities in one row, with the key framed where it is known, else the model's answer; of many labels the likeliest."""
    row, found = scene.rows[number], scene.tips[number]
    names, framed = words.names(row, scene.scheme), row.key or found.crosses
    parts = {choice: found.shares.get(choice, 0.0) for choice in names}
    if row.choice is Choice.COLUMN:
        outside = max(1.0 - sum(parts.values()), 0.0)
        bars = [Bar(names[code], share(part), part, code, scene.scheme.column(code).colour, code in framed) for code, part in parts.items()]
        return [*bars, Bar(OUTSIDE, share(outside), outside)]
    likeliest = sorted(names, key=lambda choice: -parts[choice])
    shown = [choice for place, choice in enumerate(likeliest) if place < LABELS_SHOWN or choice in framed]
    return [Bar(names[choice], share(parts[choice]), parts[choice], ringed=choice in framed) for choice in shown]


def reflection(scene: Scene, _chosen: Chosen) -> str:
    """The questions for reflection with what players have answered."""
    remarks = scene.remarks(REFLECTION)
    return markup.cards(
        markup.heading(question, small=f"{sum(remark.number == number for remark in remarks)} svar")
        + markup.quotes(question, [remark.text for remark in remarks if remark.number == number], "Inga svar än.")
        for number, question in enumerate(QUESTIONS)
    )


def _scores(scene: Scene, keys: Sequence[Crosses | None]) -> dict[str, Score]:
    """The points of those who have answered anything."""
    scores, progress = scene.room.scores(scene.round, keys), scene.room.progress(scene.round)
    return {player: found for player, found in scores.items() if progress[player]}


def _key_grid(scene: Scene, told: str) -> str:
    lines = []
    for number, row in enumerate(scene.rows):
        held, room = row.key or Crosses(), scene.majorities[number] or Crosses()
        cells = [
            Cell(
                _cross(held, choice),
                part,
                f"{'facit' + (', svagt' if choice in held.weak else '') + '; ' if choice in held else ''}{found.number} av {len(scene.answers[number])}",
                choice in room,
            )
            for choice, found, part in room_cells(scene, number)
        ]
        points = _row_mean(scene, number)
        lines.append(Line(number + 1, row.text, cells, (decimal(points) if points is not None else "–", "")))
    has_weak = any(answer.weak for answers in scene.answers for answer in answers.values())
    weak = " Rummets svar: kolumner som minst hälften av dem som svarat har kryssat, också svagt." if has_weak else ""
    return markup.grid(
        f"Facit mot rummets kryss; {UNANSWERED}", column_heads(scene), lines, OF_THOSE, what=scene.row_name, lead=told
    ) + markup.told("X är facit, (X) ett svagt kryss. Ju mörkare ruta, desto fler i rummet; inramat är rummets majoritet." + weak)


def _key_table(scene: Scene) -> str:
    rows = []
    for number, row in enumerate(scene.rows):
        points = _row_mean(scene, number)
        rows.append(
            (
                words.row_text(row),
                words.crosses(row.key, row, scene.scheme),
                _room(scene, number),
                decimal(points) if points is not None else "–",
            )
        )
    return markup.plain_table(f"Facit mot rummets svar; {UNANSWERED}", ("Fråga", "Facit", "Rummets majoritet", OF_THOSE), rows)


def _tip_grid(scene: Scene) -> str:
    lines = []
    for number, (row, found) in enumerate(zip(scene.rows, scene.tips, strict=True)):
        shares = {code: found.shares.get(code, 0.0) for code in words.names(row, scene.scheme)}
        cells = [
            Cell(
                f"{_cross(found.crosses, code)} {share(part)}".strip() if part >= 0.005 or code in found.crosses else "",
                part,
                f"{'modellens kryss, ' if code in found.crosses else ''}{'facit, ' if row.key and code in row.key else ''}{share(part)}",
                row.key is not None and code in row.key,
                MODEL,
            )
            for code, part in shares.items()
        ]
        points = row_points(found.crosses, row.key, is_single=scene.coupon.exercise.is_single)
        lines.append(Line(number + 1, row.text, cells, (decimal(points) if points is not None else "–", "")))
    return markup.grid(
        "Modellens kryss och sannolikheter",
        column_heads(scene),
        lines,
        "Poäng mot facit" if scene.coupon.has_key else "",
        what=scene.row_name,
    ) + markup.told(
        "X är modellens kryss och procenten hur sannolik den fann kolumnen som påståendets viktigaste."
        " Det som fattas till 100\u00a0% är sannolikheten att påståendet ligger utanför kedjan."
        + (" Inramat är facit." if scene.coupon.has_key else "")
    )


def _tip_table(scene: Scene) -> str:
    rows = [
        (
            words.row_text(row),
            words.crosses(found.crosses, row, scene.scheme),
            share(max(found.shares.values())) if found.shares else "–",
            _room(scene, number),
            words.crosses(row.key, row, scene.scheme),
        )
        for number, (row, found) in enumerate(zip(scene.rows, scene.tips, strict=True))
    ]
    return markup.plain_table("Modellens tips", ("Fråga", "Modellen", "Sannolikhet", "Rummet", "Facit"), rows)


def _room(scene: Scene, number: int) -> str:
    """What most of the room answered in a row."""
    return words.room_answer(scene.majorities[number], scene.rows[number], scene.scheme, scene.coupon.exercise)


def _distribution(scores: Sequence[Score]) -> str:
    """How many reached which share of the points."""
    fifths = [min(int(found.share * len(FIFTHS)), len(FIFTHS) - 1) for found in scores]
    counts = [fifths.count(number) for number in range(len(FIFTHS))]
    most = max(counts, default=0) or 1
    return markup.bars(
        "Antal spelare efter andel av poängen",
        [Bar(f"{name} av poängen", str(number), number / most) for name, number in zip(FIFTHS, counts, strict=True)],
    )


def _by_name(scene: Scene, against_key: Mapping[str, Score], against_room: Mapping[str, Score]) -> str:
    """The points of those whose names are shown; nothing when there are none."""
    played = [player for player in scene.room.players if player.id in against_key and scene.is_named(player)]
    ranked = sorted(played, key=lambda player: (-against_key[player.id].points, player.name))
    rows = [
        (
            player.name + (f" ({player.team})" if player.team else ""),
            decimal(against_key[player.id].points),
            decimal(against_room[player.id].points),
        )
        for player in ranked
    ]
    kind = "Spelare" if scene.game.names_shown else "Grupp"
    return markup.plain_table(f"Poäng per {kind.lower()}", (kind, "Mot facit", "Mot rummets majoritet"), rows) if rows else ""


def _mean(scores: Mapping[str, Score]) -> str:
    """The mean points, of those that could be had."""
    rows = max((found.rows for found in scores.values()), default=0)
    return f"{decimal(sum(found.points for found in scores.values()) / len(scores))} av {rows}" if rows else "–"


def _row_mean(scene: Scene, number: int) -> float | None:
    """The mean points for a row, of those who answered it."""
    is_single = scene.coupon.exercise.is_single
    points = [row_points(answer, scene.keys[number], is_single=is_single) for answer in scene.answers[number].values()]
    given = [found for found in points if found is not None]
    return sum(given) / len(given) if given else None


def _place(own: Score, scores: Mapping[str, Score]) -> str:
    """The model's place among the players: those with more points stand before it."""
    return f"{1 + sum(found.points > own.points for found in scores.values())} av {len(scores) + 1}"


def _cross(found: Crosses, choice: str) -> str:
    return "(X)" if choice in found.weak else "X" if choice in found.full else ""


def _has_context(scene: Scene) -> bool:
    """Whether the coupon has the statement that stands in every column."""
    return any(
        row.text == words.CONTEXT and row.key is not None and len(row.key) == len(words.names(row, scene.scheme)) for row in scene.rows
    )
