"""The page "Så fungerar det": the columns and fields explained from the scheme, what the model is for, and how sure it is."""

from __future__ import annotations

import streamlit as st

from classifier.assistant import REVIEW_BELOW
from classifier.model.bundle import MODEL_DIR, read_evaluation
from classifier.portfolio.engine import FAST_FROM
from classifier.stryktips.room import LEAST_PEOPLE
from classifier.stryktips.scoring import HOW
from classifier.taxonomy import Field, Label
from classifier.ui import frame
from classifier.ui.case_view import TITLES
from classifier.ui.words import percent


def show() -> None:
    """Draw the page."""
    services = frame.services()
    scheme, manifest = services.assistant.scheme, services.assistant.bundle.manifest
    st.title("Så fungerar det", anchor=False)
    st.write(
        "Assistenten läser ansökan mening för mening. Den placerar varje påstående i effektkedjan och väger ihop alla meningar till ett förslag för "
        "projektet. Under *Varför?* vid ett förslag står de meningar som betydde mest, och vid ett påstående de ord som väger tyngst och liknande "
        "påståenden ur textsamlingen och ur bekräftade ärenden."
    )
    st.write(
        "Procenttalet är modellens egen bedömning av hur säker den är; på verkliga ansökningar är det ofta något för högt. "
        f"Under {percent(REVIEW_BELOW)} står det *osäkert*. Varje fält visar de värden som kan stämma: på texter av samma slag som "
        "modellen har lärt av är det rätta bland dem i nio fall av tio, på verkliga ansökningar något mer sällan."
    )
    st.subheader("Vad förslagen är till för", anchor=False)
    st.write(
        "Att sortera och följa upp projekt, och att se om insatslogiken håller. De är inte skäl att bevilja eller avslå en ansökan. "
        "Det som ingen har bekräftat visas alltid som *förslag, ej granskat*."
    )
    st.subheader("Stryktipsets kolumner", anchor=False)
    _table(list(scheme.columns), codes=[column.code for column in scheme.columns])
    st.subheader("Sakområde och fokusområde", anchor=False)
    for sakomrade in scheme.sakomraden:
        with st.expander(sakomrade.name):
            st.write(sakomrade.definition)
            _table([label for label in scheme.labels[Field.FOKUSOMRADE] if label.parent == sakomrade.id])
    for field in (Field.EFFEKTKEDJA, Field.PROJEKTTYP, Field.BRANSCH, Field.VERKTYG, Field.SYFTE):
        with st.expander(TITLES[field]):
            _table(list(scheme.labels[field]))
    st.subheader("Portföljer", anchor=False)
    st.write(
        f"På sidan Portfölj läses en tabell med många projekt. Från {FAST_FROM} projekt används en snabbare läsning, som läser varje påstående en gång "
        "i stället för två; vid varje projekt står vilken läsning som gjorde förslaget. Siffror, kartor och flöden räknas på det som gäller: "
        "beslutet där någon har beslutat, annars förslaget. Att ett projekt saknar utfall eller mätbara mål betyder att texten inte anger "
        "dem, inte att projektet inte har dem."
    )
    st.subheader("Stryktipset", anchor=False)
    st.write(
        "På sidan Stryktips leder du en övning för 5–60 deltagare. De går med på sina telefoner och kryssar; du styr och ser rummets svar. "
        + HOW
        + " Samstämmigheten räknas som Krippendorffs alfa för mängder: 1 när alla svarar lika, 0 när de inte är mer överens än slumpen. "
        f"Personer i grupper om färre än {LEAST_PEOPLE} visas aldrig för sig. En grupp som svarar tillsammans på en telefon visas som en egen."
    )
    st.subheader("Modellen", anchor=False)
    st.write(f"Modellen är tränad på {manifest.corpus_texts} texter som är skrivna och märkta för den.")
    for where, measured in (
        ("På texter av samma slag som den inte har sett", manifest.metrics.get("cross_validation", {})),
        ("På verkliga ansökningar, som inte ingår i träningen,", read_evaluation(MODEL_DIR, manifest)),
    ):
        if {"kolumn", "fokusområde", "effektkedja"} <= measured.keys():
            st.write(
                f"{where} väljer den rätt huvudkolumn för {percent(measured['kolumn']['träffsäkerhet'])} av påståendena, rätt fokusområde för "
                f"{percent(measured['fokusområde']['träffsäkerhet'])} och rätt effektkedja för {percent(measured['effektkedja']['träffsäkerhet'])} av projekten."
            )
    st.write("Alla mått finns i modellkortet i mappen models.")
    st.caption(f"Modell {manifest.model_version} · schema {scheme.version}")


def _table(labels: list[Label], codes: list[str] | None = None) -> None:
    rows = [
        {
            **({"Kod": codes[number]} if codes else {}),
            "Namn": label.name,
            "Betyder": label.definition,
            "Exempel": " ".join(label.examples),
        }
        for number, label in enumerate(labels)
    ]
    st.table(rows, hide_index=True)


show()
