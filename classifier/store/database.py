"""Open the database: SQLite beside the program, or another by ``EFFEKTKEDJA_DATABASE_URL``."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Lock

from sqlalchemy import Engine, create_engine, event, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import Session

from classifier.errors import StoreError
from classifier.store import game_tables  # noqa: F401  its tables are made on opening
from classifier.store.tables import STORE_VERSION, UPGRADES, Base, Version

URL_VARIABLE = "EFFEKTKEDJA_DATABASE_URL"
DEFAULT_FILE = Path(__file__).parents[2] / "data" / "effektkedja.db"
_writer = Lock()
"""Lets the threads of this process write to SQLite in turn: one that finds the file locked would sleep ever longer before it tries again."""
REMEDY = "kontrollera att disken inte är full eller skrivskyddad och försök igen"


def open_database(url: str | None = None) -> Engine:
    """Open the database, make its tables when they are missing, and bring tables of an earlier version up to this one.

    Raises:
        StoreError: when it cannot be opened, or holds tables of a later version.
    """
    address = url or os.environ.get(URL_VARIABLE) or f"sqlite:///{DEFAULT_FILE}"
    try:
        engine = _engine(address)
        with Session(engine) as session, session.begin():
            _wait_for_turn(session)
            Base.metadata.create_all(session.connection())
            row = session.scalar(select(Version))
            if row is None:
                session.add(Version(id=1, version=STORE_VERSION))
            elif row.version in UPGRADES:
                _upgrade(session, row)
            elif row.version != STORE_VERSION:
                raise StoreError(
                    f"databasen har version {row.version}, programmet version {STORE_VERSION}; "
                    f"använd rätt program eller peka ut en annan databas med {URL_VARIABLE}"
                )
    except (ArgumentError, ModuleNotFoundError, ValueError) as error:  # ValueError: a port that is no number
        raise StoreError(f"adressen i {URL_VARIABLE} går inte att använda; skriv till exempel sqlite:///effektkedja.db") from error
    except (SQLAlchemyError, OSError) as error:
        raise StoreError(f"databasen kan inte öppnas; {REMEDY}") from error
    return engine


@contextmanager
def transaction(engine: Engine, *, writes: bool = False) -> Iterator[Session]:
    """A session whose work is saved as a whole or not at all.

    Args:
        engine: the opened database.
        writes: whether what is read decides what is written. SQLite then lets one such session at a time read, so that nothing read has
            changed when it writes; in other databases the rows read must be locked.

    Raises:
        StoreError: when the database cannot be read or written.
    """
    alone = writes and engine.dialect.name == "sqlite"
    try:
        with _writer if alone else nullcontext(), Session(engine, expire_on_commit=False) as session, session.begin():
            if alone:
                session.execute(text("BEGIN IMMEDIATE"))
            yield session
    except SQLAlchemyError as error:
        raise StoreError(f"databasen svarade inte; {REMEDY}") from error


def _wait_for_turn(session: Session) -> None:
    """Let one opener at a time make the tables, all of them or none; by itself SQLite would commit them one by one."""
    turn = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "SELECT pg_advisory_xact_lock(20201121)"}
    if statement := turn.get(session.get_bind().dialect.name):
        session.execute(text(statement))


def _upgrade(session: Session, row: Version) -> None:
    """Take the tables step by step to the version of this program."""
    while row.version in UPGRADES:
        for statement in UPGRADES[row.version]:
            session.execute(text(statement))
        row.version += 1


def _engine(address: str) -> Engine:
    url = make_url(address)
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": 10})
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    """Write-ahead log, so that readers and a writer do not wait for each other; foreign keys on; lower-casing that knows Swedish."""
    # SQLite's own lower() knows only a–z; a search for åre must find Åre.
    connection.create_function("lower", 1, lambda value: value.lower() if isinstance(value, str) else value, deterministic=True)
    cursor = connection.cursor()
    try:
        cursor.execute("PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:  # else another opener is switching; the mode stays with the file
            raise
    cursor.execute("PRAGMA synchronous=FULL")  # a decision that was confirmed on screen survives a power cut
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
