"""Windows: no token is lost or read twice, and every window is within bounds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.model.windows import CONTEXT, MAX_TOKENS, START, STOP, Segment, Window, batches, encoder_input, pack, read_twice
from classifier.text.statements import Statement

Document = tuple[list[Segment], list[list[int]]]


def documents(least_tokens: int) -> st.SearchStrategy[Document]:
    tokens = st.lists(st.integers(3, 5_000), min_size=least_tokens, max_size=70)
    return st.lists(st.tuples(st.booleans(), tokens), max_size=14).map(
        lambda parts: ([Segment("text", is_heading=heading) for heading, _ in parts], [ids for _, ids in parts])
    )


def windows_of(lengths: list[int]) -> list[tuple[int, Window]]:
    return [(number, Window([START, *[9] * length], [CONTEXT, *[0] * length])) for number, length in enumerate(lengths)]


@settings(deadline=None)
@given(documents(0), st.integers(12, 80))
def test_windows_pack_each_token_once_in_order(document: Document, limit: int) -> None:
    segments, tokens = document
    found = [
        (owner, token)
        for window in pack(segments, tokens, limit)
        for owner, token in zip(window.owners, window.ids, strict=True)
        if owner != CONTEXT
    ]
    assert found == [(number, token) for number, ids in enumerate(tokens) for token in ids]


@settings(deadline=None)
@given(documents(0), st.integers(12, 80))
def test_windows_pack_within_limit(document: Document, limit: int) -> None:
    for window in pack(*document, limit):
        assert len(window.ids) == len(window.owners) <= limit
        assert (window.ids[0], window.ids[-1]) == (START, STOP)
        assert not window.is_empty


@settings(deadline=None)
@given(documents(1), st.integers(12, 80))
def test_windows_pack_separator_after_each_run(document: Document, limit: int) -> None:
    for window in pack(*document, limit):
        pairs = list(zip(window.owners, window.owners[1:], strict=False))
        assert all(after in (before, CONTEXT) for before, after in pairs if before != CONTEXT)
        assert all(window.ids[place + 1] == STOP for place, (before, after) in enumerate(pairs) if before not in (CONTEXT, after))


@settings(deadline=None)
@given(documents(1), st.integers(12, 80))
def test_windows_pack_opens_with_heading(document: Document, limit: int) -> None:
    segments, tokens = document
    seen: set[int] = set()
    for place, window in enumerate(pack(segments, tokens, limit)):
        first = next(owner for owner in window.owners if owner != CONTEXT)
        above = [number for number in range(first) if segments[number].is_heading]
        starts_anew = place > 0 and first not in seen and not segments[first].is_heading
        expected = [*tokens[above[-1]][: limit // 4], STOP] if starts_anew and above else []
        assert window.ids[1 : window.owners.index(first)] == expected
        seen |= set(window.owners)


def test_windows_pack_one_window_when_short() -> None:
    segments = [Segment("Mål", is_heading=True), Segment("Fler bor kvar."), Segment("Butiken lever.")]
    (window,) = pack(segments, [[10], [11, 12], [13]])
    assert window.ids == [START, 10, STOP, 11, 12, STOP, 13, STOP]
    assert window.owners == [CONTEXT, 0, CONTEXT, 1, 1, CONTEXT, 2, CONTEXT]


def test_windows_pack_carries_heading_to_next_window() -> None:
    segments = [Segment("Mål", is_heading=True), Segment("ett"), Segment("två")]
    first, second = pack(segments, [[10], [11] * 8, [12] * 8], 16)
    assert first.owners.count(1) == 8
    assert second.ids == [START, 10, STOP, *[12] * 8, STOP]
    assert second.owners == [CONTEXT, CONTEXT, CONTEXT, *[2] * 8, CONTEXT]


def test_windows_pack_new_heading_replaces_context() -> None:
    segments = [Segment("Mål", is_heading=True), Segment("ett"), Segment("Budget", is_heading=True), Segment("två")]
    _, second = pack(segments, [[10], [11] * 12, [20], [12] * 5], 17)
    assert second.ids == [START, 20, STOP, *[12] * 5, STOP]
    assert second.owners[1] == 2


def test_windows_pack_long_heading_is_cut_in_context() -> None:
    segments = [Segment("lång rubrik", is_heading=True), Segment("ett"), Segment("två")]
    *_, last = pack(segments, [list(range(30, 50)), [11] * 16, [12] * 20], 40)
    assert last.ids == [START, *range(30, 40), STOP, *[12] * 20, STOP]


def test_windows_pack_spreads_long_segment() -> None:
    windows = list(pack([Segment("lång")], [list(range(100, 125))], 12))
    assert [window.owners.count(0) for window in windows] == [10, 10, 5]


def test_windows_pack_segment_without_tokens_has_no_window() -> None:
    assert list(pack([Segment("☃")], [[]])) == []


def test_windows_pack_nothing() -> None:
    assert list(pack([], [])) == []


def test_windows_pack_refuses_unequal_lists() -> None:
    with pytest.raises(ValueError, match="zip"):
        list(pack([Segment("ett")], []))


def test_windows_pack_default_limit() -> None:
    windows = list(pack([Segment("lång")], [[7] * 600]))
    assert max(len(window.ids) for window in windows) == MAX_TOKENS == 256


@settings(deadline=None)
@given(st.lists(st.integers(1, 300), max_size=60), st.integers(1, 900))
def test_windows_batches_keep_each_once_within_bound(lengths: list[int], limit: int) -> None:
    windows = windows_of(lengths)
    found = list(batches(windows, limit))
    assert sorted(number for batch in found for number, _ in batch) == list(range(len(windows)))
    assert all(window is windows[number][1] for batch in found for number, window in batch)
    for batch in found:
        assert len(batch) == 1 or len(batch) * max(len(window.ids) for _, window in batch) <= limit


def test_windows_batches_by_length() -> None:
    found = list(batches(windows_of([9, 1, 9, 1, 1]), 20))
    assert [[number for number, _ in batch] for batch in found] == [[1, 3, 4], [0, 2]]


def test_windows_batches_same_document_may_be_split() -> None:
    long = Window([START, *[9] * 50], [CONTEXT, *[0] * 50])
    assert [len(batch) for batch in batches([(0, long), (0, long)], 60)] == [1, 1]


def test_windows_batches_nothing() -> None:
    assert list(batches([], 100)) == []


def test_windows_read_twice_is_the_mean_of_both_readings() -> None:
    calls: list[list[list[str]]] = []

    def encode(documents: Sequence[Sequence[Segment]]) -> list[np.ndarray]:
        calls.append([[segment.text for segment in document] for document in documents])
        return [np.array([[len(document), place] for place in range(len(document))], np.float32) for document in documents]

    titled = encoder_input("Titel", [Statement("ett", 0, 3, "Mål"), Statement("två", 4, 7, "Mål")])
    single = encoder_input("", [Statement("ensam", 0, 5)])
    empty = encoder_input("", [])
    found = read_twice(encode, [titled, single, empty])
    assert calls == [[["Titel", "Mål", "ett", "två"], ["ensam"], []], [["Titel"], ["ett"], ["två"]]]
    assert found[0].tolist() == [[2.5, 0.0], [2.5, 1.0], [2.5, 1.5]]
    assert found[1].tolist() == [[1.0, 0.0]]
    assert found[2].shape[0] == 0
