"""Entry of the web app: `streamlit run app.py`."""

import streamlit as st

from classifier.ui.server import SwedishPage, lifespan

app = st.App("classifier/ui/main.py", lifespan=lifespan, middleware=[SwedishPage.as_middleware()])
