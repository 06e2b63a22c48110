"""Evaluation: the measures against sums done by hand, and the files they are read from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.assistant import REVIEW_BELOW, Assistant, ProjectText, Proposal, StatementProposal, Status, Suggestion
from classifier.errors import TrainingError
from classifier.model.heads import Head, Heads
from classifier.taxonomy import Field, Scheme
from classifier.taxonomy.scheme import COLUMN_CODES
from classifier.text.statements import Statement, split
from classifier.training.calibration import HeldOut
from classifier.training.corpus import LabelledProject, LabelledStatement, read_labelled_jsonl
from classifier.training.evaluation import (
    expected_place,
    measure_explanations,
    measure_labelled,
    measure_order,
    measure_scores,
    measure_theme,
    summary,
)
from classifier.training.metrics import expected_calibration_error
from tests.conftest import APPLICATION, WORDS

pytestmark = pytest.mark.filterwarnings("ignore:A single label was found")  # scikit-learn says so though it is given the labels
FOCUS = ("foretagande", "innovation", "service")
BAKERY = "Bageriet köper en ny ugn. Tre bagare lär sig baka surdeg. Fler gäster äter bröd i hamnen."


def open_head(labels: int, *, many: bool, temperature: float = 1.0) -> Head:
    """A head whose weights are never used, with thresholds at one half."""
    empty = np.zeros(1, np.float32)
    half = np.full(labels, 0.5, np.float32)
    return Head(
        weights=np.zeros((labels, 1), np.float32),
        word_weights=np.zeros((labels, len(WORDS.idf)), np.float32),
        bias=np.zeros(labels, np.float32),
        mean=empty,
        scale=empty + 1,
        temperature=temperature,
        thresholds=half,
        set_thresholds=half / 2,
        is_multiple=many,
    )


def open_heads(scheme: Scheme, temperature: float = 1.0) -> Heads:
    fields = {field: open_head(len(scheme.ids(field)), many=field.is_multiple, temperature=temperature) for field in Field}
    return Heads(open_head(len(COLUMN_CODES), many=False, temperature=temperature), fields, WORDS)


def peaks(found: Sequence[Sequence[str]], ids: Sequence[str], height: float = 9.0) -> Any:
    """Scores that are high for the labels found and low for the others."""
    return np.array([[height if name in labels else -height for name in ids] for labels in found], np.float32)


def held_out_of(
    scheme: Scheme,
    columns: Sequence[tuple[tuple[str, ...], Sequence[str]]] = (),
    fokusomrade: Sequence[tuple[str, str]] = (),
    bransch: Sequence[tuple[tuple[str, ...], tuple[str, ...]]] = (),
    height: float = 9.0,
) -> HeldOut:
    """Pairs of truth and what was found; one project for each, and what is not given is found as it should be."""
    size = max(len(columns), len(fokusomrade), len(bransch))
    columns = [*columns, *[(("A",), ["A"])] * (size - len(columns))]
    fokusomrade = [*fokusomrade, *[("service", "service")] * (size - len(fokusomrade))]
    bransch = [*bransch, *[(("livsmedel",), ("livsmedel",))] * (size - len(bransch))]
    common = {
        Field.PROJEKTTYP: ("projekt",),
        Field.EFFEKTKEDJA: ("direkt",),
        Field.VERKTYG: ("utbildning",),
        Field.SYFTE: ("digitalisering",),
    }
    projects = [
        LabelledProject(
            f"prov-{row}",
            "",
            "sats",
            (LabelledStatement(Statement("sats", 0, 4), columns[row][0]),),
            {**common, Field.FOKUSOMRADE: (fokusomrade[row][0],), Field.BRANSCH: bransch[row][0]},
        )
        for row in range(size)
    ]
    fields = {field: peaks([common.get(field, ())] * size, scheme.ids(field)) for field in Field}
    fields[Field.FOKUSOMRADE] = peaks([[found] for _, found in fokusomrade], scheme.ids(Field.FOKUSOMRADE), height)
    fields[Field.BRANSCH] = peaks([found for _, found in bransch], scheme.ids(Field.BRANSCH))
    return HeldOut(projects, peaks([found for _, found in columns], COLUMN_CODES), fields)


def one_statement(shares: dict[str, float]) -> Suggestion:
    statement = StatementProposal(Statement("sats", 0, 4), ("A",), dict.fromkeys(COLUMN_CODES, 0.0) | shares)
    return Suggestion(ProjectText("sats"), Status.PROPOSED, statements=(statement,))


def write_rows(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def own_answer(assistant: Assistant, text: str, number: int) -> dict[str, Any]:
    """A labelled row that says exactly what the assistant says of the text."""
    (suggestion,) = assistant.suggest([ProjectText(text, "Prov")])
    scheme = assistant.scheme
    row: dict[str, Any] = {"id": number, "titel": "Prov", "text": text, "sakområde": scheme.sakomraden[0].name}
    for field in (Field.PROJEKTTYP, Field.FOKUSOMRADE, Field.EFFEKTKEDJA):
        row[field.swedish] = scheme.label(field, suggestion.proposals[field].values[0]).name
    row["påståenden"] = [{"påstående": item.statement.text, "kolumner": list(item.columns)} for item in own_columns(assistant, text)]
    return row


def own_columns(assistant: Assistant, text: str) -> tuple[StatementProposal, ...]:
    return assistant.suggest([ProjectText(text, "Prov")])[0].statements


def theme_of(assistant: Assistant, text: str, title: str = "") -> str:
    (suggestion,) = assistant.suggest([ProjectText(text, title)])
    return assistant.scheme.label(Field.FOKUSOMRADE, suggestion.proposals[Field.FOKUSOMRADE].values[0]).name


class FixedAssistant:
    """Places a sentence in the chain by its last word; remembers what it was given."""

    def __init__(self, scheme: Scheme, places: dict[str, str]) -> None:
        self.scheme = scheme
        self.places = places
        self.given: list[ProjectText] = []

    def suggest(self, texts: Sequence[ProjectText]) -> list[Suggestion]:
        self.given += texts
        return [one_statement({self.places[text.text.rstrip(".").split()[-1]]: 1.0}) for text in texts]


def test_evaluation_calibration_error_by_hand() -> None:
    sureness = np.array([0.95, 0.91, 0.85, 0.15])
    hits = np.array([True, False, True, False])
    # Bin 0.9–1: |0.93 - 0.5| · 2/4 = 0.215; bin 0.8–0.9: |0.85 - 1| / 4 = 0.0375; bin 0.1–0.2: |0.15 - 0| / 4 = 0.0375.
    assert expected_calibration_error(sureness, hits) == pytest.approx(0.29)


@pytest.mark.parametrize(
    ("sureness", "hits", "wanted"),
    [
        ([1.0, 1.0], [True, True], 0.0),
        ([1.0, 1.0], [False, False], 1.0),
        ([0.0], [False], 0.0),
        ([0.75, 0.75, 0.75, 0.75], [True, True, True, False], 0.0),
        ([0.61, 0.69], [True, False], 0.15),
        ([0.55, 0.65], [True, False], 0.55),
        ([1.0, 0.92], [False, True], 0.46),
    ],
)
def test_evaluation_calibration_error_cases(sureness: list[float], hits: list[bool], wanted: float) -> None:
    assert expected_calibration_error(np.array(sureness), np.array(hits)) == pytest.approx(wanted)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40))
def test_evaluation_calibration_error_bounds(pairs: list[tuple[float, bool]]) -> None:
    sureness, hits = np.array([share for share, _ in pairs]), np.array([hit for _, hit in pairs])
    error = expected_calibration_error(sureness, hits)
    assert abs(sureness.mean() - hits.mean()) - 1e-9 <= error <= 1.0
    assert error == pytest.approx(expected_calibration_error(sureness[::-1], hits[::-1]))


def test_evaluation_macro_f1_by_hand(scheme: Scheme) -> None:
    pairs = [(("A",), ["A"]), (("A",), ["A"]), (("A",), ["P"]), (("P",), ["P"]), (("P",), ["P"]), (("U",), ["A"])]
    result = measure_scores([(held_out_of(scheme, columns=pairs), open_heads(scheme))], scheme)["kolumn"]
    assert (result["antal"], result["träffsäkerhet"]) == (6, 0.6667)
    assert result["per_värde"] == {
        "A": {"precision": 0.6667, "recall": 0.6667, "f1": 0.6667, "antal": 3},
        "P": {"precision": 0.6667, "recall": 1.0, "f1": 0.8, "antal": 2},
        "U": {"precision": 0.0, "recall": 0.0, "f1": 0.0, "antal": 1},
    }
    assert result["makro_f1"] == pytest.approx((2 / 3 + 0.8 + 0) / 3, abs=1e-4)
    assert result["förväxlingar"] == {"ordning": ["A", "P", "U"], "rader_är_facit": [[2, 1, 0], [0, 2, 0], [1, 0, 0]]}
    assert result["ece"] == pytest.approx(1 - 4 / 6, abs=1e-3)


def test_evaluation_macro_f1_over_labels_in_truth(scheme: Scheme) -> None:
    pairs = [("foretagande", "foretagande"), ("foretagande", "innovation"), ("service", "service")]
    result = measure_scores([(held_out_of(scheme, fokusomrade=pairs), open_heads(scheme))], scheme)["fokusområde"]
    assert result["makro_f1"] == pytest.approx((2 / 3 + 1) / 2, abs=1e-4)
    assert result["per_värde"]["innovation"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "antal": 0}
    order = [name for name in scheme.ids(Field.FOKUSOMRADE) if name in FOCUS]
    assert result["förväxlingar"]["ordning"] == order
    assert result["förväxlingar"]["rader_är_facit"][order.index("foretagande")][order.index("innovation")] == 1


def test_evaluation_several_columns_by_hand(scheme: Scheme) -> None:
    pairs = [(("U", "K"), ["U", "K"]), (("U",), ["U", "K"]), (("K",), ["K"]), (("-",), ["-"])]
    heads = open_heads(scheme)
    heads = replace(heads, columns=replace(heads.columns, thresholds=np.full(7, 0.3, np.float32)))
    result = measure_scores([(held_out_of(scheme, columns=pairs), heads)], scheme)["kolumn"]["flera"]
    # U: two found, both right. K: three found, two right. Outside the chain is no column of the chain.
    assert result["per_värde"] == {
        "U": {"precision": 1.0, "recall": 1.0, "f1": 1.0, "antal": 2},
        "K": {"precision": 0.6667, "recall": 1.0, "f1": 0.8, "antal": 2},
    }
    assert result["makro_f1"] == 0.9


def test_evaluation_several_labels_by_hand(scheme: Scheme) -> None:
    pairs = [
        (("livsmedel",), ("livsmedel", "energi")),
        (("livsmedel", "energi"), ("livsmedel",)),
        ((), ("livsmedel",)),
        (("energi",), ("energi",)),
    ]
    result = measure_scores([(held_out_of(scheme, bransch=pairs), open_heads(scheme))], scheme)["bransch"]
    # Livsmedel: two right, one too many. Energi: one right, one too many, one missed.
    assert result["per_värde"] == {
        name: {
            "livsmedel": {"precision": 0.6667, "recall": 1.0, "f1": 0.8, "antal": 2},
            "energi": {"precision": 0.5, "recall": 0.5, "f1": 0.5, "antal": 2},
        }[name]
        for name in scheme.ids(Field.BRANSCH)
        if name in {"livsmedel", "energi"}
    }
    assert result["makro_f1"] == 0.65


def test_evaluation_several_of_one_label_and_of_none(scheme: Scheme) -> None:
    one = measure_scores([(held_out_of(scheme, bransch=[(("energi",), ("energi",)), ((), ("energi",))]), open_heads(scheme))], scheme)[
        "bransch"
    ]
    assert one == {"makro_f1": 0.6667, "per_värde": {"energi": {"precision": 0.5, "recall": 1.0, "f1": 0.6667, "antal": 1}}}
    none = measure_scores([(held_out_of(scheme, bransch=[((), ("energi",)), ((), ())]), open_heads(scheme))], scheme)["bransch"]
    assert none == {"makro_f1": 0.0, "per_värde": {}}


def test_evaluation_scores_under_calibration(scheme: Scheme) -> None:
    held_out = held_out_of(scheme, fokusomrade=[("service", "service"), ("service", "foretagande")], height=2.0)
    sharp = measure_scores([(held_out, open_heads(scheme))], scheme)["fokusområde"]
    mild = measure_scores([(held_out, open_heads(scheme, temperature=4.0))], scheme)["fokusområde"]
    labels = len(scheme.ids(Field.FOKUSOMRADE))
    assert sharp["ece"] == pytest.approx(abs(1 / (1 + (labels - 1) * np.exp(-4.0)) - 0.5), abs=1e-3)
    assert mild["ece"] == pytest.approx(abs(1 / (1 + (labels - 1) * np.exp(-1.0)) - 0.5), abs=1e-3)
    assert sharp["träffsäkerhet"] == mild["träffsäkerhet"] == 0.5
    columns = {sureness: measure_scores([(held_out, open_heads(scheme, sureness))], scheme)["kolumn"]["ece"] for sureness in (1.0, 9.0)}
    assert columns[1.0] == pytest.approx(0.0, abs=1e-3)
    assert columns[9.0] == pytest.approx(1 - 1 / (1 + 6 * np.exp(-2.0)), abs=1e-3)


def test_evaluation_scores_review_by_hand(scheme: Scheme) -> None:
    pairs = [("service", "service"), ("service", "innovation"), ("service", "service"), ("service", "innovation"), ("service", "service")]
    unsure = held_out_of(scheme, fokusomrade=pairs, height=0.5)
    mixed = held_out_of(scheme, fokusomrade=pairs)
    mixed.fields[Field.FOKUSOMRADE][[0, 3]] = unsure.fields[Field.FOKUSOMRADE][[0, 3]]
    # The first and the fourth are flagged, one of them right; of the three others two are.
    result = measure_scores([(mixed, open_heads(scheme))], scheme)["granska"]
    assert at_limit(result) == {"andel": 0.4, "rätt_bland_övriga": 0.6667, "rätt_bland_flaggade": 0.5}
    assert result["gräns"] == REVIEW_BELOW


def at_limit(review: dict[str, object]) -> dict[str, object]:
    return {name: review[name] for name in ("andel", "rätt_bland_övriga", "rätt_bland_flaggade")}


def test_evaluation_scores_review_effektkedja_counts_too(scheme: Scheme) -> None:
    held_out = held_out_of(scheme, fokusomrade=[("service", "service")] * 4)
    held_out.fields[Field.EFFEKTKEDJA][0] = 0.0
    held_out.fields[Field.EFFEKTKEDJA][1] *= -1
    held_out.fields[Field.PROJEKTTYP][2:] = 0.0  # no reason for review
    result = measure_scores([(held_out, open_heads(scheme))], scheme)["granska"]
    assert (result["andel"], result["rätt_bland_övriga"]) == (0.5, 1.0)


@pytest.mark.parametrize(
    ("height", "wanted"),
    [
        (9.0, {"andel": 0.0, "rätt_bland_övriga": 1.0, "rätt_bland_flaggade": None}),
        (0.5, {"andel": 1.0, "rätt_bland_övriga": None, "rätt_bland_flaggade": 1.0}),
    ],
)
def test_evaluation_scores_review_of_none_and_of_all(scheme: Scheme, height: float, wanted: dict[str, float | None]) -> None:
    held_out = held_out_of(scheme, fokusomrade=[("service", "service")] * 2, height=height)
    assert at_limit(measure_scores([(held_out, open_heads(scheme))], scheme)["granska"]) == wanted


def test_evaluation_scores_every_field(scheme: Scheme) -> None:
    result = measure_scores([(held_out_of(scheme, fokusomrade=[("service", "service")]), open_heads(scheme))], scheme)
    fields = {"kolumn", "projekttyp", "fokusområde", "effektkedja", "bransch", "verktyg", "syfte"}
    assert set(result) == fields | {"granska"}
    assert {name: result[name]["makro_f1"] for name in fields} == dict.fromkeys(fields, 1.0)
    assert json.loads(json.dumps(result)) == result


@pytest.mark.parametrize(("code", "place"), [("R", 1), ("A", 2), ("P", 3), ("U", 4), ("K", 5), ("L", 6)])
def test_evaluation_expected_place_of_one_column(code: str, place: int) -> None:
    assert expected_place(one_statement({code: 1.0})) == place


@pytest.mark.parametrize(
    ("shares", "place"),
    [
        ({"A": 0.5, "U": 0.5}, 3.0),
        ({"R": 0.25, "L": 0.75}, 4.75),
        (dict.fromkeys("RAPUKL", 1 / 6), 3.5),
        ({"K": 0.2, "-": 0.8}, 5.0),
        ({"A": 0.1, "U": 0.3, "-": 0.6}, 3.5),
    ],
)
def test_evaluation_expected_place_outside_left_out(shares: dict[str, float], place: float) -> None:
    assert expected_place(one_statement(shares)) == pytest.approx(place)


def test_evaluation_expected_place_without_statement_is_middle() -> None:
    assert expected_place(Suggestion(ProjectText(""), Status.EMPTY)) == 3.5


def test_evaluation_theme(assistant: Assistant, tmp_path: Path) -> None:
    right = theme_of(assistant, APPLICATION, "Butik")
    wrong = next(label.name for label in assistant.scheme.labels[Field.FOKUSOMRADE] if label.name != theme_of(assistant, BAKERY))
    rows = [
        {"titel": "Butik", "text": APPLICATION, "fokusområde_enligt_tema": right},
        {"text": BAKERY, "fokusområde_enligt_tema": theme_of(assistant, BAKERY)},
        {"text": BAKERY, "fokusområde_enligt_tema": wrong},
        {"text": "", "fokusområde_enligt_tema": right},
    ]
    assert measure_theme(assistant, write_rows(tmp_path / "tema.jsonl", *rows)) == {"projekt": 4, "överensstämmelse": 0.5}
    assert measure_theme(assistant, write_rows(tmp_path / "tema.jsonl", *rows[:3])) == {"projekt": 3, "överensstämmelse": 0.6667}


def test_evaluation_order_by_hand(scheme: Scheme, tmp_path: Path) -> None:
    fixed = FixedAssistant(scheme, {"länet": "L", "kursen": "P", "maskinen": "R"})
    rows = [
        {"effekt": "Det blir bättre i länet. Många går kursen.", "upplägg": "Vi köper in maskinen."},
        {"effekt": None, "upplägg": "Vi håller själva kursen."},
    ]
    result = measure_order(fixed, write_rows(tmp_path / "ordning.jsonl", *rows))  # type: ignore[arg-type]
    # Places of the effects: 6 and 3; of the approach: 1 and 3. Of four pairs three are in order and one is a tie.
    assert result == {"meningar": 4, "auc": 0.875}


def test_evaluation_order_each_sentence_alone(scheme: Scheme, tmp_path: Path) -> None:
    fixed = FixedAssistant(scheme, {"länet": "L", "kursen": "P", "maskinen": "R"})
    row = {"effekt": "Mål\n- Många går kursen.\n- Det blir bättre i länet.", "upplägg": "Vi köper in maskinen."}
    measure_order(fixed, write_rows(tmp_path / "ordning.jsonl", row))  # type: ignore[arg-type]
    assert [text.text for text in fixed.given] == ["Många går kursen.", "Det blir bättre i länet.", "Vi köper in maskinen."]
    assert [(len(text.statements or ()), text.title) for text in fixed.given] == [(1, "")] * 3


def test_evaluation_order_with_model(assistant: Assistant, tmp_path: Path) -> None:
    rows = [{"effekt": BAKERY, "upplägg": APPLICATION}, {"effekt": "Kort.", "upplägg": ""}]
    result = measure_order(assistant, write_rows(tmp_path / "ordning.jsonl", *rows))
    assert result["meningar"] == len(own_columns(assistant, BAKERY)) + len(own_columns(assistant, APPLICATION)) + 1
    assert 0.0 <= result["auc"] <= 1.0
    turned = measure_order(
        assistant, write_rows(tmp_path / "omvänt.jsonl", *[{"effekt": row["upplägg"], "upplägg": row["effekt"]} for row in rows])
    )
    assert turned["auc"] == pytest.approx(1 - result["auc"], abs=2e-4)


def test_evaluation_labelled_own_answers_all_right(assistant: Assistant, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "facit.jsonl", own_answer(assistant, APPLICATION, 1), own_answer(assistant, BAKERY, 2))
    result = measure_labelled(assistant, read_labelled_jsonl(path))
    assert set(result) == {"kolumn", "fokusområde", "effektkedja", "projekttyp", "granska"}
    statements = len(own_columns(assistant, APPLICATION)) + len(own_columns(assistant, BAKERY))
    assert (result["kolumn"]["antal"], result["fokusområde"]["antal"]) == (statements, 2)
    assert result["fokusområde"]["träffsäkerhet"] == result["effektkedja"]["makro_f1"] == result["projekttyp"]["träffsäkerhet"] == 1.0


def test_evaluation_labelled_some_wrong(assistant: Assistant) -> None:
    (suggestion,) = assistant.suggest(
        [ProjectText(BAKERY, "Prov", statements=tuple(item.statement for item in own_columns(assistant, BAKERY)))]
    )
    right = [LabelledStatement(item.statement, item.columns) for item in suggestion.statements]
    other = next(code for code in COLUMN_CODES[:-1] if code != suggestion.statements[0].column)
    statements = (LabelledStatement(right[0].statement, (other,)), *right[1:])
    labels = {Field.EFFEKTKEDJA: suggestion.proposals[Field.EFFEKTKEDJA].values}
    wrong = {Field.EFFEKTKEDJA: next((name,) for name in assistant.scheme.ids(Field.EFFEKTKEDJA) if (name,) != labels[Field.EFFEKTKEDJA])}
    projects = [LabelledProject("1", "Prov", BAKERY, statements, labels), LabelledProject("2", "Prov", BAKERY, tuple(right), wrong)]
    result = measure_labelled(assistant, projects)
    assert set(result) == {"kolumn", "effektkedja"}
    assert result["kolumn"]["träffsäkerhet"] == pytest.approx(1 - 1 / (2 * len(right)), abs=1e-4)
    assert result["kolumn"]["flera"]["makro_f1"] < 1.0
    assert (result["effektkedja"]["antal"], result["effektkedja"]["träffsäkerhet"]) == (2, 0.5)


def test_evaluation_labelled_statements_taken_as_they_stand(scheme: Scheme) -> None:
    given: list[ProjectText] = []

    def suggest(texts: Sequence[ProjectText]) -> list[Suggestion]:
        given.extend(texts)
        return [replace(one_statement({"A": 0.9, "P": 0.1}), proposals={}) for _ in texts]

    statement = Statement("Ena halvan, andra halvan", 2, 26, "Mål")
    project = LabelledProject("1", "Prov", "x Ena halvan, andra halvan. Resten.", (LabelledStatement(statement, ("A",)),), {})
    result = measure_labelled(SimpleNamespace(suggest=suggest, scheme=scheme), [project])  # type: ignore[arg-type]
    assert given == [ProjectText(project.text, "Prov", "1", (statement,))]
    assert (result["kolumn"]["träffsäkerhet"], result["kolumn"]["ece"]) == (1.0, 0.1)


def test_evaluation_labelled_sureness_is_the_proposals(scheme: Scheme) -> None:
    ranked = tuple(
        (name, 0.8 if name == "service" else 0.2 / 11) for name in ("service", *(set(scheme.ids(Field.FOKUSOMRADE)) - {"service"}))
    )
    proposal = Proposal(Field.FOKUSOMRADE, ("service",), ranked, {})

    def suggest(texts: Sequence[ProjectText]) -> list[Suggestion]:
        return [replace(one_statement({"A": 1.0}), proposals={Field.FOKUSOMRADE: proposal}) for _ in texts]

    statements = (LabelledStatement(Statement("sats", 0, 4), ("A",)),)
    projects = [LabelledProject(str(number), "", "sats", statements, {Field.FOKUSOMRADE: (name,)}) for number, name in enumerate(FOCUS)]
    result = measure_labelled(SimpleNamespace(suggest=suggest, scheme=scheme), projects)["fokusområde"]  # type: ignore[arg-type]
    assert result["träffsäkerhet"] == 0.3333
    assert result["ece"] == pytest.approx(0.8 - 1 / 3, abs=1e-3)


@pytest.mark.parametrize(
    ("measure", "row", "told"),
    [
        (measure_theme, {"titel": "Utan text"}, "fokusområde_enligt_tema, text"),
        (measure_theme, {"text": BAKERY}, "fokusområde_enligt_tema"),
        (measure_theme, ["lista"], "fokusområde_enligt_tema, text"),
        (measure_theme, 7, "fokusområde_enligt_tema, text"),
        (measure_order, {"effekt": BAKERY}, "upplägg"),
        (measure_order, {"upplägg": BAKERY}, "effekt"),
        (measure_order, {}, "effekt, upplägg"),
    ],
)
def test_evaluation_missing_keys_named(assistant: Assistant, tmp_path: Path, measure: Any, row: object, told: str) -> None:
    whole = {"text": BAKERY, "fokusområde_enligt_tema": "Service", "effekt": BAKERY, "upplägg": BAKERY}
    with pytest.raises(TrainingError) as caught:
        measure(assistant, write_rows(tmp_path / "mått.jsonl", whole, row))
    assert str(caught.value).endswith(f"mått.jsonl, rad 2: saknar {told}")


@pytest.mark.parametrize("measure", [measure_theme, measure_order])
@pytest.mark.parametrize(
    ("content", "told"),
    [(b"inte json\n", "inte en läsbar"), ("{}å".encode("latin-1"), "inte en läsbar"), (b"", "inga rader"), (b"\n \n", "inga rader")],
)
def test_evaluation_file_unreadable(assistant: Assistant, tmp_path: Path, measure: Any, content: bytes, told: str) -> None:
    path = tmp_path / "mått.jsonl"
    path.write_bytes(content)
    with pytest.raises(TrainingError) as caught:
        measure(assistant, path)
    assert "mått.jsonl" in str(caught.value)
    assert told in str(caught.value)


def test_evaluation_file_missing(assistant: Assistant, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"saknas\.jsonl är inte en läsbar"):
        measure_theme(assistant, tmp_path / "saknas.jsonl")


def test_evaluation_file_line_separator_within_text(assistant: Assistant, tmp_path: Path) -> None:
    text = BAKERY + "\u2028Och mer därtill.\x85"
    rows = [{"text": text, "fokusområde_enligt_tema": theme_of(assistant, text)}] * 2
    assert measure_theme(assistant, write_rows(tmp_path / "tema.jsonl", *rows)) == {"projekt": 2, "överensstämmelse": 1.0}


def test_evaluation_summary_lines(scheme: Scheme) -> None:
    scores = measure_scores([(held_out_of(scheme, columns=[(("A",), ["A"]), (("A",), ["P"])]), open_heads(scheme))], scheme)
    result = {
        "modell": "provmodell",
        "facit": {name: scores[name] for name in ("kolumn", "fokusområde")},
        "tema": {"projekt": 8, "överensstämmelse": 0.625},
        "ordning": {"meningar": 4, "auc": 0.875},
    }
    assert summary(result).splitlines() == [
        "modell provmodell",
        "kolumn: träffsäkerhet 0.500, makro-F1 0.667, ECE 0.500 (n = 2)",
        "kolumn, alla kolumner: makro-F1 0.667",
        "kolumn, mängd: täckning 0.500, storlek 1.00",
        "fokusområde: träffsäkerhet 1.000, makro-F1 1.000, ECE 0.000 (n = 2)",
        "fokusområde, mängd: täckning 1.000, storlek 1.00",
        "fokusområde mot officiellt tema: 0.625 (n = 8)",
        "ordning i kedjan: AUC 0.875 (n = 4)",
    ]
    assert summary({"modell": "provmodell"}) == "modell provmodell"


def test_evaluation_explanations_by_deletion(assistant: Assistant) -> None:
    """The dummy encoder averages its words, so taking out those that weigh most must cost more than taking out any."""
    statements = tuple(LabelledStatement(statement, ("A",)) for statement in split(BAKERY))
    found = measure_explanations(assistant, [LabelledProject("bageri", "Bageri", BAKERY, statements, {})])
    assert found["påståenden"] == sum(len(item.statement.text.split()) >= 5 for item in statements)
    assert found["fall_visade_ord"] > found["fall_slumpade_ord"]
    assert found["visade_ord_betyder_mer"] > 0.5


def test_evaluation_labelled_measures_sets_and_review(assistant: Assistant) -> None:
    statements = tuple(LabelledStatement(statement, ("A",)) for statement in split(BAKERY))
    labels = {Field.FOKUSOMRADE: ("service",), Field.EFFEKTKEDJA: ("direkt",)}
    found = measure_labelled(assistant, [LabelledProject("bageri", "Bageri", BAKERY, statements, labels)])
    assert 0 <= found["kolumn"]["mängd"]["täckning"] <= 1 <= found["kolumn"]["mängd"]["storlek"]
    assert found["granska"]["gräns"] == REVIEW_BELOW
    text = summary({"modell": "m", "facit": found, "korsvalidering": {"folds": 2, **found}})
    assert "kolumn, mängd: täckning" in text
    assert "korsvalidering, fokusområde" in text
