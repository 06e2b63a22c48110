"""Write a file as a whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

from classifier.errors import OutputError


def write_whole(path: Path, content: bytes) -> None:
    """Write to a temporary name in the same folder, made when missing, and rename it when all is written.

    Raises:
        OutputError: when the file cannot be written; what stood there before stands there still.
    """
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        os.replace(temporary, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise OutputError(f"{path.name}; frigör utrymme, kontrollera rättigheterna eller välj en annan mapp") from error


def write_json(path: Path, content: Any) -> None:
    """Write JSON for people and programs to read.

    Raises:
        OutputError: when the file cannot be written.
    """
    write_whole(path, (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode())
