"""The pictures of a session: the room's crosses, how alike the answers are, and how they moved. Each with words for those who cannot see it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import altair as alt

from classifier.report.parts import Figure
from classifier.report.pictures import (
    AFTER,
    BAR,
    BEFORE,
    LABEL_START,
    MUTED,
    PALE,
    SHADES,
    TEXT,
    axis,
    finished,
    height_of,
    labels,
    legend,
    lines,
    rows,
)
from classifier.report.wording import brief, count, listing, share
from classifier.stryktips.coupon import Choice
from classifier.stryktips.report.session import Session
from classifier.stryktips.room import Movement, Tally
from classifier.stryktips.wording import CHOICES, ROWS, names, row_text
from classifier.taxonomy import Scheme

MOST_ROWS = 30
"""More rows than this cannot be read on one page."""
LABEL_WIDTH = 38
FEW_ROWS, LONG_LABEL, SHORT_LABEL = 12, 104, 62
"""Up to so many rows have room for longer labels (characters)."""
HEADS_WIDTH = 72
"""Characters that fit above all columns of the heat map together."""
UPRIGHT_WIDTH = 60
"""Characters of a head that stands upright."""
MOST_NAMED = 3
ROUNDS = ("Runda 1", "Runda 2")


def heat_maps(session: Session, scheme: Scheme) -> tuple[Figure, ...]:
    """The room's crosses, one picture for each kind of thing that is asked: rows against choices, as shares of those who answered.

    Of the columns of the chain all are shown, of labels those that have a cross or stand in the key.
    """
    asked = dict.fromkeys(session.rows[row].choice for row in sorted(session.answered))
    return tuple(_heat_map(session, scheme, choice) for choice in asked)


def agreement_bars(session: Session) -> tuple[Figure, ...]:
    """How alike the answers in each row are, the most split first; no picture when nobody can be compared."""
    ranked = session.most_split[:MOST_ROWS]
    if not ranked:
        return ()
    order = _labels(session, ranked)
    values = [
        {"rad": label, "likhet": session.unity[row], "text": share(session.unity[row] or 0.0), "hela": 1}
        for label, row in zip(order, ranked, strict=True)
    ]
    scale = alt.Scale(domain=[0, 1.12], nice=False)
    base = alt.Chart(alt.InlineData(values=values)).encode(y=rows("rad", order, 0.25))
    ground = base.mark_bar(color=PALE).encode(x=alt.X("hela:Q", axis=None, scale=scale))
    bars = base.mark_bar(color=BAR).encode(x=alt.X("likhet:Q", axis=None, scale=scale))
    written = base.mark_text(align="left", dx=6, fontSize=13).encode(x=alt.X("likhet:Q", axis=None, scale=scale), text="text:N")
    caption = "Hur lika svaren är, de mest delade först. 100 % betyder att alla har svarat likadant." + _left_out(session, len(ranked))
    described = f"Staplar som visar hur lika svaren är. {_split_words(session, session.most_split)}"
    return (Figure(finished(described, height_of(order, 28), ground, bars, written), caption, described),)


def movement_points(session: Session) -> tuple[Figure, ...]:
    """How alike the answers were before and after, those that moved most first; no picture when there was one round only."""
    moved = [movement for movement in session.movements if movement.both > 1]
    if not moved:
        return ()
    ranked = sorted(moved, key=lambda movement: (-abs(movement.before - movement.after), movement.row))[:MOST_ROWS]
    order = _labels(session, [movement.row for movement in ranked])
    points = [point for label, movement in zip(order, ranked, strict=True) for point in _points(label, movement)]
    x = alt.X(
        "likhet:Q",
        title="Hur lika svaren är",
        axis=axis(format=".0%", tickCount=5, grid=True, labelFlush=False),
        scale=alt.Scale(domain=[0, 1], nice=False),
    )
    base = alt.Chart(alt.InlineData(values=points)).encode(y=rows("rad", order, 0.2))
    key = legend(symbolSize=130, symbolStrokeWidth=0.8)
    dots = base.mark_point(filled=True, size=130, opacity=1, stroke=TEXT, strokeWidth=0.8).encode(
        x=x,
        color=alt.Color("runda:N", scale=alt.Scale(domain=ROUNDS, range=[BEFORE, AFTER]), legend=key),
        shape=alt.Shape("runda:N", scale=alt.Scale(domain=ROUNDS, range=["circle", "diamond"]), legend=key),
    )
    joined = base.transform_filter("datum.plats == 0").mark_rule(color=MUTED, strokeWidth=2).encode(x=x, x2="andra:Q")
    left_out = f" De {len(ranked)} som rörde sig mest av {len(moved)} visas." if len(ranked) < len(moved) else ""
    caption = "Hur lika svaren var i runda 1 och i runda 2, bland dem som svarade båda gångerna. Mest rörelse först." + left_out
    described = f"Två punkter för varje rad. {_movement_words(session, ranked)}"
    return (Figure(finished(described, height_of(order, 30), joined, dots), caption, described),)


def _heat_map(session: Session, scheme: Scheme, choice: Choice) -> Figure:
    every = [row for row in session.answered if session.rows[row].choice is choice]
    shown = sorted(every[:MOST_ROWS])
    heads, upright = _heads(session, scheme, shown, choice)
    order = _labels(session, shown, with_answers=True)
    values = [
        _cell(label, head, session.tallies[row].get(found, Tally(0, 0)), len(session.answers[row]))
        | {"facit": _in_key(session, row, found)}
        for label, row in zip(order, shown, strict=True)
        for found, head in heads.items()
    ]
    x = alt.X(
        "kolumn:N",
        title=None,
        axis=axis(orient="top", **(_upright() if upright else lines(above=True) | {"labelAngle": 0})),
        scale=alt.Scale(domain=list(heads.values()), paddingInner=0.04),
    )
    base = alt.Chart(alt.InlineData(values=values)).encode(x=x, y=rows("rad", order, 0.06))
    squares = base.mark_rect(cornerRadius=3, stroke="#ffffff").encode(
        color=alt.condition(
            "datum.andel > 0", alt.Color("andel:Q", scale=alt.Scale(domain=[0, 1], range=SHADES), legend=None), alt.value(PALE)
        )
    )
    written = base.mark_text(fontSize=13).encode(text="text:N")
    caption, described = _heat_map_words(session, every, shown, choice)
    frames = _frame(base, "X"), _frame(base, "(X)", strokeDash=[4, 3])
    return Figure(finished(described, height_of(order, 32), squares, written, *frames), caption, described)


def _heat_map_words(session: Session, every: Sequence[int], shown: Sequence[int], choice: Choice) -> tuple[str, str]:
    asked = "" if choice is Choice.COLUMN else f" {CHOICES[choice]}:"
    caption = f"{asked} andel av dem som svarat som har ett kryss i rutan, helt eller svagt. Inom parentes: antal svar."
    caption += " Ramen är facit, streckad där krysset är svagt." if any(session.keys[row] for row in shown) else ""
    described = (
        f"{asked} rutnät över rummets kryss i {count(len(shown), *ROWS[session.room.coupon.exercise])}. {_split_words(session, every)}"
    )
    return _sentence(caption + _left_out(session, len(shown), len(every))), _sentence(described)


def _sentence(text: str) -> str:
    text = text.lstrip()
    return text[:1].upper() + text[1:]


def _heads(session: Session, scheme: Scheme, shown: Sequence[int], choice: Choice) -> tuple[dict[str, str], bool]:
    """Choice → the label of its column, and whether they stand upright, as they do where a word is wider than a column."""
    every = names(session.rows[shown[0]], scheme)
    if choice is not Choice.COLUMN:
        used = {
            found for row in shown for answer in (*session.answers[row].values(), session.keys[row]) if answer for found in answer.weights
        }
        every = {found: name for found, name in every.items() if found in used}
    written = [f"{found} {name}" if choice is Choice.COLUMN else name for found, name in every.items()]
    width = HEADS_WIDTH // len(every)
    upright = any(len(word) > width for name in written for word in name.split())
    made = labels([(name, math.nan, False) for name in written], UPRIGHT_WIDTH if upright else width)
    return dict(zip(every, made, strict=True)), upright


def _upright() -> dict[str, Any]:
    """How an axis writes labels that stand upright, on one line each."""
    return {"labelExpr": f"replace(slice(datum.value, {LABEL_START}), /\\n/g, ' ')", "labelAngle": -90, "labelBaseline": "middle"}


def _cell(label: str, head: str, tally: Tally, answers: int) -> dict[str, Any]:
    part = tally.number / answers
    # Neither 0 nor 100 is written of what is above nothing or below all.
    figure = 100 if part == 1 else min(max(round(100 * part), 1), 99)
    return {"rad": label, "kolumn": head, "andel": part, "text": f"{figure}\u00a0%" if part else ""}


def _in_key(session: Session, row: int, choice: str) -> str:
    key = session.keys[row]
    return "" if key is None or choice not in key else "X" if choice in key.full else "(X)"


def _frame(base: alt.Chart, mark: str, **dash: Any) -> alt.Chart:
    """A frame around the cells that the key crosses so."""
    chart: alt.Chart = base.transform_filter(f"datum.facit == '{mark}'").mark_rect(
        fill="transparent", stroke=TEXT, strokeWidth=2.5, cornerRadius=3, **dash
    )
    return chart


def _points(label: str, movement: Movement) -> list[dict[str, Any]]:
    before, after = 1.0 - movement.before, 1.0 - movement.after
    return [
        {"rad": label, "runda": name, "plats": place, "likhet": here, "andra": there}
        for place, (name, here, there) in enumerate(zip(ROUNDS, (before, after), (after, before), strict=True))
    ]


def _split_words(session: Session, ranked: Sequence[int]) -> str:
    """The rows whose answers differ most, and the one whose answers are most alike, in words."""
    comparable = [row for row in ranked if session.unity[row] is not None]
    split = [row for row in comparable if row in session.to_discuss]
    if not split:
        return "Alla som svarat har svarat likadant." if comparable else "Ingen rad har fler än ett svar."
    alike = f", mest lika för {_named(session, comparable[-1:])}" if len(comparable) > MOST_NAMED else ""
    return f"Svaren skiljer sig mest för {_named(session, split[:MOST_NAMED])}{alike}."


def _movement_words(session: Session, ranked: Sequence[Movement]) -> str:
    """The rows whose answers came closer and went apart, in words."""
    closer = [movement.row for movement in ranked if movement.after < movement.before]
    apart = [movement.row for movement in ranked if movement.after > movement.before]
    said = [
        f"Svaren {words} för {_named(session, some[:MOST_NAMED])}."
        for words, some in (("närmade sig varandra mest", closer), ("gick mest isär", apart))
        if some
    ]
    return " ".join(said) or "Svaren är varken mer eller mindre lika än förut."


def _labels(session: Session, shown: Sequence[int], *, with_answers: bool = False) -> list[str]:
    """A label for each row: its number, what of its text there is room for, and how many answered."""
    longest = LONG_LABEL if len(shown) <= FEW_ROWS else SHORT_LABEL
    return labels(
        [
            (f"{row + 1}. {brief(row_text(session.rows[row]), longest)}", len(session.answers[row]) if with_answers else math.nan, False)
            for row in shown
        ],
        LABEL_WIDTH,
    )


def _left_out(session: Session, shown: int, every: int | None = None) -> str:
    """What a caption says when not all rows are shown."""
    total = len(session.most_split) if every is None else every
    return f" De {shown} mest delade av {total} visas." if shown < total else ""


def _named(session: Session, some: Sequence[int]) -> str:
    return listing([f"”{brief(row_text(session.rows[row]), 60)}”" for row in some])
