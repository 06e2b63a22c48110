"""Read ``scheme.toml`` into typed, immutable objects, and refuse a malformed one with the line that is wrong."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from classifier.errors import SchemeError

SCHEME_FILE = Path(__file__).with_name("scheme.toml")
COLUMN_CODES = ("R", "A", "P", "U", "K", "L", "-")
"""The six columns of the stryktips in the order of the chain, then what lies outside it."""
NO_FOCUS = "-"
"""What is written as fokusområde where the source gives the sakområde none."""

_ID = re.compile(r"[a-z][a-z0-9_]*")
_COLOUR = re.compile(r"#[0-9a-f]{6}")


class Field(StrEnum):
    """What is proposed for a project as a whole. The value is the table's name in ``scheme.toml``."""

    PROJEKTTYP = "projekttyp"
    FOKUSOMRADE = "fokusomrade"
    EFFEKTKEDJA = "effektkedja"
    BRANSCH = "bransch"
    VERKTYG = "verktyg"
    SYFTE = "syfte"

    @property
    def is_multiple(self) -> bool:
        """Whether a project may have none or several of the field's labels."""
        return self in (Field.BRANSCH, Field.VERKTYG, Field.SYFTE)

    @property
    def swedish(self) -> str:
        """The field's Swedish name."""
        return "fokusområde" if self is Field.FOKUSOMRADE else self.value


@dataclass(frozen=True)
class Label:
    """One value of a field."""

    id: str
    name: str
    definition: str
    examples: tuple[str, ...]
    colour: str
    parent: str = ""
    """The sakområde a fokusområde belongs to."""
    is_own_leaf: bool = False
    """True for a sakområde that the source gives no fokusområde: the leaf stands for the whole sakområde."""


@dataclass(frozen=True)
class Column(Label):
    """A column of the stryktips."""

    code: str = ""


@dataclass(frozen=True)
class Scheme:
    """The whole classification scheme."""

    version: str
    name: str
    columns: tuple[Column, ...]
    sakomraden: tuple[Label, ...]
    labels: Mapping[Field, tuple[Label, ...]]

    def label(self, field: Field, label_id: str) -> Label:
        """The label with this id.

        Raises:
            SchemeError: when the field has no such label.
        """
        for label in self.labels[field]:
            if label.id == label_id:
                return label
        raise SchemeError(f"{field.swedish} har inget värde med id {label_id!r}")

    def ids(self, field: Field) -> tuple[str, ...]:
        """The ids of a field's labels, in the scheme's order."""
        return tuple(label.id for label in self.labels[field])

    def column(self, code: str) -> Column:
        """The column with this code.

        Raises:
            SchemeError: when there is none.
        """
        for column in self.columns:
            if column.code == code:
                return column
        raise SchemeError(f"det finns ingen kolumn med koden {code!r}")

    def sakomrade_of(self, fokusomrade: str) -> Label:
        """The sakområde that follows from a fokusområde."""
        parent = self.label(Field.FOKUSOMRADE, fokusomrade).parent
        return next(label for label in self.sakomraden if label.id == parent)

    def written(self, field: Field, label_id: str) -> str:
        """The label's name as it is written to files; ``-`` for a fokusområde that the source does not have."""
        label = self.label(field, label_id)
        return NO_FOCUS if label.is_own_leaf else label.name


@cache
def load_scheme(path: Path = SCHEME_FILE) -> Scheme:
    """Read and check a scheme.

    Raises:
        SchemeError: when the file is missing or malformed; the message names the line.
    """
    try:
        source = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SchemeError(f"{path.name} kan inte öppnas ({error.strerror})") from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise SchemeError(f"{path.name}, rad {line}: filen är inte sparad som UTF-8") from error
    return parse_scheme(source, path.name)


def parse_scheme(source: str, name: str = "scheme.toml") -> Scheme:
    """Parse a scheme's TOML text; ``name`` is what messages call it.

    Raises:
        SchemeError: as :func:`load_scheme`.
    """
    try:
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise SchemeError(f"{name} är inte giltig TOML: {error}") from error
    return _Parser(name, source, data).scheme()


class _Parser:
    """Checks the tables of one file; knows which line an entry stands on."""

    def __init__(self, name: str, source: str, data: Mapping[str, Any]) -> None:
        self.name = name
        self.data = data
        self.lines = _line_numbers(source)

    def scheme(self) -> Scheme:
        columns = tuple(
            Column(**self._common("kolumn", number, entry), code=self._code(number, entry)) for number, entry in self._entries("kolumn")
        )
        if tuple(column.code for column in columns) != COLUMN_CODES:
            self._refuse("kolumn", 0, "kod", f"kolumnerna ska vara {' '.join(COLUMN_CODES)} i den ordningen")
        sakomraden = tuple(Label(**self._common("sakomrade", number, entry)) for number, entry in self._entries("sakomrade"))
        labels = {field: tuple(self._labels(field, {label.id for label in sakomraden})) for field in Field}
        for table in ("kolumn", "sakomrade", *Field):
            self._check_unique(table)
        return Scheme(self._text("version"), self._text("namn"), columns, sakomraden, labels)

    def _labels(self, field: Field, sakomraden: set[str]) -> Iterable[Label]:
        for number, entry in self._entries(field):
            parent, own = entry.get("sakomrade", ""), entry.get("eget_lov", False)
            if field is Field.FOKUSOMRADE and not (isinstance(parent, str) and parent in sakomraden):
                self._refuse(field, number, "sakomrade", f"sakområdet {parent!r} finns inte")
            if not isinstance(own, bool):
                self._refuse(field, number, "eget_lov", "eget_lov ska vara true eller false")
            yield Label(**self._common(field, number, entry), parent=parent, is_own_leaf=own)

    def _entries(self, table: str) -> Iterable[tuple[int, Mapping[str, Any]]]:
        entries = self.data.get(table)
        if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
            raise SchemeError(f"{self.name} saknar tabellen [[{table}]]")
        return enumerate(entries)

    def _common(self, table: str, number: int, entry: Mapping[str, Any]) -> dict[str, Any]:
        for key in ("id", "namn", "definition", "farg"):
            if not isinstance(entry.get(key), str) or not entry[key].strip():
                self._refuse(table, number, key, f"{key} saknas eller är tom")
        if not _ID.fullmatch(entry["id"]):
            self._refuse(table, number, "id", f"id {entry['id']!r} får bara ha a–z, 0–9 och understreck")
        if not _COLOUR.fullmatch(entry["farg"]):
            self._refuse(table, number, "farg", f"färgen {entry['farg']!r} ska skrivas #rrggbb med små bokstäver")
        examples = entry.get("exempel")
        if not isinstance(examples, list) or len(examples) < 2 or not all(isinstance(text, str) and text for text in examples):
            self._refuse(table, number, "exempel", "exempel ska vara minst två texter")
        return {
            "id": entry["id"],
            "name": entry["namn"],
            "definition": entry["definition"],
            "examples": tuple(entry["exempel"]),
            "colour": entry["farg"],
        }

    def _code(self, number: int, entry: Mapping[str, Any]) -> str:
        code = entry.get("kod")
        if code not in COLUMN_CODES:
            self._refuse("kolumn", number, "kod", f"koden {code!r} ska vara en av {' '.join(COLUMN_CODES)}")
        return str(code)

    def _check_unique(self, table: str) -> None:
        for key in ("id", "namn"):
            seen: set[str] = set()
            for number, entry in self._entries(table):
                if entry[key] in seen:
                    self._refuse(table, number, key, f"{key} {entry[key]!r} står två gånger")
                seen.add(entry[key])

    def _text(self, key: str) -> str:
        value = self.data.get(key)
        if not isinstance(value, str) or not value:
            raise SchemeError(f"{self.name} saknar {key}")
        return value

    def _refuse(self, table: str, number: int, key: str, reason: str) -> NoReturn:
        starts = self.lines.get((table, number), {})
        line = starts.get(key) or starts.get("") or 1
        raise SchemeError(f"{self.name}, rad {line}: {reason}")


def _line_numbers(source: str) -> dict[tuple[str, int], dict[str, int]]:
    """Line numbers (from 1) of each table entry's header (key ``""``) and of its keys."""
    numbers: dict[tuple[str, int], dict[str, int]] = {}
    counts: dict[str, int] = {}
    current: dict[str, int] = {}
    for number, line in enumerate(source.splitlines(), 1):
        if header := re.match(r"\s*\[\[\s*(\w+)\s*\]\]", line):
            table = header[1]
            counts[table] = counts.get(table, -1) + 1
            current = numbers.setdefault((table, counts[table]), {"": number})
        elif key := re.match(r"\s*(\w+)\s*=", line):
            current.setdefault(key[1], number)
    return numbers
