"""The page "Tillgänglighet": the statement that the law on accessible digital public service asks for."""

from __future__ import annotations

import streamlit as st

st.title("Tillgänglighetsredogörelse", anchor=False)
st.write(
    "Effektkedjeassistenten ska kunna användas av alla. Här står hur den uppfyller lagen om tillgänglighet till digital offentlig service, "
    "vilka brister som är kända och vad du kan göra om något inte fungerar."
)
st.subheader("Hur tillgänglig är tjänsten?", anchor=False)
st.write(
    "Tjänsten är byggd för WCAG 2.1 nivå AA och bedöms vara delvis förenlig med den. Varje sida kontrolleras maskinellt när tjänsten ändras."
)
st.subheader("Kända brister", anchor=False)
st.markdown(
    "- Några av ramverkets egna hjälptexter för skärmläsare är på engelska, till exempel när ett val rensas.\n"
    "- Tabellen över projekten på sidan Portfölj ritas som en bild. Samma rader finns i arbetsboken under Hämta, och varje projekt kan "
    "öppnas ur listan under tabellen. Figurerna beskrivs i text, och siffrorna finns som tabell under varje figur.\n"
    "- Listor med flera val kan vara omständliga att ändra med bara tangentbord.\n"
    "- Sidorna behöver JavaScript, även deltagarnas sida i stryktipset."
)
st.subheader("Om något inte fungerar", anchor=False)
st.write(
    "Vänd dig till den som förvaltar tjänsten i din organisation. Allt som visas på sidorna går också att få som fil med kommandot effektkedja classify. "
    "Är du inte nöjd med svaret kan du anmäla det till den myndighet som har tillsyn över lagen."
)
st.caption("Granskningen gjordes av utvecklarna själva, maskinellt och med tangentbord. Redogörelsen gäller version 0.1.")
