"""The page "Tidigare ärenden": find a case again, open it, delete it."""

from __future__ import annotations

import streamlit as st

from classifier.ui import case_view, frame
from classifier.ui.markup import plain
from classifier.ui.words import count, moment

SHOWN = 50


def show() -> None:
    """Draw the page."""
    services = frame.services()
    st.title("Tidigare ärenden", anchor=False)
    words = st.text_input("Sök i titel och text", key="sok", max_chars=100, bind="query-params")
    with frame.errors():
        total = services.cases.count()
        lines = services.cases.search(words, SHOWN)
        if not total:
            st.info("Här är det tomt än. Klistra in en ansökan på sidan Assistent.")
            return
        if not lines:
            st.info("Inget ärende innehåller de orden. Prova färre eller andra ord.")
            return
        st.caption(
            f"{count(total, 'ärende', 'ärenden')} finns sparade. De {len(lines)} senast ändrade som passar visas." if total > 1 else ""
        )
        for line in lines:
            with st.container(border=True):
                title, status, opened, deleted = st.columns([6, 3, 1.4, 1.4], vertical_alignment="center")
                title.write(f"**{plain(line.title)}**")
                title.caption(f"Ändrat {moment(line.changed_at)}")
                status.write(case_view.STATUS_WORDS[line.status].capitalize())
                if opened.button("Öppna", key=f"oppna-{line.id}", width="stretch", type="primary"):
                    st.switch_page(frame.PAGES / "page_assistant.py", query_params={"arende": line.id})
                with deleted.popover("Ta bort", width="stretch"):
                    st.write("Ärendet och alla beslut i det försvinner för alltid.")
                    if st.button("Ja, ta bort", key=f"bort-{line.id}"):
                        services.cases.delete(line.id)
                        st.rerun()


show()
