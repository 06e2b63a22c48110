"""The one road from texts to suggestions, with a dummy model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.assistant import (
    MIN_WORDS,
    REVIEW_BELOW,
    TITLE,
    Assistant,
    ProjectText,
    Proposal,
    Status,
    Suggestion,
    column_set,
    load,
    sum_sakomraden,
)
from classifier.errors import ModelError
from classifier.model.windows import Segment
from classifier.taxonomy import Field, Scheme, load_scheme
from classifier.taxonomy.scheme import COLUMN_CODES
from classifier.text.statements import Statement
from tests.conftest import APPLICATION

LEAVES = load_scheme().ids(Field.FOKUSOMRADE)
ENGLISH = (
    "The project trains thirty carpenters in how to build with local timber. They visit two sawmills and share "
    "what they learn with their own firms, which leads to more houses being built of wood in the region."
)
GERMAN = (
    "Das Projekt hilft kleinen Betrieben im ländlichen Raum. Zwölf Handwerker erhalten eine Schulung und lernen neue Werkzeuge "
    "kennen. Dadurch steigt der Umsatz der Betriebe und junge Leute bleiben im Dorf."
)
ARABIC = "يساعد المشروع الشركات الصغيرة في القرى على بيع منتجاتها عبر الإنترنت."


@pytest.fixture
def seen(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> list[list[Segment]]:
    documents: list[list[Segment]] = []
    encode = assistant.bundle.encoder.encode

    def record(batch: Sequence[Sequence[Segment]]) -> list[np.ndarray]:
        documents.extend(map(list, batch))
        return encode(batch)

    monkeypatch.setattr(assistant.bundle.encoder, "encode", record)
    return documents


def suggest(assistant: Assistant, text: str, title: str = "") -> Suggestion:
    (suggestion,) = assistant.suggest([ProjectText(text, title)])
    return suggestion


def proposal(field: Field, *ranked: tuple[str, float]) -> Proposal:
    return Proposal(field, (ranked[0][0],), ranked, {})


def suggestion_of(fokusomrade: float, effektkedja: float, note: str = "") -> Suggestion:
    proposals = {
        Field.FOKUSOMRADE: proposal(Field.FOKUSOMRADE, ("innovation", fokusomrade)),
        Field.EFFEKTKEDJA: proposal(Field.EFFEKTKEDJA, ("direkt", effektkedja)),
    }
    return Suggestion(ProjectText("text"), Status.PROPOSED, proposals, note=note)


@pytest.mark.parametrize("text", ["", "   ", "\n\t \n", "\u00a0"])
def test_assistant_suggest_empty(assistant: Assistant, text: str) -> None:
    found = suggest(assistant, text, "Titel")
    assert found.status is Status.EMPTY
    assert (dict(found.proposals), found.statements, found.sakomraden) == ({}, (), ())


@pytest.mark.parametrize("text", ["Bygga ny butik", "Vi bygger en butik", "12 34 56 78 90 kronor", "! ? …"])
def test_assistant_suggest_too_short(assistant: Assistant, text: str) -> None:
    assert suggest(assistant, text).status is Status.TOO_SHORT


def test_assistant_suggest_just_long_enough(assistant: Assistant) -> None:
    text = "Vi bygger en ny butik."
    assert len(text.split()) == MIN_WORDS
    assert suggest(assistant, text).status is Status.PROPOSED


def test_assistant_suggest_without_statements_is_too_short(assistant: Assistant) -> None:
    assert suggest(assistant, "1a 2b 3c 4d 5e 6f").status is Status.TOO_SHORT


def test_assistant_suggest_arabic(assistant: Assistant) -> None:
    found = suggest(assistant, ARABIC)
    assert found.status is Status.OTHER_SCRIPT
    assert "stöds inte" in found.status.value
    assert found.needs_review


def test_assistant_suggest_single_foreign_name_is_fine(assistant: Assistant) -> None:
    assert suggest(assistant, "Föreningen Север driver en butik tillsammans med byns skola.").status is Status.PROPOSED


@pytest.mark.parametrize("text", [APPLICATION, ENGLISH], ids=["swedish", "english"])
def test_assistant_suggest_known_language_has_no_note(assistant: Assistant, text: str) -> None:
    found = suggest(assistant, text)
    assert (found.status, found.note) == (Status.PROPOSED, "")


def test_assistant_suggest_german_has_note(assistant: Assistant) -> None:
    found = suggest(assistant, GERMAN)
    assert found.status is Status.PROPOSED
    assert "svenska eller engelska" in found.note
    assert found.needs_review


def test_assistant_suggest_few_words_have_no_language_note(assistant: Assistant) -> None:
    assert suggest(assistant, "Tolv bagerier köper gemensam ugn.").note == ""


def test_assistant_suggest_nothing(assistant: Assistant) -> None:
    assert assistant.suggest([]) == []


def test_assistant_suggest_names_versions(assistant: Assistant, scheme: Scheme) -> None:
    found = suggest(assistant, APPLICATION)
    assert (found.model_version, found.scheme_version) == ("provmodell", scheme.version)


def test_assistant_suggest_keeps_order(assistant: Assistant) -> None:
    texts = [ProjectText(text, id=str(number)) for number, text in enumerate(["", APPLICATION, "Kort", ENGLISH, ARABIC, APPLICATION])]
    found = assistant.suggest(texts)
    assert [item.project.id for item in found] == ["0", "1", "2", "3", "4", "5"]
    assert [item.status.name for item in found] == ["EMPTY", "PROPOSED", "TOO_SHORT", "PROPOSED", "OTHER_SCRIPT", "PROPOSED"]
    assert found[1].proposals == found[5].proposals
    assert found[1].proposals != found[3].proposals


def test_assistant_suggest_batch_equals_alone(assistant: Assistant) -> None:
    texts = [ProjectText(APPLICATION, "Lanthandel"), ProjectText(ENGLISH), ProjectText("Kort")]
    assert assistant.suggest(texts) == [assistant.suggest([text])[0] for text in texts]


def test_assistant_proposal_every_field_ranked(assistant: Assistant, scheme: Scheme) -> None:
    found = suggest(assistant, APPLICATION)
    assert list(found.proposals) == list(Field)
    for field, item in found.proposals.items():
        shares = [share for _, share in item.ranked]
        assert sorted(label for label, _ in item.ranked) == sorted(scheme.ids(field))
        assert shares == sorted(shares, reverse=True)
        assert item.probability == shares[0]


@pytest.mark.parametrize("field", [field for field in Field if not field.is_multiple])
def test_assistant_proposal_single_is_the_likeliest(assistant: Assistant, field: Field) -> None:
    item = suggest(assistant, APPLICATION).proposals[field]
    assert item.values == (item.ranked[0][0],)
    assert math.isclose(sum(share for _, share in item.ranked), 1.0, abs_tol=1e-5)


@pytest.mark.parametrize("field", [field for field in Field if field.is_multiple])
def test_assistant_proposal_multiple_are_the_likely_enough(assistant: Assistant, field: Field) -> None:
    item = suggest(assistant, APPLICATION).proposals[field]
    assert item.values == tuple(label for label, share in item.ranked if share >= 0.5)
    assert 0 < len(item.values) < len(item.ranked)


def test_assistant_statements_keep_offsets_and_order(assistant: Assistant) -> None:
    found = [item.statement for item in suggest(assistant, APPLICATION).statements]
    assert len(found) > 4
    assert all(APPLICATION[item.start : item.end] == item.text for item in found)
    assert found == sorted(found, key=lambda item: item.start)


def test_assistant_statements_columns_and_probabilities(assistant: Assistant) -> None:
    for item in suggest(assistant, APPLICATION).statements:
        assert tuple(item.probabilities) == COLUMN_CODES
        assert math.isclose(sum(item.probabilities.values()), 1.0, abs_tol=1e-5)
        assert item.column == item.columns[0] == max(item.probabilities, key=lambda code: item.probabilities[code])


def test_assistant_statements_given_stand_as_they_are(assistant: Assistant) -> None:
    given_ones = (
        Statement("Kurs", 0, 4),
        Statement("Tio får jobb. Orten växer, vilket leder till mer service.", 5, 62),
        Statement("–", 63, 64),
    )
    (found,) = assistant.suggest([ProjectText("", statements=given_ones)])
    assert found.status is Status.PROPOSED
    assert tuple(item.statement for item in found.statements) == given_ones


def test_assistant_statements_given_none_is_empty(assistant: Assistant) -> None:
    (found,) = assistant.suggest([ProjectText("Här finns en hel text om en butik.", statements=())])
    assert found.status is Status.EMPTY


def test_assistant_document_has_title_headings_and_statements(assistant: Assistant, seen: list[list[Segment]]) -> None:
    given_ones = (
        Statement("Inledning.", 0, 10),
        Statement("Vi bygger.", 10, 20, "Aktiviteter"),
        Statement("Vi ritar.", 20, 29, "Aktiviteter"),
        Statement("Fler bor kvar.", 29, 43, "Mål"),
    )
    assistant.suggest([ProjectText("", "Ny brygga", statements=given_ones)])
    assert seen == [
        [
            Segment("Ny brygga", is_heading=True),
            Segment("Inledning."),
            Segment("Aktiviteter", is_heading=True),
            Segment("Vi bygger."),
            Segment("Vi ritar."),
            Segment("Mål", is_heading=True),
            Segment("Fler bor kvar."),
        ],
        [Segment("Ny brygga", is_heading=True)],
        *([Segment(statement.text)] for statement in given_ones),
    ]


def test_assistant_document_blank_title_is_left_out(assistant: Assistant, seen: list[list[Segment]]) -> None:
    suggest(assistant, "Vi bygger en ny brygga.", "  ")
    assert seen == [[Segment("Vi bygger en ny brygga.")]]


def test_assistant_document_only_readable_texts_are_encoded(assistant: Assistant, seen: list[list[Segment]]) -> None:
    assistant.suggest([ProjectText(""), ProjectText("Vi bygger en ny brygga."), ProjectText("Kort")])
    assert len(seen) == 1


def test_assistant_columns_do_not_mix_up_headings(assistant: Assistant) -> None:
    plain = Statement("Vi bygger en brygga.", 0, 20)
    under = Statement("Vi bygger en brygga.", 0, 20, "Mål")
    first, second = assistant.suggest([ProjectText("", statements=(plain,)), ProjectText("", "Titel", statements=(under,))])
    assert first.statements[0].probabilities == second.statements[0].probabilities


@pytest.mark.parametrize("title", ["", "Lanthandel vid sjön"])
def test_assistant_evidence_ranks_all_parts(assistant: Assistant, title: str) -> None:
    found = suggest(assistant, APPLICATION, title)
    parts = [*([TITLE] if title else []), *range(len(found.statements))]
    for item in found.proposals.values():
        assert set(item.values) | {label for label, _ in item.ranked[:3]} == set(item.evidence)
        for evidence in item.evidence.values():
            assert sorted(piece.statement for piece in evidence) == parts
            weights = [piece.weight for piece in evidence]
            assert weights == sorted(weights, reverse=True)


def test_assistant_evidence_weighs_title_as_any_other_part(assistant: Assistant) -> None:
    def project(title: str, text: str) -> ProjectText:
        return ProjectText("", title, statements=(Statement(text, 0, len(text)),))

    found, turned = assistant.suggest([project("Ugn", "brygga"), project("Brygga", "ugn")])
    for field in Field:
        for label, evidence in found.proposals[field].evidence.items():
            places = [piece.statement for piece in evidence]
            assert sorted(places) == [TITLE, 0]
            assert [piece.statement for piece in turned.proposals[field].evidence[label]] == places[::-1]


@pytest.mark.parametrize("field", [field for field in Field if not field.is_multiple])
def test_assistant_evidence_is_exact(assistant: Assistant, field: Field) -> None:
    head, ids = assistant.bundle.heads.fields[field], assistant.scheme.ids(field)
    item = suggest(assistant, APPLICATION, "Lanthandel").proposals[field]
    (first, likely), (second, likely_next) = item.ranked[:2]
    leads = [
        sum(piece.weight for piece in item.evidence[label]) + head.bias[ids.index(label)] / head.temperature for label in (first, second)
    ]
    assert math.isclose(leads[0] - leads[1], math.log(likely / likely_next), abs_tol=1e-4)


def test_assistant_sakomraden_follow_fokusomrade(assistant: Assistant, scheme: Scheme) -> None:
    found = suggest(assistant, APPLICATION)
    leaf = found.proposals[Field.FOKUSOMRADE]
    assert found.sakomraden[0][0] == scheme.sakomrade_of(leaf.values[0]).id
    assert found.sakomraden == sum_sakomraden(leaf, scheme)


@settings(deadline=None)
@given(st.lists(st.floats(0.001, 1.0), min_size=len(LEAVES), max_size=len(LEAVES)))
def test_assistant_sakomraden_sum_and_never_contradict(scheme: Scheme, weights: list[float]) -> None:
    ranked = sorted(zip(LEAVES, (weight / sum(weights) for weight in weights), strict=True), key=lambda pair: -pair[1])
    found = sum_sakomraden(proposal(Field.FOKUSOMRADE, *ranked), scheme)
    assert {label for label, _ in found} == {label.id for label in scheme.sakomraden}
    for name, share in found:
        assert math.isclose(share, sum(part for leaf, part in ranked if scheme.sakomrade_of(leaf).id == name), abs_tol=1e-9)
    assert found[0][0] == scheme.sakomrade_of(ranked[0][0]).id
    others = [share for _, share in found[1:]]
    assert others == sorted(others, reverse=True)


def test_assistant_sakomraden_leaf_decides_over_larger_sum(scheme: Scheme) -> None:
    split = [leaf for leaf in LEAVES if scheme.sakomrade_of(leaf).id == "attraktiva_miljoer"][:2]
    found = sum_sakomraden(proposal(Field.FOKUSOMRADE, ("kompetensforsorjning", 0.4), (split[0], 0.3), (split[1], 0.3)), scheme)
    assert [label for label, _ in found[:2]] == ["sak_kompetensforsorjning", "attraktiva_miljoer"]
    assert [round(share, 6) for _, share in found[:2]] == [0.4, 0.6]


@pytest.mark.parametrize(
    ("fokusomrade", "effektkedja", "note", "expected"),
    [
        (REVIEW_BELOW, REVIEW_BELOW, "", False),
        (0.99, 0.99, "", False),
        (REVIEW_BELOW - 0.01, 0.99, "", True),
        (0.99, REVIEW_BELOW - 0.01, "", True),
        (0.99, 0.99, "Osäkert språk.", True),
    ],
)
def test_assistant_needs_review(fokusomrade: float, effektkedja: float, note: str, expected: bool) -> None:
    assert suggestion_of(fokusomrade, effektkedja, note).needs_review is expected


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.PROPOSED])
def test_assistant_needs_review_without_proposals(status: Status) -> None:
    assert Suggestion(ProjectText(""), status).needs_review


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ((0.1, 0.5, 0.3, 0.05, 0.03, 0.01, 0.01), ("A", "P")),
        ((0.3, 0.25, 0.4, 0.05, 0.0, 0.0, 0.0), ("P", "R", "A")),
        ((0.0, 0.9, 0.1, 0.0, 0.0, 0.0, 0.0), ("A",)),
        ((0.15, 0.15, 0.15, 0.15, 0.16, 0.12, 0.12), ("K",)),
        ((0.0, 0.35, 0.0, 0.0, 0.0, 0.0, 0.65), ("-",)),
        ((0.0, 0.65, 0.0, 0.0, 0.0, 0.0, 0.35), ("A",)),
    ],
)
def test_assistant_column_set_cases(shares: tuple[float, ...], expected: tuple[str, ...]) -> None:
    assert column_set(np.array(shares, np.float32), np.full(7, 0.2, np.float32)) == expected


def test_assistant_load_missing_model_names_remedy(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="effektkedja train"):
        load(tmp_path / "saknas")
