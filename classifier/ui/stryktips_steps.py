"""Where a session stands, and the buttons that take it on."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from classifier.errors import EffektkedjaError
from classifier.services import Services
from classifier.store.games import Game
from classifier.stryktips.coupon import Choice, choices
from classifier.stryktips.course import Gate, Step, next_steps
from classifier.taxonomy import Column, Scheme
from classifier.ui import stryktips_markup, stryktips_words
from classifier.ui.markup import plain
from classifier.ui.stryktips_scene import ADDRESS, Scene

FAILED = "stryktips-failed"
FOR_GOOD = {
    Step.KEY: "Rundorna går inte att öppna igen när facit har visats.",
    Step.MODEL: "Rundorna går inte att öppna igen när modellens tips har visats.",
    Step.END: "En session som har avslutats går inte att öppna igen.",
}
"""Steps that cannot be taken back, and what is said before one is taken out of turn."""


def show(services: Services, scene: Scene) -> None:
    """Draw the top of the screen: title, steps, what comes next, and whatever has gone wrong."""
    game = scene.game
    with st.container(horizontal=True, vertical_alignment="center", key="ek-top"):
        st.html(stryktips_markup.title(game.title) + stryktips_markup.steps(_course(scene)), width="stretch")
        following = next_steps(game.state.step, scene.coupon.has_key)
        if following:
            _step_button(services, scene, following[0], is_first=True)
        # Another popover at every step, so that it does not stay open over what is shown to the room.
        with st.popover("Mer", key=f"mer-{game.state.step.name}"):
            for step in dict.fromkeys((*following[1:], *([Step.END] if following and following[0] is not Step.END else []))):
                if step in FOR_GOOD:
                    with st.expander(stryktips_words.TO_STEP[step]):
                        st.write(FOR_GOOD[step])
                        _step_button(services, scene, step, label=f"Ja, {stryktips_words.TO_STEP[step].lower()}")
                else:
                    _step_button(services, scene, step)
            if following:
                st.caption("Efter facit, modellens tips och avslut går det inte att gå tillbaka.")
            st.button("Alla sessioner", icon=":material/arrow_back:", width="stretch", on_click=_leave)
        with st.popover("Kolumnerna" if scene.has_columns else "Värdena", width="content"):
            _show_meanings(scene)
    if failed := st.session_state.pop(FAILED, None):
        st.warning(plain(failed))
    if scene.is_led:
        _show_led(services, scene)


def _course(scene: Scene) -> list[tuple[str, str]]:
    """The steps with where the session stands among them; those of a second round also as long as it may still be played."""
    present = scene.game.state.step
    may_have_second = scene.has_second or not scene.has_come_to(Step.KEY)
    course = stryktips_words.course(may_have_second, scene.coupon)
    at = course.index(present)
    ahead = {step: "maybe" for step in (Step.ROUND_2, Step.CLOSED_2) if not scene.has_second}
    return [
        (stryktips_words.STEPS[step], "done" if number < at else "now" if number == at else ahead.get(step, ""))
        for number, step in enumerate(course)
    ]


def _step_button(services: Services, scene: Scene, step: Step, *, is_first: bool = False, label: str = "") -> None:
    def take() -> Game:
        return services.games.go_to(scene.game.id, step, scene.game.revision)

    label = label or stryktips_words.to_step(step, scene.game.state.step)
    kind = "primary" if is_first and not (scene.is_led and _usual_gate(scene)) else "secondary"
    width = "content" if is_first else "stretch"
    st.button(label, key=f"steg-{step.name}", type=kind, width=width, on_click=_act, args=(take,))  # type: ignore[arg-type]


def _act(take: Callable[[], Game]) -> None:
    """Take a step; what hindered it is told when the page is drawn anew, as the session then stands."""
    try:
        take()
    except EffektkedjaError as error:
        st.session_state[FAILED] = str(error)


def _leave() -> None:
    for key in ADDRESS:
        st.session_state.pop(key, None)
    st.query_params.clear()


def _show_meanings(scene: Scene) -> None:
    for choice in dict.fromkeys(row.choice for row in scene.rows):
        if choice is not Choice.COLUMN:
            st.write(f"**{stryktips_words.CHOICES[choice]}**")
        st.html(stryktips_markup.definitions(_meanings(choice, scene.scheme)))


def _meanings(choice: Choice, scheme: Scheme) -> list[tuple[str, str, str, str]]:
    """Code, name, colour and definition of everything that can be crossed."""
    return [
        (label.code if isinstance(label, Column) else "", label.name, label.colour, label.definition) for label in choices(choice, scheme)
    ]


def _usual_gate(scene: Scene) -> str:
    """The button that is pressed next for the row at hand; nothing when the round is to be closed."""
    state = scene.game.state
    if state.gate is Gate.SHOWN:
        return "nasta" if state.position < len(scene.rows) - 1 else ""
    return "las" if state.gate is Gate.OPEN else "visa"


def _show_led(services: Services, scene: Scene) -> None:
    game, state, games = scene.game, scene.game.state, services.games
    usual = _usual_gate(scene)
    buttons: list[tuple[str, str, bool, Callable[[], Game]]] = [
        ("foregaende", "Föregående", state.position > 0, lambda: games.turn_to(game.id, state.position - 1, game.revision)),
        ("las", "Lås", state.gate is Gate.OPEN, lambda: games.set_gate(game.id, Gate.LOCKED, game.revision)),
        ("oppna", "Öppna igen", state.gate is not Gate.OPEN, lambda: games.set_gate(game.id, Gate.OPEN, game.revision)),
        ("visa", "Visa rummets svar", state.gate is not Gate.SHOWN, lambda: games.set_gate(game.id, Gate.SHOWN, game.revision)),
        (
            "nasta",
            "Nästa påstående" if scene.has_columns else "Nästa fråga",
            state.position < len(scene.rows) - 1,
            lambda: games.turn_to(game.id, state.position + 1, game.revision),
        ),
    ]
    with st.container(horizontal=True, vertical_alignment="center", key="ek-led"):
        for key, label, is_possible, take in buttons:
            kind = "primary" if key == usual else "secondary"
            st.button(label, key=f"led-{key}", type=kind, disabled=not is_possible, on_click=_act, args=(take,))  # type: ignore[arg-type]
