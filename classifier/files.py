"""Write a file as a whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from classifier.errors import OutputError


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write to under a temporary name in the same folder, made when missing; it gets its name when the block ends well.

    Args:
        path: what the file is to be called; what stood there before stands there until the block has ended well.

    Yields:
        The open file, which can be sought in.

    Raises:
        OutputError: when the file cannot be written, for want of space too.
    """
    with _renamed(path) as temporary, temporary.open("wb") as file:
        yield file


def write_whole(path: Path, content: bytes) -> None:
    """Write to a temporary name in the same folder, made when missing, and rename it when all is written.

    Raises:
        OutputError: when the file cannot be written; what stood there before stands there still.
    """
    with _renamed(path) as temporary:
        temporary.write_bytes(content)


def write_json(path: Path, content: Any) -> None:
    """Write JSON for people and programs to read.

    Raises:
        OutputError: when the file cannot be written.
    """
    write_whole(path, (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode())


@contextmanager
def _renamed(path: Path) -> Iterator[Path]:
    """A temporary name beside the path, which is renamed to it when the block ends well and removed when it does not."""
    temporary = path.with_name(f".{path.name}.tmp")
    with ExitStack() as undo:  # an interrupted run leaves nothing behind either
        undo.callback(_remove, temporary)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            yield temporary
            os.replace(temporary, path)
        except OSError as error:
            raise OutputError(f"{path.name}; frigör utrymme, kontrollera rättigheterna eller välj en annan mapp") from error
        undo.pop_all()


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
