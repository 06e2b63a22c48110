"""What the pages do with sessions of the stryktips: coupons out of cases and portfolios, the model's tips, what goes to the corpus."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from classifier.assistant import TITLE, ProjectText, Proposal, Status, Suggestion
from classifier.chain import CHAIN_CODES
from classifier.errors import StryktipsError
from classifier.explanation import explain, weightiest
from classifier.model.neighbours import Example
from classifier.portfolio.judged import Judged
from classifier.services import Services
from classifier.store.cases import StoredCase, now, statement_target
from classifier.store.games import Agreed, Game, Games, Settings
from classifier.store.players import QUESTIONS, REASON, REFLECTION
from classifier.stryktips.coupon import (
    CASE_CHOICES,
    LONGEST_ABOUT,
    LONGEST_ROW,
    LONGEST_TITLE,
    Choice,
    Coupon,
    Exercise,
    Row,
    checked,
    choice_ids,
)
from classifier.stryktips.crosses import Crosses
from classifier.stryktips.report.session import Session
from classifier.stryktips.room import LEAST_PEOPLE, Room
from classifier.stryktips.tips import Tip
from classifier.taxonomy import Field
from classifier.text.statements import Statement

MOST_REASONS = 3
OUTSIDE = "-"


@dataclass(frozen=True)
class Project:
    """A project to make a coupon of, out of a case or a portfolio."""

    title: str
    text: str
    statements: tuple[tuple[str, tuple[str, ...] | None], ...] = ()
    """Every statement and the columns decided for it, main column first; nothing where nobody has decided."""
    decided: Mapping[Field, str] = field(default_factory=dict)
    """Field → the label decided, for the fields that have one value and where one is decided."""


def project_of_case(case: StoredCase) -> Project:
    """A case as something to make a coupon of."""
    statements = tuple(
        (" ".join(proposal.statement.text.split()), case.columns(number) if statement_target(number) in case.decisions else None)
        for number, proposal in enumerate(case.suggestion.statements)
    )
    decided = {name: case.values(name)[0] for name in Field if not name.is_multiple and name in case.decisions and case.values(name)}
    return Project(case.title, case.suggestion.project.text, statements, decided)


def project_of_row(row: Judged) -> Project:
    """A project of a portfolio as something to make a coupon of; a row's statements are not decided one by one."""
    text = row.entry.project.text
    statements = tuple((" ".join(text[item.start : item.end].split()), None) for item in row.outcome.statements)
    decided = {name: values[0] for name, values in row.decided.items() if not name.is_multiple and values}
    return Project(row.entry.project.title or row.entry.project.id, text, statements, decided)


def statements_coupon(title: str, exercise: Exercise, projects: Iterable[tuple[Project, Sequence[int]]]) -> Coupon:
    """A coupon of statements picked out of projects, with the decided columns as key where there are any.

    A statement that is decided to lie outside the chain is left out: it has no column. Where a card can lie in one column only, its main
    column is the key.

    Raises:
        StryktipsError: when nothing is left.
    """
    rows = []
    for project, numbers in projects:
        for number in numbers:
            text, decided = project.statements[number]
            if decided != (OUTSIDE,):
                codes = decided if decided is None or exercise is Exercise.STRYKTIPS else decided[:1]
                rows.append(Row(_shortened(text, LONGEST_ROW), None if codes is None else Crosses.of(codes)))
    if not rows:
        raise StryktipsError("inget av påståendena hör till effektkedjan; välj andra")
    return Coupon(_shortened(title, LONGEST_TITLE), exercise, tuple(rows))


def cases_coupon(title: str, projects: Iterable[Project], services: Services) -> Coupon:
    """A coupon that asks for sakområde, fokusområde and effektkedja of every project, with what is decided as key."""
    scheme = services.assistant.scheme
    rows = []
    for project in projects:
        keys: dict[Choice, str] = {Choice(name.value): label for name, label in project.decided.items() if name.value in set(Choice)}
        if Choice.FOKUSOMRADE in keys:
            keys[Choice.SAKOMRADE] = scheme.sakomrade_of(keys[Choice.FOKUSOMRADE]).id
        name, about = _shortened(project.title, LONGEST_ROW), _shortened(project.text, LONGEST_ABOUT)
        rows += [Row(name, Crosses.of([keys[choice]]) if choice in keys else None, choice, about) for choice in CASE_CHOICES]
    return Coupon(_shortened(title, LONGEST_TITLE), Exercise.CASES, tuple(rows))


def open_game(services: Services, coupon: Coupon, title: str, settings: Settings) -> Game:
    """Open a session; the model's tips are worked out now, so that nobody waits for them in the room.

    Raises:
        StryktipsError: when the coupon cannot be played.
        StoreError: when it cannot be saved.
    """
    scheme = services.assistant.scheme
    return services.games.open(
        checked(coupon, scheme), title, settings, tips_for(services, coupon), services.assistant.bundle.manifest.model_version
    )


def tips_for(services: Services, coupon: Coupon) -> list[Tip]:
    """The model's own answer in every row, made without the key."""
    if coupon.exercise is Exercise.CASES:
        return _case_tips(services, coupon)
    statements = [Statement(row.text, 0, len(row.text), "") for row in coupon.rows]
    if coupon.exercise is Exercise.CHAIN:  # the cards are one project, so they are read in each other's company
        return _column_tips(services, statements, single=True)
    return [tip for statement in statements for tip in _column_tips(services, [statement], single=False)]


def _column_tips(services: Services, statements: Sequence[Statement], *, single: bool) -> list[Tip]:
    """The model's columns for the statements of one project; a statement that it would leave outside gets the likeliest column, weakly."""
    whole = " ".join(statement.text for statement in statements)
    [suggestion] = services.assistant.suggest([ProjectText(whole, statements=tuple(statements))], with_evidence=False)
    if suggestion.status is not Status.PROPOSED:
        return [Tip(Crosses(), {}) for _ in statements]
    tips = []
    for number, proposal in enumerate(suggestion.statements):
        shares = {code: proposal.probabilities[code] for code in CHAIN_CODES}
        likeliest = max(shares, key=shares.__getitem__)
        codes = [code for code in proposal.columns if code != OUTSIDE]
        crosses = Crosses.of(codes) if codes and not single else Crosses.of([likeliest])
        if not codes:
            crosses = Crosses(weak=frozenset([likeliest]))
        found = explain(services.assistant, "", statements, number, likeliest)
        words = tuple(statements[number].text[word.start : word.end].strip(".,;:") for word in weightiest(found.words))
        alike = tuple(
            (example.text, _named(services, example)) for example, _ in found.neighbours if example.text and example.columns != (OUTSIDE,)
        )
        tips.append(Tip(crosses, shares, words[:MOST_REASONS], alike))
    return tips


def _case_tips(services: Services, coupon: Coupon) -> list[Tip]:
    abouts = list(dict.fromkeys((row.text, row.about) for row in coupon.rows))
    texts = [ProjectText(about, title) for title, about in abouts]
    found = dict(zip(abouts, services.assistant.suggest(texts), strict=True))
    return [_case_tip(services, found[row.text, row.about], row.choice) for row in coupon.rows]


def _case_tip(services: Services, suggestion: Suggestion, choice: Choice) -> Tip:
    if suggestion.status is not Status.PROPOSED:
        return Tip(Crosses(), {})
    source = suggestion.proposals[Field.EFFEKTKEDJA if choice is Choice.EFFEKTKEDJA else Field.FOKUSOMRADE]
    ranked = suggestion.sakomraden if choice is Choice.SAKOMRADE else source.ranked
    assert set(choice_ids(choice, services.assistant.scheme)) == {label for label, _ in ranked}
    return Tip(Crosses.of([ranked[0][0]]), dict(ranked), _quotes(suggestion, source))


def _quotes(suggestion: Suggestion, proposal: Proposal) -> tuple[str, ...]:
    """The sentences that speak most for what is proposed."""
    evidence = [item for item in proposal.evidence[proposal.values[0]] if item.weight > 0 and item.statement != TITLE]
    return tuple(_shortened(suggestion.statements[item.statement].statement.text, 200) for item in evidence[:2])


def _named(services: Services, example: Example) -> str:
    return ", ".join(services.assistant.scheme.column(code).name for code in example.columns)


def agreed_of(room: Room, game: Game, round_number: int, by: str) -> dict[int, Agreed]:
    """What the room agreed on, by row: the majority of each statement that enough people have answered, with how alike the answers are.

    Only statements that stand alone teach the model something about columns: those of the exercise *stryktips*.
    """
    if room.coupon.exercise is not Exercise.STRYKTIPS:
        return {}
    rows = zip(room.coupon.rows, room.majorities(round_number), room.tallies(round_number), room.splits(round_number), strict=True)
    answers, moment = room.answers(round_number), now()
    found = {}
    for number, (row, majority, tally, split) in enumerate(rows):
        if majority is None or len(answers[number]) < LEAST_PEOPLE:
            continue
        codes = sorted(majority.full or majority.weak, key=lambda code: (-tally[code].full, -tally[code].weak, CHAIN_CODES.index(code)))
        found[number] = Agreed(row.text, tuple(codes), len(answers[number]), 1.0 - split, game.title, by, moment)
    return found


def result_of(games: Games, game: Game) -> Session:
    """All of a session as its result package needs it.

    Raises:
        StryktipsError: when the session is gone.
    """
    return Session(
        game.title,
        game.created_at,
        games.room(game.id),
        games.tips(game.id),
        [(remark.player, remark.number, remark.text) for remark in games.remarks(game.id, REASON)],
        [(remark.player, remark.number, remark.text) for remark in games.remarks(game.id, REFLECTION)],
        [(change.player, change.round, change.row, change.crosses, change.made_at) for change in games.changes(game.id)],
        game.names_shown,
        QUESTIONS,
        game.model_version,
    )


def _shortened(text: str, length: int) -> str:
    """The text, cut at a word with an ellipsis where it is too long."""
    text = text.strip()
    return text if len(text) <= length else text[: length - 2].rsplit(" ", 1)[0] + " …"
