"""The page "Assistent": bring in an application, see what is proposed, confirm or correct it."""

from __future__ import annotations

import streamlit as st

from classifier import intake
from classifier.errors import EffektkedjaError
from classifier.instructions import read_instruction
from classifier.services import Services
from classifier.store.cases import StoredCase
from classifier.text.documents import DOCUMENT_ENDINGS
from classifier.text.tables import TABLE_ENDINGS
from classifier.ui import case_view, frame
from classifier.ui.words import count

UNSAVED = "unsaved"
MESSAGES = "messages"
INPUT_HEIGHT = 220  # pixels: room for a pasted application
LONG_TEXT = 60_000  # characters; longer texts take more than a few seconds


def show() -> None:
    """Draw the page."""
    services = frame.services()
    case = _open_case(services)
    if case is None:
        _welcome()
    with st.container():  # here it stands where it is put; pinned to the foot of the page it would scroll every answer out of sight
        brought = st.chat_input(
            "Klistra in en projektansökan, eller bifoga en fil" if case is None else "Ny ansökan, eller en rättelse: påstående 3 är utfall",
            accept_file="multiple",
            file_type=[ending.removeprefix(".") for ending in (*DOCUMENT_ENDINGS, *TABLE_ENDINGS)],
            height=INPUT_HEIGHT if case is None else "content",
            key="ansokan",
        )
    if brought:
        _take_in(services, case, brought.text or "", [(file.name, file.getvalue()) for file in brought.files])
    _show_messages()
    _show_unsaved(services)
    if case is not None:
        case_view.show(services, case)
    elif UNSAVED not in st.session_state:
        _small_print()


def _open_case(services: Services) -> StoredCase | None:
    case_id = st.query_params.get("arende")
    if not case_id:
        return None
    with frame.errors():
        case = services.cases.get(case_id)
        if case is None:
            st.warning("Ärendet finns inte. Det kan ha tagits bort. Sök bland tidigare ärenden eller klistra in texten på nytt.")
        return case
    return None


def _welcome() -> None:
    st.title("Effektkedjeassistenten")
    st.write(
        "Klistra in en projektansökan i fältet, eller bifoga den som fil. Assistenten föreslår projekttyp, sakområde, fokusområde och "
        "effektkedja, och placerar varje påstående i en av stryktipsets sex kolumner. **Du bestämmer:** bekräfta eller ändra varje förslag med ett klick."
    )


def _small_print() -> None:
    st.caption(
        "Stöd för uppföljning av projekt, inte ett underlag för att bevilja eller avslå. Filer som går att läsa: "
        + ", ".join(ending.removeprefix(".") for ending in (*DOCUMENT_ENDINGS, *TABLE_ENDINGS))
        + "."
    )


def _take_in(services: Services, case: StoredCase | None, text: str, files: list[tuple[str, bytes]]) -> None:
    """Make cases of what was brought in; whatever cannot be is said, with the text kept on the page."""
    messages: list[tuple[str, str]] = []
    if case is not None and not files and _carry_out(services, case, text, messages):
        st.session_state[MESSAGES] = messages
        st.rerun()
    brought: list[intake.Brought] = []
    for name, data in files:
        try:
            brought += intake.from_file(data, name)
        except EffektkedjaError as error:
            messages.append(("error", str(error)))
    if text.strip():
        try:
            brought.append(intake.pasted(text))
        except EffektkedjaError as error:
            messages.append(("error", str(error)))
    long = sum(len(item.project.text) for item in brought) > LONG_TEXT
    with st.spinner("Läser texten. Den är lång, så det kan ta någon minut …" if long else "Läser texten …"):
        received = intake.receive(services, brought) if brought else []
    refused = [item for item in received if not item.case_id]
    st.session_state[UNSAVED] = refused
    if not refused:
        del st.session_state[UNSAVED]
    saved = [item.case_id for item in received if item.case_id]
    if len(saved) > 1:
        messages.append(
            ("success", f"{count(len(saved), 'ärende', 'ärenden')} lades till. Du hittar dem under Tidigare ärenden; det första visas här.")
        )
    st.session_state[MESSAGES] = messages
    if saved:
        st.query_params["arende"] = saved[0]
    elif "arende" in st.query_params and refused:
        del st.query_params["arende"]
    st.rerun()


def _carry_out(services: Services, case: StoredCase, text: str, messages: list[tuple[str, str]]) -> bool:
    """Carry out a correction written to the assistant; false when the text is none."""
    instruction = read_instruction(text, services.assistant.scheme, len(case.suggestion.statements))
    if instruction is None:
        return False
    case_view.decide(services, case, instruction.target, instruction.values)
    messages.append(("success", f"Ändrat: {case_view.told(services.assistant.scheme, instruction.target, instruction.values)}."))
    return True


def _show_messages() -> None:
    for kind, message in st.session_state.pop(MESSAGES, []):
        {"error": st.error, "success": st.success}[kind](message)


def _show_unsaved(services: Services) -> None:
    """Texts that became no case: why, and the text itself, so that nothing is lost."""
    refused: list[intake.Received] = st.session_state.get(UNSAVED, [])
    for number, item in enumerate(refused):
        st.error(f"{item.brought.source}: {item.problem}" if item.brought.source else item.problem)
        if item.brought.project.text.strip():
            st.text_area("Din text finns kvar här", item.brought.project.text, key=f"kvar-{number}", height=160)
        if item.suggestion is not None and st.button("Försök spara igen", key=f"spara-{number}", type="primary"):
            again = intake.save(services, item.brought, item.suggestion)
            if again.case_id:
                st.query_params["arende"] = again.case_id
                st.session_state[UNSAVED] = [other for other in refused if other is not item]
                if not st.session_state[UNSAVED]:
                    del st.session_state[UNSAVED]
            st.rerun()


show()
