"""The frame around every page: title, navigation, signature."""

from pathlib import Path

import streamlit as st

PAGES = Path(__file__).parent

st.set_page_config(page_title="Effektkedjeassistenten", page_icon="🔗", layout="wide")
st.html(PAGES / "style.css")

page = st.navigation(
    [
        st.Page(PAGES / "page_assistant.py", title="Assistent", icon=":material/forum:", url_path="assistent", default=True),
        st.Page(PAGES / "page_cases.py", title="Tidigare ärenden", icon=":material/folder_open:", url_path="arenden"),
        st.Page(PAGES / "page_portfolio.py", title="Portfölj", icon=":material/table_chart:", url_path="portfolj"),
        st.Page(PAGES / "page_stryktips.py", title="Stryktips", icon=":material/sports_score:", url_path="stryktips"),
        st.Page(PAGES / "page_help.py", title="Så fungerar det", icon=":material/help:", url_path="hjalp"),
        st.Page(PAGES / "page_accessibility.py", title="Tillgänglighet", icon=":material/accessibility_new:", url_path="tillganglighet"),
    ]
)
st.sidebar.text_input(
    "Din signatur",
    key="signatur",
    max_chars=20,
    bind="query-params",
    help="Sparas vid dina beslut så att kollegor ser vem som bestämt. Frivillig.",
)
st.sidebar.caption("Allt körs på den egna servern. Ingen text skickas vidare.")
page.run()
