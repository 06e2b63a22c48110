"""Markup of explanations: only words that matter are marked, and nothing a user wrote becomes HTML."""

from __future__ import annotations

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from classifier.explanation import Word, words_of
from classifier.ui.markup import likenesses, marked_words


@given(st.text(max_size=80))
def test_markup_marked_words_show_the_text_and_no_more(text: str) -> None:
    marked = marked_words(text, [Word(start, end, 1.0) for start, end in words_of(text)])
    assert unescape(re.sub(r"</?(?:p|mark)[^>]*>", "", marked)) == text
    assert marked.count("<mark>") == len(words_of(text))


def test_markup_likenesses_escape_and_tell_cases_apart() -> None:
    html = likenesses([("<b>Fler</b> gäster", "utfall", False), ("En brygga", "prestationer", True)])
    assert "&lt;b&gt;Fler&lt;/b&gt;" in html
    assert html.count("ur ett bekräftat ärende") == 1
