"""The web pages. Only modules in this folder import Streamlit."""
