"""HTML for the leader's screen: steps, grids of crosses, bars, cards. User text is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from classifier.taxonomy import Column

ROOM, MODEL, LESS = "#0f4c66", "#4a2c6f", "#8a4b00"
"""What cells are filled with when all have a cross there: of the room, and of the model; and for a change to fewer."""
LUMA = (0.2126, 0.7152, 0.0722)


@dataclass(frozen=True)
class Cell:
    """A cell of a grid."""

    text: str
    depth: float = 0.0
    """How deep its colour is, from 0 to 1."""
    said: str = ""
    """What a screen reader says instead of the text."""
    ringed: bool = False
    tone: str = ROOM


@dataclass(frozen=True)
class Line:
    """A row of a grid: its number on the coupon, its text, its cells, and what is said at its end (the figure and its words)."""

    number: int
    text: str
    cells: Sequence[Cell]
    end: tuple[str, str] = ("", "")
    note: str = ""
    """Written after the text, smaller."""


@dataclass(frozen=True)
class Bar:
    """One of several bars that belong together."""

    name: str
    written: str
    share: float
    code: str = ""
    colour: str = ""
    ringed: bool = False


def steps(course: Sequence[tuple[str, str]]) -> str:
    """The steps of a session; each is named and ``"done"``, ``"now"`` or ``""``."""
    now = ' aria-current="step"'
    items = "".join(f'<li class="{state}"{now if state == "now" else ""}>{escape(name)}</li>' for name, state in course)
    return f'<ol class="ek-steps" aria-label="Sessionens steg">{items}</ol>'


def title(text: str) -> str:
    """The session's title: the page's first heading."""
    return f'<h1 class="ek-title" lang="sv">{escape(text)}</h1>'


def status(counts: str, left: str | None) -> str:
    """How many are there and how far they are, told to screen readers when it changes, and the time left, which is not."""
    time = f'<span class="ek-clock">{escape(left)}</span>' if left else ""
    return f'<div class="ek-status-line"><span role="status" aria-live="polite">{escape(counts)}</span>{time}</div>'


def heading(text: str, small: str = "") -> str:
    """A heading, with something smaller after it."""
    return f'<h2 class="ek-heading">{escape(text)}{f" <small>{escape(small)}</small>" if small else ""}</h2>'


def lead(text: str) -> str:
    """The sentence that matters most of a view."""
    return f'<p class="ek-lead">{escape(text)}</p>'


def told(text: str) -> str:
    """A sentence."""
    return f'<p class="ek-told">{escape(text)}</p>'


def grid(
    caption: str,
    heads: Sequence[tuple[str, str, str]],
    lines: Iterable[Line],
    end: str = "",
    *,
    what: str = "Påstående",
    lead: str = "",
    wide: bool = False,
) -> str:
    """Rows of the coupon by what can be crossed, as a table.

    Args:
        caption: what the table shows.
        heads: for every column its code, name and colour; the code may be empty.
        lines: the rows.
        end: the heading of the last column; empty when there is none.
        what: what a row is called.
        lead: what matters most, said before the caption.
        wide: whether cells hold words and not figures.
    """
    top = "".join(
        f'<th scope="col" style="border-color:{colour or "#c9d2d7"}">{f"<b>{escape(code)}</b>" if code else ""}<span>{escape(name)}</span></th>'
        for code, name, colour in heads
    )
    last = f'<th scope="col" class="end"><span>{escape(end)}</span></th>' if end else ""
    body = "".join(_line(line, bool(end)) for line in lines)
    return _table(
        f"ek-grid{' wide' if wide else ''}",
        caption,
        f'<thead><tr><th scope="col" class="row"><span>{escape(what)}</span></th>{top}{last}</tr></thead><tbody>{body}</tbody>',
        lead,
    )


def bars(label: str, found: Iterable[Bar], *, many: bool = False) -> str:
    """Bars under each other, each with its name before it and its figure after it; many of them in several columns."""
    items = "".join(
        f'<li{_ring(bar.ringed)}><span class="name">{_mark(bar.code, bar.colour)}{escape(bar.name)}</span>'
        f'<span class="track"><span class="fill" style="width:{bar.share:.1%}"></span></span><span class="figure">{escape(bar.written)}</span></li>'
        for bar in found
    )
    return f'<ul class="ek-bars{" many" if many else ""}" aria-label="{escape(label)}">{items}</ul>'


def quotes(label: str, texts: Sequence[str], none: str) -> str:
    """What people have written, without names."""
    if not texts:
        return f'<p class="ek-quiet">{escape(none)}</p>'
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f'<ul class="ek-quotes" aria-label="{escape(label)}">{items}</ul>'


def statement(text: str, where: str, asked: str = "", *, alone: bool = False) -> str:
    """The row at hand, as large as it can be: the longer, the smaller; largest when it has the screen alone."""
    size = "long" if len(text) > 160 else "middle" if len(text) > 60 else "huge" if alone else "short"
    question = f'<p class="ek-told">{escape(asked)}</p>' if asked else ""
    return f'<p class="ek-where">{escape(where)}</p><h2 class="ek-hand {size}" lang="sv">{escape(text)}</h2>{question}'


def strip(label: str, shares: Sequence[float]) -> str:
    """A bar for each player, as high as how far that player has come."""
    items = "".join(f'<span><i style="height:{share:.1%}"></i></span>' for share in shares)
    return f'<div class="ek-strip" role="img" aria-label="{escape(label)}">{items}</div>'


def joining(address: str, code: str, qr: str) -> str:
    """How players come in.

    Args:
        address: what they type.
        code: what they type then.
        qr: a QR code of both, as HTML.
    """
    spoken = " ".join(code)
    return (
        f'<div class="ek-join"><div>{qr}</div><div><p class="ek-where">Gå till</p><p class="address">{escape(address)}</p>'
        f'<p class="ek-where">och skriv koden</p><p class="code" aria-label="{escape(spoken)}" role="img">{escape(code)}</p></div></div>'
    )


def figures(found: Iterable[tuple[str, str]]) -> str:
    """Figures that matter, large, each with what it says."""
    items = "".join(f"<div><dd>{escape(figure)}</dd><dt>{escape(what)}</dt></div>" for figure, what in found)
    return f'<dl class="ek-figures">{items}</dl>'


def plain_table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of words; the first cell of every row is its heading."""
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in rest)}</tr>' for first, *rest in rows
    )
    return _table("ek-plain", caption, f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody>")


def small_table(caption: str, note: str, heads: tuple[str, str], rows: Iterable[tuple[str, Cell]]) -> str:
    """What was chosen in one question, with how many chose it."""
    body = "".join(f'<tr><th scope="row">{escape(name)}</th>{_cell(cell)}</tr>' for name, cell in rows)
    none = '<tr><td colspan="2" class="ek-quiet">Ingen har svarat än.</td></tr>'
    return (
        f'<table class="ek-small"><caption>{escape(caption)} <small>{escape(note)}</small></caption><thead><tr>'
        f'<th scope="col">{escape(heads[0])}</th><th scope="col">{escape(heads[1])}</th></tr></thead><tbody>{body or none}</tbody></table>'
    )


def side_by_side(*parts: str) -> str:
    """Parts beside each other, under each other where there is no room."""
    return f'<div class="ek-sides">{"".join(f"<div>{part}</div>" for part in parts)}</div>'


def cards(parts: Iterable[str], *, three: bool = False) -> str:
    """Boxes in as many columns as there is room for, or in three."""
    return f'<div class="ek-cards{" three" if three else ""}">{"".join(f"<section>{part}</section>" for part in parts)}</div>'


def board(label: str, columns: Iterable[tuple[Column, str, Sequence[tuple[int, str, str, float]]]]) -> str:
    """The chain as six columns of cards.

    Args:
        label: what the board shows.
        columns: each column with its name and its cards: number, text, how many have laid it there, in words and as a share.
    """
    made = []
    for column, name, laid in columns:
        items = "".join(
            f'<li><span><b>{number}</b> {escape(text)}</span><span class="track"><span class="fill" style="width:{share:.1%}"></span></span>'
            f"<small>{escape(written)}</small></li>"
            for number, text, written, share in laid
        )
        body = f"<ul>{items}</ul>" if items else '<p class="ek-quiet">Inget kort</p>'
        made.append(f'<section><h3 style="background:{column.colour}"><b>{column.code}</b> {escape(name)}</h3>{body}</section>')
    return f'<div class="ek-laid" role="group" tabindex="0" aria-label="{escape(label)}">{"".join(made)}</div>'


def definitions(found: Iterable[tuple[str, str, str, str]]) -> str:
    """What can be crossed and what it means: code, name, colour and definition."""
    items = "".join(f"<dt>{_mark(code, colour)}{escape(name)}</dt><dd>{escape(means)}</dd>" for code, name, colour, means in found)
    return f'<div role="group" tabindex="0" aria-label="Vad de betyder"><dl class="ek-means">{items}</dl></div>'


def filled(depth: float, tone: str) -> tuple[str, str]:
    """A background as deep as ``depth`` (0 white, 1 the tone itself) and the colour of text that is read best on it, as ``#rrggbb``."""
    part = min(max(depth, 0.0), 1.0)
    mixed = [round(255 + (int(tone[at : at + 2], 16) - 255) * part) for at in (1, 3, 5)]
    linear = [_linear(value / 255) for value in mixed]
    brightness = sum(weight * value for weight, value in zip(LUMA, linear, strict=True))
    # WCAG 2.2, contrast ratio: black wins where (L + 0.05) / 0.05 is more than 1.05 / (L + 0.05).
    return f"#{mixed[0]:02x}{mixed[1]:02x}{mixed[2]:02x}", "#000000" if (brightness + 0.05) ** 2 >= 0.05 * 1.05 else "#ffffff"


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _line(line: Line, has_end: bool) -> str:
    note = f" <small>{escape(line.note)}</small>" if line.note else ""
    cells = "".join(_cell(cell) for cell in line.cells)
    figure, words = line.end
    end = f'<td class="end"><small>{escape(words)}</small> <b>{escape(figure)}</b></td>' if has_end else ""
    return f'<tr><th scope="row"><b>{line.number}</b> <span>{escape(line.text)}{note}</span></th>{cells}{end}</tr>'


def _cell(cell: Cell) -> str:
    back, ink = filled(cell.depth, cell.tone)
    style = f"background:{back};color:{ink}" if cell.depth else ""
    said = f'<span class="ek-said">{escape(cell.said)}</span>' if cell.said else ""
    hidden = ' aria-hidden="true"' if cell.said else ""
    return f'<td{_ring(cell.ringed)} style="{style}"><span{hidden}>{escape(cell.text)}</span>{said}</td>'


def _ring(is_ringed: bool) -> str:
    return ' class="ringed"' if is_ringed else ""


def _mark(code: str, colour: str) -> str:
    """A column's code on its colour."""
    return f'<b class="ek-mark" style="background:{colour or "#e9eef0"}">{escape(code)}</b> ' if code else ""


def _table(kind: str, caption: str, inside: str, lead: str = "") -> str:
    """A table that scrolls sideways by itself, with keys too, where it is wider than the screen."""
    first = f"<strong>{escape(lead)}</strong> " if lead else ""
    return (
        f'<div class="ek-scroll" lang="sv" tabindex="0" role="group" aria-label="{escape(caption)}">'
        f'<table class="{kind}"><caption>{first}{escape(caption)}</caption>{inside}</table></div>'
    )
