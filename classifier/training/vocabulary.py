"""Trim a unigram vocabulary to the pieces that Swedish and English text uses.

Which pieces those are is read off word-frequency lists (the package ``wordfreq``) and the corpus, never off
the texts the product is measured on. A dropped piece is not lost: its word is spelt with smaller pieces.
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Iterable

import numpy as np

from classifier.training.base import SPECIAL, Base, build_tokenizer

SWEDISH_WORDS = 100_000
ENGLISH_WORDS = 25_000
CAPITALISED = 60_000  # of the commonest words also as they stand first in a sentence
UPPER_CASE = 6_000  # and as in headings and abbreviations
CHARACTERS = string.ascii_letters + string.digits + string.punctuation + "åäöÅÄÖéÉèÈüÜáÁàæÆøØ–—’”“…•·½§°€£²³×▁"
BATCH = 4_096


def wanted_words() -> list[str]:
    """The commonest Swedish and English words, in the spellings that texts use."""
    from wordfreq import top_n_list

    words: list[str] = []
    for language, count in (("sv", SWEDISH_WORDS), ("en", ENGLISH_WORDS)):
        common = top_n_list(language, count)
        words += common
        words += [word.capitalize() for word in common[:CAPITALISED]]
        words += [word.upper() for word in common[:UPPER_CASE]]
    return words


def kept_ids(pieces: list[tuple[str, float]], texts: Iterable[str]) -> list[int]:
    """The ids, ascending, of special pieces, plain characters and every piece that the texts are spelt with."""
    tokenizer = build_tokenizer(pieces)
    used: Counter[int] = Counter()
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == BATCH:
            used.update(number for encoding in tokenizer.encode_batch(batch) for number in encoding.ids)
            batch = []
    used.update(number for encoding in tokenizer.encode_batch(batch) for number in encoding.ids)
    characters = (tokenizer.token_to_id(character) for character in CHARACTERS)
    keep = set(range(len(SPECIAL))) | set(used) | {number for number in characters if number is not None}
    return sorted(keep)


def trim(base: Base, texts: Iterable[str]) -> Base:
    """A copy of the base whose vocabulary and word embeddings hold only what the texts need."""
    import torch

    ids = kept_ids(base.pieces, texts)
    weights = base.model.get_input_embeddings().weight.detach()
    rows = torch.nn.Embedding.from_pretrained(
        weights[torch.from_numpy(np.asarray(ids))].clone(), freeze=False, padding_idx=SPECIAL.index("<pad>")
    )
    base.model.set_input_embeddings(rows)
    base.model.config.vocab_size = len(ids)
    return Base(base.name, base.model, [base.pieces[number] for number in ids])
