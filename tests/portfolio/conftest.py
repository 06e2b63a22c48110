"""What the tests of portfolios share: texts, projects as they come in, and a small classified portfolio made by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import pytest

from classifier.assistant import ProjectText
from classifier.portfolio.collection import CODE_COLUMNS, SEVERAL_FIELDS, Portfolio
from classifier.portfolio.sources import Entry

SENTENCE = "Fyra bagerier i bygden delar på en ny ugn."
ARABIC = "يساعد المشروع الشركات الصغيرة في القرى"
GERMAN = (
    "Das Projekt hilft kleinen Betrieben im ländlichen Raum. Zwölf Handwerker erhalten eine Schulung und lernen neue Werkzeuge "
    "kennen. Dadurch steigt der Umsatz der Betriebe und junge Leute bleiben im Dorf."
)
DEFAULTS: dict[str, Any] = {
    "titel": "Bygdens butik",
    "text": "",
    "projekttyp": "Projekt",
    "sakområde": "Innovation och företagande",
    "fokusområde": "Företagande",
    "effektkedja": "Utveckling av varor och tjänster (direkt – företag)",
    "bransch": (),
    "verktyg": (),
    "syfte": (),
    "granska": False,
    "beslut": "väntar",
    "status": "förslag, ej granskat",
    "modell": "noggrann provmodell",
    "belopp": 100_000.0,
    "år": 2016.0,
    "län": "Västerbottens län",
    "program": "Övre Norrland",
}
Make = Callable[..., Portfolio]


def entry(text: str, number: int = 1, /, **kept: Any) -> Entry:
    return Entry(ProjectText(text, f"titel {number}", str(number)), kept)


def make_portfolio(*projects: dict[str, Any], statements: Sequence[tuple[int, str, str]] = (), name: str = "prov.csv") -> Portfolio:
    """Projects with defaults for what is not given; a statement is (project row, text, codes such as "U;K")."""
    rows = []
    for number, given in enumerate(projects):
        row = {"id": f"P{number + 1}", **DEFAULTS, **given}
        for field in ("projekttyp", "sakområde", "fokusområde", "effektkedja"):
            row.setdefault(f"{field}_sannolikhet", 0.9)
        rows.append(row)
    frame = pd.DataFrame(rows)
    for field in SEVERAL_FIELDS:
        frame[field] = frame[field].astype(object) if len(frame) else frame.get(field, pd.Series(dtype=object))
    said = []
    numbers: dict[int, int] = {}
    for project, text, codes in statements:
        numbers[project] = numbers.get(project, 0) + 1
        main, *others = codes.split(";")
        share = {"-": "utanför"}.get(main, main)
        said.append(
            {
                "projekt": project,
                "nr": numbers[project],
                "påstående": text,
                "kolumn": main,
                "kolumner": (main, *others),
                **{code: 0.9 if code == share else 0.1 / 6 for code in CODE_COLUMNS},
            }
        )
    columns = ["projekt", "nr", "påstående", "kolumn", "kolumner", *CODE_COLUMNS]
    return Portfolio(name, frame, pd.DataFrame(said, columns=columns), {"Modell": "provmodell", "Schema": "2026.1", "Datum": "2026-11-22"})


@pytest.fixture
def make() -> Make:
    return make_portfolio
