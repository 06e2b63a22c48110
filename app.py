"""Entry of the web app: `streamlit run app.py`."""

import streamlit as st

from classifier.play.routes import routes
from classifier.ui.door import Door
from classifier.ui.server import SwedishPage, lifespan

app = st.App("classifier/ui/main.py", routes=routes(), lifespan=lifespan, middleware=[Door.as_middleware(), SwedishPage.as_middleware()])
