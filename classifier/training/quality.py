"""What is wrong with the corpus: `effektkedja corpus check`."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from classifier.taxonomy import Field, Scheme
from classifier.taxonomy.scheme import COLUMN_CODES
from classifier.training.corpus import LabelledProject

COUNTIES = (
    "Blekinge län",
    "Dalarnas län",
    "Gotlands län",
    "Gävleborgs län",
    "Hallands län",
    "Jämtlands län",
    "Jönköpings län",
    "Kalmar län",
    "Kronobergs län",
    "Norrbottens län",
    "Skåne län",
    "Stockholms län",
    "Södermanlands län",
    "Uppsala län",
    "Värmlands län",
    "Västerbottens län",
    "Västernorrlands län",
    "Västmanlands län",
    "Västra Götalands län",
    "Örebro län",
    "Östergötlands län",
)
FEWEST_TEXTS, FEWEST_STATEMENTS, FEWEST_SHORT = 600, 6_000, 800
FEWEST = {Field.FOKUSOMRADE: 30, Field.EFFEKTKEDJA: 120, Field.PROJEKTTYP: 40, Field.BRANSCH: 15, Field.SYFTE: 15}
"""How many texts every label of a field must have."""
MOST = {Field.BRANSCH: 3, Field.VERKTYG: 4, Field.SYFTE: 3}
"""How many labels of a field a text may have."""
MOST_REPEATED = 0.03
"""Share of the word 5-grams that may stand in more than one project. In real project banks it is 2.5–3.8 %."""
NEAR = 0.5
"""Cosine of character n-grams from which two texts are near duplicates; unlike texts of the corpus reach about 0.3."""
PERSONAL = {
    "personnummer": re.compile(r"(?<!\d)(?:19|20)?\d{6}[-+ ]?\d{4}(?!\d)"),
    "telefonnummer": re.compile(r"\+46[ \d()-]{7,}|(?<![\d,.])0\d{1,3}[ /-]{1,3}\d{2,3}(?:[ -]?\d{2}){1,3}(?!\d)|(?<![\d,.])07\d{8}(?!\d)"),
    "e-postadress": re.compile(r"[\w.+-]+(?:@|\(at\)| at )[\w-]+\.\w{2,}"),
}
LEFT_MARK = re.compile(r"\[[#RAPUKLrapukl ,;-]*\]")


def problems(texts: Sequence[LabelledProject], short: Sequence[LabelledProject], scheme: Scheme) -> list[str]:
    """Everything that is wrong, one Swedish line each; none when the corpus is as it should be.

    That the files can be read, that ids exist and are used once, and that columns are codes, is seen to by reading.
    """
    return [
        *_form(texts, scheme),
        *_short_form(short),
        *_coverage(texts, short, scheme),
        *_pairs(texts),
        *_personal_data(texts, short),
        *_duplicates(texts, short),
        *_near_duplicates(texts),
        *_repetition(texts),
    ]


def repeated_share(texts: Sequence[LabelledProject]) -> float:
    """Share of all word 5-grams, counted as often as they occur, that stand in more than one project."""
    owners: dict[tuple[str, ...], set[int]] = defaultdict(set)
    counts: Counter[tuple[str, ...]] = Counter()
    for number, project in enumerate(texts):
        words = re.findall(r"\w+", project.text.casefold())
        for gram in zip(*(words[start:] for start in range(5)), strict=False):
            owners[gram].add(number)
            counts[gram] += 1
    repeated = sum(count for gram, count in counts.items() if len(owners[gram]) > 1)
    return repeated / max(1, counts.total())


def _form(texts: Sequence[LabelledProject], scheme: Scheme) -> Iterator[str]:
    for project in texts:
        end = 0
        for item in project.statements:
            statement = item.statement
            if statement.start < end or project.text[statement.start : statement.end] != statement.text:
                yield f"{project.id}: påståendet ”{statement.text[:40]}” står inte där det ska i texten"
            end = statement.end
            yield from _columns(project.id, item.columns)
        for found in LEFT_MARK.findall(project.text):
            yield f"{project.id}: märket {found} går inte att förstå"
        for field, most in MOST.items():
            labels = project.labels[field]
            if len(labels) > most or len(set(labels)) < len(labels):
                yield f"{project.id}: {field.swedish} ska ha högst {most} olika värden"
        if project.county not in COUNTIES:
            yield f"{project.id}: {project.county!r} är inte ett län"
        if not project.title.strip():
            yield f"{project.id}: titel saknas"


def _short_form(short: Sequence[LabelledProject]) -> Iterator[str]:
    for name, count in Counter(project.id for project in short).items():
        if count > 1:
            yield f"id {name} står {count} gånger bland de korta påståendena"
    for project in short:
        yield from _columns(project.id, project.statements[0].columns)
        if project.text != project.text.strip() or not project.text:
            yield f"{project.id}: påståendet är tomt eller omges av blanksteg"


def _columns(name: str, columns: tuple[str, ...]) -> Iterator[str]:
    if len(set(columns)) < len(columns):
        yield f"{name}: samma kolumn två gånger ({' '.join(columns)})"
    if "-" in columns and len(columns) > 1:
        yield f"{name}: utanför kedjan (-) kan inte stå ihop med andra kolumner ({' '.join(columns)})"


def _coverage(texts: Sequence[LabelledProject], short: Sequence[LabelledProject], scheme: Scheme) -> Iterator[str]:
    statements = sum(len(project.statements) for project in texts)
    for name, count, fewest in (
        ("texter", len(texts), FEWEST_TEXTS),
        ("påståenden", statements, FEWEST_STATEMENTS),
        ("korta påståenden", len(short), FEWEST_SHORT),
    ):
        if count < fewest:
            yield f"{count} {name}, ska vara minst {fewest}"
    for field, fewest in FEWEST.items():
        counts = Counter(label for project in texts for label in project.labels[field])
        for label in scheme.ids(field):
            if counts[label] < fewest:
                yield f"{field.swedish} {label}: {counts[label]} texter, ska vara minst {fewest}"
    for county in set(COUNTIES) - {project.county for project in texts}:
        yield f"{county} saknas"
    mains = {item.columns[0] for project in [*texts, *short] for item in project.statements}
    for code in set(COLUMN_CODES) - mains:
        yield f"inget påstående har huvudkolumn {code}"


def _pairs(texts: Sequence[LabelledProject]) -> Iterator[str]:
    by_id = {project.id: project for project in texts}
    for project in texts:
        if not project.pair:
            continue
        other = by_id.get(project.pair)
        if other is None or other.pair != project.id:
            yield f"{project.id}: paret {project.pair} finns inte eller pekar inte tillbaka"
        elif all(project.labels[field] == other.labels[field] for field in Field if not field.is_multiple):
            yield f"{project.id} och {project.pair}: ett par ska skilja sig i någon etikett"


def _personal_data(texts: Sequence[LabelledProject], short: Sequence[LabelledProject]) -> Iterator[str]:
    for project in [*texts, *short]:
        for kind, pattern in PERSONAL.items():
            for match in pattern.finditer(f"{project.title}\n{project.text}"):
                yield f"{project.id}: {match[0]} liknar {kind}"


def _duplicates(texts: Sequence[LabelledProject], short: Sequence[LabelledProject]) -> Iterator[str]:
    yield from _twice("titeln", ((project.id, project.title) for project in texts))
    yield from _twice("texten", ((project.id, project.text) for project in texts))
    yield from _twice("påståendet", ((project.id, item.statement.text) for project in [*texts, *short] for item in project.statements))


def _twice(what: str, named: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Things that are alike but for case, space and punctuation."""
    first: dict[str, str] = {}
    for name, text in named:
        bare = " ".join(re.findall(r"\w+", text.casefold()))
        if bare in first:
            yield f"{name}: {what} ”{text[:60]}” står redan i {first[bare]}"
        first.setdefault(bare, name)


def _near_duplicates(texts: Sequence[LabelledProject]) -> Iterator[str]:
    if len(texts) < 2:
        return
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(4, 5), sublinear_tf=True).fit_transform([project.text for project in texts])
    alike = (vectors @ vectors.T).toarray()
    for one, other in np.argwhere(np.triu(alike, k=1) >= NEAR):
        yield f"{texts[one].id} och {texts[other].id} är nästan lika ({alike[one, other]:.2f})"


def _repetition(texts: Sequence[LabelledProject]) -> Iterator[str]:
    share = repeated_share(texts)
    if share > MOST_REPEATED:
        yield f"{share:.1%} av ordföljderna om fem ord står i mer än ett projekt, ska vara högst {MOST_REPEATED:.0%}"
