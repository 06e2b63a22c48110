"""HTML and words of the leader's screen: nothing of what people have written gets out as markup, and what is on a colour can be read."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.stryktips.coupon import Choice, Row, standard
from classifier.stryktips.course import Step
from classifier.stryktips.crosses import Crosses
from classifier.taxonomy import Scheme
from classifier.ui import stryktips_markup as markup
from classifier.ui import stryktips_words as words
from classifier.ui.stryktips_markup import LESS, MODEL, ROOM, Bar, Cell, Line

TONES = (ROOM, MODEL, LESS)


class Tags(HTMLParser):
    """The tags of a text, and the text between them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(" ".join([tag, *sorted(name for name, _ in attrs)]))

    def handle_data(self, data: str) -> None:
        self.text += data


def tags(html: str) -> list[str]:
    parser = Tags()
    parser.feed(html)
    parser.close()
    return parser.found


def everything(text: str, scheme: Scheme) -> str:
    """All that is drawn, with a text wherever people's texts go."""
    cell = Cell(text, 0.5, text)
    return "".join(
        [
            markup.title(text),
            markup.steps([(text, "now")]),
            markup.status(text, text),
            markup.heading(text, small=text),
            markup.lead(text),
            markup.told(text),
            markup.grid(text, [("R", text, "")], [Line(1, text, [cell], (text, text), text)], text, what=text, lead=text),
            markup.bars(text, [Bar(text, text, 0.3, "R", "#ffffff", True)]),
            markup.quotes(text, [text], text),
            markup.statement("lika långt", text, text),
            markup.strip(text, [0.5]),
            markup.joining(text, text, ""),
            markup.figures([(text, text)]),
            markup.plain_table(text, [text], [[text, text]]),
            markup.small_table(text, text, (text, text), [(text, cell)]),
            markup.board(text, [(scheme.columns[0], text, [(1, text, text, 0.5)])]),
            markup.definitions([("R", text, "", text)]),
        ]
    )


def contrast(first: str, second: str) -> float:
    """The contrast ratio of WCAG 2.2."""
    lights = []
    for colour in (first, second):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    dark, light = sorted(lights)
    return (light + 0.05) / (dark + 0.05)


@given(st.text("<>&\"'/= ab1script", min_size=1, max_size=40).filter(str.strip))
def test_stryktips_markup_texts_never_become_tags(scheme: Scheme, text: str) -> None:
    assert tags(everything(text, scheme)) == tags(everything("x", scheme))


def test_stryktips_markup_tells_the_text_as_it_is() -> None:
    parser = Tags()
    parser.feed(markup.told('5 < 6 & "7" <b>'))
    parser.close()
    assert parser.text == '5 < 6 & "7" <b>'


@given(st.floats(-1, 2), st.sampled_from(TONES))
def test_stryktips_markup_text_on_a_colour_can_be_read(depth: float, tone: str) -> None:
    back, ink = markup.filled(depth, tone)
    assert contrast(back, ink) >= 4.5


@pytest.mark.parametrize("tone", TONES)
def test_stryktips_markup_deeper_is_darker(tone: str) -> None:
    contrasts = [contrast(markup.filled(step / 10, tone)[0], "#000000") for step in range(11)]
    assert contrasts == sorted(contrasts, reverse=True)
    assert markup.filled(0, tone)[0] == "#ffffff"
    assert markup.filled(1, tone)[0] == tone


@pytest.mark.parametrize(("length", "size"), [(10, "short"), (100, "middle"), (400, "long")])
def test_stryktips_markup_longer_statements_are_smaller(length: int, size: str) -> None:
    assert f'class="ek-hand {size}"' in markup.statement("o" * length, "")


@pytest.mark.parametrize(
    ("seconds", "told"), [(92.4, "1:33 kvar"), (0.2, "0:01 kvar"), (0, "Tiden är ute"), (-7, "Tiden är ute"), (600, "10:00 kvar")]
)
def test_stryktips_words_time_left(seconds: float, told: str) -> None:
    assert words.time_left(seconds) == told


@pytest.mark.parametrize(("full", "weak", "told"), [(0, 0, ""), (3, 0, "3"), (0, 2, "(2)"), (14, 2, "14 (2)")])
def test_stryktips_words_numbers(full: int, weak: int, told: str) -> None:
    assert words.numbers(full, weak) == told


@pytest.mark.parametrize(("number", "told"), [(0, ""), (4, "+4"), (-3, "−3")])
def test_stryktips_words_signed(number: int, told: str) -> None:
    assert words.signed(number) == told


@pytest.mark.parametrize(
    ("title", "name"),
    [('Träff 3: "mars"/april', "Träff 3 marsapril"), ("../../etc/passwd", "etcpasswd"), ("///", "session"), ("å" * 90, "å" * 60)],
)
def test_stryktips_words_file_name(title: str, name: str) -> None:
    assert words.file_name(title) == name


def test_stryktips_words_in_words(scheme: Scheme) -> None:
    row = Row("Vinnväxt")
    assert words.in_words(Crosses.parse("U (K)"), row, scheme) == "Utfall och Kortsiktiga effekter (svagt)"
    assert words.in_words(Crosses(), row, scheme) == "inget kryss"
    label = scheme.sakomraden[1]
    assert words.in_words(Crosses.of([label.id]), Row("Fall", choice=Choice.SAKOMRADE), scheme) == label.name


def test_stryktips_words_course_has_what_there_is() -> None:
    assert words.course(True, standard()) == list(Step)
    assert Step.ROUND_2 not in words.course(False, standard())


def test_stryktips_words_button_back_to_a_round_says_so() -> None:
    assert words.to_step(Step.ROUND_1, Step.LOBBY) == "Starta runda 1"
    assert words.to_step(Step.ROUND_1, Step.CLOSED_1) == "Öppna runda 1 igen"
    assert words.to_step(Step.ROUND_2, Step.CLOSED_1) == "Starta runda 2"
    assert words.to_step(Step.ROUND_2, Step.CLOSED_2) == "Öppna runda 2 igen"
