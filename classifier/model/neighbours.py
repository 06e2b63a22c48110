"""Statements whose columns are known, kept with short vectors, so that the nearest to a new one can be shown beside it.

The vectors are the encoder's, standardised and cut down to their main directions. Statements of the corpus are kept
with their text; of a decided case only the case and where in it the statement begins, so that a deleted case is gone.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classifier.files import write_whole

NEIGHBOURS_FILE = "neighbours.npz"
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Example:
    """A statement with known columns.

    Attributes:
        columns: column codes, main column first.
        text: the statement; empty when it belongs to a case.
        case_id: the case it belongs to; empty when it comes from the corpus.
        start: the character of the case's text at which the statement begins.
    """

    columns: tuple[str, ...]
    text: str = ""
    case_id: str = ""
    start: int = 0


@dataclass(frozen=True)
class Neighbours:
    """Examples with their vectors.

    Attributes:
        examples: the statements.
        vectors: of unit length, shape (examples, directions).
        mean: of the encoder's vectors, shape (dimensions,).
        directions: from a centred vector to a short one, shape (dimensions, directions).
    """

    examples: Sequence[Example]
    vectors: NDArray[np.float16]
    mean: Floats
    directions: Floats

    def nearest(self, vector: Floats, count: int) -> list[tuple[Example, float]]:
        """The examples nearest to an encoder's vector, shape (dimensions,), with their cosine, nearest first; every text once."""
        similarity = self.vectors.astype(np.float32) @ self.shortened(vector[None])[0]
        found: dict[object, tuple[Example, float]] = {}
        for row in np.argsort(-similarity, kind="stable"):
            example = self.examples[row]
            found.setdefault(example.text.lower() or (example.case_id, example.start), (example, float(similarity[row])))
            if len(found) == count:
                break
        return list(found.values())

    def shortened(self, vectors: Floats) -> Floats:
        """The encoder's vectors, shape (rows, dimensions), as short vectors of unit length."""
        short = (vectors - self.mean) @ self.directions
        return np.asarray(short / np.maximum(np.linalg.norm(short, axis=1, keepdims=True), 1e-9), np.float32)

    def save(self, path: Path) -> None:
        """Write everything to one file; the same examples give the same bytes."""
        records = json.dumps([asdict(example) for example in self.examples], ensure_ascii=False).encode()
        content = io.BytesIO()
        np.savez_compressed(
            content,
            examples=np.frombuffer(records, np.uint8),
            vectors=self.vectors,
            mean=self.mean.astype(np.float32),
            directions=self.directions.astype(np.float32),
        )
        write_whole(path, content.getvalue())

    @classmethod
    def load(cls, path: Path) -> Neighbours:
        """Read what :meth:`save` wrote; pickled content is refused."""
        with np.load(path, allow_pickle=False) as arrays:
            records = json.loads(arrays["examples"].tobytes())
            examples = [Example(**(record | {"columns": tuple(record["columns"])})) for record in records]
            return cls(examples, arrays["vectors"], arrays["mean"], arrays["directions"])
