"""What a player may see now, laid out for the templates. Nothing that the player may not see yet gets into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from classifier.report.wording import count, decimal, listing, share
from classifier.store.games import Game, Games
from classifier.store.players import LONGEST_REMARK, QUESTIONS, REASON, REFLECTION, Joined, Players
from classifier.stryktips.coupon import Coupon, Exercise, choice_ids, choices
from classifier.stryktips.course import Gate, Pace, Step
from classifier.stryktips.crosses import Crosses
from classifier.stryktips.room import Room, Tally
from classifier.stryktips.scoring import HOW, row_points, score
from classifier.stryktips.tips import Tip
from classifier.stryktips.wording import CHOICES, ROWS
from classifier.taxonomy import Label, Scheme

HEADINGS = {
    Exercise.STRYKTIPS: "Sätt kryss för varje påstående",
    Exercise.CHAIN: "Lägg varje kort i kedjan",
    Exercise.CASES: "Placera varje projekt",
}
STEP_WORDS = {
    Step.LOBBY: "Väntar på start",
    Step.ROUND_1: "Runda 1",
    Step.CLOSED_1: "Runda 1 är stängd",
    Step.ROUND_2: "Runda 2: tippa om",
    Step.CLOSED_2: "Runda 2 är stängd",
    Step.KEY: "Facit",
    Step.MODEL: "Modellens tips",
    Step.END: "Avslut",
}
LIKELIEST = 2
"""Of the model's probabilities, how many a player is shown."""


@dataclass(frozen=True)
class Box:
    """One choice of a row with the player's cross."""

    label: Label
    id: str
    state: str
    """``""``, ``"x"`` or ``"svagt"``."""


@dataclass(frozen=True)
class Bar:
    """How many have crossed a choice, in words and as a share of those who have answered."""

    name: str
    told: str
    share: float


@dataclass(frozen=True)
class RowView:
    """A row as a player sees it."""

    number: int
    text: str
    about: str
    question: str
    boxes: tuple[Box, ...]
    mine: str
    reason: str
    key: str = ""
    room: str = ""
    points: str = ""
    tip: str = ""
    tip_reasons: tuple[str, ...] = ()
    bars: tuple[Bar, ...] = ()


@dataclass(frozen=True)
class View:
    """A session as a player sees it."""

    title: str
    code: str
    name: str
    team: str
    is_group: bool
    personal_code: str
    step: Step
    heading: str
    exercise: Exercise
    revision: int
    changes: int
    seconds_left: float | None
    rows: tuple[RowView, ...]
    total: int
    """How many rows the coupon has; a led round shows one of them."""
    is_open: bool
    """Whether marks are taken."""
    is_led: bool
    notice: str
    definitions: tuple[tuple[str, tuple[Label, ...]], ...]
    guard_limit: int | None
    guards: str
    """The limit on garderingar in words; empty when there is none."""
    summary: tuple[str, ...] = ()
    reflections: tuple[tuple[str, str], ...] = ()
    longest_remark: int = LONGEST_REMARK
    delete_at: str = ""


@dataclass(frozen=True)
class _Shown:
    """What of the session's secrets a player may see at this step: nothing of the key or of the tips before theirs."""

    keys: Sequence[Crosses | None] = ()
    majorities: Sequence[Crosses | None] = ()
    tips: Sequence[Tip] = ()
    room: Room | None = None


def view_of(players: Players, player: Joined, game: Game, changes: int, seconds_left: float | None) -> View:
    """Lay out what a player may see of a session now.

    Raises:
        StryktipsError: when the session is gone.
        StoreError: when the database cannot be read.
    """
    games, scheme = players.games, players.games.scheme
    coupon, state = games.coupon(game.id), game.state
    answers = players.answers(player, state.round if state.step is not Step.LOBBY else 1)
    reasons = players.written(player, REASON)
    shown = _shown(games, game, coupon)
    round_number = shown.room.rounds if shown.room else 1
    if state.shows_key or state.shows_tips:
        answers = players.answers(player, round_number)
    is_round = state.is_round
    is_late = seconds_left is not None and seconds_left <= 0
    is_open = is_round and not is_late and (state.pace is Pace.OWN or state.gate is Gate.OPEN)
    numbers = _numbers(game, coupon)
    rows = tuple(_row(coupon, number, answers.get(number, Crosses()), reasons.get(number, ""), shown, game, scheme) for number in numbers)
    written = players.written(player, REFLECTION) if state.step is Step.END else {}
    return View(
        title=game.title,
        code=game.code,
        name=player.name,
        team=player.team,
        is_group=player.is_group,
        personal_code=player.code,
        step=state.step,
        heading=_heading(game, coupon),
        exercise=coupon.exercise,
        revision=game.revision,
        changes=changes,
        seconds_left=seconds_left if is_round else None,
        rows=rows,
        total=len(coupon.rows),
        is_open=is_open,
        is_led=is_round and state.pace is Pace.LED,
        notice=_notice(game, player, is_late and state.gate is Gate.OPEN),
        definitions=_definitions(coupon, scheme),
        guard_limit=game.settings.guard_limit,
        guards="" if game.settings.guard_limit is None else count(game.settings.guard_limit, "gardering", "garderingar"),
        summary=_summary(answers, shown, coupon),
        reflections=tuple((question, written.get(number, "")) for number, question in enumerate(QUESTIONS))
        if state.step is Step.END
        else (),
        delete_at=f"{game.delete_at:%Y-%m-%d}",
    )


def _heading(game: Game, coupon: Coupon) -> str:
    state = game.state
    if not state.is_round:
        return STEP_WORDS[state.step]
    if state.pace is Pace.LED:
        return f"{ROWS[coupon.exercise][0].capitalize()} {state.position + 1} av {len(coupon.rows)}"
    return HEADINGS[coupon.exercise]


def _numbers(game: Game, coupon: Coupon) -> Sequence[int]:
    """Which rows are shown: none before the start, the one at hand in a led round, else all."""
    if game.state.step is Step.LOBBY:
        return ()
    if game.state.pace is Pace.LED and game.state.is_round:
        return (game.state.position,)
    return range(len(coupon.rows))


def _shown(games: Games, game: Game, coupon: Coupon) -> _Shown:
    state = game.state
    is_shown_row = state.pace is Pace.LED and state.gate is Gate.SHOWN and state.is_round
    if not (state.shows_key or state.shows_tips or is_shown_row):
        return _Shown()
    room = games.current_room(game.id)
    if is_shown_row:
        return _Shown(room=room)
    tips = games.tips(game.id) if state.shows_tips else ()
    return _Shown([row.key for row in coupon.rows], room.majorities(room.rounds), tips, room)


def _row(coupon: Coupon, number: int, answer: Crosses, reason: str, shown: _Shown, game: Game, scheme: Scheme) -> RowView:
    row = coupon.rows[number]
    labels = dict(zip(choice_ids(row.choice, scheme), choices(row.choice, scheme), strict=True))
    key = shown.keys[number] if shown.keys else None
    majority = shown.majorities[number] if shown.majorities else None
    tip = shown.tips[number] if shown.tips else None
    points = row_points(answer, key)
    is_shown_row = shown.room is not None and not shown.keys
    return RowView(
        number=number,
        text=row.text,
        about=row.about,
        question=CHOICES[row.choice],
        boxes=tuple(Box(label, own, "x" if own in answer.full else "svagt" if own in answer.weak else "") for own, label in labels.items()),
        mine=named(answer, labels) or "inget kryss",
        reason=reason,
        key=named(key, labels) if key else "",
        room=_room_said(majority, labels, is_divided=coupon.exercise.is_single and len(majority) > 1) if majority else "",
        points=decimal(points, 2) if points is not None else "",
        tip=_tip(tip, labels) if tip else "",
        tip_reasons=tip.reasons if tip else (),
        bars=_bars(shown.room, number, game.state.round, labels) if is_shown_row and shown.room else (),
    )


def _room_said(majority: Crosses, labels: Mapping[str, Label], *, is_divided: bool) -> str:
    """What most of the room answered; where only one answer can be given and several were as common, that the room is divided."""
    return "delat: " + " / ".join(labels[own].name for own in labels if own in majority) if is_divided else named(majority, labels)


def _bars(room: Room, number: int, round_number: int, labels: Mapping[str, Label]) -> tuple[Bar, ...]:
    answered = max(len(room.answers(round_number)[number]), 1)
    tally = room.tallies(round_number)[number]
    return tuple(Bar(label.name, _crossed(tally[own]), tally[own].number / answered) for own, label in labels.items() if own in tally)


def _crossed(tally: Tally) -> str:
    weak = count(tally.weak, "svagt", "svaga")
    return f"{tally.full} kryss, {weak}" if tally.weak else f"{tally.full} kryss"


def _tip(tip: Tip, labels: Mapping[str, Label]) -> str:
    """The model's answer in words, with its likeliest choices."""
    if not tip.shares:
        return "inget svar"
    parts = [(part, labels[own].name) for own, part in tip.shares.items()]
    parts.append((1.0 - sum(tip.shares.values()), "utanför kedjan"))  # where the model would put what belongs to no column
    said = listing([f"{name} {share(part)}" for part, name in sorted(parts, reverse=True)[:LIKELIEST]])
    return f"{named(tip.crosses, labels)} (sannolikast: {said})"


def named(crosses: Crosses, labels: Mapping[str, Label]) -> str:
    """Crosses in words, weak ones in brackets."""
    return ", ".join(label.name if own in crosses.full else f"({label.name})" for own, label in labels.items() if own in crosses)


NOTICES = {
    Step.LOBBY: "Du är med. Lägg telefonen framför dig; sidan byter själv när ledaren startar.",
    Step.CLOSED_1: "Inga fler kryss tas emot just nu. Titta på skärmen och prata om det ni ser olika på. Ledaren bestämmer när det går vidare.",
    Step.CLOSED_2: "Inga fler kryss tas emot. Titta på skärmen och prata om det ni ser olika på.",
    Step.KEY: "Facit är ett svar, inte sanningen: samma ord kan stå i olika led, beroende på vem som frågar.",
    Step.MODEL: "Så hade modellen tippat. Den vet inget om er situation, bara hur orden brukar användas.",
    Step.END: "Tack för att du var med! Berätta gärna hur det gick.",
}


def _notice(game: Game, player: Joined, is_late: bool) -> str:
    """What happens now and what the player should do, in a sentence or two."""
    state = game.state
    if not state.is_round:
        return NOTICES[state.step]
    if is_late:
        return "Tiden är ute. Titta på skärmen."
    if state.pace is Pace.LED and state.gate is not Gate.OPEN:
        return "Raden är låst. Titta på skärmen." if state.gate is Gate.LOCKED else "Så här har rummet svarat. Varför tänkte ni olika?"
    if state.step is Step.ROUND_1:
        return ""
    if game.settings.shared_second and player.team:
        return (
            f"Nu svarar {player.team} tillsammans. Er kupong börjar med det de flesta av er svarade, och den som kryssar gör det för alla."
        )
    return "Dina kryss från runda 1 ligger kvar. Ändra det du vill efter samtalet."


def _summary(answers: Mapping[int, Crosses], shown: _Shown, coupon: Coupon) -> tuple[str, ...]:
    """The player's points, and what points mean."""
    if not shown.keys:
        return ()
    said = []
    is_single = coupon.exercise.is_single
    own = score(answers, shown.keys, is_single=is_single)
    if own.rows:
        said.append(f"Mot facit: {decimal(own.points)} av {own.rows} poäng.")
    room = score(answers, shown.majorities, is_single=is_single)
    if room.rows:
        said.append(f"Mot rummets vanligaste svar: {decimal(room.points)} av {room.rows} poäng.")
    return (*said, HOW) if said else ()


def _definitions(coupon: Coupon, scheme: Scheme) -> tuple[tuple[str, tuple[Label, ...]], ...]:
    used = list(dict.fromkeys(row.choice for row in coupon.rows))
    return tuple((CHOICES[choice], choices(choice, scheme)) for choice in used)
