"""JSON Lines: an object a line, a row at a time."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from classifier.errors import DocumentError
from classifier.text.delimited import text_lines
from classifier.text.documents import Source, clean, find_encoding


@dataclass(frozen=True)
class JsonLines:
    """A file of JSON Lines: where it is, what it is called, how it is to be read, and what the reader should know of that."""

    source: Source
    name: str
    encoding: str
    notes: tuple[str, ...]

    def rows(self) -> Iterator[dict[str, Any]]:
        """The objects in order, read anew.

        Raises:
            DocumentError: when the file cannot be read, or a line is no JSON object; the message says which.
        """
        # Only a line feed ends a line: a string may hold U+2028 or U+0085 as it is.
        for number, line in enumerate(text_lines(self.source, self.name, self.encoding, "\n"), 1):
            if line.strip():
                yield _row(line, f"{self.name}, rad {number}")


def open_jsonl(source: Source, name: str) -> JsonLines:
    """Find out how a file of JSON Lines is to be read.

    Raises:
        DocumentError: when it is no text.
    """
    with source() as file:
        return JsonLines(source, name, *find_encoding(file, name))


def write_jsonl(file: BinaryIO, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write each row as an object with those of the columns that it has."""
    writer = codecs.getwriter("utf-8")(file, "replace")
    for row in rows:
        writer.write(json.dumps({column: row[column] for column in columns if column in row}, ensure_ascii=False, default=str) + "\n")


def _row(line: str, place: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise DocumentError(f"{place}: inte giltig JSON") from error
    if not isinstance(row, dict):
        raise DocumentError(f"{place}: raden ska vara ett JSON-objekt")
    return {clean(key): clean(value) if isinstance(value, str) else value for key, value in row.items()}
