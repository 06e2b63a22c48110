"""Opening a session: which exercise, with which coupon, how it is played, how long it is kept."""

from __future__ import annotations

import streamlit as st

from classifier import sessions
from classifier.services import Services
from classifier.store.games import LONGEST_NAME, Settings
from classifier.stryktips.coupon import MOST_ROWS, Exercise
from classifier.stryktips.course import Pace
from classifier.ui import frame, stryktips_coupons
from classifier.ui.stryktips_words import EXERCISES, PACES

KEPT = {7: "En vecka", 30: "30 dagar", 90: "90 dagar", 365: "Ett år"}
MINUTES, SECONDS = "minuter", "sekunder"
UNITS = {MINUTES: 60, SECONDS: 1}
SECOND_ROUND = {False: "Var och en för sig", True: "Gruppen har en kupong tillsammans"}


def show(services: Services) -> None:
    """Ask for what a session needs, and open it."""
    st.header("Öppna en session", anchor=False)
    exercise = st.radio(
        "Övning",
        list(EXERCISES),
        format_func=lambda key: EXERCISES[key][0],
        captions=[sentence for _, sentence in EXERCISES.values()],
        key="ovning",
        horizontal=True,
        persist_state="page",
    )
    coupon = stryktips_coupons.choose(services, exercise)
    settings = _settings(exercise)
    title = st.text_input(
        "Sessionens namn",
        key="session-namn",
        max_chars=LONGEST_NAME,
        persist_state="page",
        placeholder=coupon.title if coupon else "Till exempel: Lärprojekt, träff 3",
        help="Syns för dig och för spelarna.",
    )
    if st.button("Öppna sessionen", key="oppna-session", type="primary", disabled=coupon is None) and coupon is not None:
        with frame.errors(), st.spinner("Öppnar sessionen och låter modellen tippa …"):
            game = sessions.open_game(services, coupon, title, settings)
            st.query_params["session"] = game.id
            st.rerun()
    if coupon is None:
        st.caption("Knappen går att använda när det finns en kupong.")


def _settings(exercise: Exercise) -> Settings:
    guarding = "garderingar, " if exercise is Exercise.STRYKTIPS else ""
    with st.expander(f"Inställningar: tempo, tid, {guarding}runda 2 och hur länge sessionen sparas"):
        pace = st.radio("Tempo", list(PACES), format_func=PACES.__getitem__, key="tempo", persist_state="page", horizontal=True)
        seconds = _time_limit(pace)
        guards = _guard_limit() if exercise is Exercise.STRYKTIPS else None
        shared = st.radio(
            "Runda 2",
            list(SECOND_ROUND),
            format_func=SECOND_ROUND.__getitem__,
            key="runda-2",
            persist_state="page",
            horizontal=True,
            help="Börjar med svaren från runda 1. Om gruppen har en kupong gäller varje kryss för alla som skrev samma grupp när de gick med.",
        )
        days = st.selectbox(
            "Sessionen sparas",
            list(KEPT),
            index=list(KEPT).index(90),
            format_func=KEPT.__getitem__,
            key="sparas",
            persist_state="page",
            help="Sedan tas den bort med allt som spelarna har skrivit. Namnen är bara smeknamn.",
        )
    return Settings(pace, guards, seconds, bool(shared), days)


def _time_limit(pace: Pace) -> int | None:
    is_limited = st.toggle("Tidsgräns per påstående" if pace is Pace.LED else "Tidsgräns per runda", key="har-tid", persist_state="page")
    if not is_limited:
        return None
    left, right, _ = st.columns([2, 2, 6], vertical_alignment="bottom")
    number = left.number_input("Tid", 1, 600, 60 if pace is Pace.LED else 10, key=f"tid-{pace.name}", persist_state="page")
    units = list(UNITS)
    unit = right.selectbox(
        "Enhet", units, index=units.index(SECONDS if pace is Pace.LED else MINUTES), key=f"enhet-{pace.name}", persist_state="page"
    )
    return int(number) * UNITS[unit]


def _guard_limit() -> int | None:
    is_limited = st.toggle(
        "Gräns för garderingar",
        key="har-garderingar",
        persist_state="page",
        help="En gardering är ett kryss utöver det första på samma rad.",
    )
    if not is_limited:
        return None
    left, _ = st.columns([2, 8])
    return int(left.number_input("Garderingar på en kupong", 0, 5 * MOST_ROWS, 10, key="garderingar", persist_state="page"))
