"""Statements → vectors: the adapted encoder, run by onnxruntime. Nothing here knows of torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from classifier.model.windows import CONTEXT, MAX_TOKENS, Segment, Window, batches, pack, padded

ENCODER_FILE = "encoder.onnx"
TOKENIZER_FILE = "tokenizer.json"
BATCH_TOKENS = 1_024
"""Padded tokens in one run of the network: enough to keep two cores busy; with more, what lies between the layers outgrows the cache."""

Vectors = NDArray[np.float32]


class Encoder:
    """Turns documents into one vector a segment."""

    def __init__(self, network: bytes, tokenizer: str, threads: int = 0) -> None:
        """Open the network.

        Args:
            network: an ONNX model with inputs ``input_ids`` and ``attention_mask`` and token vectors as output.
            tokenizer: the tokenizer as JSON.
            threads: cores to use; all when 0.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        options.enable_cpu_mem_arena = False  # an arena keeps the largest of all batches for ever; giving memory back costs no time
        self._session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_str(tokenizer)
        self.dimensions = int(self._session.get_outputs()[0].shape[-1])

    @classmethod
    def load(cls, folder: Path, threads: int = 0) -> Encoder:
        """Open the encoder that lies in a folder."""
        return cls((folder / ENCODER_FILE).read_bytes(), (folder / TOKENIZER_FILE).read_text(encoding="utf-8"), threads)

    def encode(self, documents: Sequence[Sequence[Segment]], max_tokens: int = MAX_TOKENS) -> list[Vectors]:
        """Encode many documents at once, in windows of at most ``max_tokens``.

        Returns:
            For each document an array of shape (segments, dimensions). A segment with no known token is all zero.
        """
        windows = [(number, window) for number, document in enumerate(documents) for window in self._windows(document, max_tokens)]
        sums = [np.zeros((len(document), self.dimensions), np.float32) for document in documents]
        counts = [np.zeros(len(document), np.float32) for document in documents]
        for batch in batches(windows, BATCH_TOKENS):
            hidden = self._run([window for _, window in batch])
            for (number, window), vectors in zip(batch, hidden, strict=True):
                owners = np.asarray(window.owners)
                own = owners != CONTEXT
                places, whose = np.unique(owners[own], return_inverse=True)
                belongs = (whose == np.arange(len(places))[:, None]).astype(np.float32)
                sums[number][places] += belongs @ vectors[: len(owners)][own]
                counts[number][places] += belongs.sum(axis=1)
        return [np.asarray(total / np.maximum(count, 1.0)[:, None], np.float32) for total, count in zip(sums, counts, strict=True)]

    def passage(self, document: Sequence[Segment], number: int) -> tuple[list[Segment], int]:
        """The segments that one segment of a document is read together with, and its place among them."""
        own = next((sorted({*window.owners} - {CONTEXT}) for window in self._windows(document) if number in window.owners), [number])
        before = [segment for segment in document[: own[0]] if segment.is_heading]
        opening = before[-1:] if not document[own[0]].is_heading else []  # a window that goes on from another opens with its heading
        return [*opening, *(document[place] for place in own)], len(opening) + own.index(number)

    def _windows(self, document: Sequence[Segment], max_tokens: int = MAX_TOKENS) -> list[Window]:
        encodings = self._tokenizer.encode_batch([segment.text for segment in document], add_special_tokens=False)
        return list(pack(document, [encoding.ids for encoding in encodings], max_tokens))

    def _run(self, windows: Sequence[Window]) -> Vectors:
        ids, mask = padded(windows)
        (hidden,) = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
        return np.asarray(hidden, np.float32)
