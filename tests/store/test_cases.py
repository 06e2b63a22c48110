"""Cases: what is saved is what is found again, decisions pile up, and two people never decide over each other unawares.

Every test here also runs against PostgreSQL, see ``test_postgres.py``; so nothing here may know which database it meets.
"""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from classifier.assistant import Assistant, ProjectText, StatementProposal, Status, Suggestion
from classifier.errors import StoreError
from classifier.store import tables
from classifier.store.cases import (
    EVIDENCE_KEPT,
    TITLE_CUT,
    TITLE_LENGTH,
    Cases,
    CaseStatus,
    ConflictError,
    Decision,
    StoredCase,
    case_title,
    statement_target,
)
from classifier.store.database import open_database
from classifier.taxonomy import Field
from classifier.text.statements import split
from tests.conftest import APPLICATION

ROUNDS = 20
OTHER_APPLICATION = """Ett bageri på ön Vidskär vill växa.
Tre bagare går en kurs i surdeg. Ugnen byts mot en som drar 40 % mindre el.
Kafét säljer brödet till fler gäster.
"""


def suggested(assistant: Assistant, text: str = APPLICATION, title: str = "") -> Suggestion:
    return assistant.suggest([ProjectText(text, title)])[0]


def bare(text: str, title: str = "") -> Suggestion:
    """A suggestion without proposals, for tests that only need a text to lie in the database."""
    return Suggestion(ProjectText(text, title), Status.PROPOSED)


def cut(text: str, title: str = "") -> Suggestion:
    """A text with its statements, without a model."""
    return replace(bare(text, title), statements=tuple(StatementProposal(statement, ("A",), {"A": 1.0}) for statement in split(text)))


def stored(cases: Cases, case_id: str) -> StoredCase:
    case = cases.get(case_id)
    assert case is not None
    return case


def reopened(cases: Cases) -> Cases:
    return Cases(open_database(cases.engine.url.render_as_string(hide_password=False)), cases.scheme)


def row_counts(cases: Cases) -> dict[str, int]:
    with Session(cases.engine) as session:
        kinds = (tables.Case, tables.Statement, tables.Proposal, tables.Decision)
        return {kind.__tablename__: session.scalar(select(func.count()).select_from(kind)) or 0 for kind in kinds}


def decision_rows(cases: Cases, case_id: str) -> list[tables.Decision]:
    with Session(cases.engine) as session:
        return list(session.scalars(select(tables.Decision).where(tables.Decision.case_id == case_id).order_by(tables.Decision.id)))


def decide_all_fields(cases: Cases, case_id: str) -> None:
    for field in Field:
        cases.decide(case_id, field, cases.scheme.ids(field)[:1], seen_revision=0)


def assert_same_proposals(found: Suggestion, given: Suggestion) -> None:
    assert list(found.proposals) == list(given.proposals) == list(Field)
    for field, proposal in given.proposals.items():
        again = found.proposals[field]
        assert (again.field, again.values) == (field, proposal.values)
        assert [label for label, _ in again.ranked] == [label for label, _ in proposal.ranked]
        assert [share for _, share in again.ranked] == pytest.approx([share for _, share in proposal.ranked], abs=1e-6)
        assert set(again.evidence) == set(proposal.evidence)
        for label, items in proposal.evidence.items():
            assert [item.statement for item in again.evidence[label]] == [item.statement for item in items[:EVIDENCE_KEPT]]
            assert [item.weight for item in again.evidence[label]] == pytest.approx([item.weight for item in items[:8]], abs=1e-6)


def in_two_threads(first: Callable[[], Decision], second: Callable[[], Decision]) -> list[Decision | StoreError]:
    """Run both at the same moment; what each returned or raised, in order."""
    barrier = threading.Barrier(2)
    results: dict[int, Decision | StoreError] = {}

    def go(number: int, work: Callable[[], Decision]) -> None:
        barrier.wait(timeout=30)
        try:
            results[number] = work()
        except StoreError as error:
            results[number] = error

    threads = [threading.Thread(target=go, args=pair) for pair in enumerate((first, second))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [results[0], results[1]]


def assert_one_won(cases: Cases, case_id: str, target: str, results: list[Decision | StoreError], revision: int) -> None:
    winners = [result for result in results if isinstance(result, Decision)]
    losers = [result for result in results if isinstance(result, ConflictError)]
    assert (len(winners), len(losers)) == (1, 1), results
    assert winners[0].revision == revision
    assert losers[0].earlier == winners[0] == stored(cases, case_id).decisions[target]
    assert [row.revision for row in decision_rows(cases, case_id) if row.target == target] == list(range(1, revision + 1))


@pytest.mark.parametrize("title", ["Lanthandel åt alla", ""])
def test_cases_get_equals_suggestion(cases: Cases, assistant: Assistant, title: str) -> None:
    given = suggested(assistant, title=title)
    case = stored(cases, cases.add(given, "ansökan.docx"))
    found = case.suggestion
    assert_same_proposals(found, given)
    assert found.project == ProjectText(APPLICATION, case_title(given), case.id)
    assert found.status is Status.PROPOSED
    assert (found.model_version, found.scheme_version) == ("provmodell", assistant.scheme.version)
    assert [label for label, _ in found.sakomraden] == [label for label, _ in given.sakomraden]
    assert [share for _, share in found.sakomraden] == pytest.approx([share for _, share in given.sakomraden], abs=1e-5)
    assert [item.statement for item in found.statements] == [item.statement for item in given.statements]
    assert [item.columns for item in found.statements] == [item.columns for item in given.statements]
    for again, item in zip(found.statements, given.statements, strict=True):
        assert again.probabilities == pytest.approx(item.probabilities, abs=1e-6)
    assert (case.title, case.source, case.notes, case.decisions) == (case_title(given), "ansökan.docx", (), {})


def test_cases_get_statements_more_than_ten_in_order(cases: Cases, assistant: Assistant) -> None:
    given = suggested(assistant, APPLICATION * 4, title="Fyra gånger om")
    case = stored(cases, cases.add(given))
    assert len(given.statements) > 10
    assert [item.statement for item in case.suggestion.statements] == [item.statement for item in given.statements]
    assert_same_proposals(case.suggestion, given)
    assert {len(items) for items in case.suggestion.proposals[Field.EFFEKTKEDJA].evidence.values()} == {EVIDENCE_KEPT}


def test_cases_get_unknown(cases: Cases) -> None:
    assert cases.get("finns-inte") is None


def test_cases_add_text_of_any_letters(cases: Cases) -> None:
    text = "Ett 'citat', \"ett till\"; DROP TABLE cases; -- 🌲 naïve Łódź\n\ttabb 100 % _ \\ slut"
    assert stored(cases, cases.add(bare(text, "Över ån"))).suggestion.project.text == text


def test_cases_add_ids_differ(cases: Cases) -> None:
    assert len({cases.add(bare("Samma text igen")) for _ in range(5)}) == cases.count() == 5


def test_cases_add_notes_with_language_note(cases: Cases, assistant: Assistant) -> None:
    given = replace(suggested(assistant), note="Texten verkar vara på danska.")
    case = stored(cases, cases.add(given, notes=["Sidan 3 var en bild.", "Filen var gammal."]))
    assert case.notes == ("Sidan 3 var en bild.", "Filen var gammal.", "Texten verkar vara på danska.")


def test_cases_add_long_names_cut(cases: Cases) -> None:
    case = stored(cases, cases.add(bare("Kort text", "t" * 400), "f" * 400))
    assert (case.title, case.source) == ("t" * TITLE_LENGTH, "f" * TITLE_LENGTH)


def test_cases_add_times_are_now_in_utc(cases: Cases) -> None:
    before = datetime.datetime.now(datetime.UTC)
    case = stored(cases, cases.add(bare("Kort text")))
    assert before <= case.created_at == case.changed_at <= datetime.datetime.now(datetime.UTC)
    assert case.created_at.utcoffset() == datetime.timedelta(0)


def test_cases_add_fails_as_a_whole(cases: Cases, assistant: Assistant) -> None:
    given = suggested(assistant)
    twice = dict(given.proposals) | {Field.SYFTE: given.proposals[Field.BRANSCH]}  # breaks the rule of one proposal a field
    with pytest.raises(StoreError, match="databasen svarade inte"):
        cases.add(replace(given, proposals=twice))
    assert row_counts(cases) == {"cases": 0, "statements": 0, "proposals": 0, "decisions": 0}


def test_cases_decide_field(cases: Cases, assistant: Assistant) -> None:
    case_id = cases.add(suggested(assistant))
    proposed = stored(cases, case_id).values(Field.FOKUSOMRADE)
    other = next(label for label in cases.scheme.ids(Field.FOKUSOMRADE) if (label,) != proposed)
    before = datetime.datetime.now(datetime.UTC)
    decision = cases.decide(case_id, Field.FOKUSOMRADE, [other], seen_revision=0, decided_by="hl 7")
    case = stored(cases, case_id)
    assert case.decisions == {"fokusomrade": decision}
    assert (decision.target, decision.values, decision.status) == ("fokusomrade", (other,), CaseStatus.CONFIRMED)
    assert (decision.decided_by, decision.revision) == ("hl 7", 1)
    assert before <= decision.decided_at == case.changed_at
    assert case.values(Field.FOKUSOMRADE) == (other,)
    assert case.suggestion.proposals[Field.FOKUSOMRADE].values == proposed
    assert case.values(Field.EFFEKTKEDJA) == case.suggestion.proposals[Field.EFFEKTKEDJA].values


def test_cases_decide_statement(cases: Cases, assistant: Assistant) -> None:
    given = suggested(assistant)
    case_id = cases.add(given)
    last = len(given.statements) - 1
    cases.decide(case_id, statement_target(last), ["U", "K"], seen_revision=0)
    case = stored(cases, case_id)
    assert case.columns(last) == ("U", "K")
    assert case.columns(0) == given.statements[0].columns
    assert case.suggestion.statements[last].columns == given.statements[last].columns


def test_cases_decide_several_values_keep_order(cases: Cases, assistant: Assistant) -> None:
    case_id = cases.add(suggested(assistant))
    wanted = tuple(reversed(cases.scheme.ids(Field.VERKTYG)[:3]))
    cases.decide(case_id, Field.VERKTYG, wanted, seen_revision=0)
    assert stored(cases, case_id).values(Field.VERKTYG) == wanted


@pytest.mark.parametrize("field", list(Field))
def test_cases_decide_none_of_these(cases: Cases, assistant: Assistant, field: Field) -> None:
    case_id = cases.add(suggested(assistant))
    cases.decide(case_id, field, (), seen_revision=0)
    case = stored(cases, case_id)
    assert case.decisions[field].values == ()
    assert case.values(field) == ()


def test_cases_decide_latest_holds_all_kept(cases: Cases, assistant: Assistant) -> None:
    case_id = cases.add(suggested(assistant))
    for revision, value in enumerate(("direkt", "indirekt", "kunskap")):
        assert cases.decide(case_id, "effektkedja", [value], seen_revision=revision, decided_by=f"hl {revision}").revision == revision + 1
    cases.decide(case_id, statement_target(0), ["-"], seen_revision=0)
    held = stored(cases, case_id).decisions
    assert (held["effektkedja"].values, held["effektkedja"].decided_by, held["effektkedja"].revision) == (("kunskap",), "hl 2", 3)
    assert [(row.target, row.revision, row.values, row.decided_by) for row in decision_rows(cases, case_id)] == [
        ("effektkedja", 1, ["direkt"], "hl 0"),
        ("effektkedja", 2, ["indirekt"], "hl 1"),
        ("effektkedja", 3, ["kunskap"], "hl 2"),
        ("statement:0", 1, ["-"], ""),
    ]
    assert {row.model_version for row in decision_rows(cases, case_id)} == {"provmodell"}


def test_cases_decide_long_signature_cut(cases: Cases, assistant: Assistant) -> None:
    case_id = cases.add(suggested(assistant))
    assert cases.decide(case_id, "projekttyp", ["projekt"], seen_revision=0, decided_by="x" * 200).decided_by == "x" * 80
    assert stored(cases, case_id).decisions["projekttyp"].decided_by == "x" * 80


@pytest.mark.parametrize(
    ("target", "values", "told"),
    [
        ("fokusomrade", ["rymdfart"], "fokusområde har fått ett värde som inte finns"),
        ("fokusomrade", ["direkt"], "fokusområde har fått ett värde som inte finns"),
        ("effektkedja", ["direkt", "indirekt"], "effektkedja kan bara ha ett värde"),
        ("projekttyp", ["projekt", "projekt"], "projekttyp har fått ett värde"),
        ("bransch", ["livsmedel", "livsmedel"], "bransch har fått ett värde"),
        ("bransch", ["livsmedel", ""], "bransch har fått ett värde"),
        ("sakomrade", ["attraktiva_miljoer"], "påståendet finns inte"),
        ("", [], "påståendet finns inte"),
        ("statement:", ["A"], "påståendet finns inte"),
        ("statement:-1", ["A"], "påståendet finns inte"),
        ("statement:1000", ["A"], "påståendet finns inte"),
        ("statement:99999999999999999999", ["A"], "påståendet finns inte"),
        ("statement:²", ["A"], "påståendet finns inte"),
        ("statement:00", ["A"], "påståendet finns inte"),
        ("0", ["A"], "påståendet finns inte"),
        ("statement:0", ["X"], "kolumnerna motsäger varandra"),
        ("statement:0", ["a"], "kolumnerna motsäger varandra"),
        ("statement:0", ["-", "A"], "kolumnerna motsäger varandra"),
        ("statement:0", ["A", "-"], "kolumnerna motsäger varandra"),
        ("statement:0", ["A", "A"], "kolumnerna motsäger varandra"),
        ("statement:0", [], "kolumnerna motsäger varandra"),
    ],
)
def test_cases_decide_refuses(cases: Cases, assistant: Assistant, target: str, values: list[str], told: str) -> None:
    case_id = cases.add(suggested(assistant))
    with pytest.raises(StoreError) as caught:
        cases.decide(case_id, target, values, seen_revision=0)
    assert told in str(caught.value)
    case = stored(cases, case_id)
    assert case.decisions == {}
    assert case.changed_at == case.created_at


def test_cases_decide_statement_number_beyond_last(cases: Cases, assistant: Assistant) -> None:
    given = suggested(assistant)
    long_case = cases.add(suggested(assistant, APPLICATION * 2))
    case_id = cases.add(given)
    beyond = statement_target(len(given.statements))
    with pytest.raises(StoreError, match="påståendet finns inte"):
        cases.decide(case_id, beyond, ["A"], seen_revision=0)
    assert cases.decide(long_case, beyond, ["A"], seen_revision=0).revision == 1


@pytest.mark.parametrize("codes", [["-"], ["R"], ["R", "A", "P", "U", "K", "L"]])
def test_cases_decide_columns_accepted(cases: Cases, assistant: Assistant, codes: list[str]) -> None:
    case_id = cases.add(suggested(assistant))
    assert cases.decide(case_id, "statement:0", codes, seen_revision=0).values == tuple(codes)


def test_cases_decide_unknown_case(cases: Cases) -> None:
    with pytest.raises(StoreError, match="ärendet finns inte längre"):
        cases.decide("finns-inte", "effektkedja", ["direkt"], seen_revision=0)


def test_cases_decide_revision_never_given(cases: Cases, assistant: Assistant) -> None:
    case_id = cases.add(suggested(assistant))
    with pytest.raises(StoreError, match="ladda om sidan") as caught:
        cases.decide(case_id, "effektkedja", ["direkt"], seen_revision=3)
    assert not isinstance(caught.value, ConflictError)
    assert stored(cases, case_id).decisions == {}


def test_cases_conflict_second_tab(cases: Cases, assistant: Assistant) -> None:
    case_id = cases.add(suggested(assistant))
    second_tab = reopened(cases)
    first = cases.decide(case_id, "effektkedja", ["direkt"], seen_revision=0, decided_by="hl 1")
    with pytest.raises(ConflictError) as caught:
        second_tab.decide(case_id, "effektkedja", ["kunskap"], seen_revision=0, decided_by="hl 2")
    assert str(caught.value).startswith("Någon annan hann före: ")
    assert caught.value.earlier == first
    assert stored(cases, case_id).decisions["effektkedja"] == first

    second_tab.decide(case_id, "effektkedja", ["kunskap"], seen_revision=caught.value.earlier.revision, decided_by="hl 2")
    held = stored(cases, case_id).decisions["effektkedja"]
    assert (held.values, held.decided_by, held.revision) == (("kunskap",), "hl 2", 2)
    assert [row.values for row in decision_rows(cases, case_id)] == [["direkt"], ["kunskap"]]


def test_cases_conflict_same_value(cases: Cases, assistant: Assistant) -> None:
    case_id = cases.add(suggested(assistant))
    cases.decide(case_id, "effektkedja", ["direkt"], seen_revision=0)
    with pytest.raises(ConflictError):
        cases.decide(case_id, "effektkedja", ["direkt"], seen_revision=0)


def test_cases_conflict_only_within_target(cases: Cases, assistant: Assistant) -> None:
    one, other = cases.add(suggested(assistant)), cases.add(suggested(assistant))
    cases.decide(one, statement_target(1), ["A"], seen_revision=0)
    assert cases.decide(one, statement_target(2), ["P"], seen_revision=0).revision == 1
    assert cases.decide(other, statement_target(1), ["U"], seen_revision=0).revision == 1
    assert stored(cases, one).columns(1) == ("A",)


@pytest.mark.parametrize("target", ["effektkedja", "statement:0"])
def test_cases_conflict_two_threads(cases: Cases, assistant: Assistant, target: str) -> None:
    values = (["direkt"], ["kunskap"]) if target == "effektkedja" else (["A"], ["P", "U"])
    case_id = cases.add(suggested(assistant))
    for seen in range(ROUNDS):
        results = in_two_threads(
            lambda seen=seen: cases.decide(case_id, target, values[0], seen_revision=seen, decided_by="hl 1"),  # type: ignore[misc]
            lambda seen=seen: cases.decide(case_id, target, values[1], seen_revision=seen, decided_by="hl 2"),  # type: ignore[misc]
        )
        assert_one_won(cases, case_id, target, results, seen + 1)


def test_cases_conflict_two_threads_that_both_have_read(cases: Cases, assistant: Assistant) -> None:
    case_id = cases.add(suggested(assistant))
    both_about_to_write = threading.Barrier(2)
    own = threading.local()

    def meet(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("SELECT") and getattr(own, "seen", None) != own.round:
            own.seen = own.round
            both_about_to_write.wait(timeout=30)

    def decide(value: str, seen: int) -> Decision:
        own.round = seen
        return cases.decide(case_id, "effektkedja", [value], seen_revision=seen)

    event.listen(cases.engine, "before_cursor_execute", meet)
    for seen in range(ROUNDS):
        results = in_two_threads(lambda seen=seen: decide("direkt", seen), lambda seen=seen: decide("kunskap", seen))  # type: ignore[misc]
        assert_one_won(cases, case_id, "effektkedja", results, seen + 1)


def test_cases_decide_two_threads_different_targets(cases: Cases, assistant: Assistant) -> None:
    case_id = cases.add(suggested(assistant))
    for seen in range(ROUNDS):
        results = in_two_threads(
            lambda seen=seen: cases.decide(case_id, "effektkedja", ["direkt"], seen_revision=seen),  # type: ignore[misc]
            lambda seen=seen: cases.decide(case_id, "statement:1", ["U"], seen_revision=seen),  # type: ignore[misc]
        )
        assert [result.revision for result in results if isinstance(result, Decision)] == [seen + 1, seen + 1]
    assert len(decision_rows(cases, case_id)) == 2 * ROUNDS


def test_cases_decide_while_deleted(cases: Cases, assistant: Assistant) -> None:
    case_id = cases.add(suggested(assistant))
    other = reopened(cases)
    deleted = []

    def delete(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("SELECT") and not deleted:
            deleted.append(case_id)
            other.delete(case_id)

    event.listen(cases.engine, "before_cursor_execute", delete)
    with pytest.raises(StoreError):
        cases.decide(case_id, "effektkedja", ["direkt"], seen_revision=0)
    assert deleted == [case_id]
    assert row_counts(cases) == {"cases": 0, "statements": 0, "proposals": 0, "decisions": 0}


def test_cases_reopened(cases: Cases, assistant: Assistant) -> None:
    case_id = cases.add(suggested(assistant, title="Butiken"), "butik.pdf", ["En bild hoppades över."])
    cases.decide(case_id, "effektkedja", ["infrastruktur"], seen_revision=0, decided_by="hl 4")
    cases.decide(case_id, statement_target(2), ["A", "P"], seen_revision=0)
    before = stored(cases, case_id)
    cases.engine.dispose()
    again = stored(reopened(cases), case_id)
    assert again == before
    assert again.decisions["effektkedja"].values == ("infrastruktur",)
    assert again.columns(2) == ("A", "P")


def test_cases_status_waiting_draft_confirmed(cases: Cases, assistant: Assistant) -> None:
    case_id = cases.add(suggested(assistant))

    def status() -> str:
        assert [line.status for line in cases.search()] == [stored(cases, case_id).status]
        return stored(cases, case_id).status.value

    assert status() == "väntar"
    cases.decide(case_id, statement_target(0), ["-"], seen_revision=0)
    assert status() == "utkast"
    for field in list(Field)[:-1]:
        cases.decide(case_id, field, (), seen_revision=0)
        assert status() == "utkast"
    cases.decide(case_id, list(Field)[-1], (), seen_revision=0)
    assert status() == "bekräftad"


def test_cases_status_statements_alone_never_confirm(cases: Cases, assistant: Assistant) -> None:
    given = suggested(assistant, APPLICATION * 2)
    case_id = cases.add(given)
    for number in range(len(given.statements)):
        cases.decide(case_id, statement_target(number), ["A"], seen_revision=0)
    assert stored(cases, case_id).status is CaseStatus.DRAFT


def test_cases_status_of_each_line(cases: Cases, assistant: Assistant) -> None:
    waiting, draft, confirmed = (cases.add(suggested(assistant)) for _ in range(3))
    decide_all_fields(cases, confirmed)
    cases.decide(draft, "syfte", (), seen_revision=0)
    assert {line.id: line.status.value for line in cases.search()} == {waiting: "väntar", draft: "utkast", confirmed: "bekräftad"}


def test_cases_search_title_and_text(cases: Cases, assistant: Assistant) -> None:
    shop = cases.add(suggested(assistant, title="Handel i Åmynnet"))
    bakery = cases.add(suggested(assistant, OTHER_APPLICATION))
    assert [line.id for line in cases.search("Åmynnet")] == [shop]
    assert [line.id for line in cases.search("  volontärer utbildas ")] == [shop]
    assert [line.id for line in cases.search("vidskär")] == [bakery]
    assert [line.id for line in cases.search("KAFÉT SÄLJER")] == [bakery]
    assert [line.id for line in cases.search("åmynnet")] == [shop]
    assert {line.id for line in cases.search("butik")} == {shop}
    assert cases.search("surdeg volontärer") == []
    assert [line.title for line in cases.search("surdeg")] == ["Ett bageri på ön Vidskär vill växa."]


@pytest.mark.parametrize("words", ["", "   ", "\n"])
def test_cases_search_nothing_finds_all(cases: Cases, words: str) -> None:
    ids = {cases.add(bare("Ena texten")), cases.add(bare("Andra texten"))}
    assert {line.id for line in cases.search(words)} == ids


def test_cases_search_empty_database(cases: Cases) -> None:
    assert cases.search() == cases.search("ord") == []
    assert cases.count() == 0


@pytest.mark.parametrize(
    ("words", "found"),
    [("%", {"procent"}), ("40 %", {"procent"}), ("_", {"streck"}), ("a_b", {"streck"}), ("a%b", set()), ("\\", {"bak"}), ("c\\", {"bak"})],
)
def test_cases_search_wildcards_are_letters(cases: Cases, words: str, found: set[str]) -> None:
    ids = {
        "procent": cases.add(bare("sparar 40 % el")),
        "streck": cases.add(bare("filen a_b finns")),
        "bak": cases.add(bare("mappen c\\d finns")),
        "utan": cases.add(bare("filen axb finns")),
    }
    assert {line.id for line in cases.search(words)} == {ids[name] for name in found}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text("aBÅåö%_\\' ", max_size=8), words=st.text("AbÅåÖ%_\\' ", min_size=1, max_size=3))
def test_cases_search_finds_exactly_what_holds_the_words(cases: Cases, text: str, words: str) -> None:
    case_id = cases.add(bare(text, "x"))
    found = case_id in {line.id for line in cases.search(words, limit=1_000)}
    assert found == (words.strip().lower() in text.lower())


def test_cases_search_last_changed_first(cases: Cases, assistant: Assistant) -> None:
    first, second, third = (cases.add(suggested(assistant)) for _ in range(3))
    assert [line.id for line in cases.search()] == [third, second, first]
    cases.decide(first, "effektkedja", ["direkt"], seen_revision=0)
    assert [line.id for line in cases.search("butik")] == [first, third, second]
    assert cases.search()[0].changed_at == stored(cases, first).decisions["effektkedja"].decided_at
    cases.decide(second, statement_target(0), ["A"], seen_revision=0)
    assert [line.id for line in cases.search(limit=2)] == [second, first]


def test_cases_delete_removes_everything(cases: Cases, assistant: Assistant) -> None:
    kept, gone = cases.add(suggested(assistant)), cases.add(suggested(assistant))
    cases.decide(kept, "effektkedja", ["direkt"], seen_revision=0)
    before = row_counts(cases)
    decide_all_fields(cases, gone)
    cases.decide(gone, statement_target(0), ["A"], seen_revision=0)
    cases.delete(gone)
    assert cases.get(gone) is None
    assert [line.id for line in cases.search()] == [kept]
    statements = len(stored(cases, kept).suggestion.statements)
    assert row_counts(cases) == {"cases": 1, "statements": statements, "proposals": len(Field), "decisions": 1}
    assert before == {"cases": 2, "statements": 2 * statements, "proposals": 2 * len(Field), "decisions": 1}


def test_cases_delete_unknown_changes_nothing(cases: Cases) -> None:
    cases.add(bare("Kort text"))
    cases.delete("finns-inte")
    assert cases.count() == 1


@pytest.mark.parametrize(
    ("title", "text", "wanted"),
    [
        ("  Ny väg till hamnen \n", "Annat som står först\n", "Ny väg till hamnen"),
        ("", "Ny väg till hamnen\n\nVi bygger om vägen i sommar.", "Ny väg till hamnen"),
        (" ", "\n\n  # Ny väg till hamnen\nVi bygger om vägen i sommar.", "Ny väg till hamnen"),
        ("", "Ny väg till hamnen.\nSedan kommer mer.", "Ny väg till hamnen."),
        ("", "Bakgrund\nVi bygger om vägen i sommar.", "Vi bygger om vägen i sommar."),
        ("", "Vad vi vill göra:\nVi bygger om vägen i sommar.", "Vi bygger om vägen i sommar."),
        ("", "hamn", "hamn"),
        ("", "", ""),
    ],
)
def test_cases_case_title(title: str, text: str, wanted: str) -> None:
    assert case_title(cut(text, title)) == wanted


@pytest.mark.parametrize(("words", "is_title"), [(2, True), (14, True), (15, False)])
def test_cases_case_title_of_so_many_words(words: int, is_title: bool) -> None:
    line = " ".join(["ord"] * words)
    assert (case_title(cut(f"{line}\nfortsätter på en andra rad innan punkten kommer.")) == line) is is_title


def test_cases_case_title_cut_at_a_word() -> None:
    sentence = "Projektet bygger " + "en mycket lång brygga av lärk " * 8 + "vid sjön."
    title = case_title(cut(sentence))
    assert title.endswith(" …")
    assert len(title) <= TITLE_CUT + 2
    assert f"{sentence} ".startswith(title.removesuffix("…"))


@given(st.text("abc åäö#.:\n\t ", max_size=200))
def test_cases_case_title_is_one_line_of_the_text(text: str) -> None:
    given = cut(text)
    title = case_title(given)
    assert "\n" not in title
    assert " ".join(title.removesuffix(" …").split()) in " ".join(text.split())
    assert title or not given.statements


def test_cases_doubt_about_the_language_is_kept(cases: Cases, assistant: Assistant) -> None:
    german = "Das Projekt baut eine neue Brücke im Hafen, damit mehr Boote anlegen können und die Gäste länger bleiben als bisher gewohnt."
    suggestion = assistant.suggest([ProjectText(german)])[0]
    assert suggestion.note
    case = cases.get(cases.add(suggestion, notes=["ur en PDF"]))
    assert case is not None
    assert case.suggestion.note == suggestion.note
    assert case.suggestion.needs_review
    assert case.notes == ("ur en PDF", suggestion.note)
