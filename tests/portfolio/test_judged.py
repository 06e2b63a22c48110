"""Projects with all that is known of them become the tables that everything is counted from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import pytest

from classifier.assistant import Assistant, ProjectText
from classifier.decisions import CaseStatus, status_of
from classifier.portfolio.collection import CODE_COLUMNS, SEVERAL_FIELDS, SINGLE_FIELDS, Portfolio
from classifier.portfolio.facts import Facts
from classifier.portfolio.judged import PROJECT_FRAME, STATEMENT_FRAME, Judged, as_portfolio
from classifier.portfolio.outcome import Outcome, outcome_of
from classifier.portfolio.sources import Entry
from classifier.taxonomy import Field, Scheme
from tests.conftest import APPLICATION
from tests.portfolio.conftest import SENTENCE, Make

MADE = {"Modell": "provmodell"}
FACTS = Facts(450_000.0, 2016, "Västerbottens län", "Övre Norrland")


@pytest.fixture
def one(assistant: Assistant) -> Judged:
    project = ProjectText(APPLICATION, "Butiken", "A1")
    (suggestion,) = assistant.suggest([project])
    return Judged(0, Entry(project, {}), FACTS, outcome_of(suggestion, "noggrann provmodell", assistant.scheme))


def unjudged(number: int = 0) -> Judged:
    return Judged(number, Entry(ProjectText("", "", ""), {}), Facts(), Outcome("tom text"))


def laid_out(scheme: Scheme, *items: Judged) -> Portfolio:
    return as_portfolio("prov.csv", items, MADE, scheme)


def decided(item: Judged, values: Mapping[Field, tuple[str, ...]]) -> Judged:
    return replace(item, decided=values)


def everything(scheme: Scheme) -> dict[Field, tuple[str, ...]]:
    return {name: scheme.ids(name)[:1] for name in Field}


def test_judged_state_follows_decisions(one: Judged, scheme: Scheme) -> None:
    assert one.state is CaseStatus.WAITING
    assert decided(one, {Field.SYFTE: ()}).state is CaseStatus.DRAFT
    assert decided(one, everything(scheme)).state is CaseStatus.CONFIRMED


@pytest.mark.parametrize(
    ("fields", "anything", "status"),
    [
        ((), False, CaseStatus.WAITING),
        ((), True, CaseStatus.DRAFT),
        (("syfte",), True, CaseStatus.DRAFT),
        (tuple(Field)[1:], True, CaseStatus.DRAFT),
        (tuple(Field), True, CaseStatus.CONFIRMED),
        ([field.value for field in Field], True, CaseStatus.CONFIRMED),
    ],
)
def test_decisions_status_of(fields: tuple[str, ...], anything: bool, status: CaseStatus) -> None:
    assert status_of(fields, anything) is status


def test_judged_values_are_decided_else_proposed(one: Judged) -> None:
    assert one.values(Field.FOKUSOMRADE) == one.outcome.fields[Field.FOKUSOMRADE].values
    assert decided(one, {Field.FOKUSOMRADE: ("ovrigt",)}).values(Field.FOKUSOMRADE) == ("ovrigt",)
    assert decided(one, {Field.FOKUSOMRADE: ()}).values(Field.FOKUSOMRADE) == ()
    assert unjudged().values(Field.FOKUSOMRADE) == ()


def test_judged_project_row_is_what_was_proposed(one: Judged, scheme: Scheme) -> None:
    row = laid_out(scheme, one).projects.loc[0]
    assert (row["id"], row["titel"], row["text"], row["status"], row["modell"]) == (
        "A1",
        "Butiken",
        APPLICATION,
        "förslag, ej granskat",
        "noggrann provmodell",
    )
    assert (row["belopp"], row["år"], row["län"], row["program"]) == (450_000.0, 2016.0, "Västerbottens län", "Övre Norrland")
    assert (row["granska"], row["märkt"], row["beslut"]) == (one.outcome.needs_review, False, "väntar")
    for name in (Field.PROJEKTTYP, Field.FOKUSOMRADE, Field.EFFEKTKEDJA):
        found = one.outcome.fields[name]
        assert row[name.swedish] == scheme.label(name, found.values[0]).name
        assert row[f"{name.swedish}_sannolikhet"] == found.probability
    for name in (Field.BRANSCH, Field.VERKTYG, Field.SYFTE):
        assert row[name.swedish] == tuple(scheme.label(name, label).name for label in one.outcome.fields[name].values)
    assert row["sakområde"] == scheme.sakomrade_of(one.outcome.fields[Field.FOKUSOMRADE].values[0]).name
    assert row["sakområde_sannolikhet"] == one.outcome.sakomraden[0][1]


def test_judged_project_row_is_what_was_decided(one: Judged, scheme: Scheme) -> None:
    changed = replace(
        decided(one, {Field.FOKUSOMRADE: ("kompetensforsorjning",), Field.SYFTE: (), Field.EFFEKTKEDJA: ()}), marked=True, decided_by="ek"
    )
    row = laid_out(scheme, changed).projects.loc[0]
    assert (row["fokusområde"], row["sakområde"]) == ("Kompetensförsörjning", "Kompetensförsörjning")
    assert (row["effektkedja"], row["syfte"], row["beslut"], row["märkt"]) == ("", (), "utkast", True)
    assert row["fokusområde_sannolikhet"] == one.outcome.fields[Field.FOKUSOMRADE].probability  # the proposal's own
    none = laid_out(scheme, decided(one, {Field.FOKUSOMRADE: ()})).projects.loc[0]
    assert (none["fokusområde"], none["sakområde"]) == ("", "")


def test_judged_project_row_without_proposal(scheme: Scheme) -> None:
    row = laid_out(scheme, unjudged()).projects.loc[0]
    assert {row[name] for name in SINGLE_FIELDS} == {""}
    assert {row[name] for name in SEVERAL_FIELDS} == {()}
    assert row[[f"{name}_sannolikhet" for name in SINGLE_FIELDS]].isna().all()
    assert pd.isna(row["belopp"])
    assert pd.isna(row["år"])
    assert (row["län"], row["program"], row["status"], row["granska"]) == ("", "", "tom text", True)


def test_judged_statements_belong_to_their_row(one: Judged, scheme: Scheme) -> None:
    portfolio = laid_out(scheme, unjudged(7), one, replace(one, number=9))
    said = portfolio.statements
    count = len(one.outcome.statements)
    assert list(portfolio.projects.index) == [0, 1, 2]
    assert list(said["projekt"]) == [1] * count + [2] * count
    assert list(said["nr"]) == [*range(1, count + 1)] * 2
    for row, found in zip(said.itertuples(), one.outcome.statements, strict=False):
        assert row.påstående == APPLICATION[found.start : found.end]
        assert (row.kolumn, row.kolumner) == (found.columns[0], found.columns)
    assert said[list(CODE_COLUMNS)].sum(axis=1).round(2).eq(1).all()


@pytest.mark.parametrize("empty", [True, False])
def test_judged_tables_have_the_same_shape_with_and_without_rows(one: Judged, scheme: Scheme, make: Make, empty: bool) -> None:
    portfolio = laid_out(scheme, *([] if empty else [one]))
    assert (portfolio.name, portfolio.made) == ("prov.csv", MADE)
    assert tuple(portfolio.projects.columns) == PROJECT_FRAME
    assert tuple(portfolio.statements.columns) == STATEMENT_FRAME
    kinds = portfolio.projects.dtypes
    assert {kinds[column].kind for column in ("belopp", "år", *(f"{name}_sannolikhet" for name in SINGLE_FIELDS))} == {"f"}
    assert {kinds[column].kind for column in ("granska", "märkt")} == {"b"}
    assert set(make({}).projects.columns) <= set(portfolio.projects.columns)  # what the figures are tested on is what they get


def test_judged_hostile_text_stays_as_it_is(assistant: Assistant, scheme: Scheme) -> None:
    text = f"=cmd|' /C calc'!A0 <script>alert(1)</script> {SENTENCE}"
    project = ProjectText(text, "=1+1", "=2")
    (suggestion,) = assistant.suggest([project])
    portfolio = laid_out(scheme, Judged(0, Entry(project, {}), Facts(), outcome_of(suggestion, "m", scheme)))
    assert tuple(portfolio.projects.loc[0, ["id", "titel", "text"]]) == ("=2", "=1+1", text)
