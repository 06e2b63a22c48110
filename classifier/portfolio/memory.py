"""What has been worked out so far, in a file beside the result, so that a stopped run goes on where it was.

Results are kept by the digest of what they are results of: a text that comes twice is worked out once, and a file that was
changed between two runs gives no wrong answers. A batch is saved as a whole or not at all.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from classifier.assistant import ProjectText
from classifier.errors import OutputError
from classifier.portfolio.outcome import Outcome, unpack

AT_A_TIME = 500
"""Digests asked for in one query; SQLite takes no more than a thousand parameters in its older versions."""


def digest_of(project: ProjectText, model: str) -> bytes:
    """Sixteen bytes that are the same for the same title and text judged by the same model."""
    parts = hashlib.blake2b(digest_size=16)
    for part in (model, project.title, project.text):
        coded = part.encode("utf-8", "surrogatepass")
        parts.update(len(coded).to_bytes(8, "big") + coded)
    return parts.digest()


class Memory:
    """Outcomes on disk, by digest."""

    def __init__(self, path: Path) -> None:
        """Open or make the file.

        Raises:
            OutputError: when it cannot be written, or is another kind of file.
        """
        self.path = path
        self._lock = threading.Lock()  # batches are prepared in another thread than they are saved in
        with self._explained():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, check_same_thread=False, timeout=60)
            with self._connection:
                self._connection.execute("CREATE TABLE IF NOT EXISTS outcomes (digest BLOB PRIMARY KEY, outcome BLOB) WITHOUT ROWID")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._connection.close()

    def lacks_any(self, digests: Sequence[bytes]) -> bool:
        """Whether the outcome of one of some digests is missing."""
        held = 0
        for some, marks in _parts(digests):
            with self._explained(), self._lock:
                held += self._connection.execute(f"SELECT COUNT(*) FROM outcomes WHERE digest IN ({marks})", some).fetchone()[0]
        return held < len(digests)

    def save(self, packed: Iterable[tuple[bytes, bytes]]) -> None:
        """Save a batch of digests with their packed outcomes.

        Raises:
            OutputError: when it cannot be written; then nothing of the batch is.
        """
        with self._explained(), self._lock, self._connection:
            self._connection.executemany("INSERT OR REPLACE INTO outcomes VALUES (?, ?)", packed)

    def get(self, digests: Sequence[bytes]) -> dict[bytes, Outcome]:
        """The outcomes of some digests; those that are not there are left out."""
        found: dict[bytes, Outcome] = {}
        for some, marks in _parts(digests):
            with self._explained(), self._lock:
                rows = self._connection.execute(f"SELECT digest, outcome FROM outcomes WHERE digest IN ({marks})", some).fetchall()
            found |= {digest: unpack(outcome) for digest, outcome in rows}
        return found

    def forget(self) -> None:
        """Close and remove the file."""
        self._connection.close()
        for ending in ("", "-journal"):
            with contextlib.suppress(OSError):
                self.path.with_name(self.path.name + ending).unlink(missing_ok=True)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise OutputError(
                f"arbetsfilen {self.path.name} går inte att använda; frigör utrymme eller kontrollera rättigheterna och kör samma kommando igen, "
                "så fortsätter det där det var"
            ) from error


def _parts(digests: Sequence[bytes]) -> Iterator[tuple[Sequence[bytes], str]]:
    """Digests a query can take at a time, with a mark for each."""
    for start in range(0, len(digests), AT_A_TIME):
        some = digests[start : start + AT_A_TIME]
        yield some, ",".join("?" * len(some))
