"""The coupon of a session to be opened: the shipped one, a saved one, or a new one; shown, saved, taken along, deleted."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import streamlit as st

from classifier.errors import EffektkedjaError, StryktipsError
from classifier.services import Services
from classifier.stryktips.coupon import LONGEST_TITLE, Choice, Coupon, Exercise, checked, standard
from classifier.stryktips.coupon_intake import as_rows, from_lines, from_table
from classifier.text.tables import TABLE_ENDINGS, read_table, write_table
from classifier.ui import frame, stryktips_pick, stryktips_words
from classifier.ui.markup import plain

STANDARD, LINES, FILE, CASE, PORTFOLIO = "de nitton", "rader", "fil", "ärende", "portfölj"
NEW = {
    LINES: "Ny: skriv eller klistra in",
    FILE: "Ny: ur en fil",
    CASE: "Ny: ur ärenden",
    PORTFOLIO: "Ny: ur en portfölj",
}
OWN_TITLE = "Egen kupong"
EXAMPLE = "Ökad produktion från förnybara källor | P U K L\nTeknikutveckling | (A)\nVår egen årskonferens"
SAVED = "kupong-sparad"


def choose(services: Services, exercise: Exercise) -> Coupon | None:
    """Let the leader choose or make a coupon; nothing as long as there is none that can be played, and then the page says why."""
    saved = {coupon_id: coupon for coupon_id, coupon in services.games.coupons().items() if coupon.exercise is exercise}
    new = [source for source in NEW if source != LINES or exercise is not Exercise.CASES]
    options = [*([STANDARD] if exercise is Exercise.STRYKTIPS else []), *saved, *new]
    key = f"kupong-{exercise}"
    if st.session_state.get(key) not in options:  # a coupon that was deleted
        st.session_state.pop(key, None)
    source = st.selectbox("Kupong", options, format_func=lambda option: _named(option, saved, exercise), key=key, persist_state="page")
    if told := st.session_state.pop(SAVED, None):
        st.success(plain(told))
    found: Coupon | None = None
    try:
        if source == STANDARD:
            found = standard()
        elif source in saved:
            found = saved[source]
        else:
            found = _made(services, exercise, source)
        if found is not None:
            checked(found, services.games.scheme)
    except EffektkedjaError as error:
        st.error(plain(str(error)))
        return None
    if found is not None:
        _show(services, found, source, is_new=source in NEW, is_saved=source in saved)
    return found


def _named(option: str, saved: dict[str, Coupon], exercise: Exercise) -> str:
    if option == STANDARD:
        return "De nitton påståendena från Reglab"
    if option in saved:
        return f"{saved[option].title} ({stryktips_words.rows(saved[option])})"
    return "Ny: skriv eller klistra in korten" if option == LINES and exercise is Exercise.CHAIN else NEW[option]


def _made(services: Services, exercise: Exercise, source: str) -> Coupon | None:
    """A coupon as the leader makes it.

    Raises:
        EffektkedjaError: when what was brought in cannot become a coupon.
    """
    if source == LINES:
        return _of_lines(exercise)
    if source == FILE:
        return _of_file(exercise)
    projects = (stryktips_pick.of_cases if source == CASE else stryktips_pick.of_portfolio)(services, exercise)
    return stryktips_pick.coupon(services, exercise, _title(stryktips_pick.usual_title(projects)), projects) if projects else None


def _of_lines(exercise: Exercise) -> Coupon | None:
    text = st.text_area(
        "Ett påstående per rad" if exercise is Exercise.STRYKTIPS else "Ett kort per rad",
        key="kupong-rader",
        height=240,
        persist_state="page",
        placeholder=EXAMPLE,
        help="Facit är frivilligt: skriv | och kolumnernas bokstäver efter påståendet, svaga kryss inom parentes.",
    )
    title = _title(OWN_TITLE)
    return _for(from_lines(text, title), exercise) if text.strip() else None


def _of_file(exercise: Exercise) -> Coupon | None:
    file = st.file_uploader(
        f"Tabell med en rad per påstående ({', '.join(TABLE_ENDINGS)})",
        type=[ending.removeprefix(".") for ending in TABLE_ENDINGS],
        key="kupong-fil",
        help="Kolumnen påstående behövs. Facit är frivilligt: en kolumn facit med bokstäver, eller kryss i kolumner som heter R, A, P, U, K och L.",
    )
    if file is None:
        return None
    table = read_table(file.getvalue(), file.name)
    for note in table.notes:
        st.info(plain(note))
    return _for(from_table(table, _title(Path(file.name).stem[:LONGEST_TITLE])), exercise)


def _for(coupon: Coupon, exercise: Exercise) -> Coupon:
    """A coupon that was read, for the exercise that the leader has chosen.

    Raises:
        StryktipsError: when it asks for other things than the exercise does.
    """
    if coupon.exercise is exercise or (coupon.exercise is not Exercise.CASES and exercise is not Exercise.CASES):
        return replace(coupon, exercise=exercise)
    if coupon.exercise is Exercise.CASES:
        raise StryktipsError(f"kupongen hör till övningen {stryktips_words.EXERCISES[coupon.exercise][0]}; välj den övningen ovanför")
    raise StryktipsError("kupongen har påståenden, inte projekt; välj en annan övning, eller plocka projekt ur ärenden eller en portfölj")


def _title(usual: str) -> str:
    return (
        st.text_input("Kupongens namn", key="kupong-namn", max_chars=LONGEST_TITLE, persist_state="page", placeholder=usual).strip()
        or usual
    )


def _show(services: Services, coupon: Coupon, source: str, *, is_new: bool, is_saved: bool) -> None:
    """The coupon, its key hidden until it is asked for, since the leader's screen may be seen by all."""
    with st.expander(f"Se kupongen: {stryktips_words.rows(coupon)}{', med facit' if coupon.has_key else ', utan facit'}"):
        has_key = coupon.has_key and st.toggle("Visa facit", key="kupong-facit", help="Tänk på om rummet ser din skärm.")
        st.table(_lines(services, coupon, has_key), hide_index=True)
    with st.container(horizontal=True):
        if is_new:
            st.button("Spara kupongen", key="kupong-spara", on_click=_save, args=(services, coupon))
        st.download_button(
            "Ladda ner kupongen",
            _written(services, coupon),
            f"{stryktips_words.file_name(coupon.title)}.xlsx",
            key="kupong-hamta",
            on_click="ignore",
        )
        if is_saved:
            with st.popover("Ta bort kupongen"):
                st.write("Kupongen försvinner. Sessioner som redan har öppnats med den har den kvar.")
                st.button("Ja, ta bort", key="kupong-bort", on_click=_delete, args=(services, source))


def _lines(services: Services, coupon: Coupon, has_key: bool) -> list[dict[str, str]]:
    scheme = services.games.scheme
    asks = coupon.exercise is Exercise.CASES
    return [
        {
            "Nr": str(number),
            **({"Projekt": plain(row.text), "Fråga": stryktips_words.CHOICES[row.choice]} if asks else {"Påstående": plain(row.text)}),
            **({"Facit": plain(stryktips_words.crosses(row.key, row, scheme))} if has_key else {}),
        }
        for number, row in enumerate(coupon.rows, 1)
        if not asks or row.choice is Choice.SAKOMRADE or has_key
    ]


def _written(services: Services, coupon: Coupon) -> Callable[[], bytes]:
    """Writes the coupon as a workbook when it is asked for."""

    def write() -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "kupong.xlsx"
            write_table(path, *as_rows(coupon, services.games.scheme))
            return path.read_bytes()

    return write


def _save(services: Services, coupon: Coupon) -> None:
    with frame.errors():
        coupon_id = services.games.save_coupon(coupon)
        st.session_state[f"kupong-{coupon.exercise}"] = coupon_id
        st.session_state[SAVED] = f"Kupongen {coupon.title} är sparad."


def _delete(services: Services, coupon_id: str) -> None:
    with frame.errors():
        services.games.delete_coupon(coupon_id)
