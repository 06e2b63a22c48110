"""Quantified targets in statements: whether there is one, and what kind of thing it counts.

Rules over words, not a model: first the numbers that count nothing (dates, paragraphs, labels such as "etapp 2") are struck
out, then a number of something, or a share, is looked for in what is left.
"""

from __future__ import annotations

import re

MAX_CHARACTERS = 5_000
"""No statement is this long; what comes after is not read."""

_ONES = "två|tre|fyra|fem|sex|sju|åtta|nio|tio"
_WORDS = (
    f"{_ONES}|elva|tolv|tretton|fjorton|femton|sexton|sjutton|arton|aderton|nitton|tjugo|trettio|fyrtio|sjuttio|åttio|nittio|hundra|tusen"
)
_DIGITS = r"(?:\d{1,3}(?:[ \u00a0.]\d{3})+|\d+)(?:[.,]\d+)?"
# at most four parts ("sjuttiofemtusen"): some words can be read in two ways ("fem" + "tio"), and without a bound that never ends
_NUMBER = rf"(?:(?<![\w.,:/+@#])(?<!\w-)(?:{_DIGITS}(?:\s*[-–]\s*{_DIGITS})?)|(?<!\w)(?:en|ett)?(?:{_WORDS}){{1,4}})"
_MONTHS = r"(?:jan|feb|mars|apr|maj|jun|jul|aug|sep|okt|nov|dec)[a-zå]*"
_MAGNITUDE = r"(?:milj(?:oner|on|arder|ard)?|mn|mdr?|tusen(?:tals?)?|million|billion)\b\.?"
_CURRENCY = r"(?:kr|kronor|tkr|kkr|mkr|mnkr|mdkr|[tkm]?sek|[tkm]?eur|euro|dollar|usd)\b|[tkm]?€"
_PERCENT = r"(?:%|‰|procent|percent|per\s+cent)"
_LABEL = (
    "etapp|fas|steg|del|delmål|huvudmål|projektmål|mål|målområde|aktivitet|arbetspaket|delprojekt|modul|wp|ap|dm|bilaga|bil|bilagorna|tabell|figur|"
    "kapitel|kap|artikel|art|punkt|paragraf|avsnitt|nr|nummer|sid|sida|sidan|version|nivå|trl|region|område|insatsområde|stödområde|riksväg|"
    "länsväg|väg|linje|prioritering|grupp|typ|fond|agenda|horisont|horizon|industri|iso|vecka|v|kl|klockan|kvartal"
)

# What begins with a digit and what begins with a letter stand apart, so that most characters are passed after one look.
_COUNTS_NOTHING = re.compile(
    rf"""
    ^\s*\(?\d{{1,2}}[.)](?!\d)                                                    # the number of an item in a list
    | (?<![\d.,])(?=\d)(?:
        0\d{{0,3}}[\s()/-]+\d[\d\s-]{{3,20}}\d                                    # telephone
        | \d{{6}}-\d{{4}}\b | \d{{4}}-\d{{3,}}\b | \d{{8,}} | \d{{3}}\s\d\d(?=\s)    # organisation, reference, date, postcode
        | \d{{4}}-\d\d(?:-\d\d)?\b | \d{{1,2}}/\d{{1,2}}\b                         # dates, "24/7"
        | \d{{1,2}}\s*(?:[-–]\s*\d{{1,2}}\s+)?{_MONTHS}\b
        | (?<!\d[ \u00a0])(?:19|20)\d\d(?:\s*[-–/]\s*(?:19|20)?\d\d)?(?![\d%])(?![.,]\d)(?!\s*%)   # years
          (?!\s+(?:företag|personer|deltagare|besökare|invånare|hushåll|jobb|fastigheter|arbetstillfällen|ton|[kmg]wh|st|procent)\b)
        | \d+\s*(?:kap\b|§) | \d+:\w+                                             # law, budget items, ordinals
        | \d\.0\b                                                                 # versions
        | \d+\s*[-–]\s*\d+\s+anställda
        | {_DIGITS}\s*{_PERCENT}\s+(?:\w+\s+){{0,2}}(?:med|sam)?(?:finansier|stöd|bidrag|budget|tjänst\b|tjänstgör|heltid|halvtid|arbetstid)
      )
    | (?:\+\d{{1,3}}[\s()/-]+\d[\d\s-]{{3,20}}\d | §+\s*\d+)
    | \b(?=[a-zåäö])(?:
        (?P<kept>(?:minst|drygt|knappt|högst|totalt|ca\.?|cirka|ungefär|omkring|(?:mer|fler)\s+än)\s+(?:19|20)\d\d\b)  # "minst 2000 idéer": no year
        | (?:{_LABEL})\.?\s*(?:\d+(?:\s*(?:[-–.,]|och)\s*\d+)*\b|(?:{_ONES})\b)
        | (?:än|upp\s+till|mellan\s+\d+\s+och)\s*\d+\s+anställda                  # what a small company is
        | (?:medfinansier|samfinansier|finansier|stödnivå|stödandel)\w*\s+(?:\w+\s+){{0,2}}{_DIGITS}\s*{_PERCENT}
      )
    """,
    re.VERBOSE,
)
_NO_THING = (
    rf"(?:{_CURRENCY}|{_MAGNITUDE}|(?:hela\s+|kommande\s+|senaste\s+|första\s+|sista\s+)?(?:år(?:en|et|s|iga?|speriod\w*)?\b|mån\b|månad|veck|decenni|termin(?:er)?\b|years?\b|months?\b)"
    r"|(?:\w+[ae]\s+)?(?:(?:delar|ben|steg|faser|etapper|spår|pelare|nivåer|moment|block|wp|syften|inriktningar|perspektiv|teman|frågor|"
    r"frågeställningar|(?:huvud|del)?mål(?:en)?|delprojekt(?:en)?|(?:insats|fokus|huvud|verksamhets|kunskaps|utvecklings|tema|styrke|del)?områden|"
    r"(?:arbets|aktivitets)paket)\b)"
    r"|(?:och|eller|samt|i|på|till|med|för|som|att|från|under|vid|om|den|det|de|är|har|ska|skall|kommer|inom|enligt|respektive|and|or|in|to|of)\b)"
)
_DEFINITE = "".join(
    rf"(?<!{word}\s)" for word in (r"\bde", r"\bdessa", r"\balla", r"\bsamtliga", r"\bövriga", "första", "ets", "ens", "rnas")
)
_QUANTITY = re.compile(
    rf"""
    \b(?=[\dadefhnstå])(?:
        {_DEFINITE}{_NUMBER}
        (?:
            \s*-?{_PERCENT}
            | (?:[kmgt]?wh?|[kmgt]bit|km|kvm|m2|m²|ha|kg|st)\b
            | (?:-?tal)?\b(?:\s+{_MAGNITUDE})?\s+(?!{_NO_THING})[^\W\d_]
        )
        | antal\w*\s+(?:[^\W\d_]+:?\s+){{0,6}}{_NUMBER}\b
        | från\s+{_NUMBER}\s+(?:\w+\s+)?till\s+{_NUMBER}\b
        | (?<!första\s)(?<!andra\s)(?<!senare\s)hälften\b
        | (?:en|{_ONES})\s+(?:tredje|fjärde|femte|tion)del(?:ar)?\b
        | (?:för|tre|fyr|fem|tio)dubbl[aei]\w* | halver\w+ | dubbelt\s+så\b
    )
    """,
    re.VERBOSE,
)
_MAYBE = re.compile(rf"\d|\b(?=[aefhnstå])(?:(?:en|ett)?(?:{_WORDS}){{1,4}}(?:tal|procent\w*)?\b)|hälften|del\b|delar\b|dubb|halver")
"""A statement without any of these has no target; most have none."""
_BETWEEN_WORDS = re.compile(r"\W+")
_MONEY = re.compile(rf"{_NUMBER}\s*(?:{_MAGNITUDE})?\s*(?:{_CURRENCY})")
_EARNED = re.compile(r"omsättning|försäljning|export(?:en|värde|intäkt)|intäkter|vinst|lönsamhet|förädlingsvärde")
_FUNDED = re.compile(r"finansier|bidrag|stöd|anslag|budget|bevilja|kostnad")


KINDS: dict[str, tuple[str, ...]] = {
    "nya jobb": (
        "arbetstillfäll",
        " jobb",
        "nyanställ",
        "sysselsatt",
        "sysselsättning",
        "årsarb",
        "anställning",
        "anställda ",
        " arbetsplatser",
    ),
    "nya företag": ("nya företag", "nya bolag", " nyskapade ", "nystarta", "nyföretag", " starta", "avknoppning", " startup"),
    "nya produkter": ("nya produkt", "nya tjänst", "nya varor", "nya erbjudanden", "nya koncept", "prototyp", "patent", "innovationer "),
    "omsättning": (
        "omsättning",
        "försäljning",
        "exporten ",
        "exportvärde",
        "exportintäkt",
        "intäkter",
        " vinst",
        "lönsamhet",
        "förädlingsvärde",
    ),
    "utsläpp": ("utsläpp", "koldioxid", " co2", "växthusgas", "fossil"),
    "energi": ("wh ", "energi", "elanvändning"),
    "besökare": ("besökare", "gästnätter", "turister", "övernattning", "besöksmål", " gäster"),
    "kunskap": ("kunskap", "kompetens", "utbilda", "utbildning", " kurs", "lärande", "certifier"),
    "anslutningar": ("bredband", " fiber", " mbit", " gbit", "mbit s ", "anslut", "hushåll", "fastigheter "),
    "resor och transporter": ("restid", "körtid", "pendl", "resenär", " resor ", " tåg", " gods", "transport"),
    "byggd längd eller yta": (
        " km ",
        "kilometer",
        " meter ",
        " kvm ",
        " m2 ",
        " m² ",
        " hektar ",
        "kvadratmeter",
        "sträcka ",
        "sträckor ",
        "sträckan ",
    ),
    "företag som nås": ("företag", " smf ", " sme ", " bolag"),
    "deltagare": (
        "deltagare",
        " personer",
        "individer",
        "ungdom",
        " elever",
        "studenter",
        "kvinnor",
        " män ",
        "medarbetare",
        "entreprenörer",
    ),
    "möten och nätverk": ("nätverk", "träffar ", "seminari", "workshop", " möten", "konferens", "mötesplats"),
    "underlag": ("rapport", "strategi ", "strategier ", "handlingsplan", "analyser ", "förstudi", "kartläggning", "vägledning", "handbok"),
}
"""What a target may count, and the parts of words that tell it (a space is where a word begins or ends). What one kind has taken tells
nothing to those after it, so that ten new companies are not also ten companies reached."""


def is_measurable(text: str) -> bool:
    """Whether a statement holds a quantified target: a number of something, or a share.

    A year, a date, a time span, a law paragraph, a telephone number, a label ("etapp 2") or a sum of money is none by itself; a sum is
    when the statement speaks of what is earned.

    Args:
        text: the statement.

    >>> is_measurable("Minst tjugo butiker har nya kassor 2025."), is_measurable("Vi söker 2 miljoner kronor till etapp 2 år 2025.")
    (True, False)
    """
    plain = text[:MAX_CHARACTERS].lower()
    if not _MAYBE.search(plain):
        return False
    rest = _COUNTS_NOTHING.sub(lambda found: found["kept"] or "·", plain)
    return bool(_QUANTITY.search(rest) or (_EARNED.search(rest) and not _FUNDED.search(rest) and _MONEY.search(rest)))


def kinds_of(text: str) -> frozenset[str]:
    """The kinds of indicator, keys of ``KINDS``, that a statement's words tell.

    >>> sorted(kinds_of("Tjugo nya företag ger femtio jobb."))
    ['nya företag', 'nya jobb']
    """
    rest = f" {_BETWEEN_WORDS.sub(' ', text[:MAX_CHARACTERS].lower())} "
    kinds = set()
    for kind, stems in KINDS.items():
        for stem in stems:
            if stem in rest:
                kinds.add(kind)
                rest = rest.replace(stem, " · ")
    return frozenset(kinds)
