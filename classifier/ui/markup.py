"""HTML for what Streamlit has no widget for. User text is escaped here and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from classifier.chain import QUESTIONS, Board
from classifier.explanation import Word
from classifier.taxonomy import Column, Scheme
from classifier.text.statements import Statement

CARD_LENGTH = 220


def legend(scheme: Scheme) -> str:
    """The columns with their colours and codes."""
    items = "".join(
        f'<span role="listitem"><span class="ek-swatch" style="background:{column.colour}">{_code(column)}</span>{escape(column.name)}</span>'
        for column in scheme.columns
    )
    return f'<div class="ek-legend" role="list" aria-label="Kolumnernas färger">{items}</div>'


def marked_text(text: str, statements: Sequence[Statement], columns: Sequence[Sequence[str]], scheme: Scheme) -> str:
    """The whole text with each statement on its column's colour; the codes stand there too, since colour alone says nothing to some."""
    parts, at = [], 0
    for number, (statement, codes) in enumerate(zip(statements, columns, strict=True), 1):
        column = scheme.column(codes[0])
        names = ", ".join(scheme.column(code).name for code in codes)
        parts.append(escape(text[at : statement.start]))
        tag = "" if column.code == "-" else f'<span class="ek-tag">{number} {escape(" ".join(codes))}</span>'
        parts.append(
            f'<mark style="background:{column.colour}" title="{number}. {escape(names)}">{tag}{escape(text[statement.start : statement.end])}</mark>'
        )
        at = statement.end
    parts.append(escape(text[at:]))
    return f'<div class="ek-text" lang="sv">{"".join(parts)}</div>'


def board(chain: Board, statements: Sequence[Statement], scheme: Scheme) -> str:
    """The effect chain as six columns; an empty one shows what to ask the applicant."""
    columns = []
    for code, numbers in chain.columns.items():
        column = scheme.column(code)
        cards = "".join(f'<p role="listitem"><b>{number + 1}</b>{escape(shortened(statements[number].text))}</p>' for number in numbers)
        body = (
            f'<div role="list">{cards}</div>'
            if numbers
            else f"<p><strong>Saknas i texten.</strong> Fråga sökanden: {escape(QUESTIONS[code])}</p>"
        )
        columns.append(
            f'<section class="ek-column" aria-label="{escape(column.name)}"><h4 style="background:{column.colour}">{escape(column.name)}</h4>{body}</section>'
        )
    return f'<div class="ek-board" tabindex="0" role="group" aria-label="Effektkedja">{"".join(columns)}</div>'


def statement_card(number: int, text: str, column: Column, state: str) -> str:
    """A single statement with its column's colour at its side, and whether it is decided."""
    return (
        f'<div class="ek-statement" style="border-color:{column.colour}"><b>{number}.</b> {escape(text)} <span>{escape(state)}</span></div>'
    )


def reasons(quotes: Sequence[str]) -> str:
    """Quoted sentences as a list."""
    return '<ul class="ek-reasons">' + "".join(f"<li>”{escape(shortened(quote))}”</li>" for quote in quotes) + "</ul>"


def marked_words(text: str, words: Sequence[Word]) -> str:
    """A statement with some of its words marked."""
    parts, at = [], 0
    for word in words:
        parts.append(f"{escape(text[at : word.start])}<mark>{escape(text[word.start : word.end])}</mark>")
        at = word.end
    return f'<p class="ek-words" lang="sv">{"".join(parts)}{escape(text[at:])}</p>'


def likenesses(found: Sequence[tuple[str, str, bool]]) -> str:
    """Statements like the one at hand as a list, each with its columns and whether it comes from a decided case."""
    items = (
        f"<li>”{escape(shortened(text))}” <b>{escape(columns)}</b>{' (ur ett bekräftat ärende)' if is_decided else ''}</li>"
        for text, columns, is_decided in found
    )
    return f'<ul class="ek-reasons">{"".join(items)}</ul>'


def status(text: str) -> str:
    """A status as a rounded label."""
    return f'<span class="ek-status {escape(text.split(",", maxsplit=1)[0])}">{escape(text[:1].upper() + text[1:])}</span>'


def shortened(text: str, length: int = CARD_LENGTH) -> str:
    """One line, cut at a word when it is long."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[:length].rsplit(" ", 1)[0] + " …"


def plain(text: str) -> str:
    """User text inside Markdown, with nothing left for Markdown to interpret."""
    return "".join("\\" + character if character in "\\`*_{}[]()#+-.!|$:~<>&^=" else character for character in text)


def _code(column: Column) -> str:
    return "–" if column.code == "-" else column.code
