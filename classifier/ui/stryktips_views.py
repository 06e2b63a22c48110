"""The views of a session: when each is there, what is chosen in it, what is drawn once and what lives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from classifier.services import Services
from classifier.stryktips.coupon import Exercise
from classifier.stryktips.course import Step
from classifier.ui import frame, stryktips_after, stryktips_markup, stryktips_room, stryktips_scene, stryktips_take, stryktips_talk
from classifier.ui.address import join_link, players_address, qr_image
from classifier.ui.stryktips_scene import COUPON, EXTENT, ORDER, ROW, SPLIT, VIEW, Chosen, Scene, names_toggle

ORDERS = {COUPON: "Kupongens ordning", SPLIT: "Mest delade först"}
WHOLE, ONE = "alla", "en"
EXTENTS = {WHOLE: "Hela kupongen", ONE: "En i taget, med skäl"}


def _always(_scene: Scene) -> bool:
    return True


@dataclass(frozen=True)
class View:
    """Something to show of a session."""

    title: str
    live: Callable[[Scene, Chosen], str] | None
    """Gives the HTML of what changes while the room works; nothing for a view that is drawn once."""
    is_there: Callable[[Scene], bool] = _always
    choose: Callable[[Scene], Chosen] = lambda _scene: Chosen()
    """Draws what the leader chooses with, and gives what is chosen."""
    show: Callable[[Services, Scene], None] | None = None
    """Draws what is no part of the live HTML."""


def usual_view(scene: Scene) -> str:
    """The view that belongs to a step."""
    if scene.is_led:
        return "nu"
    return {
        Step.LOBBY: "med",
        Step.ROUND_1: "rummet",
        Step.CLOSED_1: "diskutera",
        Step.ROUND_2: "rummet",
        Step.CLOSED_2: "fore-efter",
        Step.KEY: "facit",
        Step.MODEL: "modellen",
        Step.END: "reflektion",
    }[scene.game.state.step]


def _switch(label: str, titles: Mapping[str, str], key: str) -> str:
    """A choice that is kept in the address; the first until another is made."""
    first, *_ = titles
    chosen = st.segmented_control(
        label,
        list(titles),
        default=first,
        required=True,
        format_func=titles.__getitem__,
        label_visibility="collapsed",
        key=key,
        bind="query-params",
    )
    return chosen or first


def _choose_order(scene: Scene) -> Chosen:
    if scene.coupon.exercise is Exercise.CHAIN and st.session_state.get(VIEW) == "rummet":  # the board has its own order
        return Chosen()
    return Chosen(_switch("Ordning", ORDERS, ORDER))


def _choose_names(scene: Scene) -> Chosen:
    names_toggle(scene)
    return Chosen()


def _choose_split(scene: Scene) -> Chosen:
    """Step through the most split rows; the one at hand stays though others overtake it."""
    return _step_through(scene, lambda now: now.room.to_discuss(now.round))


def _choose_tip(scene: Scene) -> Chosen:
    if not scene.tips:
        return Chosen()
    extent = _switch("Omfattning", EXTENTS, EXTENT)
    return _step_through(scene, lambda now: range(len(now.rows))) if extent == ONE else Chosen(WHOLE)


def _step_through(scene: Scene, rows_of: Callable[[Scene], Sequence[int]]) -> Chosen:
    """Buttons to the row before and after the one at hand, which stands in the address; which rows there are is looked up when one is pressed."""
    rows = rows_of(scene)
    written = st.query_params.get(ROW, "")
    row = int(written) - 1 if written.isascii() and written.isdigit() and len(written) < 4 else -1
    row = row if row in rows else next(iter(rows), 0)

    def turn(by: int) -> None:
        with frame.errors():
            now = rows_of(stryktips_scene.current(scene.services, scene.game))
            if now:
                st.query_params[ROW] = str(now[(now.index(row) + by) % len(now) if row in now else 0] + 1)

    st.button("Föregående", key="forra-raden", icon=":material/chevron_left:", on_click=turn, args=(-1,))
    st.button("Nästa", key="nasta-raden", icon=":material/chevron_right:", icon_position="right", on_click=turn, args=(1,))
    return Chosen(ONE, row)


def _show_joining(_services: Services, scene: Scene) -> None:
    with frame.errors():
        address = players_address(st.context.url or "")
        code = scene.game.code
        st.html(stryktips_markup.joining(address.partition("://")[2] or address, code, qr_image(join_link(address, code))))


def _tips(scene: Scene, chosen: Chosen) -> str:
    return stryktips_after.tip(scene, chosen) if chosen.order == ONE else stryktips_after.tips(scene, chosen)


def _at(step: Step) -> Callable[[Scene], bool]:
    return lambda scene: scene.has_come_to(step)


VIEWS = {
    "med": View("Gå med", stryktips_room.joined, lambda scene: scene.game.state.step is not Step.END, _choose_names, _show_joining),
    "nu": View("Påståendet", stryktips_room.at_hand, lambda scene: scene.is_led),
    "rummet": View("Rummet", stryktips_room.answered, choose=_choose_order),
    "diskutera": View("Diskutera dessa", stryktips_talk.discussed, choose=_choose_split),
    "grupper": View("Grupp mot grupp", stryktips_talk.teams, choose=_choose_order),
    "fore-efter": View("Före och efter", stryktips_talk.moved, lambda scene: scene.has_second),
    "facit": View("Facit", stryktips_after.key, lambda scene: scene.has_come_to(Step.KEY) and scene.coupon.has_key),
    "modellen": View("Modellens tips", _tips, _at(Step.MODEL), choose=_choose_tip),
    "reflektion": View("Reflektion", stryktips_after.reflection, _at(Step.END)),
    "ta-med": View("Ta med", None, _at(Step.END), show=stryktips_take.show_files),
    "ge": View("Ge till modellen", None, _at(Step.END), show=stryktips_take.show_giving),
}
