"""What the tests of reports share: a small report with a picture, a table and hostile words."""

from __future__ import annotations

import altair as alt
import pytest

from classifier.report.parts import Figure, Grid, Report, Section
from classifier.report.pictures import finished

HOSTILE = "</td><script>alert('x')</script>{{=1}} & =cmd|'/C calc'!A0 <img src=x onerror=alert(1)>"


def bars(number: int, height: float = 40) -> alt.LayerChart:
    values = [{"namn": f"rad {row}", "antal": row} for row in range(number)]
    return finished("Staplar.", height, alt.Chart(alt.InlineData(values=values)).mark_bar().encode(x="antal:Q", y="namn:N"))


@pytest.fixture
def report() -> Report:
    figure = Figure(bars(2), "Två staplar.", "Den andra stapeln är längst.")
    grid = Grid("En tabell", ("Namn", "Antal"), (("Gran", "1"), (HOSTILE, "2")), ("Antal",))
    return Report(
        "En rapport", (Section("Först", ("Ett stycke.", HOSTILE), (figure,), (grid,)), Section("Sedan", (), (figure, figure), (grid, grid)))
    )
