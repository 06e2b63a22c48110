"""A table whose every row is one statement → the same rows with their columns of the stryktips."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from classifier.assistant import Assistant, ProjectText, StatementProposal, Status
from classifier.portfolio.rows import STATEMENT_COLUMNS, kept_names, statement_cells
from classifier.portfolio.sources import Say, text_of
from classifier.taxonomy.scheme import COLUMN_CODES
from classifier.text.statements import Statement
from classifier.text.tables import STATEMENT_NAMES, Row, Table, need_column

BATCH = 64


def statement_column(table: Table, wanted: str | None, say: Say) -> str:
    """The column that holds the statements of a table; which one is said aloud.

    Raises:
        UsageError: when there is none.
    """
    for note in table.notes:
        say(note)
    text = need_column(table, STATEMENT_NAMES, wanted, "påståenden", "--text-column")
    say(f"{table.name}: påstående = {text}, projekt_id = {'projekt_id' if 'projekt_id' in table.columns else 'saknas'}")
    return text


def classify_statements(assistant: Assistant, table: Table, text: str, advance: Callable[[int], None]) -> tuple[list[str], list[Row]]:
    """Classify a table whose every row is one statement in the column ``text``, taken as it stands.

    Rows that share ``projekt_id`` are read as one project's statements in order; a row without one stands alone.
    """
    groups: dict[str, list[int]] = {}
    for number, row in enumerate(table.rows):
        project = text_of(row.get("projekt_id"))
        groups.setdefault(f"p{project}" if project else f"r{number}", []).append(number)
    found: dict[int, StatementProposal | None] = {}
    order: dict[int, int] = {}
    members = list(groups.values())
    for start in range(0, len(members), BATCH):
        batch = members[start : start + BATCH]
        texts = [_as_project([text_of(table.rows[number].get(text)) for number in numbers]) for numbers in batch]
        for numbers, suggestion in zip(batch, assistant.suggest(texts), strict=True):
            proposals = iter(suggestion.statements)
            for place, number in enumerate(numbers, 1):
                order[number] = place
                found[number] = next(proposals, None) if text_of(table.rows[number].get(text)).strip() else None
        advance(sum(map(len, batch)))
    carried = (text, "projekt_id")
    kept = kept_names([column for column in table.columns if column not in carried], (*STATEMENT_COLUMNS, "status"))
    rows = []
    for number, row in enumerate(table.rows):
        out = {kept[column]: row.get(column, "") for column in kept} | {"projekt_id": text_of(row.get("projekt_id")), "nr": order[number]}
        proposal = found[number]
        if proposal:
            out |= _cells(proposal) | {"status": Status.PROPOSED.value}
        else:
            said = text_of(row.get(text))
            out |= {"påstående": said, "status": (Status.OTHER_SCRIPT if said.strip() else Status.EMPTY).value}
        rows.append(out)
    return [*kept.values(), *STATEMENT_COLUMNS, "status"], rows


def _cells(proposal: StatementProposal) -> Row:
    statement = proposal.statement
    return statement_cells(
        statement.text, statement.start, statement.end, proposal.columns, [proposal.probabilities[code] for code in COLUMN_CODES]
    )


def _as_project(texts: Sequence[str]) -> ProjectText:
    statements = tuple(Statement(text, 0, len(text)) for text in texts if text.strip())
    return ProjectText("\n".join(texts), statements=statements)
