"""Cases, portfolios and sessions in a real PostgreSQL: this module starts a cluster of its own, runs every test of them in it, and stops it."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, event, inspect, text

from classifier.assistant import Assistant, ProjectText
from classifier.errors import StoreError, StryktipsError
from classifier.store.cases import Cases, ConflictError
from classifier.store.database import URL_VARIABLE, open_database, transaction
from classifier.store.players import REASON, LockedError, Players
from classifier.store.tables import STORE_VERSION, Base, Version
from classifier.stryktips.course import Step
from classifier.stryktips.crosses import Crosses
from classifier.taxonomy import Scheme
from tests.conftest import APPLICATION
from tests.store import test_cases, test_games, test_players, test_runs
from tests.store.test_database import GAME_TABLES, drop_tables, set_version
from tests.store.test_games import again, begun, opened, played

USER = "prov"
RULES = {
    name.replace("test_", "test_postgres_", 1): rule
    for module in (test_cases, test_runs, test_games, test_players)
    for name, rule in vars(module).items()
    if name.startswith(("test_cases_", "test_runs_", "test_games_", "test_players_"))
}
globals().update(RULES)  # collected here as well, and given the `cases` of this module, and so the `runs` and `players` in it


def find_binaries() -> Path:
    """The folder of the newest PostgreSQL on this machine."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if folders:
        return max(folders, key=lambda folder: int(folder.parent.name))
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    pytest.fail("PostgreSQL saknas, så lagringen kan inte prövas i den; installera med: apt-get install -y postgresql", pytrace=False)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass
class Cluster:
    """A PostgreSQL of our own in a folder, listening on 127.0.0.1 alone."""

    binaries: Path
    folder: Path
    port: int = field(default_factory=free_port)
    password: str = field(default_factory=lambda: secrets.token_urlsafe(12))

    @property
    def url(self) -> str:
        url = URL.create("postgresql+psycopg", USER, self.password, "127.0.0.1", self.port, "postgres")
        return url.render_as_string(hide_password=False)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def create(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        secret = self.folder / "password"
        secret.write_text(self.password)
        secret.chmod(0o644)  # the folder is closed to others
        options = ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={secret}", "--no-sync"]
        self._run("initdb", f"--pgdata={self.data}", f"--username={USER}", *options)
        settings = {"listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": "", "fsync": "off"}
        with (self.data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())

    def start(self) -> None:
        self._run("pg_ctl", "start", "--wait", f"--pgdata={self.data}", f"--log={self.folder / 'log'}")

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "--wait", "--mode=immediate", f"--pgdata={self.data}")

    def _run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs; they refuse root, so root hands over to the package's own user."""
        owner = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        command = [str(self.binaries / program), *arguments]
        done = subprocess.run(command, cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, **owner)  # type: ignore[call-overload]
        log = self.folder / "log"
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}{log.read_text() if log.is_file() else ''}"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    # Not tmp_path: pytest closes the folders above it to all but root, and PostgreSQL does not run as root.
    with tempfile.TemporaryDirectory(prefix="effektkedja-postgres-", ignore_cleanup_errors=True) as name:
        cluster = Cluster(find_binaries(), Path(name))
        cluster.create()
        try:
            cluster.start()
            yield cluster
        finally:
            if (cluster.data / "postmaster.pid").exists():
                cluster.stop()


@pytest.fixture
def url(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty database, set in the environment too."""
    engine = create_engine(cluster.url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    monkeypatch.setenv(URL_VARIABLE, cluster.url)
    return cluster.url


@pytest.fixture
def cases(url: str, scheme: Scheme, assistant: Assistant) -> Iterator[Cases]:
    engine = open_database()
    yield Cases(engine, scheme)
    engine.dispose()


def add(cases: Cases, assistant: Assistant) -> str:
    return cases.add(assistant.suggest([ProjectText(APPLICATION)])[0])


def test_postgres_is_what_is_tested(cases: Cases) -> None:
    assert cases.engine.dialect.name == "postgresql"
    assert cases.engine.dialect.driver == "psycopg"
    with cases.engine.connect() as connection:
        assert connection.execute(text("SELECT version()")).scalar_one().startswith("PostgreSQL ")


def test_postgres_tries_every_test_of_cases_runs_games_and_players() -> None:
    assert len(RULES) > 160
    assert not [name for name, rule in RULES.items() if globals()[name] is not rule]  # none is hidden by one of this module's own


def test_postgres_tables_made_once(url: str, assistant: Assistant, scheme: Scheme) -> None:
    first = open_database()
    case_id = add(Cases(first, scheme), assistant)
    first.dispose()
    second = open_database()
    assert set(inspect(second).get_table_names()) == set(Base.metadata.tables)
    assert Cases(second, scheme).get(case_id) is not None
    with second.connect() as connection:
        assert connection.execute(text("SELECT id, version FROM store_version")).all() == [(1, STORE_VERSION)]
    second.dispose()


def test_postgres_opened_by_many_at_once(url: str) -> None:
    barrier, problems = threading.Barrier(6), []

    def go() -> None:
        barrier.wait(timeout=30)
        try:
            open_database().dispose()
        except StoreError as error:
            problems.append(error)

    threads = [threading.Thread(target=go) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_postgres_version_other_refused_and_untouched(cases: Cases) -> None:
    with transaction(cases.engine) as session:
        session.get_one(Version, 1).version = STORE_VERSION + 1
        session.execute(text("DROP TABLE decisions"))
    with pytest.raises(StoreError, match=f"har version {STORE_VERSION + 1}, programmet version {STORE_VERSION}"):
        open_database()
    assert not inspect(cases.engine).has_table("decisions")


def test_postgres_of_version_3_gets_the_tables_of_the_stryktips(cases: Cases, assistant: Assistant, players: Players) -> None:
    case_id = add(cases, assistant)
    drop_tables(cases.engine, GAME_TABLES)
    set_version(cases.engine, 3)
    for _ in range(2):
        upgraded = open_database()
        assert set(inspect(upgraded).get_table_names()) == set(Base.metadata.tables)
        with upgraded.connect() as connection:
            assert connection.execute(text("SELECT id, version FROM store_version")).all() == [(1, STORE_VERSION)]
        upgraded.dispose()
    assert cases.get(case_id) is not None
    assert again(players.games, played(players)).state.step is Step.ROUND_1


@contextmanager
def held_back(players: Players, work: Callable[[], object]) -> Iterator[None]:
    """Another thread does the work, and is about to save it for as long as this lasts."""
    is_about_to, may_save = threading.Event(), threading.Event()

    def wait(_connection: object) -> None:
        if threading.current_thread() is worker:
            is_about_to.set()
            may_save.wait(timeout=60)

    worker = threading.Thread(target=work)
    event.listen(players.engine, "commit", wait)
    worker.start()
    assert is_about_to.wait(timeout=60)
    try:
        yield
    finally:
        may_save.set()
        worker.join()
        event.remove(players.engine, "commit", wait)


def two_players(players: Players) -> tuple[str, list[partial[int]], list[partial[None]]]:
    """A session, and what its two players can do: mark, and write."""
    game = begun(players.games)
    both = [players.join(game.id, name, name) for name in ("Gran", "Tall")]
    marks = [partial(players.mark, player, 0, Crosses.of("A")) for player in both]
    return game.id, marks, [partial(players.write, player, REASON, 0, "Det görs.") for player in both]


def test_postgres_version_shows_a_mark_that_is_saved_after_a_later_one(players: Players) -> None:
    game_id, (first, second), _ = two_players(players)
    with held_back(players, first):
        second()
        before = players.games.version(game_id)
    assert players.games.version(game_id) != before
    assert len(players.games.room(game_id).answers(1)[0]) == 2


def test_postgres_remarks_are_saved_in_the_order_of_their_times(players: Players) -> None:
    game_id, _, (first, second) = two_players(players)
    later = threading.Thread(target=second)
    with held_back(players, first):
        later.start()
        later.join(timeout=0.5)
        assert later.is_alive()
        before = players.games.version(game_id)
    later.join()
    assert players.games.version(game_id) != before
    assert len(players.games.remarks(game_id, REASON)) == 2


def test_postgres_close_waits_for_a_mark_that_is_being_saved(players: Players) -> None:
    game_id, (first, second), _ = two_players(players)
    closed = threading.Thread(target=players.games.go_to, args=(game_id, Step.CLOSED_1, 2))
    with held_back(players, first):
        closed.start()
        closed.join(timeout=0.5)
        assert closed.is_alive()
    closed.join()
    with pytest.raises(LockedError):
        second()
    assert [change.round for change in players.games.changes(game_id)] == [1]


def test_postgres_mark_waits_for_a_close_that_is_being_saved(players: Players) -> None:
    game_id, (first, _), _ = two_players(players)
    told: list[str] = []

    def mark() -> None:
        try:
            first()
        except LockedError as error:
            told.append(str(error))

    marking = threading.Thread(target=mark)
    with held_back(players, lambda: players.games.go_to(game_id, Step.CLOSED_1, 2)):
        marking.start()
        marking.join(timeout=0.5)
        assert marking.is_alive()
    marking.join()
    assert told == ["Krysset sparades inte: rundan är stängd"]
    assert players.games.changes(game_id) == []


def test_postgres_name_taken_by_one_who_is_about_to_come_in(players: Players) -> None:
    game = opened(players.games)
    told: list[str] = []

    def join() -> None:
        try:
            players.join(game.id, "GRAN", "2")
        except StryktipsError as error:
            told.append(str(error))

    joining = threading.Thread(target=join)
    with held_back(players, lambda: players.join(game.id, "Gran", "1")):
        joining.start()
        joining.join(timeout=0.5)
        assert joining.is_alive()
    joining.join()
    assert told == ["Namnet är upptaget: GRAN spelar redan; välj ett annat namn, eller skriv din personliga kod om det är du"]
    assert [player.name for player in players.games.room(game.id).players] == ["Gran"]


def test_postgres_letter_it_cannot_keep(cases: Cases, assistant: Assistant) -> None:
    given = assistant.suggest([ProjectText(APPLICATION.replace("butik", "bu\0tik"))])[0]
    with pytest.raises(StoreError, match="Det gick inte att spara"):
        cases.add(given)
    assert cases.count() == 0


def test_postgres_password_wrong(cluster: Cluster) -> None:
    with pytest.raises(StoreError, match="kan inte öppnas") as caught:
        open_database(cluster.url.replace(cluster.password, "fel-losenord"))
    assert "losenord" not in str(caught.value)


def test_postgres_stopped_and_started_again(cluster: Cluster, cases: Cases, assistant: Assistant) -> None:
    case_id = add(cases, assistant)
    calls: list[Callable[[], object]] = [
        lambda: cases.get(case_id),
        lambda: cases.search("butik"),
        lambda: cases.decide(case_id, "effektkedja", ["direkt"], seen_revision=0),
        lambda: add(cases, assistant),
        lambda: cases.delete(case_id),
        open_database,
    ]
    cluster.stop()
    try:
        for call in calls:
            with pytest.raises(StoreError, match="Det gick inte att spara") as caught:
                call()
            assert not isinstance(caught.value, ConflictError)
            assert cluster.password not in str(caught.value)
    finally:
        cluster.start()
    assert cases.decide(case_id, "effektkedja", ["direkt"], seen_revision=0).revision == 1
    assert cases.count() == 1


def test_postgres_restarted_between_two_calls(cluster: Cluster, cases: Cases, assistant: Assistant) -> None:
    case_id = add(cases, assistant)
    cluster.stop()
    cluster.start()
    assert cases.decide(case_id, "effektkedja", ["direkt"], seen_revision=0).revision == 1
