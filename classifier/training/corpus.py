"""Read labelled projects: the corpus in ``training_data/`` (TOML) and any labelled JSON Lines file."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier.errors import TrainingError
from classifier.taxonomy import Field, Scheme, load_scheme
from classifier.taxonomy.scheme import COLUMN_CODES, NO_FOCUS
from classifier.text.statements import Statement

CORPUS_DIR = Path(__file__).parents[2] / "training_data"
SHORT_FILE = "korta_pastaenden.jsonl"
MARK = re.compile(r"\[(#|-|[RAPUKL](?: [RAPUKL])*)\][ \t]?")
"""``[A P]`` opens a statement with those columns, ``[#]`` a heading; see ``training_data/KODBOK.md``."""
_EMPTY_LINE = re.compile(r"\n[ \t]*\n")
_BULLET = re.compile(r"(?:[-–—•*·▪◦●]+|\(?\d{1,2}[.)]|[a-z]\))[ \t]+")


@dataclass(frozen=True)
class LabelledStatement:
    """A statement and its columns, main column first."""

    statement: Statement
    columns: tuple[str, ...]


@dataclass(frozen=True)
class LabelledProject:
    """A project text with the labels a reader gave it. A field that was not labelled is absent from ``labels``."""

    id: str
    title: str
    text: str
    statements: tuple[LabelledStatement, ...]
    labels: Mapping[Field, tuple[str, ...]]
    county: str = ""
    round: int = 0
    """The round of writing it came in, in the corpus; later rounds were written with earlier ones measured."""
    pair: str = ""
    """Id of the text that differs from this one in what decides a label, if there is one."""


def read_corpus(directory: Path = CORPUS_DIR) -> list[LabelledProject]:
    """Read every ``*.toml`` of a folder.

    Raises:
        TrainingError: when the folder holds no texts, or one is malformed; the message names file and text.
    """
    files = sorted(directory.glob("*.toml"))
    if not files:
        raise TrainingError(f"mappen {directory.name} innehåller inga texter (*.toml)")
    scheme = load_scheme()
    projects = [project for file in files for project in _read_toml(file, scheme)]
    seen: set[str] = set()
    for project in projects:
        if project.id in seen:
            raise TrainingError(f"id {project.id} står två gånger i {directory.name}")
        seen.add(project.id)
    return projects


def read_short_statements(directory: Path = CORPUS_DIR) -> list[LabelledProject]:
    """Read the short statements that stand alone, each as a project of one statement without title and project labels.

    A folder without such a file has none.

    Raises:
        TrainingError: when a line is malformed; the message names it.
    """
    path = directory / SHORT_FILE
    return _parse_lines(path, _from_short_row, "ett märkt påstående") if path.is_file() else []


def corpus_hash(directory: Path = CORPUS_DIR) -> str:
    """SHA-256 over the corpus files' names and bytes, in name order."""
    digest = hashlib.sha256()
    for file in sorted([*directory.glob("*.toml"), *directory.glob(SHORT_FILE)]):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def read_labelled_jsonl(path: Path) -> list[LabelledProject]:
    """Read a file of labelled projects, one JSON object a line.

    Keys: ``id``, ``titel``, ``text``, ``projekttyp``, ``fokusområde``, ``sakområde``, ``effektkedja`` (names as in the
    scheme) and ``påståenden``, a list of ``{"påstående": …, "kolumner": ["U", "K"]}``.

    Raises:
        TrainingError: when a line is not such an object; the message names the line.
    """
    scheme = load_scheme()
    return _parse_lines(path, lambda row: _from_row(row, scheme), "ett märkt projekt")


def _parse_lines(path: Path, parse: Callable[[Any], LabelledProject], what: str) -> list[LabelledProject]:
    parsed = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):  # splitlines would cut at U+2028 in a text
        if not line.strip():
            continue
        try:
            parsed.append(parse(json.loads(line)))
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise TrainingError(f"{path.name}, rad {number}: inte {what} ({error})") from error
    return parsed


def parse_marked(marked: str) -> tuple[str, tuple[LabelledStatement, ...]]:
    r"""Take a marked text apart into the plain text and its labelled statements.

    >>> parse_marked("[#] Mål\n[U K] - fler gäster")
    ('Mål\n- fler gäster', (LabelledStatement(statement=Statement(text='fler gäster', start=6, end=17, heading='Mål'), columns=('U', 'K')),))
    """
    plain: list[str] = []
    spans: list[tuple[str, int, int]] = []
    length = 0
    marks = list(MARK.finditer(marked))
    lead = marked[: marks[0].start()] if marks else marked
    plain.append(lead)
    length += len(lead)
    for mark, following in zip(marks, [*marks[1:], None], strict=False):
        piece = marked[mark.end() : following.start() if following else len(marked)]
        spans.append((mark[1], length, length + len(piece)))
        plain.append(piece)
        length += len(piece)
    text = "".join(plain)
    statements, heading = [], ""
    for codes, start, end in spans:
        start, end = _bare(text, start, end)
        if codes == "#":
            heading = re.sub(r"\s+", " ", text[start:end]).strip(" :#")
        elif end > start:
            statements.append(LabelledStatement(Statement(text[start:end], start, end, heading), tuple(codes.split())))
    return text, tuple(statements)


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out outer space, what follows an empty line, and an opening bullet."""
    start = end - len(text[start:end].lstrip())
    empty_line = _EMPTY_LINE.search(text, start, end)
    end = start + len(text[start : empty_line.start() if empty_line else end].rstrip())
    bullet = _BULLET.match(text, start, end)
    return (bullet.end() if bullet else start), end


def _read_toml(file: Path, scheme: Scheme) -> Iterable[LabelledProject]:
    try:
        entries = tomllib.loads(file.read_text(encoding="utf-8"))["projekt"]
    except (tomllib.TOMLDecodeError, KeyError, UnicodeDecodeError) as error:
        raise TrainingError(f"{file.name} är inte en textfil enligt KODBOK.md: {error}") from error
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise TrainingError(f"{file.name} är inte en textfil enligt KODBOK.md: varje text ska börja med [[projekt]]")
    for entry in entries:
        yield _from_entry(entry, file.name, scheme)


def _from_entry(entry: Mapping[str, Any], name: str, scheme: Scheme) -> LabelledProject:
    where = f"{name}, {entry.get('id', 'text utan id')}"
    try:
        text, statements = parse_marked(entry["text"].strip())
        labels = {field: tuple(entry[field.value]) if field.is_multiple else (entry[field.value],) for field in Field}
        project = LabelledProject(
            entry["id"], entry["titel"], text, statements, labels, entry["lan"], int(entry["omgang"]), entry.get("par", "")
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise TrainingError(f"{where}: uppgiften {error} saknas eller har fel form") from error
    if not statements:
        raise TrainingError(f"{where}: texten har inga märkta påståenden")
    for field, ids in labels.items():
        if unknown := [str(name) for name in ids if name not in scheme.ids(field)]:
            raise TrainingError(f"{where}: {field.swedish} {', '.join(unknown)} finns inte i schemat")
    return project


def _from_short_row(row: Mapping[str, Any]) -> LabelledProject:
    text, columns = row["påstående"], tuple(row["kolumner"])
    if not columns or not set(columns) <= set(COLUMN_CODES):
        raise ValueError(f"kolumner {list(columns)}")
    statement = LabelledStatement(Statement(text, 0, len(text)), columns)
    return LabelledProject(str(row["id"]), "", text, (statement,), {}, round=int(row["omgang"]))


def _from_row(row: Mapping[str, Any], scheme: Scheme) -> LabelledProject:
    text = row["text"]
    statements, at = [], 0
    for item in row.get("påståenden", ()):
        found = text.find(item["påstående"], at)
        start = found if found >= 0 else at
        end = start + len(item["påstående"])
        at = end if found >= 0 else at
        statements.append(LabelledStatement(Statement(item["påstående"], start, end), tuple(item["kolumner"])))
    labels = {}
    for field in (Field.PROJEKTTYP, Field.FOKUSOMRADE, Field.EFFEKTKEDJA):
        if name := row.get(field.swedish):
            labels[field] = (_label_id(scheme, field, name, row.get("sakområde", "")),)
    return LabelledProject(str(row["id"]), row.get("titel", ""), text, tuple(statements), labels)


def _label_id(scheme: Scheme, field: Field, name: str, sakomrade: str) -> str:
    """The id of a label given by name; ``-`` means the leaf that is its sakområde itself."""
    for label in scheme.labels[field]:
        if label.name == name or (name == NO_FOCUS and label.is_own_leaf and scheme.sakomrade_of(label.id).name == sakomrade):
            return label.id
    raise KeyError(f"{field.swedish} {name!r}")
