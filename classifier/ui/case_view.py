"""A case on the page: what is proposed and why, the text, the chain, and one click to confirm or change anything."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from classifier.assistant import TITLE, Proposal, StatementProposal
from classifier.chain import lay_out
from classifier.decisions import CaseStatus
from classifier.errors import EffektkedjaError
from classifier.explanation import explain, weightiest
from classifier.model.neighbours import Example
from classifier.services import Services
from classifier.store.cases import ConflictError, Decision, StoredCase, statement_target
from classifier.taxonomy import Field, Scheme
from classifier.ui import markup
from classifier.ui.markup import plain
from classifier.ui.words import count, listing, moment, percent, sureness

LEAST_CANDIDATES, MOST_CANDIDATES = 2, 5
QUOTES = 3
STATEMENTS_A_PAGE = 20
NONE_OF_THESE = "Inget av dessa"
CONFLICT = "conflict"
FAILED = "failed"
REDRAW = "redraw"
TITLES = {
    Field.FOKUSOMRADE: "Fokusområde",
    Field.EFFEKTKEDJA: "Effektkedja",
    Field.PROJEKTTYP: "Typ av projekt",
    Field.BRANSCH: "Bransch",
    Field.VERKTYG: "Verktyg",
    Field.SYFTE: "Syfte",
}
STATUS_WORDS = {
    CaseStatus.WAITING: "förslag, ej granskat",
    CaseStatus.DRAFT: "utkast, delvis granskat",
    CaseStatus.CONFIRMED: "bekräftad",
    CaseStatus.REJECTED: "avvisad",
}


def show(services: Services, case: StoredCase) -> None:
    """Draw a case."""
    st.session_state.pop(REDRAW, None)
    scheme = services.assistant.scheme
    _show_conflict(services, case)
    st.title(plain(case.title), anchor=False)
    with st.chat_message("user", avatar=":material/description:"):
        words = count(len(case.suggestion.project.text.split()), "ord", "ord")
        st.write(f"Ansökan{f' ur {plain(case.source)}' if case.source else ''}: {words}, inlagd {moment(case.created_at)}.")
    with st.chat_message("assistant", avatar=":material/forum:"):
        st.html(markup.status(STATUS_WORDS[case.status]))
        st.write(_answer(case, scheme))
        for note in case.notes:
            st.info(plain(note))
    _show_fields(services, case)
    columns = [case.columns(number) for number in range(len(case.suggestion.statements))]
    statements = [proposal.statement for proposal in case.suggestion.statements]
    board, text, correct = st.tabs(["Effektkedjan", "Texten", "Rätta påståenden"])
    with board:
        st.html(markup.board(lay_out(columns), statements, scheme))
    with text:
        st.html(markup.legend(scheme))
        st.html(markup.marked_text(case.suggestion.project.text, statements, columns, scheme))
    with correct:
        _show_statements(services, case)


def decide(services: Services, case: StoredCase, target: str, values: Sequence[str]) -> bool:
    """Save a decision that answers what this page shows; what went wrong is shown on the next run of the page."""
    seen = case.decisions.get(target)
    try:
        services.cases.decide(
            case.id, target, values, seen_revision=seen.revision if seen else 0, decided_by=st.session_state.get("signatur") or ""
        )
    except ConflictError as conflict:
        st.session_state[CONFLICT] = (case.id, target, tuple(values), conflict.earlier)
        return False
    except EffektkedjaError as error:
        st.session_state[FAILED] = str(error)
        return False
    return True


def told(scheme: Scheme, target: str, values: Sequence[str]) -> str:
    """A decision in words."""
    if target.startswith("statement:"):
        names = [scheme.column(code).name.lower() for code in values]
        return f"påstående {int(target.split(':')[1]) + 1} är {listing(names)}"
    field = Field(target)
    return f"{TITLES[field].lower()} är {listing([scheme.label(field, label).name for label in values])}"


def _answer(case: StoredCase, scheme: Scheme) -> str:
    suggestion = case.suggestion
    focus, chain = (suggestion.proposals[field] for field in (Field.FOKUSOMRADE, Field.EFFEKTKEDJA))
    board = lay_out([proposal.columns for proposal in suggestion.statements])
    gaps = [scheme.column(code).name.lower() for code in board.gaps]
    lines = [
        f"Jag föreslår fokusområdet **{scheme.label(Field.FOKUSOMRADE, focus.values[0]).name}** ({sureness(focus.probability)}) och effektkedjan "
        f"**{scheme.label(Field.EFFEKTKEDJA, chain.values[0]).name}** ({sureness(chain.probability)}). "
        f"Texten har {count(len(suggestion.statements), 'påstående', 'påståenden')}."
    ]
    if gaps:
        lines.append(f"I kedjan saknas {listing(gaps)}.")
    if suggestion.needs_review:
        lines.append("Förslaget är osäkert, så läs det noga.")
    return " ".join(lines)


def _show_fields(services: Services, case: StoredCase) -> None:
    singles = [field for field in (Field.FOKUSOMRADE, Field.EFFEKTKEDJA, Field.PROJEKTTYP) if field in case.suggestion.proposals]
    for field, place in zip(singles, st.columns(len(singles)), strict=True):
        with place, st.container(border=True):
            _show_single(services, case, case.suggestion.proposals[field])
    several = [field for field in Field if field.is_multiple]
    for field, place in zip(several, st.columns(len(several)), strict=True):
        with place, st.container(border=True):
            _show_several(services, case, case.suggestion.proposals[field])


def _show_single(services: Services, case: StoredCase, proposal: Proposal) -> None:
    """One field: a button for each likely value, one list for the rest, and the sentences that speak for it."""
    scheme, field = services.assistant.scheme, proposal.field
    decision = case.decisions.get(field)
    decided = decision.values[0] if decision and decision.values else None
    st.subheader(TITLES[field], anchor=False)
    _show_decision(decision)
    if field is Field.FOKUSOMRADE:
        _show_sakomrade(case, scheme)
    shown = list(proposal.ranked[: min(max(len(proposal.likely), LEAST_CANDIDATES), MOST_CANDIDATES)])
    if decided and decided not in dict(shown):
        shown.append((decided, dict(proposal.ranked)[decided]))
    for label, share in shown:
        is_proposed, is_decided = label == proposal.values[0], label == decided
        st.button(
            f"{'✓ ' if is_decided else ''}{_emphasised(scheme.label(field, label).name, is_proposed)} · {sureness(share) if is_proposed else percent(share)}",
            key=f"{case.id}-{field}-{label}",
            type="primary" if is_decided else "secondary",
            width="stretch",
            help=("Bekräfta förslaget. " if is_proposed and not is_decided else "") + scheme.label(field, label).definition,
            on_click=partial(_clicked, services, case, field, (label,)),
        )
    rest = [label for label, _ in proposal.ranked if label not in dict(shown)]
    key = f"{case.id}-{field}-annat-{decision.revision if decision else 0}"
    st.selectbox(
        f"Annat värde för {TITLES[field].lower()}",
        [*rest, NONE_OF_THESE],
        index=None,
        format_func=lambda label: label if label == NONE_OF_THESE else scheme.label(field, label).name,
        placeholder="Välj ett annat värde",
        label_visibility="collapsed",
        key=key,
        on_change=partial(_selected, services, case, field, key),
    )
    with st.expander("Varför?"):
        _show_reasons(case, proposal, decided or proposal.values[0], scheme)


def _show_several(services: Services, case: StoredCase, proposal: Proposal) -> None:
    """A field with several values: change the list if need be, then confirm it."""
    scheme, field = services.assistant.scheme, proposal.field
    decision = case.decisions.get(field)
    st.subheader(TITLES[field], anchor=False)
    _show_decision(decision)
    shares = dict(proposal.ranked)
    key = f"{case.id}-{field}-lista-{decision.revision if decision else 0}"
    st.multiselect(
        TITLES[field],
        [label for label, _ in proposal.ranked],
        default=list(case.values(field)),
        format_func=lambda label: f"{scheme.label(field, label).name} · {percent(shares[label])}",
        placeholder="Inget valt",
        label_visibility="collapsed",
        key=key,
    )
    st.button(
        "✓ Bekräftat" if decision else "Bekräfta",
        key=f"{key}-spara",
        type="primary" if decision else "secondary",
        on_click=partial(_listed, services, case, field, key),
        help="Sparar listan så som den ser ut nu.",
    )
    if proposal.values:
        with st.expander("Varför?"):
            _show_reasons(case, proposal, proposal.values[0], scheme)


def _show_decision(decision: Decision | None) -> None:
    if decision is None:
        st.caption("Förslag, ej granskat")
    else:
        who = f" av {plain(decision.decided_by)}" if decision.decided_by else ""
        none = "" if decision.values else f" {NONE_OF_THESE}."
        st.caption(f"Beslutat{who} {moment(decision.decided_at)}.{none}")


def _show_sakomrade(case: StoredCase, scheme: Scheme) -> None:
    values = case.values(Field.FOKUSOMRADE)
    if values:
        own = scheme.sakomrade_of(values[0])
        share = dict(case.suggestion.sakomraden)[own.id]
        st.write(f"Sakområde: **{own.name}** · {percent(share)}")


def _show_reasons(case: StoredCase, proposal: Proposal, label: str, scheme: Scheme) -> None:
    name = scheme.label(proposal.field, label).name
    quotes = [
        case.title if item.statement == TITLE else case.suggestion.statements[item.statement].statement.text
        for item in proposal.evidence.get(label, ())[:QUOTES]
        if item.weight > 0
    ]
    if quotes:
        st.write(f"Det här talar mest för **{name}**:")
        st.html(markup.reasons(quotes))
    else:
        st.write(f"Ingen enskild mening talar tydligt för {name}.")
    st.caption(scheme.label(proposal.field, label).definition)


@st.fragment
def _show_statements(services: Services, case: StoredCase) -> None:
    """Every statement with its columns to choose among, a page at a time."""
    if st.session_state.pop(REDRAW, False):
        st.rerun(scope="app")
    scheme = services.assistant.scheme
    total = len(case.suggestion.statements)
    undecided = [number for number in range(total) if statement_target(number) not in case.decisions]
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    left.write(
        "Välj kolumn för ett påstående så sparas det direkt. Passar det i flera kolumner lägger du till dem under Fler kolumner."
        if undecided
        else "Alla påståenden är bekräftade."
    )
    right.button(
        "Bekräfta alla",
        key=f"{case.id}-alla",
        disabled=not undecided,
        width="stretch",
        help="Bekräftar förslaget för de påståenden som du inte har ändrat.",
        on_click=partial(_confirm_all, services, case, undecided),
    )
    pages = -(-total // STATEMENTS_A_PAGE)
    page = 1
    if pages > 1:
        page = int(st.number_input(f"Sida (av {pages})", 1, pages, key=f"{case.id}-sida", width=140))
    for number in range((page - 1) * STATEMENTS_A_PAGE, min(page * STATEMENTS_A_PAGE, total)):
        _show_statement(services, case, number, scheme)


def _show_statement(services: Services, case: StoredCase, number: int, scheme: Scheme) -> None:
    proposal = case.suggestion.statements[number]
    target = statement_target(number)
    decision = case.decisions.get(target)
    columns = case.columns(number)
    revision = decision.revision if decision else 0
    others = f" + {', '.join(columns[1:])}" if columns[1:] else ""
    state = f"✓ beslutat{others}" if decision else f"förslag {percent(proposal.probabilities[columns[0]])}{others}{_also(proposal, scheme)}"
    card, why, confirm = st.columns([7, 2, 2], vertical_alignment="center")
    card.html(markup.statement_card(number + 1, proposal.statement.text, scheme.column(columns[0]), state))
    # Reading the statement anew without each word takes a moment, so it waits until someone asks.
    with why.popover("Varför?", width="stretch", key=f"{case.id}-{number}-varfor", on_change="rerun") as reasons:
        if reasons.open:
            _show_explanation(services, case, number, columns[0])
    confirm.button(
        "✓ Bekräftat" if decision else "Bekräfta",
        key=f"{case.id}-{number}-bekrafta",
        disabled=decision is not None,
        width="stretch",
        on_click=partial(_confirm_all, services, case, [number]),
    )
    choice, more = st.columns([9, 2], vertical_alignment="center")
    key = f"{case.id}-{number}-kolumn-{revision}"
    codes = [column.code for column in scheme.columns]
    choice.segmented_control(
        f"Kolumn för påstående {number + 1}",
        codes,
        default=columns[0],
        required=True,
        format_func=lambda code: scheme.column(code).name.split()[0],
        label_visibility="collapsed",
        wrap=True,
        key=key,
        on_change=partial(_main_chosen, services, case, target, key),
    )
    with more.popover("Fler kolumner", width="stretch"):
        several = f"{case.id}-{number}-fler-{revision}"
        st.pills(
            f"Fler kolumner för påstående {number + 1}",
            [code for code in codes if code not in ("-", columns[0])],
            default=[code for code in columns[1:] if code != "-"],
            selection_mode="multi",
            format_func=lambda code: scheme.column(code).name,
            key=several,
            disabled=columns[0] == "-",
            on_change=partial(_more_chosen, services, case, target, columns[0], several),
        )


def _also(proposal: StatementProposal, scheme: Scheme) -> str:
    """What else the statement may well be, when the model is in two minds."""
    rest = [scheme.column(code).name.lower() for code in proposal.likely if code not in proposal.columns]
    return f"; kan också vara {' eller '.join(rest)}" if len(rest) in (1, 2) else "; osäkert" if rest else ""


def _show_explanation(services: Services, case: StoredCase, number: int, column: str) -> None:
    """The words that weigh most in a statement, and statements like it with known columns."""
    scheme, statements = services.assistant.scheme, [proposal.statement for proposal in case.suggestion.statements]
    found = explain(services.assistant, case.suggestion.project.title, statements, number, column)
    name = scheme.column(column).name.lower()
    words = weightiest(found.words)
    if words:
        marked = "Det markerade ordet" if len(words) == 1 else "De markerade orden"
        st.write(f"{marked} talar mest för **{name}**:")
        st.html(markup.marked_words(statements[number].text, words))
    else:
        st.write(f"Inget enskilt ord talar tydligt för {name}; det är helheten som avgör.")
    likenesses = [
        (text, listing([scheme.column(code).name.lower() for code in example.columns]), bool(example.case_id))
        for example, _ in found.neighbours
        if (text := _text_of(services, example))
    ]
    if likenesses:
        st.write("Liknande påståenden och deras kolumner:")
        st.html(markup.likenesses(likenesses))
    if case.suggestion.model_version != services.assistant.bundle.manifest.model_version:
        st.caption("Förklaringen kommer från dagens modell. Förslaget gjordes av en tidigare.")


def _text_of(services: Services, example: Example) -> str:
    """The text of a known statement; that of a decided case is fetched from the case, and is gone when the case is."""
    if not example.case_id:
        return example.text
    case = services.cases.get(example.case_id)
    statements = [proposal.statement for proposal in case.suggestion.statements] if case else []
    return next((statement.text for statement in statements if statement.start == example.start), "")


def _clicked(services: Services, case: StoredCase, field: Field, values: tuple[str, ...]) -> None:
    decide(services, case, field, values)


def _selected(services: Services, case: StoredCase, field: Field, key: str) -> None:
    label = st.session_state[key]
    if label is not None:
        decide(services, case, field, () if label == NONE_OF_THESE else (label,))


def _listed(services: Services, case: StoredCase, field: Field, key: str) -> None:
    decide(services, case, field, tuple(st.session_state[key]))


def _main_chosen(services: Services, case: StoredCase, target: str, key: str) -> None:
    """A new main column stands alone: what was guarded before belonged to the old one."""
    decide(services, case, target, (st.session_state[key],))
    _redraw()


def _more_chosen(services: Services, case: StoredCase, target: str, main: str, key: str) -> None:
    decide(services, case, target, (main, *st.session_state[key]))
    _redraw()


def _confirm_all(services: Services, case: StoredCase, numbers: Sequence[int]) -> None:
    for number in numbers:
        if not decide(services, case, statement_target(number), case.columns(number)):
            break
    _redraw()


def _redraw() -> None:
    """A decision inside the fragment also changes the board and the text outside it."""
    st.session_state[REDRAW] = True


def _show_conflict(services: Services, case: StoredCase) -> None:
    """Somebody decided the same thing in between: show it, and ask which is to hold."""
    if failed := st.session_state.pop(FAILED, ""):
        st.error(failed)
    case_id, target, values, earlier = st.session_state.get(CONFLICT, ("", "", (), None))
    if case_id != case.id:
        return
    scheme = services.assistant.scheme
    who = plain(earlier.decided_by) or "Någon annan"
    with st.container(border=True):
        st.warning(
            f"{who} hann före: {told(scheme, target, earlier.values)} ({moment(earlier.decided_at)}). "
            f"Du valde att {told(scheme, target, values)}. Vilket ska gälla?"
        )
        keep, replace = st.columns(2)
        keep.button("Behåll det tidigare beslutet", width="stretch", on_click=_forget_conflict)
        replace.button("Ersätt med mitt", width="stretch", on_click=partial(_replace, services, case, target, values))


def _emphasised(name: str, is_proposed: bool) -> str:
    return f"**{name}**" if is_proposed else name


def _forget_conflict() -> None:
    st.session_state.pop(CONFLICT, None)


def _replace(services: Services, case: StoredCase, target: str, values: tuple[str, ...]) -> None:
    _forget_conflict()
    decide(services, case, target, values)
