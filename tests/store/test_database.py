"""The database: made once, opened again, refused in plain words, and never left half-written."""

from __future__ import annotations

import os
import resource
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, inspect, select, text
from sqlalchemy.orm import Session

from classifier.assistant import Assistant, ProjectText, Tier
from classifier.errors import StoreError
from classifier.services import players_on
from classifier.store import database
from classifier.store.cases import Cases
from classifier.store.database import URL_VARIABLE, open_database, transaction
from classifier.store.games import Settings
from classifier.store.runs import RunColumns, Runs
from classifier.store.tables import STORE_VERSION, Base, Case, Version
from classifier.stryktips.coupon import standard
from classifier.taxonomy import Field, Scheme
from tests.conftest import APPLICATION

NOBODY = 65534
RUN_TABLES = {"runs", "run_rows", "run_actions", "run_changes"}
GAME_TABLES = {"coupons", "games", "players", "marks", "mark_changes", "remarks", "consensus"}
TABLES = {"store_version", "cases", "statements", "proposals", "decisions", *RUN_TABLES, *GAME_TABLES}
VERSION_3 = Path(__file__).with_name("version_3.sql")


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


def rows_of(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in Base.metadata.tables}


def drop_tables(engine: Engine, names: set[str]) -> None:
    Base.metadata.drop_all(engine, [table for table in Base.metadata.sorted_tables if table.name in names])


def set_version(engine: Engine, version: int) -> None:
    with transaction(engine) as session:
        session.get_one(Version, 1).version = version


@contextmanager
def no_root() -> Iterator[None]:
    """A read-only folder stops everybody but root, so root steps down for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def readonly_folder() -> Iterator[Path]:
    # Not tmp_path: only its owner may enter the folders above it, so a folder there is unreachable rather than read-only.
    open_database("sqlite://")  # imports what opening needs while this user may still read it
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)


@contextmanager
def no_room_for_files() -> Iterator[None]:
    """A quota of nothing: every write that would make a file larger fails, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def full_disk(engine: Engine) -> Iterator[None]:
    """SQLite may not take another page: what it says then is what it says on a full disk."""
    with engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()

    def limit(connection: object, _record: object, _proxy: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")  # type: ignore[attr-defined]

    event.listen(engine, "checkout", limit)
    try:
        yield
    finally:
        event.remove(engine, "checkout", limit)
        engine.dispose()


def test_database_tables_made_in_new_folder(tmp_path: Path) -> None:
    engine = open_database(url_of(tmp_path / "ny" / "mapp" / "prov.db"))
    assert set(inspect(engine).get_table_names()) == TABLES
    with Session(engine) as session:
        assert [(row.id, row.version) for row in session.scalars(select(Version))] == [(1, STORE_VERSION)]


def test_database_reopened_keeps_rows(tmp_path: Path, assistant: Assistant, scheme: Scheme) -> None:
    first = open_database(url_of(tmp_path / "prov.db"))
    Cases(first, scheme).add(assistant.suggest([ProjectText(APPLICATION)])[0])
    before = rows_of(first)
    first.dispose()
    second = open_database(url_of(tmp_path / "prov.db"))
    assert rows_of(second) == before
    assert (before["cases"], before["store_version"], before["proposals"]) == (1, 1, len(Field))


def test_database_opened_by_many_at_once(tmp_path: Path) -> None:
    for attempt in range(10):
        url = url_of(tmp_path / f"{attempt}.db")
        barrier, problems = threading.Barrier(4), []

        def go(url: str = url, barrier: threading.Barrier = barrier, problems: list[StoreError] = problems) -> None:
            barrier.wait()
            try:
                open_database(url).dispose()
            except StoreError as error:
                problems.append(error)

        threads = [threading.Thread(target=go) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert problems == []
        assert rows_of(open_database(url))["store_version"] == 1


def test_database_url_from_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(URL_VARIABLE, url_of(tmp_path / "miljö.db"))
    assert open_database().url.database == str(tmp_path / "miljö.db")
    assert (tmp_path / "miljö.db").is_file()


@pytest.mark.parametrize("value", [None, ""])
def test_database_url_default_beside_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    if value is None:
        monkeypatch.delenv(URL_VARIABLE, raising=False)
    else:
        monkeypatch.setenv(URL_VARIABLE, value)
    monkeypatch.setattr(database, "DEFAULT_FILE", tmp_path / "data" / "effektkedja.db")
    open_database()
    assert (tmp_path / "data" / "effektkedja.db").is_file()


def test_database_sqlite_settings(tmp_path: Path) -> None:
    engine = open_database(url_of(tmp_path / "prov.db"))
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2
        assert connection.execute(text("SELECT lower('ÅÄÖ'), lower(NULL)")).one() == ("åäö", None)


def test_database_reading_while_writing(tmp_path: Path) -> None:
    engine = open_database(url_of(tmp_path / "prov.db"))
    with transaction(engine) as writer:
        writer.get_one(Version, 1).version = 5
        writer.flush()
        with engine.connect() as reader:
            assert reader.execute(select(Version.version)).scalar_one() == STORE_VERSION


def test_database_of_version_1_is_brought_up_to_date(tmp_path: Path, assistant: Assistant, scheme: Scheme) -> None:
    address = url_of(tmp_path / "prov.db")
    engine = open_database(address)
    [suggestion] = assistant.suggest([ProjectText(APPLICATION)])
    case_id = Cases(engine, scheme).add(suggestion)
    with engine.begin() as connection:  # as version 1 had it
        for table in ("proposals", "statements"):
            connection.execute(text(f"ALTER TABLE {table} DROP COLUMN likely"))
    set_version(engine, 1)
    for _ in range(2):
        upgraded = Cases(open_database(address), scheme)
        found = upgraded.get(case_id)
        assert found is not None
        assert found.values(Field.SYFTE) == suggestion.proposals[Field.SYFTE].values
        assert {proposal.likely for proposal in (*found.suggestion.proposals.values(), *found.suggestion.statements)} == {()}
        assert rows_of(upgraded.engine)["decisions"] == 0
    again = upgraded.get(upgraded.add(suggestion))
    assert again is not None
    assert again.suggestion.proposals[Field.FOKUSOMRADE].likely == suggestion.proposals[Field.FOKUSOMRADE].likely
    assert again.suggestion.statements[0].likely == suggestion.statements[0].likely
    with Session(upgraded.engine) as session:
        assert session.get_one(Version, 1).version == STORE_VERSION


@pytest.mark.parametrize("version", [1, 2])
def test_database_of_a_version_without_runs_gets_their_tables(tmp_path: Path, assistant: Assistant, scheme: Scheme, version: int) -> None:
    address = url_of(tmp_path / "prov.db")
    engine = open_database(address)
    cases = Cases(engine, scheme)
    case_id = cases.add(assistant.suggest([ProjectText(APPLICATION)])[0])
    cases.decide(case_id, Field.EFFEKTKEDJA, ["direkt"], seen_revision=0)
    before = rows_of(engine)
    drop_tables(engine, RUN_TABLES | GAME_TABLES)
    with engine.begin() as connection:
        for table in ("proposals", "statements") if version == 1 else ():
            connection.execute(text(f"ALTER TABLE {table} DROP COLUMN likely"))
    set_version(engine, version)
    engine.dispose()
    for _ in range(2):
        upgraded = open_database(address)
        assert set(inspect(upgraded).get_table_names()) == TABLES
        assert rows_of(upgraded) == before
        found = Cases(upgraded, scheme).get(case_id)
        assert found is not None
        assert found.values(Field.EFFEKTKEDJA) == ("direkt",)
    runs = Runs(upgraded, scheme)
    run_id = runs.add("Portfölj", "prov.csv", RunColumns("text"), ["text"], 0, Tier.FAST)
    assert runs.claim(run_id, "snabb provmodell")
    with Session(upgraded) as session:
        assert session.get_one(Version, 1).version == STORE_VERSION


def definitions(path: Path) -> set[tuple[str, str]]:
    """Every table and index of a file, with how it was made, whatever its white space."""
    with sqlite3.connect(path) as connection:
        found = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {(name, " ".join(sql.split())) for name, sql in found}


def test_database_of_version_3_gets_the_tables_of_the_stryktips(tmp_path: Path, scheme: Scheme) -> None:
    path = tmp_path / "prov.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(VERSION_3.read_text(encoding="utf-8"))
    before = database._engine(url_of(path))
    assert set(inspect(before).get_table_names()) == TABLES - GAME_TABLES
    before.dispose()
    for _ in range(2):
        upgraded = open_database(url_of(path))
        counts = rows_of(upgraded)
        assert {name for name in GAME_TABLES if counts[name]} == set()
        assert (counts["cases"], counts["decisions"], counts["proposals"], counts["runs"], counts["run_rows"]) == (1, 2, len(Field), 1, 1)
        [case] = Cases(upgraded, scheme).all()
        assert (case.title, case.values(Field.EFFEKTKEDJA), case.columns(0)) == ("Ugnen", ("direkt",), ("A", "P"))
        runs = Runs(upgraded, scheme)
        [run] = runs.all()
        assert [row.entry.project.title for row in runs.stream(run.id)] == ["Kursen"]
        with Session(upgraded) as session:
            assert session.get_one(Version, 1).version == STORE_VERSION
    open_database(url_of(tmp_path / "ny.db")).dispose()
    assert definitions(path) == definitions(tmp_path / "ny.db")
    players = players_on(upgraded, scheme)
    game = players.games.open(standard(), "Provspel", Settings())
    assert players.join(game.id, "Bord 3", "formulär").game_id == game.id


@pytest.mark.parametrize("table", sorted(GAME_TABLES - {"consensus", "coupons", "games"}))
def test_database_what_players_do_goes_with_the_session(tmp_path: Path, table: str) -> None:
    keys = inspect(open_database(url_of(tmp_path / "prov.db"))).get_foreign_keys(table)
    assert {(key["referred_table"], key["options"]["ondelete"]) for key in keys} >= {("games", "CASCADE")}


@pytest.mark.parametrize("version", [0, STORE_VERSION + 1])
def test_database_version_other_refused(tmp_path: Path, version: int) -> None:
    engine = open_database(url_of(tmp_path / "prov.db"))
    set_version(engine, version)
    with pytest.raises(StoreError) as caught:
        open_database(url_of(tmp_path / "prov.db"))
    assert f"har version {version}, programmet version {STORE_VERSION}" in str(caught.value)
    assert URL_VARIABLE in str(caught.value)
    with Session(engine) as session:
        assert session.get_one(Version, 1).version == version


def test_database_version_other_left_untouched(tmp_path: Path) -> None:
    engine = open_database(url_of(tmp_path / "prov.db"))
    set_version(engine, STORE_VERSION + 1)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE decisions"))
    with pytest.raises(StoreError, match="har version"):
        open_database(url_of(tmp_path / "prov.db"))
    assert set(inspect(engine).get_table_names()) == TABLES - {"decisions"}


@pytest.mark.parametrize(
    "url",
    [
        "inte en adress",
        "okänd://plats/databas",
        "effektkedja.db",
        "saknad+drivrutin://användare@127.0.0.1/databas",
        "postgresql+finnsinte://127.0.0.1/databas",
        "postgresql+psycopg://127.0.0.1:port/databas",
        "sqlite:///\0",
    ],
)
@pytest.mark.parametrize("by_environment", [True, False])
def test_database_url_unusable(url: str, by_environment: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if by_environment and "\0" not in url:  # the environment cannot hold a zero byte
        monkeypatch.setenv(URL_VARIABLE, url)
        url = ""
    with pytest.raises(StoreError) as caught:
        open_database(url)
    assert "EFFEKTKEDJA_DATABASE_URL" in str(caught.value)
    assert "sqlite:///" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_database_url_secret_not_told() -> None:
    with pytest.raises(StoreError) as caught:
        open_database("postgresql+psycopg://prov:hemligt@127.0.0.1:1/prov")
    assert "kan inte öppnas" in str(caught.value)
    assert "hemligt" not in str(caught.value)


def test_database_folder_as_file(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="kan inte öppnas"):
        open_database(url_of(tmp_path))


def test_database_file_as_folder(tmp_path: Path) -> None:
    (tmp_path / "fil").write_text("ingen mapp")
    with pytest.raises(StoreError, match="kan inte öppnas"):
        open_database(url_of(tmp_path / "fil" / "prov.db"))


def test_database_other_file_left_untouched(tmp_path: Path) -> None:
    path = tmp_path / "brev.txt"
    path.write_bytes(b"Det var en vanlig textfil. " * 100)
    with pytest.raises(StoreError, match="kan inte öppnas"):
        open_database(url_of(path))
    assert path.read_bytes() == b"Det var en vanlig textfil. " * 100


@pytest.mark.parametrize("place", ["prov.db", "ny/prov.db"])
def test_database_folder_readonly(readonly_folder: Path, place: str) -> None:
    with no_root(), pytest.raises(StoreError, match="skrivskyddad"):
        open_database(url_of(readonly_folder / place))
    assert list(readonly_folder.iterdir()) == []


def test_database_existing_in_folder_readonly(readonly_folder: Path) -> None:
    readonly_folder.chmod(0o755)
    engine = open_database(url_of(readonly_folder / "prov.db"))
    engine.dispose()
    before = (readonly_folder / "prov.db").read_bytes()
    (readonly_folder / "prov.db").chmod(0o444)
    readonly_folder.chmod(0o555)
    with no_root(), pytest.raises(StoreError, match="skrivskyddad"):
        open_database(url_of(readonly_folder / "prov.db"))
    assert (readonly_folder / "prov.db").read_bytes() == before


def test_database_disk_full_on_opening(tmp_path: Path) -> None:
    url = url_of(tmp_path / "prov.db")
    open_database(url_of(tmp_path / "annan.db")).dispose()
    with no_room_for_files(), pytest.raises(StoreError, match="disken inte är full"):
        open_database(url)
    assert not (tmp_path / "prov.db").exists() or inspect(database._engine(url)).get_table_names() == []
    assert rows_of(open_database(url)) == {**dict.fromkeys(TABLES, 0), "store_version": 1}


def test_database_tables_all_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create_engine = database.create_engine

    def small(*arguments: object, **options: object) -> Engine:
        engine = create_engine(*arguments, **options)  # type: ignore[call-overload]
        event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA max_page_count=6"))
        return engine

    url = url_of(tmp_path / "prov.db")
    with monkeypatch.context() as patch:
        patch.setattr(database, "create_engine", small)
        with pytest.raises(StoreError, match="disken inte är full"):
            open_database(url)
        assert inspect(database._engine(url)).get_table_names() == []
    assert set(inspect(open_database(url)).get_table_names()) == TABLES


def test_database_disk_full_on_adding(cases: Cases, assistant: Assistant) -> None:
    kept = cases.add(assistant.suggest([ProjectText(APPLICATION)])[0])
    before = rows_of(cases.engine)
    long = assistant.suggest([ProjectText(APPLICATION * 40)])[0]
    with full_disk(cases.engine), pytest.raises(StoreError) as caught:
        cases.add(long)
    assert str(caught.value).startswith("Det gick inte att spara: ")
    assert "disken inte är full" in str(caught.value)
    assert rows_of(cases.engine) == before
    assert [line.id for line in cases.search()] == [kept]
    assert cases.get(cases.add(long)).suggestion.project.text == APPLICATION * 40  # type: ignore[union-attr]


def test_database_disk_full_on_deciding(cases: Cases, assistant: Assistant) -> None:
    case_id = cases.add(assistant.suggest([ProjectText(APPLICATION)])[0])
    revision, refused = 0, None
    with full_disk(cases.engine):
        while refused is None and revision < 2_000:
            try:
                revision = cases.decide(case_id, Field.EFFEKTKEDJA, ["direkt"], seen_revision=revision).revision
            except StoreError as error:
                refused = error
        changed_at = cases.search()[0].changed_at
    assert "disken inte är full" in str(refused)
    assert rows_of(cases.engine)["decisions"] == revision
    case = cases.get(case_id)
    assert case is not None
    assert case.decisions[Field.EFFEKTKEDJA].revision == revision
    assert case.changed_at == changed_at == case.decisions[Field.EFFEKTKEDJA].decided_at
    assert cases.decide(case_id, Field.EFFEKTKEDJA, ["indirekt"], seen_revision=revision).revision == revision + 1


def test_database_transaction_undone_by_failure(cases: Cases, assistant: Assistant) -> None:
    case_id = cases.add(assistant.suggest([ProjectText(APPLICATION)])[0])

    def interrupted() -> None:
        with transaction(cases.engine) as session:
            session.get_one(Case, case_id).title = "Halvskriven"
            session.flush()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert cases.search("Halvskriven") == []
    assert cases.count() == 1


def test_database_transaction_unreadable(cases: Cases) -> None:
    with transaction(cases.engine) as session:
        session.execute(text("DROP TABLE decisions"))
        session.execute(text("DROP TABLE cases"))
    with pytest.raises(StoreError, match="databasen svarade inte"):
        cases.search()
