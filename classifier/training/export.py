"""Write an adapted encoder to disk for onnxruntime: token vectors out, weights as 8-bit integers."""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from classifier.files import write_whole
from classifier.model.encoder import ENCODER_FILE, TOKENIZER_FILE, Encoder
from classifier.model.heads import Heads
from classifier.model.windows import Segment
from classifier.training.adaptation import encode
from classifier.training.base import Base, build_tokenizer

if TYPE_CHECKING:
    from transformers import BertModel

OPSET = 17


class _TokenVectors(torch.nn.Module):
    """The network with just the inputs and the output that run time uses."""

    def __init__(self, model: BertModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Token ids and mask, both (windows, tokens) → vectors (windows, tokens, dimensions)."""
        vectors: torch.Tensor = self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        return vectors


def export_encoder(model: BertModel, base: Base, folder: Path) -> None:
    """Write ``encoder.onnx`` (8-bit) and ``tokenizer.json`` to a folder."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    logging.getLogger().setLevel(logging.ERROR)  # the quantiser advises a preparation that changes nothing here
    model.set_attn_implementation("eager")
    with tempfile.TemporaryDirectory() as scratch:
        full = Path(scratch) / "full.onnx"
        example = torch.tensor([[0, 5, 6, 2], [0, 7, 2, 1]])
        torch.onnx.export(
            _TokenVectors(model).eval(),
            (example, (example != 1).long()),
            str(full),
            input_names=["input_ids", "attention_mask"],
            output_names=["token_vectors"],
            dynamic_axes={name: {0: "windows", 1: "tokens"} for name in ("input_ids", "attention_mask", "token_vectors")},
            opset_version=OPSET,
            dynamo=False,
        )
        small = Path(scratch) / "small.onnx"
        quantize_dynamic(full, small, weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul", "Gather"])
        write_whole(folder / ENCODER_FILE, small.read_bytes())
    write_whole(folder / TOKENIZER_FILE, json.dumps(json.loads(build_tokenizer(base.pieces).to_str()), ensure_ascii=False).encode())


def agreement(model: BertModel, base: Base, folder: Path, documents: Sequence[Sequence[Segment]], heads: Heads) -> tuple[float, float]:
    """How far the export gives what the torch model gives: the mean cosine of their vectors, and how often both lead to the same column."""
    before = np.concatenate(encode(model, base, documents))
    after = np.concatenate(Encoder.load(folder).encode(documents))
    cosines = (before * after).sum(axis=1) / (np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1))
    texts = [segment.text for document in documents for segment in document]
    first, second = (heads.columns.scores(heads.features(vectors, texts)) for vectors in (before, after))
    same = first.argmax(axis=1) == second.argmax(axis=1)
    return float(cosines.mean()), float(same.mean())
