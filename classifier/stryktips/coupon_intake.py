"""Coupons as a leader brings them in: a list of statements, or a table, with or without a key; and coupons as tables to take along."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from classifier.chain import CHAIN_CODES
from classifier.errors import StryktipsError
from classifier.stryktips.coupon import Choice, Coupon, Exercise, Row, choice_ids
from classifier.stryktips.crosses import Crosses
from classifier.stryktips.wording import CHOICES
from classifier.taxonomy import Scheme, load_scheme
from classifier.text.documents import clean
from classifier.text.headings import plain
from classifier.text.tables import STATEMENT_NAMES, Table, find_column

STATEMENT, KEY, EXERCISE, ASKED, ABOUT = "påstående", "facit", "övning", "fråga", "underlag"
"""The columns of a coupon that is taken along, beside those of the crosses."""
KEY_NAMES = (KEY, "kolumner", "kolumn")
"""Columns that hold a whole key; the latter two are those of the contract's statement rows, of which the plural says more."""
FULL_MARKS = frozenset(["x", "×", "1", "1.0", "ja", "sant", "true"])
NO_MARKS = frozenset(["", "-", "–", "0", "0.0", "nej", "falskt", "false"])
_BULLET = re.compile(r"^\s*(?:(?:[-–—•*·]|\d{1,3}[.)])(?:\s+|$))+")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_PIECE = re.compile(r"\(([^()]*)\)|([^()]+)")
_ASKED = {choice: name.lower() for choice, name in CHOICES.items()}
Columns = tuple[Sequence[str], list[dict[str, str]]]
"""Column names and rows, as ``write_table`` takes them."""


def from_lines(text: str, title: str) -> Coupon:
    r"""A coupon from one statement a line, with its key after the last ``|`` where it has one.

    Bullets and numbers in front are dropped, and so are empty lines. The coupon is not checked.

    Raises:
        StryktipsError: when what stands after a ``|`` is no crosses, or nothing stands before it; the message names the line.

    >>> from_lines("1. Vinnväxt\n2. Teknikutveckling | (A)", "Prov").rows[1].key.written("RAPUKL")
    '(A)'
    """
    lines = [(number, _BULLET.sub("", line).strip()) for number, line in enumerate(clean(text).split("\n"), 1)]
    return Coupon(_on_one_line(title), Exercise.STRYKTIPS, tuple(_row_of_line(line, number) for number, line in lines if line))


def from_table(table: Table, title: str) -> Coupon:
    """A coupon from a table whose column of statements has a usual name.

    The key is read from a column named *facit*, *kolumner* or *kolumn*, with codes such as ``P;U;(K)``, or else from columns named by the
    six codes or names, crossed with X or (X); without any of them there is no key. Statements that stand twice are kept: the same words
    can be asked about again. The coupon is not checked.

    Raises:
        StryktipsError: when there is no column of statements, or a cell holds no crosses; the message names the row, counted without the header.
    """
    statements = find_column(table, (*STATEMENT_NAMES, "påståenden"), None, "påståenden")
    if statements is None:
        raise StryktipsError(
            f"{table.name} har ingen kolumn med påståenden; ge den rubriken påstående. Kolumner: {', '.join(table.columns)}"
        )
    exercise = _exercise(table)
    asked = find_column(table, (ASKED,), None, ASKED) if exercise is Exercise.CASES else None
    about = find_column(table, (ABOUT,), None, ABOUT)
    whole = find_column(table, KEY_NAMES, None, KEY)
    crossed = {} if whole else _code_columns(table)
    rows = []
    for number, cells in enumerate(table.rows, 1):
        choice = Choice.COLUMN if asked is None else _choice(cells[asked], number)
        key = _whole_key(cells[whole], choice, f"facit på rad {number}") if whole else _crossed_key(cells, crossed, number)
        text = _on_one_line(_text(cells.get(statements)))
        if text:
            rows.append(Row(text, key, choice, _text(cells.get(about)).strip() if about else ""))
        elif key is not None:
            raise StryktipsError(f"rad {number} har ett facit men inget påstående; skriv påståendet eller ta bort raden")
    return Coupon(_on_one_line(title), exercise, tuple(rows))


def as_rows(coupon: Coupon, scheme: Scheme) -> Columns:
    """A coupon as columns and rows for ``write_table``; :func:`from_table` reads them again.

    A key stands as crosses under the six codes, or where other things than columns are asked for, as the ids of labels.
    """
    crossed = all(row.choice is Choice.COLUMN for row in coupon.rows)
    columns = [STATEMENT, *CHAIN_CODES] if crossed else [STATEMENT, ASKED, KEY]
    columns += [ABOUT] if any(row.about for row in coupon.rows) else []
    columns += [EXERCISE] if coupon.exercise is not Exercise.STRYKTIPS else []
    return columns, [_as_row(row, coupon.exercise, scheme) for row in coupon.rows]


def _as_row(row: Row, exercise: Exercise, scheme: Scheme) -> dict[str, str]:
    key = row.key or Crosses()
    marks = {code: "X" if code in key.full else "(X)" if code in key.weak else "" for code in CHAIN_CODES}
    written = key.written(choice_ids(row.choice, scheme))
    return {STATEMENT: row.text, **marks, ASKED: _ASKED[row.choice], KEY: written, ABOUT: row.about, EXERCISE: exercise.value}


def _row_of_line(line: str, number: int) -> Row:
    text, bar, written = line.rpartition("|")
    if not bar:
        return Row(_on_one_line(line))
    if not text.strip():
        raise StryktipsError(f"rad {number} har inget påstående före |; skriv påståendet eller ta bort raden")
    where = f"det som står efter | på rad {number}"
    remedy = "skriv till exempel Teknikutveckling | A (P), eller sätt ett | sist om strecket hör till påståendet"
    return Row(_on_one_line(text), _columns_crossed(written, where, remedy))


def _whole_key(cell: Any, choice: Choice, where: str) -> Crosses | None:
    written = _text(cell)
    if choice is Choice.COLUMN:
        return _columns_crossed(written, where, "skriv till exempel P U (K), eller - för inget")
    if written.strip().lower() in NO_MARKS:
        return None
    try:
        return Crosses.parse(re.sub("[;,]", " ", written))
    except StryktipsError as error:
        raise StryktipsError(f"{where}, {_quoted(written)}, går inte att läsa; skriv det id som etiketten har i schemat") from error


def _columns_crossed(written: str, where: str, remedy: str) -> Crosses | None:
    """Crosses written as codes or names of columns, weak ones in brackets; nothing for a dash or an empty text.

    Raises:
        StryktipsError: when they are written otherwise.
    """
    full: set[str] = set()
    weak: set[str] = set()
    parts = [] if written.strip() in NO_MARKS else re.split("[;,/]", written)
    is_readable = not re.search("[()]", _BRACKETS.sub("", written))
    for bracketed, open_ in (piece for part in parts for piece in _PIECE.findall(part)):
        codes = _codes_of(bracketed or open_)
        is_readable = is_readable and codes is not None
        (weak if bracketed else full).update(codes or ())
    if not is_readable or full & weak:
        raise StryktipsError(f"{where}, {_quoted(written)}, är inga kryss; {remedy}")
    return Crosses(frozenset(full), frozenset(weak)) if full or weak else None


def _codes_of(written: str) -> list[str] | None:
    """The codes of the columns that a text names, or nothing when it names something else as well."""
    known = _column_names()
    if plain(written) in known:
        return [known[plain(written)]]
    codes = [known.get(plain(word), "") for word in written.split()]
    return codes if all(codes) else None


@cache
def _column_names() -> Mapping[str, str]:
    """Every way to name a column, as names are compared → its code."""
    columns = [load_scheme().column(code) for code in CHAIN_CODES]
    return {plain(name): column.code for column in columns for name in (column.code, column.name, f"{column.code} {column.name}")}


def _code_columns(table: Table) -> dict[str, str]:
    """The table's columns that hold crosses → the code each stands for."""
    known = _column_names()
    return {column: known[plain(column)] for column in table.columns if plain(column) in known}


def _crossed_key(cells: Mapping[str, Any], columns: Mapping[str, str], number: int) -> Crosses | None:
    full: set[str] = set()
    weak: set[str] = set()
    for column, code in columns.items():
        mark = _text(cells.get(column)).strip().lower()
        inner = _BRACKETS.fullmatch(mark)
        if (inner[1].strip() if inner else mark) in FULL_MARKS:
            (weak if inner else full).add(code)
        elif mark not in NO_MARKS:
            raise StryktipsError(
                f"på rad {number} står {_quoted(mark)} i kolumnen {column}, och det är inget kryss; skriv X eller (X), eller lämna cellen tom"
            )
    if full & weak:
        raise StryktipsError(f"rad {number} har både ett helt och ett svagt kryss i samma kolumn; två kolumner har nog samma rubrik")
    return Crosses(frozenset(full), frozenset(weak)) if full or weak else None


def _exercise(table: Table) -> Exercise:
    """What a table says that the exercise is: the stryktips when it says nothing."""
    column = find_column(table, (EXERCISE,), None, EXERCISE)
    told = [name for cells in table.rows if column and (name := _text(cells.get(column)).strip().lower())]
    if not told:
        return Exercise.STRYKTIPS
    if len(set(told)) > 1 or told[0] not in set(Exercise):
        raise StryktipsError(f"kolumnen {column} ska ha samma övning på alla rader: {_listed(Exercise)}")
    return Exercise(told[0])


def _choice(cell: Any, number: int) -> Choice:
    told = plain(_text(cell))
    found = next((choice for choice, name in _ASKED.items() if told in (name, choice.value)), None)
    if found is None:
        raise StryktipsError(f"på rad {number} står {_quoted(_text(cell))} som fråga; skriv {_listed(_ASKED.values())}")
    return found


def _text(cell: Any) -> str:
    return "" if cell is None else clean(str(cell))


def _on_one_line(text: str) -> str:
    return " ".join(clean(text).split())


def _quoted(text: str) -> str:
    return repr(_on_one_line(text)[:40])


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} eller {last}"
