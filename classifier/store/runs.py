"""Save portfolios while they are worked through, and what people decide about their rows."""

from __future__ import annotations

import datetime
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Engine, delete, func, insert, select, update
from sqlalchemy.orm import Session

from classifier.assistant import ProjectText, Tier
from classifier.decisions import CaseStatus, status_of
from classifier.errors import StoreError
from classifier.portfolio.facts import FactColumns, Facts
from classifier.portfolio.judged import Judged
from classifier.portfolio.outcome import Outcome, pack, unpack
from classifier.portfolio.sources import Entry
from classifier.store import tables
from classifier.store.cases import aware, latest_decisions, now
from classifier.store.database import transaction
from classifier.taxonomy import Field, Scheme

T = TypeVar("T")
SILENT_AFTER = datetime.timedelta(seconds=60)
"""A worker that has not been heard of for so long is taken for dead; a batch takes a few seconds."""
AT_A_TIME = 5_000
"""Rows changed in one statement."""
READ_AT_A_TIME = 1_000
LABEL_COLUMNS = (Field.FOKUSOMRADE, Field.EFFEKTKEDJA, Field.PROJEKTTYP)
"""Fields that rows are filtered and counted by in the database."""


class RunState(StrEnum):
    """How far a run has come."""

    WAITING = "väntar"
    RUNNING = "pågår"
    STOPPING = "avbryts"
    STOPPED = "avbruten"
    DONE = "klar"
    FAILED = "misslyckades"


@dataclass(frozen=True)
class RunColumns:
    """Which columns of the file hold what; ``None`` where there is none."""

    text: str
    title: str | None = None
    id: str | None = None
    facts: FactColumns = field(default_factory=FactColumns)


@dataclass(frozen=True)
class Run:
    """A portfolio and how far it has come."""

    id: str
    name: str
    source: str
    columns: RunColumns
    kept: tuple[str, ...]
    tier: Tier
    model: str
    scheme_version: str
    notes: tuple[str, ...]
    state: RunState
    message: str
    total: int
    done: int
    begun_at: datetime.datetime | None
    begun_with: int
    beat_at: datetime.datetime | None
    created_at: datetime.datetime

    def is_silent(self, moment: datetime.datetime) -> bool:
        """Whether it should be running, but its worker has not been heard of."""
        return self.state in (RunState.RUNNING, RunState.STOPPING) and (self.beat_at is None or moment - self.beat_at > SILENT_AFTER)

    def is_free(self, moment: datetime.datetime) -> bool:
        """Whether a worker may take it: it waits, or its worker has gone silent without having been asked to stop."""
        return self.state is RunState.WAITING or (self.state is RunState.RUNNING and self.is_silent(moment))

    def seconds_left(self, moment: datetime.datetime) -> float | None:
        """How long it will take to the end at the present speed; nothing when that is not known yet."""
        if self.begun_at is None or self.done <= self.begun_with:
            return None
        a_row = (moment - self.begun_at).total_seconds() / (self.done - self.begun_with)
        return a_row * (self.total - self.done)


@dataclass(frozen=True)
class Action:
    """Something done to many rows at once."""

    id: str
    told: str
    rows: int
    done_by: str
    done_at: datetime.datetime


class Runs:
    """The portfolios in one database."""

    def __init__(self, engine: Engine, scheme: Scheme) -> None:
        self.engine = engine
        self.scheme = scheme

    # A run and its progress

    def add(
        self,
        name: str,
        source: str,
        columns: RunColumns,
        kept: Sequence[str],
        total: int,
        tier: Tier,
        notes: Sequence[str] = (),
        run_id: str | None = None,
    ) -> str:
        """Save a new run that waits to be worked through; returns its id.

        Raises:
            StoreError: when it cannot be written.
        """
        run_id = run_id or new_id()
        with transaction(self.engine) as session:
            session.add(
                tables.Run(
                    id=run_id,
                    name=name[:300],
                    source=source[:300],
                    columns=asdict(columns),
                    kept=list(kept),
                    tier=tier,
                    model="",
                    scheme_version=self.scheme.version,
                    notes=list(notes),
                    state=RunState.WAITING,
                    message="",
                    total=total,
                    done=0,
                    begun_at=None,
                    begun_with=0,
                    beat_at=None,
                    created_at=now(),
                )
            )
        return run_id

    def get(self, run_id: str) -> Run | None:
        """The run with this id, or nothing."""
        with transaction(self.engine) as session:
            row = session.get(tables.Run, run_id)
            return _run(row) if row else None

    def all(self) -> list[Run]:
        """Every run, the newest first."""
        with transaction(self.engine) as session:
            return [_run(row) for row in session.scalars(select(tables.Run).order_by(tables.Run.created_at.desc(), tables.Run.id))]

    def claim(self, run_id: str, model: str) -> bool:
        """Take a run that waits, or whose worker has gone silent; false when another worker has it."""
        moment = now()
        with transaction(self.engine) as session:
            run = session.get(tables.Run, run_id, with_for_update=True)
            if run is None or not _run(run).is_free(moment):
                return False
            taken = session.execute(
                update(tables.Run)
                .where(
                    tables.Run.id == run_id,
                    tables.Run.state == run.state,
                    tables.Run.beat_at.is_(run.beat_at) if run.beat_at is None else tables.Run.beat_at == run.beat_at,
                )
                .values(state=RunState.RUNNING, model=model, message="", begun_at=moment, begun_with=run.done, beat_at=moment)
                .execution_options(synchronize_session=False)
            )
            return bool(taken.rowcount)  # type: ignore[attr-defined]

    def next_waiting(self) -> Run | None:
        """The run that has waited longest, unless one is being worked through already."""
        runs = self.all()
        if any(run.state in (RunState.RUNNING, RunState.STOPPING) and not run.is_silent(now()) for run in runs):
            return None
        waiting = [run for run in runs if run.is_free(now())]
        return waiting[-1] if waiting else None

    def beat(self, run_id: str) -> bool:
        """Say that the worker lives; false when it should stop, since the run was cancelled or is gone."""
        with transaction(self.engine) as session:
            run = session.get(tables.Run, run_id)
            if run is None or run.state not in (RunState.RUNNING, RunState.STOPPING):
                return False
            run.beat_at = now()
            return run.state == RunState.RUNNING

    def stop(self, run_id: str) -> None:
        """Ask the worker to stop after the batch at hand; a run that waits is stopped at once."""
        with transaction(self.engine) as session:
            run = session.get(tables.Run, run_id)
            if run is None:
                return
            if run.state == RunState.RUNNING and not _run(run).is_silent(now()):
                run.state = RunState.STOPPING
            elif run.state in (RunState.WAITING, RunState.RUNNING, RunState.STOPPING):
                run.state = RunState.STOPPED

    def wait(self, run_id: str) -> None:
        """Put a run that was stopped, has failed or gone silent back in the queue."""
        with transaction(self.engine) as session:
            run = session.get(tables.Run, run_id)
            if run is not None and (run.state in (RunState.STOPPED, RunState.FAILED) or _run(run).is_silent(now())):
                run.state, run.message, run.beat_at = RunState.WAITING, "", None

    def end(self, run_id: str, state: RunState, message: str = "", notes: Sequence[str] = ()) -> None:
        """Say how the work ended."""
        with transaction(self.engine) as session:
            run = session.get(tables.Run, run_id)
            if run is not None:
                run.state, run.message, run.beat_at = state, message, None
                run.notes = [*run.notes, *(note for note in notes if note not in run.notes)]

    def delete(self, run_id: str) -> None:
        """Delete a run with all its rows and decisions; cases that rows were opened as stay."""
        with transaction(self.engine) as session:
            for table in (tables.RunChange, tables.RunRow):
                session.execute(delete(table).where(table.run_id == run_id))
            session.execute(delete(tables.Run).where(tables.Run.id == run_id))

    # Rows

    def add_rows(self, run_id: str, rows: Iterable[Judged]) -> bool:
        """Save rows that were worked out, and how far the run has come; false when the run should stop.

        Raises:
            StoreError: when they cannot be written; then none of them is.
        """
        made = [self._new_row(run_id, row) for row in rows]
        with transaction(self.engine) as session:
            run = session.get(tables.Run, run_id)
            if run is None:
                return False
            if made:
                session.execute(insert(tables.RunRow), made)
            run.done += len(made)
            run.beat_at = now()
            return run.state == RunState.RUNNING

    def rows(self, run_id: str, numbers: Sequence[int]) -> list[Judged]:
        """Some rows of a run, in order."""
        query = select(tables.RunRow).where(tables.RunRow.run_id == run_id).order_by(tables.RunRow.number)
        with transaction(self.engine) as session:
            return [
                self._stored(row)
                for some in _parts(sorted(numbers))
                for row in session.scalars(query.where(tables.RunRow.number.in_(some)))
            ]

    def stream(self, run_id: str) -> Iterator[Judged]:
        """All rows of a run in order, a part of them in memory at a time."""
        query = select(tables.RunRow).where(tables.RunRow.run_id == run_id).order_by(tables.RunRow.number).limit(READ_AT_A_TIME)
        last = -1
        while True:
            with transaction(self.engine) as session:
                some = [self._stored(row) for row in session.scalars(query.where(tables.RunRow.number > last))]
            if not some:
                return
            yield from some
            last = some[-1].number

    def version(self, run_id: str) -> str:
        """A text that changes whenever a row of the run does."""
        with transaction(self.engine) as session:
            rows = session.scalar(select(func.count()).where(tables.RunRow.run_id == run_id))
            query = select(func.count(), func.max(tables.RunAction.done_at), func.max(tables.RunAction.undone_at))
            return f"{rows} {tuple(session.execute(query.where(tables.RunAction.run_id == run_id)).one())}"

    # What people do to rows

    def confirm(self, run_id: str, numbers: Sequence[int], by: str = "") -> Action:
        """Confirm all fields of rows as they stand; rows without proposals are left as they are."""
        return self._act(
            run_id,
            numbers,
            "bekräfta",
            "Bekräftade",
            by,
            lambda row: {"decided": {name: list(row.values(name)) for name in Field}} if row.outcome.is_judged or row.decided else {},
        )

    def change(self, run_id: str, numbers: Sequence[int], target: Field, values: Sequence[str], by: str = "") -> Action:
        """Decide a field of rows.

        Raises:
            StoreError: when a value is unknown or the field can have only one.
        """
        if len(set(values)) != len(values) or not set(values) <= set(self.scheme.ids(target)):
            raise StoreError(f"{target.swedish} har fått ett värde som inte finns i schemat; ladda om sidan")
        if not target.is_multiple and len(values) > 1:
            raise StoreError(f"{target.swedish} kan bara ha ett värde")
        names = ", ".join(self.scheme.label(target, label).name for label in values) or "inget av dessa"
        decided = {target.value: list(values)}
        return self._act(
            run_id,
            numbers,
            "ändra",
            f"Ändrade {target.swedish} till {names} för",
            by,
            lambda row: {"decided": {**_plain(row.decided), **decided}},
        )

    def mark(self, run_id: str, numbers: Sequence[int], marked: bool, by: str = "") -> Action:
        """Mark rows for review, or take the mark away."""
        told = "Märkte för granskning" if marked else "Tog bort märkningen från"
        return self._act(run_id, numbers, "märk", told, by, lambda _row: {"marked": marked})

    def actions(self, run_id: str, limit: int = 10) -> list[Action]:
        """What was done last and not undone, the latest first."""
        query = (
            select(tables.RunAction)
            .where(tables.RunAction.run_id == run_id, tables.RunAction.undone_at.is_(None))
            .order_by(tables.RunAction.done_at.desc())
            .limit(limit)
        )
        with transaction(self.engine) as session:
            return [Action(row.id, row.told, row.rows, row.done_by, aware(row.done_at)) for row in session.scalars(query)]

    def undo(self, action_id: str) -> tuple[int, int]:
        """Put the rows of an action back as they were; returns how many were, and how many were left since they have changed again."""
        with transaction(self.engine) as session:
            action = session.get(tables.RunAction, action_id)
            if action is None or action.undone_at is not None:
                return 0, 0
            changes = list(session.scalars(select(tables.RunChange).where(tables.RunChange.action_id == action_id)))
            restored = 0
            for some in _parts(changes):
                before = {change.number: change.before for change in some}
                for row in self._session_rows(session, action.run_id, list(before)):
                    if row.last_action == action_id:
                        self._set(session, row, before[row.number], before[row.number]["last_action"])
                        restored += 1
            action.undone_at = now()
            return restored, len(changes) - restored

    def link(self, run_id: str, number: int, case_id: str) -> None:
        """Note which case a row was opened as."""
        with transaction(self.engine) as session:
            row = session.get(tables.RunRow, (run_id, number))
            if row is not None:
                row.case_id = case_id

    def take_over(self, run_id: str) -> int:
        """Carry decisions made in cases over to the rows they were opened from; returns how many rows changed.

        What was undone in the portfolio stays undone until something is decided in the case again.
        """
        query = select(tables.RunRow).where(tables.RunRow.run_id == run_id, tables.RunRow.case_id.is_not(None))
        with transaction(self.engine) as session:
            found = {}
            for row in session.scalars(query):
                undone = self._undone_at(session, row)
                newer = [
                    decision
                    for target, decision in latest_decisions(session, str(row.case_id)).items()
                    if target in set(Field)
                    and list(decision.values) != row.decided.get(target)
                    and (undone is None or decision.decided_at > undone)
                ]
                if newer:
                    decided = {**row.decided, **{decision.target: list(decision.values) for decision in newer}}
                    found[row.number] = (decided, max(newer, key=lambda decision: decision.decided_at).decided_by)
        for number, (decided, by) in found.items():
            self._act(run_id, [number], "ärende", "Beslutade i ärendet för", by, lambda _row, decided=decided: {"decided": decided})
        return len(found)

    def _act(self, run_id: str, numbers: Sequence[int], kind: str, told: str, by: str, change: Any) -> Action:
        """Change rows, noting how each stood before; ``change`` gives what to set of a stored row, nothing to leave it."""
        action = tables.RunAction(id=new_id(), run_id=run_id, kind=kind, told=told, rows=0, done_by=by[:80], done_at=now(), undone_at=None)
        with transaction(self.engine) as session:
            if session.get(tables.Run, run_id) is None:
                raise StoreError("portföljen finns inte längre; ladda om sidan")
            session.add(action)
            session.flush()
            for some in _parts(sorted(set(numbers))):
                changes = []
                for row in self._session_rows(session, run_id, some):
                    before = _snapshot(row)
                    wanted = change(self._stored(row))
                    after = {**before, **wanted}
                    if not wanted or after == before:
                        continue
                    if "decided" in wanted:
                        after |= {"decided_by": action.done_by, "decided_at": action.done_at.isoformat()}
                    self._set(session, row, after, action.id)
                    changes.append({"action_id": action.id, "number": row.number, "run_id": run_id, "before": before, "after": after})
                if changes:
                    session.execute(insert(tables.RunChange), changes)
                action.rows += len(changes)
            action.told = f"{told} {action.rows} {'rad' if action.rows == 1 else 'rader'}"
            if not action.rows:  # there is nothing to undo
                session.delete(action)
        return Action(action.id, action.told, action.rows, action.done_by, action.done_at)

    def _session_rows(self, session: Session, run_id: str, numbers: Sequence[int]) -> list[tables.RunRow]:
        """Rows that nobody else changes until the session ends."""
        query = select(tables.RunRow).where(tables.RunRow.run_id == run_id, tables.RunRow.number.in_(numbers))
        return list(session.scalars(query.order_by(tables.RunRow.number).with_for_update()))

    def _undone_at(self, session: Session, row: tables.RunRow) -> datetime.datetime | None:
        """When something done to a row was last undone."""
        changes = tables.RunChange.run_id == row.run_id, tables.RunChange.number == row.number
        moment = session.scalar(select(func.max(tables.RunAction.undone_at)).join(tables.RunChange).where(*changes))
        return aware(moment) if moment else None

    def _set(self, session: Session, row: tables.RunRow, state: Mapping[str, Any], action_id: str) -> None:
        """Make a row stand as a snapshot says, and the case it was opened as with it."""
        changed = {name: values for name, values in state["decided"].items() if row.decided.get(name) != values}
        row.decided, row.marked, row.last_action = dict(state["decided"]), bool(state["marked"]), action_id
        row.decided_by = state["decided_by"]
        row.decided_at = datetime.datetime.fromisoformat(state["decided_at"]) if state["decided_at"] else None
        row.state = status_of(row.decided, bool(row.decided))
        for name, values in self._labels(unpack(row.outcome), row.decided).items():
            setattr(row, name, values)
        if row.case_id and changed:
            self._decide_case(session, row, changed)

    def _decide_case(self, session: Session, row: tables.RunRow, changed: Mapping[str, list[str]]) -> None:
        case = session.get_one(tables.Case, row.case_id)
        held = latest_decisions(session, case.id)
        for name, values in changed.items():
            if name in held and list(held[name].values) == values:
                continue
            session.add(
                tables.Decision(
                    case_id=case.id,
                    target=name,
                    revision=held[name].revision + 1 if name in held else 1,
                    values=values,
                    status=CaseStatus.CONFIRMED,
                    decided_by=row.decided_by,
                    decided_at=now(),
                    model_version=case.model_version,
                )
            )
            case.changed_at = now()

    def _labels(self, outcome: Outcome, decided: Mapping[str, Sequence[str]]) -> dict[str, str]:
        """The label columns of a row: what is decided, else what is proposed."""
        held = {}
        for name in LABEL_COLUMNS:
            proposed = outcome.fields[name].values if name in outcome.fields else ()
            held[name.value] = next(iter(decided.get(name, proposed)), "")
        focus = held[Field.FOKUSOMRADE]
        return held | {"sakomrade": self.scheme.sakomrade_of(focus).id if focus else ""}

    def _new_row(self, run_id: str, row: Judged) -> dict[str, Any]:
        outcome, decided = row.outcome, _plain(row.decided)
        certain = [outcome.fields[name].probability for name in (Field.FOKUSOMRADE, Field.EFFEKTKEDJA) if name in outcome.fields]
        return {
            "run_id": run_id,
            "number": row.number,
            "project_id": row.entry.project.id,
            "title": row.entry.project.title,
            "text": row.entry.project.text,
            "kept": _storable(row.entry.kept),
            "amount": row.facts.amount,
            "year": row.facts.year,
            "county": row.facts.county,
            "programme": row.facts.programme,
            "outcome": pack(outcome),
            "status": outcome.status,
            "certainty": min(certain) if certain else None,
            "needs_review": outcome.needs_review,
            "marked": row.marked,
            "decided": decided,
            "state": status_of(decided, bool(decided)),
            "decided_by": row.decided_by[:80],
            "decided_at": row.decided_at,
            "last_action": "",
            "case_id": None,
            **self._labels(outcome, decided),
        }

    def _stored(self, row: tables.RunRow) -> Judged:
        return Judged(
            row.number,
            Entry(ProjectText(row.text, row.title, row.project_id), row.kept),
            Facts(row.amount, row.year, row.county, row.programme),
            unpack(row.outcome),
            {Field(name): tuple(values) for name, values in row.decided.items()},
            row.marked,
            row.decided_by,
            aware(row.decided_at) if row.decided_at else None,
            row.case_id,
        )


def new_id() -> str:
    """A new id that nobody can guess."""
    return secrets.token_urlsafe(9)


def _run(row: tables.Run) -> Run:
    columns = dict(row.columns)
    return Run(
        row.id,
        row.name,
        row.source,
        RunColumns(**{**columns, "facts": FactColumns(**columns["facts"])}),
        tuple(row.kept),
        Tier(row.tier),
        row.model,
        row.scheme_version,
        tuple(row.notes),
        RunState(row.state),
        row.message,
        row.total,
        row.done,
        aware(row.begun_at) if row.begun_at else None,
        row.begun_with,
        aware(row.beat_at) if row.beat_at else None,
        aware(row.created_at),
    )


def _snapshot(row: tables.RunRow) -> dict[str, Any]:
    return {
        "decided": dict(row.decided),
        "marked": row.marked,
        "decided_by": row.decided_by,
        "decided_at": aware(row.decided_at).isoformat() if row.decided_at else "",
        "last_action": row.last_action,
    }


def _storable(cells: Mapping[str, Any]) -> Any:
    """Cells as every database holds JSON: dates as text, nothing for what is no number."""
    return json.loads(json.dumps(dict(cells), default=_written), parse_constant=lambda _name: None)


def _written(value: object) -> str:
    return str(value.date() if isinstance(value, datetime.datetime) and value.time() == datetime.time() else value)


def _plain(decided: Mapping[Field, Sequence[str]]) -> dict[str, list[str]]:
    return {Field(name).value: list(values) for name, values in decided.items()}


def _parts(items: Sequence[T]) -> Iterable[Sequence[T]]:
    return (items[start : start + AT_A_TIME] for start in range(0, len(items), AT_A_TIME))
