"""The embedded server, run for real: no part of it is replaced here.

As root the server runs as another user and some homes are closed to it; as an ordinary user the
same tests hold with the server run as that user.
"""

import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from services.database.embedded import EmbeddedServer, EmbeddedServerError, start
from services.database.embedded.files import LOG_FILE_BYTES
from services.database.embedded.programs import binaries
from services.database.embedded.root import CAPABILITY_BITS
from services.database.embedded.running import HUNG
from services.database.embedded.server import AGAIN, HAD_ENDED
from services.database.embedded.users import KEEPER
from services.database.embedded.waiting import WAITING
from services.database.engine import Database, RoleUrls
from services.database.start import heal
from services.settings import Settings
from tests.common.serving.embedded import open_folder, postmaster_id, running, wait_for

pytestmark = pytest.mark.database

IS_ROOT = os.geteuid() == 0
PROJECT = Path(__file__).parents[2]

# A user process of its own: says when it is served, then does what it is told by line.
WORKER = """
import json, sys, time
from pathlib import Path
from services.database.embedded import start
begun = time.perf_counter()
server = start(Path(sys.argv[1]))
print(json.dumps({"url": server.url(), "seconds": time.perf_counter() - begun}), flush=True)
for line in sys.stdin:
    if line == "release\\n":
        server.release()
        print("released", flush=True)
    elif line == "start\\n":
        start(Path(sys.argv[1]))
        print("started", flush=True)
    else:
        break
"""
# One of our own programs, which ends in order: it serves a page while a transaction is open.
PROGRAM = """
import sys
from pathlib import Path
import psycopg
from sqlalchemy import make_url
from server.launch import serve
from services.database.embedded import start
from services.ending import ToldToEndError, end_in_order
from services.settings import Settings
end_in_order()
server = start(Path(sys.argv[1]))
url = make_url(server.url())
opened = psycopg.connect(
    host=url.query["host"], user=url.username, password=url.password, dbname=url.database
)
opened.execute("create table unfinished ()")

async def app(scope, receive, send):
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})

try:
    serve(app, Settings(_env_file=None, port=int(sys.argv[2])), prepare=lambda: None)
except ToldToEndError:
    sys.exit(0)
"""


class Worker:
    """Another process that uses the server."""

    def __init__(self, home: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WORKER, str(home)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def served(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def leave(self) -> None:
        self.tell("exit")
        assert self.process.wait(timeout=20) == 0

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()


@pytest.fixture
def worker() -> Iterator[Callable[[Path], Worker]]:
    workers: list[Worker] = []

    def make(home: Path) -> Worker:
        workers.append(Worker(home))
        return workers[-1]

    yield make
    for made in workers:
        made.close()


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    """A home whose server was created once: creating one for each test would take a minute."""
    with open_folder() as folder:
        start(folder).release()
        yield folder


@pytest.fixture
def home(template: Path) -> Iterator[Path]:
    yield template
    if postmaster_id(template) is not None:
        end_server(template)


def copy_home(source: Path, target: Path) -> None:
    subprocess.run(["/bin/cp", "-a", str(source / "postgresql"), str(target)], check=True)


def end_server(home: Path) -> None:
    """Leave nothing running, whatever a failed test left behind."""
    start(home).release()
    assert postmaster_id(home) is None


def connect(url: str, **changes: Any) -> psycopg.Connection[Any]:
    parts = make_url(url)
    arguments = {
        "user": parts.username,
        "password": parts.password,
        "dbname": parts.database,
        **parts.query,
    }
    return psycopg.connect(**{**arguments, **changes})


def ask(url: str, question: str) -> Any:
    with connect(url) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return row[0]


def kill_postmaster(home: Path) -> int:
    killed = running(home)
    os.kill(killed, signal.SIGKILL)
    return killed


def modes(paths: list[Path]) -> dict[Path, tuple[int, int, int]]:
    return {path: (s.st_mode, s.st_uid, s.st_gid) for path in paths for s in [path.stat()]}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# --- Start, share, stop -----------------------------------------------------------------------


def test_a_warm_restart_and_an_attach_keep_the_data_and_cost_less() -> None:
    with open_folder() as folder:
        cold, server = timed(lambda: start(folder))
        with connect(server.url()) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        server.release()
        warm, server = timed(lambda: start(folder))
        attach, again = timed(lambda: start(folder))
        assert again == server
        assert ask(server.url(), "SELECT answer FROM kept") == 42
        server.release()
        assert postmaster_id(folder) is None
    # In one run, against each other: a fixed sleep or a second initdb would show.
    assert attach < warm < cold


def timed(act: Callable[[], EmbeddedServer]) -> tuple[float, EmbeddedServer]:
    begun = time.perf_counter()
    result = act()
    return time.perf_counter() - begun, result


def test_two_processes_share_one_server_and_the_last_one_out_stops_it(
    home: Path, worker: Callable[[Path], Worker]
) -> None:
    first, second = worker(home), worker(home)
    assert first.served()["url"] == (url := second.served()["url"])
    postmaster = running(home)
    first.tell("release")
    assert first.process.stdout is not None
    assert first.process.stdout.readline() == "released\n"
    assert running(home) == postmaster
    assert ask(url, "SELECT 1") == 1
    second.leave()  # by its exit alone
    assert postmaster_id(home) is None
    assert not psutil.pid_exists(postmaster) or is_zombie(postmaster)


def is_zombie(process_id: int) -> bool:
    return bool(psutil.Process(process_id).status() == psutil.STATUS_ZOMBIE)


def test_three_processes_that_start_at_once_create_one_server(
    worker: Callable[[Path], Worker],
) -> None:
    with open_folder() as folder:
        workers = [worker(folder) for _ in range(3)]
        urls = {made.served()["url"] for made in workers}
        assert len(urls) == 1
        assert ask(urls.pop(), "SELECT count(*) FROM pg_database WHERE datname='reimbursement'")
        for made in workers:
            made.leave()
        assert postmaster_id(folder) is None


def test_waiting_for_another_process_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.database.embedded.waiting.SAY_EVERY_SECONDS", 0.05)
    said: list[str] = []
    with holder(home / "postgresql" / "lock"):
        server = start(home, say=said.append)
    server.release()
    # On a busy machine the start itself may take long enough to be said as well.
    assert any(re.fullmatch(rf"{WAITING} … \d+ s", line) for line in said)


@contextmanager
def holder(lock: Path) -> Iterator[None]:
    """Another process that holds the lock for a moment."""
    held = (
        "import fcntl, sys, time; lock = open(sys.argv[1]); fcntl.flock(lock, fcntl.LOCK_EX); "
        "print(flush=True); time.sleep(0.4)"
    )
    command = [sys.executable, "-c", held, str(lock)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield


def test_trust_in_the_rules_is_noticed_and_not_waited_for(home: Path) -> None:
    rules = home / "postgresql" / "data" / "pg_hba.conf"
    agreed = rules.read_text()
    try:
        rules.write_text("local all all trust\n")
        with pytest.raises(EmbeddedServerError, match="authentication"):
            start(home)
    finally:
        rules.write_text(agreed)
    assert postmaster_id(home) is None


def test_release_twice_does_nothing_more(home: Path, worker: Callable[[Path], Worker]) -> None:
    other = worker(home)
    other.served()
    server = start(home)
    server.release()
    server.release()
    assert running(home)
    other.leave()


def test_however_users_end_the_server_stops_with_the_last_of_them(
    home: Path, worker: Callable[[Path], Worker]
) -> None:
    """By signals that nobody handles and by one that nobody can."""
    signals = (signal.SIGHUP, signal.SIGTERM, signal.SIGKILL)
    for last in signals:
        users = [worker(home) for _ in signals]
        url = {user.served()["url"] for user in users}.pop()
        postmaster = running(home)
        endings = [one for one in signals if one is not last]
        for user, ending in zip(users, endings, strict=False):
            end_by(user, ending)
            assert ask(url, "SELECT 1") == 1
        assert running(home) == postmaster
        end_by(users[-1], last)
        wait_for(lambda: postmaster_id(home) is None, 20)
    server = start(home)
    assert len(list((home / "postgresql" / "users").iterdir())) == 1, "nobody's file is left"
    server.release()


def end_by(user: Worker, ending: signal.Signals) -> None:
    user.process.send_signal(ending)
    assert user.process.wait(20) == -ending


def test_the_last_user_killed_while_another_keeper_was_killed_is_noticed_by_the_next(
    home: Path, worker: Callable[[Path], Worker]
) -> None:
    killed = worker(home)
    killed.served()
    postmaster = running(home)
    keeper = next(one for one in psutil.process_iter() if is_keeper(one, home))
    keeper.kill()
    wait_for(lambda: not keeper.is_running() or is_zombie(keeper.pid))
    killed.process.kill()
    killed.process.wait()
    server = start(home)
    assert running(home) == postmaster, "a server without users is reused"
    server.release()
    assert postmaster_id(home) is None
    assert list((home / "postgresql" / "users").iterdir()) == []


def is_keeper(process: psutil.Process, home: Path) -> bool:
    with suppress(psutil.Error):
        return process.cmdline()[2:4] == [str(KEEPER), str(home / "postgresql")]
    return False


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP])
def test_our_own_program_has_stopped_the_server_before_it_is_gone(
    home: Path, ending: signal.Signals
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [sys.executable, "-c", PROGRAM, str(home), port]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline().startswith("Reimbursement is ready")
        assert running(home)
        program.send_signal(ending)
        assert program.wait(30) == 0
        assert postmaster_id(home) is None
    server = start(home)
    assert ask(server.url(), "SELECT to_regclass('unfinished') IS NULL")
    server.release()


def test_ctrl_c_in_the_terminal_of_the_starter_leaves_the_server_to_the_others(
    home: Path, worker: Callable[[Path], Worker]
) -> None:
    starter = worker(home)
    starter.served()
    postmaster = running(home)
    server = start(home)
    with connect(server.url()) as connection:
        os.killpg(starter.process.pid, signal.SIGINT)
        starter.process.wait(timeout=20)
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert running(home) == postmaster
    server.release()


def test_a_forked_child_that_exits_does_not_take_the_server_along(home: Path) -> None:
    server = start(home)
    child = os.fork()
    if child == 0:
        server.release()
        os._exit(0)
    os.waitpid(child, 0)
    assert ask(server.url(), "SELECT 1") == 1
    server.release()
    assert postmaster_id(home) is None


# --- After a crash ----------------------------------------------------------------------------


def test_after_a_kill_of_the_postmaster_start_in_the_same_process_serves_again(
    home: Path,
) -> None:
    server = start(home)
    with connect(server.url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS answer")
    killed = kill_postmaster(home)
    again = start(home)
    assert again == server
    assert running(home) != killed
    assert ask(again.url(), "SELECT answer FROM kept") == 7
    again.release()


def test_a_zombie_postmaster_is_dead_and_its_other_users_are_served_again(
    home: Path, worker: Callable[[Path], Worker]
) -> None:
    starter = worker(home)  # its parent, which never collects it
    url = starter.served()["url"]
    killed = kill_postmaster(home)
    wait_for(lambda: is_zombie(killed))
    server = start(home)
    assert running(home) != killed
    assert ask(url, "SELECT 1") == 1, "the first user's URL still holds"
    server.release()
    assert running(home), "the first user is still registered"
    starter.leave()
    assert postmaster_id(home) is None


def test_a_backend_that_survives_its_postmaster_does_not_stop_the_next_start(home: Path) -> None:
    server = start(home)
    connection = connect(server.url(), autocommit=True)
    backend = connection.info.backend_pid
    # Stopped, it cannot notice that its postmaster died, and holds the shared memory.
    os.kill(backend, signal.SIGSTOP)
    kill_postmaster(home)
    again = start(home)
    assert ask(again.url(), "SELECT 1") == 1
    wait_for(lambda: not psutil.pid_exists(backend) or is_zombie(backend))
    connection.close()
    again.release()


@pytest.mark.parametrize("content", ["stranger", "", "\0\0\0\0", "999999999\n"])
def test_a_postmaster_file_left_by_a_power_cut_does_not_stop_a_start(
    home: Path, content: str
) -> None:
    """As left behind: its process id now another's, the file emptied, zeroed, or plainly stale."""
    data = home / "postgresql" / "data"
    with stranger(data) as process_id:
        left = (f"{process_id}\n{data}\n1\n5432\n\n\n\n") if content == "stranger" else content
        (data / "postmaster.pid").write_text(left)
        server = start(home)
        assert ask(server.url(), "SELECT 1") == 1
        assert psutil.pid_exists(process_id), "the stranger is left alone"
        server.release()


@contextmanager
def stranger(data: Path) -> Iterator[int]:
    """A process of the server's own user, which PostgreSQL alone takes for a rival."""
    user = data.stat().st_uid if IS_ROOT else None
    process = subprocess.Popen(["sleep", "60"], user=user, cwd="/")
    try:
        yield process.pid
    finally:
        process.kill()
        process.wait()


def test_recovery_is_waited_for_and_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = start(home)
    with connect(server.url()) as connection:
        connection.execute(
            "CREATE TABLE wide AS SELECT i, i::text AS words FROM generate_series(1, 4e5) i"
        )
        connection.execute("CREATE INDEX ON wide (i)")
    kill_postmaster(home)
    monkeypatch.setattr("services.database.embedded.waiting.SAY_EVERY_SECONDS", 0.05)
    said: list[str] = []
    again = start(home, say=said.append)
    assert ask(again.url(), "SELECT count(*) FROM wide") == 400_000
    again.release()
    wording = r"PostgreSQL is recovering after an unclean stop … \d+ s"
    assert said.pop() == AGAIN.format(cause=HAD_ENDED)
    assert said
    assert all(re.fullmatch(wording, line) for line in said)


def test_a_server_that_cannot_start_is_an_error_with_its_last_words(home: Path) -> None:
    control = home / "postgresql" / "data" / "global" / "pg_control"
    whole = control.read_bytes()
    try:
        control.write_bytes(b"\0" * len(whole))
        with pytest.raises(EmbeddedServerError, match="stopped while starting") as caught:
            start(home)
    finally:
        control.write_bytes(whole)
    assert "PG_CONTROL_VERSION 0" in str(caught.value)
    assert list((home / "postgresql" / "users").iterdir()) == [], "a failed start leaves no user"


def test_a_lost_password_is_an_error_that_names_the_file(home: Path) -> None:
    password = home / "postgresql" / "owner.password"
    kept = password.rename(home / "kept")
    try:
        with pytest.raises(EmbeddedServerError, match=r"owner\.password is gone"):
            start(home)
    finally:
        kept.rename(password)


# --- Brought back by whoever needs it next ----------------------------------------------------


def smart(home: Path) -> None:
    os.kill(running(home), signal.SIGTERM)


def halted(home: Path) -> None:
    os.kill(running(home), signal.SIGSTOP)


def without_socket(home: Path) -> None:
    (home / "postgresql" / "socket" / ".s.PGSQL.5432").unlink()


def gone(home: Path) -> None:
    kill_postmaster(home)
    (home / "postgresql" / "data" / "postmaster.pid").unlink()


@pytest.mark.parametrize("trouble", [kill_postmaster, gone, smart, halted, without_socket])
def test_a_lost_server_is_brought_back_by_the_next_question(
    home: Path, trouble: Callable[[Path], object], capsys: pytest.CaptureFixture[str]
) -> None:
    """What is under way may fail; what is asked next does not, and one sentence is said."""
    chosen = Settings(_env_file=None, data_directory=home)
    server = start(home)
    owner = make_url(server.url())
    urls = RoleUrls(**{one.name: owner for one in fields(RoleUrls)})
    database = Database(urls, heal=partial(heal, chosen))
    try:
        with suppress(OperationalError), database.owning() as under_way:
            trouble(home)
            wait_for(lambda: trouble is halted or is_refused(server), 20)
            with database.operating() as connection:
                assert connection.execute(text("select 1")).scalar_one() == 1
            under_way.execute(text("select 1"))
        with database.owning() as connection:
            assert connection.execute(text("select 1")).scalar_one() == 1
        said = capsys.readouterr().err.splitlines()
        assert len([line for line in said if "…" not in line]) == 1, said
    finally:
        database.dispose()
        server.release()
    assert postmaster_id(home) is None


def is_refused(server: EmbeddedServer) -> bool:
    try:
        connect(server.url()).close()
    except psycopg.OperationalError:
        return True
    return False


def test_a_server_that_hangs_for_good_is_ended_and_started_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.database.embedded.answers.CONNECT_SECONDS", 2)
    monkeypatch.setattr("services.database.embedded.running.HUNG_SECONDS", 3.0)
    monkeypatch.setattr("services.database.embedded.running.IMMEDIATE_STOP_SECONDS", 0.5)
    server = start(home)
    with connect(server.url()) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS hung AS SELECT 7 AS answer")
    hung, said = running(home), list[str]()
    with held_by_a_debugger(hung) as is_held:
        again = start(home, say=said.append)
        if not is_held:
            again.release()
            return
        assert running(home) != hung
    assert ask(again.url(), "SELECT answer FROM hung") == 7
    assert said[-1] == AGAIN.format(cause=HUNG)
    again.release()


@contextmanager
def held_by_a_debugger(process_id: int) -> Iterator[bool]:
    """It hears nothing, whoever tells it to go on. False: this user may not do that here."""
    holding = (
        "import ctypes, sys; attached = ctypes.CDLL(None).ptrace(16, int(sys.argv[1]), 0, 0); "
        "print(attached, flush=True); sys.stdin.readline()"
    )
    command = [sys.executable, "-c", holding, str(process_id)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline() == "0\n"
        process.kill()


def test_several_who_need_it_at_once_bring_it_back_once(
    home: Path, worker: Callable[[Path], Worker]
) -> None:
    users = [worker(home) for _ in range(3)]
    url = {user.served()["url"] for user in users}.pop()
    killed = kill_postmaster(home)
    for user in users:
        user.tell("start")
    for user in users:
        assert user.process.stdout is not None
        assert user.process.stdout.readline() == "started\n"
    assert running(home) != killed
    postmasters = [one for one in psutil.process_iter() if is_postmaster_of(one, home)]
    assert len(postmasters) == 1
    assert ask(url, "SELECT 1") == 1
    for user in users:
        user.leave()
    assert postmaster_id(home) is None


def is_postmaster_of(process: psutil.Process, home: Path) -> bool:
    with suppress(psutil.Error):
        return process.cmdline()[1:3] == ["-D", str(home / "postgresql" / "data")]
    return False


def test_who_has_no_more_patience_stays_a_user_and_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.database.embedded.waiting.SAY_EVERY_SECONDS", 0.05)
    server = start(home)
    with (
        holder(home / "postgresql" / "lock"),
        pytest.raises(EmbeddedServerError, match=f"{WAITING}. Try again in a moment"),
    ):
        start(home, patience=0.1)
    assert ask(server.url(), "SELECT 1") == 1
    server.release()
    assert postmaster_id(home) is None


# --- Who gets in ------------------------------------------------------------------------------


def test_a_wrong_password_is_refused_and_so_is_none(home: Path) -> None:
    server = start(home)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(server.url(), password="wrong").close()
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        connect(server.url(), password="").close()
    with pytest.raises(ValueError, match="'somebody'"):
        server.url(user="somebody")
    rules = (home / "postgresql" / "data" / "pg_hba.conf").read_text().splitlines()
    methods = {rule.split()[-1] for rule in rules if rule.strip() and not rule.startswith("#")}
    assert methods == {"scram-sha-256"}
    server.release()


def test_another_user_connects_with_its_own_password(home: Path) -> None:
    server = start(home)
    with connect(server.url()) as connection:
        connection.execute("CREATE ROLE app LOGIN PASSWORD 'p@ss/word?'")
    url = server.url(user="app", password="p@ss/word?", database="postgres")
    assert ask(url, "SELECT current_user || ' ' || current_database()") == "app postgres"
    server.release()


def test_nothing_listens_on_tcp(home: Path) -> None:
    server = start(home)
    process = psutil.Process(running(home))
    for member in [process, *process.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):  # a worker may have done its work and gone
            assert member.net_connections(kind="inet") == []
    assert len(process.net_connections(kind="unix")) >= 1, "the check sees sockets at all"
    assert ask(server.url(), "SHOW listen_addresses") == ""
    server.release()


def test_the_cluster_is_crash_safe_and_made_as_agreed(home: Path) -> None:
    server = start(home)
    expected = {
        "fsync": "on",
        "full_page_writes": "on",
        "data_checksums": "on",
        "server_encoding": "UTF8",
        "password_encryption": "scram-sha-256",
        "shared_buffers": "256MB",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "jit": "off",
        "max_connections": "100",
        "listen_addresses": "",
        "lc_messages": "C",
        "TimeZone": "UTC",
    }
    assert {name: ask(server.url(), f"SHOW {name}") for name in expected} == expected
    assert ask(server.url(), "SELECT 'a' < 'B'") is False, "text is ordered by code point"
    assert ask(server.url(), "SELECT upper('é')") == "É"
    server.release()


def test_logs_are_trimmed_at_a_start(home: Path) -> None:
    log = home / "postgresql" / "log"
    old, large, kept = (log / f"postgresql-{name}.log" for name in ("old", "large", "kept"))
    for path in (old, large, kept):
        path.touch()
    os.utime(old, (0, 0))
    os.truncate(large, LOG_FILE_BYTES + 1)
    start(home).release()
    assert [path.exists() for path in (old, large, kept)] == [False, False, True]
    kept.unlink()


# --- Files and their owners -------------------------------------------------------------------


def test_what_is_ours_is_closed_and_no_parent_has_changed(home: Path) -> None:
    parents = [home, *home.parents, *closed_parents()]
    before = modes(parents)
    server = start(home)
    ours = home / "postgresql"
    assert mode(ours) == (0o711 if IS_ROOT else 0o700)
    for name in ("data", "log", "socket", "users", "socket/.s.PGSQL.5432"):
        assert mode(ours / name) == 0o700, name
    files = [path for path in ours.rglob("*") if path.is_file()]
    assert {path: mode(path) for path in files if mode(path) != 0o600} == {}
    server.release()
    assert modes(parents) == before


def closed_parents() -> list[Path]:
    """The folders on the way to the interpreter and to the server's binaries."""
    ways = [Path(sys.executable), Path(sys.executable).resolve(), binaries()]
    return [parent for way in ways for parent in way.parents]


def test_a_folder_too_deep_for_a_socket_uses_a_private_one_elsewhere(
    template: Path, worker: Callable[[Path], Worker]
) -> None:
    with open_folder() as folder:
        home = folder / ("d" * 60) / ("e" * 60)
        home.mkdir(parents=True)
        copy_home(template, home)
        server = start(home)
        elsewhere = Path((home / "postgresql" / "socket.path").read_text())
        assert elsewhere.parent == Path(tempfile.gettempdir())
        assert mode(elsewhere) == 0o700
        other = worker(home)
        assert other.served()["url"] == server.url()
        other.leave()
        kill_postmaster(home)
        assert ask(start(home).url(), "SELECT 1") == 1
        shutil.rmtree(elsewhere)  # as a cleaner of temporary folders does
        assert ask(start(home).url(), "SELECT 1") == 1
        moved = Path((home / "postgresql" / "socket.path").read_text())
        server.release()
        assert not moved.exists(), "nothing is left behind"


@pytest.mark.parametrize("closed", ["home", "home and binaries"])
def test_a_home_that_only_its_owner_may_enter(closed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root the server's user cannot pass, and passes; an ordinary user's server is its own."""
    with open_folder() as folder:
        private = folder / "private"
        home = private / "project" / ".data"
        home.mkdir(parents=True)
        if closed == "home and binaries":
            package = binaries().parents[1]
            copied = private / "site-packages"
            shutil.copytree(package, copied / package.name, symlinks=True)
            libraries = package.with_name(f"{package.name}.libs")
            shutil.copytree(libraries, copied / libraries.name, symlinks=True)
            copy = copied / package.name / "pginstall" / "bin"
            monkeypatch.setattr("services.database.embedded.programs.binaries", lambda: copy)
        private.chmod(0o700)
        before = modes([private, home, *home.parents])
        server = start(home)
        assert ask(server.url(), "SELECT 1") == 1
        status = psutil.Process(running(home)).uids()
        assert (status.effective != 0) if IS_ROOT else (status.effective == os.geteuid())
        assert capabilities(running(home)) == expected_capabilities()
        server.release()
        assert modes([private, home, *home.parents]) == before


def test_without_a_way_past_a_closed_folder_root_is_told_what_to_do(
    template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")  # where the program that passes a capability on is found
    with open_folder() as folder:
        copy_home(template, folder)
        folder.chmod(0o700)
        if not IS_ROOT:
            assert ask(start(folder).url(), "SELECT 1") == 1
            end_server(folder)
            return
        with pytest.raises(EmbeddedServerError, match="DATABASE_URL"):
            start(folder)
        assert mode(folder) == 0o700


def capabilities(process_id: int) -> int:
    lines = Path(f"/proc/{process_id}/status").read_text().splitlines()
    return next(int(line.split()[1], 16) for line in lines if line.startswith("CapEff:"))


def expected_capabilities() -> int:
    """Exactly one for root's server, the least that is granted; none for an ordinary user's."""
    if not IS_ROOT:
        return 0
    reading = 1 << CAPABILITY_BITS["dac_read_search"]
    return reading if capabilities(os.getpid()) & reading else 1 << 1


def test_root_leaves_no_capability_to_a_server_that_needs_none(home: Path) -> None:
    with_binaries_open = all(mode(way) & 0o001 for way in [*binaries().parents, binaries()])
    server = start(home)
    if with_binaries_open or not IS_ROOT:
        assert capabilities(running(home)) == 0
    else:
        assert capabilities(running(home)) == expected_capabilities()
    server.release()


def test_an_ordinary_user_has_a_server_of_its_own_and_cannot_use_anothers(home: Path) -> None:
    """As root, in a child that has become nobody; else this process is the ordinary user."""
    start(home).release()  # also imports all that the child, once nobody, may not read
    with open_folder() as folder:
        own = folder / "own"
        own.mkdir()
        if not IS_ROOT:
            use_as_ordinary_user(own)
            return
        os.chown(own, 65534, 65534)
        child = os.fork()
        if child == 0:
            os._exit(as_nobody(lambda: use_as_ordinary_user(own, foreign=home)))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert (own / "postgresql" / "data").stat().st_uid == 65534
        # Root joins what an ordinary user began, and leaves it usable for that user.
        server = start(own)
        assert psutil.Process(running(own)).uids().effective == 65534
        owners = {path: path.stat().st_uid for path in (own / "postgresql").rglob("*")}
        assert set(owners.values()) == {65534}
        server.release()


def as_nobody(act: Callable[[], None]) -> int:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    try:
        act()
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def use_as_ordinary_user(own: Path, foreign: Path | None = None) -> None:
    server = start(own)
    assert ask(server.url(), "SELECT 1") == 1
    assert psutil.Process(running(own)).uids().effective == os.geteuid()
    assert mode(own / "postgresql") == 0o700
    server.release()
    assert postmaster_id(own) is None
    if foreign is not None:
        with pytest.raises(EmbeddedServerError, match="belongs to another user"):
            start(foreign)
