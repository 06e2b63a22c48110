"""What the corpus holds, as tables: `effektkedja corpus stats`."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from classifier.taxonomy import Field, Scheme
from classifier.training.corpus import LabelledProject
from classifier.training.quality import repeated_share


@dataclass(frozen=True)
class Table:
    """A table with a heading over every column; every row has as many cells."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        """The table as Markdown, its title above it."""
        lines = [self.header, ("---",) * len(self.header), *self.rows]
        return f"**{self.title}**\n\n" + "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def tables(texts: Sequence[LabelledProject], short: Sequence[LabelledProject], scheme: Scheme) -> list[Table]:
    """Sizes round by round, columns, labels of every field, fokusområde by effektkedja, and counties."""
    return [
        _sizes(texts, short),
        _columns(texts, short, scheme),
        _crossed(texts, scheme),
        *(_labels(texts, field, scheme) for field in Field if field not in (Field.FOKUSOMRADE, Field.EFFEKTKEDJA)),
        Table("Län", ("län", "texter"), _counted(project.county for project in texts)),
    ]


def _sizes(texts: Sequence[LabelledProject], short: Sequence[LabelledProject]) -> Table:
    rounds = sorted({project.round for project in [*texts, *short]})
    rows = [_size(str(number), [t for t in texts if t.round == number], [s for s in short if s.round == number]) for number in rounds]
    rows.append(_size("alla", texts, short))
    header = (
        "omgång",
        "texter",
        "påståenden",
        "ord per text, median (minst–mest)",
        "ord per påstående, median",
        "5-ordsföljder i flera texter",
        "korta",
    )
    return Table("Omfattning", header, tuple(rows))


def _size(name: str, texts: Sequence[LabelledProject], short: Sequence[LabelledProject]) -> tuple[str, ...]:
    words = [len(project.text.split()) for project in texts] or [0]
    lengths = [len(item.statement.text.split()) for project in texts for item in project.statements] or [0]
    return (
        name,
        str(len(texts)),
        str(sum(len(project.statements) for project in texts)),
        f"{statistics.median(words):.0f} ({min(words)}–{max(words)})",
        f"{statistics.median(lengths):.0f}",
        f"{repeated_share(texts):.2%}",
        str(len(short)),
    )


def _columns(texts: Sequence[LabelledProject], short: Sequence[LabelledProject], scheme: Scheme) -> Table:
    found = []
    for projects in (texts, short):
        columns = [item.columns for project in projects for item in project.statements]
        mains, every = Counter(codes[0] for codes in columns), Counter(code for codes in columns for code in codes)
        several = sum(len(codes) > 1 for codes in columns)
        found.append((mains, every, several, max(1, len(columns))))
    rows = [
        (
            f"{column.code} {column.name}",
            *(cell for mains, every, _, total in found for cell in (_share(mains[column.code], total), str(every[column.code]))),
        )
        for column in scheme.columns
    ]
    rows.append(("flera kolumner", *(cell for _, _, several, total in found for cell in (_share(several, total), str(several)))))
    return Table("Kolumner", ("kolumn", "huvudkolumn i texter", "nämnd i texter", "huvudkolumn i korta", "nämnd i korta"), tuple(rows))


def _crossed(texts: Sequence[LabelledProject], scheme: Scheme) -> Table:
    chains = scheme.labels[Field.EFFEKTKEDJA]
    counts = Counter((project.labels[Field.FOKUSOMRADE][0], project.labels[Field.EFFEKTKEDJA][0]) for project in texts)
    rows = []
    for label in scheme.labels[Field.FOKUSOMRADE]:
        cells = [counts[label.id, chain.id] for chain in chains]
        rows.append((label.id, *map(str, cells), str(sum(cells))))
    sums = [sum(counts[label.id, chain.id] for label in scheme.labels[Field.FOKUSOMRADE]) for chain in chains]
    rows.append(("alla", *map(str, sums), str(sum(sums))))
    return Table("Fokusområde och effektkedja", ("fokusområde", *(chain.id for chain in chains), "alla"), tuple(rows))


def _labels(texts: Sequence[LabelledProject], field: Field, scheme: Scheme) -> Table:
    counts = Counter(label for project in texts for label in project.labels[field])
    return Table(field.swedish.capitalize(), ("värde", "texter"), tuple((label, str(counts[label])) for label in scheme.ids(field)))


def _counted(names: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    return tuple((name, str(count)) for name, count in sorted(Counter(names).items()))


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %"
