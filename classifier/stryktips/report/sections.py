"""What the report about a session says, with every sentence computed from what was played."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from classifier.report.parts import Grid, Section, bounded_grid
from classifier.report.wording import NONE, brief, count, decimal, listing, share
from classifier.stryktips.coupon import Choice
from classifier.stryktips.crosses import likeness
from classifier.stryktips.report.figures import agreement_bars, heat_maps, movement_points
from classifier.stryktips.report.session import Session
from classifier.stryktips.report.standing import mean_points
from classifier.stryktips.report.telling import (
    LIKENESS,
    MODEL,
    MOST_DISCUSSED,
    MOST_LISTED,
    NO_ANSWERS,
    UNITY,
    alpha_of,
    likeness_of,
    named,
    noun,
    shortened,
)
from classifier.stryktips.room import LEAST_PEOPLE, Tally
from classifier.stryktips.scoring import HOW
from classifier.stryktips.wording import CHOICES, ROWS, agreement, crosses, names, numbers, room_answer, row_text
from classifier.taxonomy import Scheme

MOST_REASONED, MOST_REASONS = 40, 12
"""Rows whose reasons are printed, and reasons for each."""
MOST_ANSWERS = 200
LONGEST_REASON, LONGEST_ANSWER = 400, 1_000
LEAST_OUTSIDE = 0.005
"""Probability below which nothing is said: it would be written 0 %."""


def summary(session: Session) -> Section:
    """The session in a few sentences: who played, how much they agree among themselves and with the key, and what split them most."""
    said = [_who(session)]
    if session.played:
        said += [agreement(session.agreement), _against_key(session), _most_split(session), _moved(session)]
    return Section("Sammanfattning", tuple(filter(None, said)))


def room_crosses(session: Session, scheme: Scheme) -> Section:
    """Every cross of the room, as pictures and as tables."""
    if not session.played:
        return Section("Rummets kryss", (NO_ANSWERS,))
    told = (
        "Likhet är hur lika svaren på raden är: 100 % när alla har svarat likadant, 0 % när inga svar har något kryss gemensamt. "
        "Enighet (α) är hur mycket likare de är än slumpen ger."
    )
    asked = dict.fromkeys(row.choice for row in session.rows)
    grids = tuple(
        _crosses_grid(session, scheme, [number for number, row in enumerate(session.rows) if row.choice is choice]) for choice in asked
    )
    return Section("Rummets kryss", (told,), heat_maps(session, scheme), grids)


def to_discuss(session: Session, scheme: Scheme) -> Section:
    """The rows that split the room most."""
    heading = "Diskutera dessa"
    chosen = session.to_discuss[:MOST_DISCUSSED]
    if not chosen:
        return Section(
            heading, ("Alla har svarat likadant, eller så är det för få svar att jämföra.",) if session.played else (NO_ANSWERS,)
        )
    told = "Här skiljer sig svaren mest. Fråga varför: ofta har man tänkt på olika led, eller tagit olika perspektiv."
    rows = [(named(session, row), alpha_of(session, row), likeness_of(session, row), _spread(session, scheme, row)) for row in chosen]
    overview = bounded_grid("De mest delade", (noun(session), UNITY, LIKENESS, "Rummets kryss"), rows, (UNITY, LIKENESS))
    return Section(heading, (told,), agreement_bars(session), (overview,))


def reasons(session: Session, scheme: Scheme) -> Section:
    """The reasons that players gave, in every row that has any, the most split first."""
    rows = _reasoned(session)
    if not rows:
        return Section("Motiveringar", ("Ingen har skrivit någon motivering.",))
    said = [f"Spelarna har motiverat sina kryss i {count(len(rows), *ROWS[session.room.coupon.exercise])}. De mest delade står först."]
    if len(rows) > MOST_REASONED:
        said.append(f"{MOST_REASONED} av dem visas här. Motiveringarna till de övriga {len(rows) - MOST_REASONED} står i arbetsboken.")
    return Section("Motiveringar", tuple(said), (), tuple(_reasons(session, scheme, row) for row in rows[:MOST_REASONED]))


def before_and_after(session: Session) -> Section:
    """How the answers moved from the first round to the second."""
    compared = [movement for movement in session.movements if movement.both]
    if not compared:
        return Section("Före och efter", ("Ingen har svarat både i runda 1 och i runda 2.",))
    changed, both = sum(movement.changed for movement in compared), sum(movement.both for movement in compared)
    first, second = session.room.agreement(1), session.agreement
    said = [f"Av {count(both, 'svar', 'svar')} som fanns i båda rundorna ändrades {changed} ({share(changed / both)})."]
    if first is not None and second is not None:
        said.append(f"Enigheten i hela rummet gick från α\u00a0=\u00a0{decimal(first, 2)} till α\u00a0=\u00a0{decimal(second, 2)}.")
    ranked = sorted(compared, key=lambda movement: (-movement.changed, movement.row))
    rows = [
        (
            named(session, movement.row),
            str(movement.both),
            str(movement.changed),
            share(1 - movement.before) if movement.both > 1 else NONE,
            share(1 - movement.after) if movement.both > 1 else NONE,
        )
        for movement in ranked
    ]
    columns = (noun(session), "Svar", "Ändrade", "Likhet före", "Likhet efter")
    grid = bounded_grid("Rörelse från runda 1 till runda 2, mest ändrade först", columns, rows, columns[1:], MOST_LISTED)
    return Section("Före och efter", tuple(said), movement_points(session), (grid,))


def key_and_tips(session: Session, scheme: Scheme) -> Section:
    """The key, the room's majority and the model's tips beside each other."""
    heading = "Facit och modellens tips"
    has_key, has_tips = any(session.keys), any(session.tip(row) for row in range(len(session.rows)))
    if not has_key and not has_tips:
        return Section(heading, ("Kupongen har inget facit, och modellen har inte tippat.",))
    said = [
        "Facit är ett svar, inte sanningen: samma ord kan stå i olika led beroende på vems perspektiv man tar."
        if has_key
        else "Kupongen har inget facit."
    ]
    if has_tips:
        said.append(f"Modellens tips ({session.model_version or 'okänd version'}) är ett förslag. Det gjordes utan att se facit.")
    if any(_outside(session, row) for row in range(len(session.rows))):
        said.append("Utanför kedjan: så sannolikt fann modellen det att påståendet inte hör till något av kedjans led.")
    columns = (
        noun(session),
        *(["Facit"] if has_key else []),
        "Rummet",
        *([MODEL] if has_tips else []),
        *(["Rummet mot facit"] if has_key else []),
    )
    rows = [_beside(session, scheme, row, has_key=has_key, has_tips=has_tips) for row in range(len(session.rows))]
    grid = bounded_grid("Rummet är det som de flesta har kryssat", columns, rows, ("Rummet mot facit",), MOST_LISTED)
    return Section(heading, tuple(said), (), (grid,))


def reflection(session: Session) -> Section:
    """The questions for reflection, each with its answers."""
    heading = "Reflektion"
    grids = []
    for number, question in enumerate(session.questions):
        said = [(session.names.get(player, NONE), text) for player, asked, text in session.reflections if asked == number]
        rows = [(shortened(text, LONGEST_ANSWER), brief(name, 60)) for name, text in said]
        if rows:
            grids.append(bounded_grid(brief(question, 200), ("Svar", "Vem"), rows, most=MOST_ANSWERS))
    silent = [
        f"”{brief(question, 200)}”"
        for number, question in enumerate(session.questions)
        if number not in {asked for _, asked, _ in session.reflections}
    ]
    return Section(heading, (f"Ingen har svarat på {listing(silent)}.",) if silent else (), (), tuple(grids))


def how_reckoned(session: Session) -> Section:
    """What the figures mean, in plain words."""
    return Section(
        "Så räknades det",
        (
            "Likhet på en rad: två svar jämförs genom att de kryss som båda har delas med alla kryss som någon av dem har; ett svagt kryss räknas som "
            "ett halvt. Likheten är medelvärdet för alla par av svar.",
            "Enighet (α, Krippendorffs alfa för mängder) säger hur mycket enigare hela rummet är än om samma svar hade fördelats av slumpen: 1 är full enighet, "
            "0 är som slumpen. Över 0,8 brukar räknas som säkert, 0,67 som godtagbart. Radernas α, vägda med antalet svar, har hela rummets α som medelvärde.",
            "Rummets svar: ett kryss räknas när minst hälften av dem som svarat har det; når inget kryss dit gäller det vanligaste. Det är svagt när "
            "fler har det som svagt än som helt.",
            HOW,
            f"Svaren är de som stod på kupongerna när {'runda 2' if session.round > 1 else 'rundan'} var slut. "
            + ("Den som inte ändrade något i runda 2 har kvar sitt svar från runda 1. " if session.round > 1 else "")
            + f"Personer visas som grupp först när de är minst {LEAST_PEOPLE}.",
        ),
    )


def _who(session: Session) -> str:
    players = session.room.players
    groups = sum(player.is_group for player in players)
    kinds = [
        count(number, *words)
        for number, words in ((len(players) - groups, ("person", "personer")), (groups, ("grupp", "grupper")))
        if number
    ]
    rows = count(len(session.rows), *ROWS[session.room.coupon.exercise])
    rounds = " i två rundor" if session.round > 1 else ""
    if not session.played:
        return f"Sessionen öppnades {session.day} med {rows}. {f'{listing(kinds)} gick med, men ingen' if kinds else 'Ingen'} svarade."
    said = "alla svarade" if len(session.played) == len(players) else f"{len(session.played)} av dem svarade"
    return f"Sessionen öppnades {session.day} med {rows}{rounds}. {listing(kinds)} gick med; {said}."


def _against_key(session: Session) -> str:
    pairs = [(answer, key) for row, key in zip(session.answers, session.keys, strict=True) if key is not None for answer in row.values()]
    if not pairs:
        return mean_points(session) if any(session.keys) else "Kupongen har inget facit."
    same = sum(answer == key for answer, key in pairs) / len(pairs)
    return f"{share(same)} av svaren är precis som facit. {mean_points(session)}"


def _most_split(session: Session) -> str:
    split = [f"”{brief(row_text(session.rows[row]), 80)}”" for row in session.to_discuss[:3]]
    return f"Mest delade är svaren för {listing(split)}." if split else ""


def _moved(session: Session) -> str:
    changed = sum(movement.changed for movement in session.movements)
    return f"{count(changed, 'svar', 'svar')} ändrades i runda 2." if session.round > 1 else ""


def _crosses_grid(session: Session, scheme: Scheme, rows: Sequence[int]) -> Grid:
    """The crosses of rows that ask for the same: those of the chain's columns side by side, those of labels in one cell."""
    asked = session.rows[rows[0]]
    alike = {row: (alpha_of(session, row), likeness_of(session, row)) for row in rows}
    if asked.choice is not Choice.COLUMN:
        told = [(named(session, row), str(len(session.answers[row])), _spread(session, scheme, row), *alike[row]) for row in rows]
        return bounded_grid(
            f"{CHOICES[asked.choice]}: rummets kryss",
            (noun(session), "Svar", "Kryss", UNITY, LIKENESS),
            told,
            ("Svar", UNITY, LIKENESS),
            MOST_LISTED,
        )
    codes = tuple(names(asked, scheme))
    lines = [
        (named(session, row), str(len(session.answers[row])), *(_written(session.tallies[row].get(code)) for code in codes), *alike[row])
        for row in rows
    ]
    columns = (noun(session), "Svar", *codes, UNITY, LIKENESS)
    return bounded_grid("Antal kryss i varje kolumn, svaga inom parentes", columns, lines, columns[1:], MOST_LISTED)


def _written(tally: Tally | None) -> str:
    return numbers(tally.full, tally.weak) if tally else ""


def _spread(session: Session, scheme: Scheme, row: int) -> str:
    """What a room has crossed in a row, the most common first."""
    asked, tallies = session.rows[row], session.tallies[row]
    known = {choice: choice if asked.choice is Choice.COLUMN else name for choice, name in names(asked, scheme).items()}
    ranked = sorted((choice for choice in known if choice in tallies), key=lambda choice: -tallies[choice].number)
    return ", ".join(f"{known[choice]}\u00a0{share(tallies[choice].number / len(session.answers[row]))}" for choice in ranked) or NONE


def _reasoned(session: Session) -> list[int]:
    """The rows that anybody has given a reason for, the most split first, those without answers last."""
    given = {row for _, row, _ in session.reasons}
    unanswered = [row for row, answers in enumerate(session.answers) if not answers]
    return [row for row in (*session.answered, *unanswered) if row in given]


def _reasons(session: Session, scheme: Scheme, row: int) -> Grid:
    """Some of the reasons given for a row, those who crossed alike together."""
    heard: Counter[str] = Counter()
    said = []
    for player, number, text in session.reasons:
        if number == row:
            stance = crosses(session.answers[row].get(player), session.rows[row], scheme)
            said.append((heard[stance], stance, shortened(text, LONGEST_REASON), brief(session.names.get(player, NONE), 60)))
            heard[stance] += 1
    # Every way to cross is heard once before any is heard twice.
    kept = sorted(said, key=lambda line: line[0])[:MOST_REASONS]
    rows = [line[1:] for line in sorted(kept, key=lambda line: line[1])]
    left_out = f" ({len(rows)} av {len(said)} motiveringar; alla står i arbetsboken)" if len(rows) < len(said) else ""
    return bounded_grid(named(session, row) + left_out, ("Kryss", "Motivering", "Vem"), rows)


def _beside(session: Session, scheme: Scheme, row: int, *, has_key: bool, has_tips: bool) -> tuple[str, ...]:
    asked, key, room = session.rows[row], session.keys[row], session.majorities[row]
    cells = [named(session, row)]
    cells += [crosses(key, asked, scheme)] if has_key else []
    cells += [room_answer(room, asked, scheme, session.room.coupon.exercise)]
    cells += [_tip(session, scheme, row)] if has_tips else []
    cells += [share(likeness(room, key)) if room is not None and key is not None else NONE] if has_key else []
    return tuple(cells)


def _tip(session: Session, scheme: Scheme, row: int) -> str:
    """The model's crosses, how probable it found the likeliest, and how probable that the row lies outside the chain."""
    found, outside = session.tip(row), _outside(session, row)
    if found is None:
        return f"{NONE} ({outside})" if outside else NONE
    likeliest = max((session.tips[row].shares.get(choice, 0.0) for choice in found.weights), default=0.0)
    told = ", ".join(filter(None, (share(likeliest) if likeliest else "", outside)))
    return crosses(found, session.rows[row], scheme) + (f" ({told})" if told else "")


def _outside(session: Session, row: int) -> str:
    """How probable it is that a row lies outside the chain, in words; empty when it rounds to nothing."""
    found = session.outside(row) or 0.0
    return f"utanför kedjan {share(found)}" if found >= LEAST_OUTSIDE else ""
