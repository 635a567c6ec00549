"""The one door to PostgreSQL: who connects as what, and which accounts a transaction sees."""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text

from services.database import embedded
from services.database.sql import fill, listed
from services.database.tables import ROLES
from services.database.turns import BusyError, Turns, budget, shares
from services.settings import Settings

# A page's questions take milliseconds; one that takes this long is broken or starved.
PAGE_SECONDS: Final = 5
# Jobs are deferred in the transaction that causes them; their tables have a schema of their own.
WITH_JOBS: Final = "public,jobs"
# What PostgreSQL allows unless told otherwise, for a dashboard and a worker.
USUAL_BUDGET: Final = budget(100, 2)
# Only what is asked within a turn waits here, and for others who do the same.
POOL_SECONDS: Final = 10

# Brings back a server that does not answer; returns where it listens now.
Heal = Callable[[], Mapping[str, str]]
Opened = Callable[[], AbstractContextManager[Connection]]


# PostgreSQL 16 also sets some aside for a role of its own.
_ALLOWED: Final = text("""
    select sum(case name when 'max_connections' then 1 else -1 end * setting::integer)
    from pg_settings
    where name in ('max_connections', 'superuser_reserved_connections', 'reserved_connections')
""")


class DatabaseUnavailableError(RuntimeError):
    """The database cannot be used; the message says why and what mends it."""


@dataclass(frozen=True)
class RoleUrls:
    """One address per role: the owner migrates, the others own nothing."""

    owner: URL
    app: URL
    manager: URL
    support: URL
    loader: URL
    access: URL
    operator: URL
    worker: URL
    sync: URL


def role_password(owner: URL, role: str) -> str:
    """The password of a role whose login we make ourselves.

    Derived from the owner's, so that every process of one installation knows it and none is
    stored. Raises DatabaseUnavailableError where the owner's address carries no password.
    """
    if not owner.password:
        raise DatabaseUnavailableError(
            "DATABASE_URL carries no password, so the roles' passwords cannot be derived: add "
            f"one, or set {', '.join(f'{name.upper()}_DATABASE_URL' for name in ROLES)}."
        )
    return hmac.new(str(owner.password).encode(), role.encode(), hashlib.sha256).hexdigest()


def _psycopg(address: str) -> URL:
    return make_url(address.replace("postgres://", "postgresql://", 1)).set(
        drivername="postgresql+psycopg"
    )


def role_urls(owner: URL, chosen: Settings) -> RoleUrls:
    """The addresses in force: the operator's own where set, else derived from the owner's."""

    def address(name: str) -> URL:
        given = getattr(chosen, f"{name}_database_url")
        if given:
            return _psycopg(given.get_secret_value())
        role = ROLES[name]
        return owner.set(username=role, password=role_password(owner, role))

    return RoleUrls(owner, **{name: address(name) for name in ROLES})


def _engine(url: URL, role: str, size: int, heal: Heal | None, **options: str) -> Engine:
    flags = " ".join(f"-c {name}={value}" for name, value in options.items())
    engine = create_engine(
        url,
        pool_pre_ping=True,  # a restarted server costs one new connection, not an error page
        pool_size=size,
        max_overflow=0,
        pool_timeout=POOL_SECONDS,
        hide_parameters=True,  # what people typed stays out of errors, and so out of logs
        connect_args={
            "options": flags,
            "application_name": role,
            "connect_timeout": 5,
            "prepare_threshold": None,  # old pgbouncers know no prepared statements
        },
    )
    if heal is not None:
        _heal_when_lost(engine, heal)
    return engine


def _heal_when_lost(engine: Engine, heal: Heal) -> None:
    """Whoever needs a connection and finds no server brings it back first, and goes on.

    Several who find so at once, in several processes too, wait for the first of them.
    """

    def connect(dialect: Any, _record: Any, args: Any, parameters: dict[str, Any]) -> Any:
        try:
            return dialect.connect(*args, **parameters)
        except psycopg.OperationalError as problem:
            if not embedded.is_lost(problem):
                raise
        parameters.update(heal())
        return dialect.connect(*args, **parameters)

    event.listen(engine, "do_connect", connect)


class Database:
    """Engines by role. Every data access goes through one of the context managers below.

    `heal`: what brings a server of our own back. `share_out` says how many connections this
    process may hold, before the first is opened.
    """

    def __init__(self, urls: RoleUrls, *, heal: Heal | None = None) -> None:
        self.urls = urls
        self._heal = heal
        self._listens: dict[str, str] = {}
        self._shares = shares(USUAL_BUDGET)
        self._turns = self._turns_of_each()

    def share_out(self, connections: int) -> None:
        """Size each role's part to what the server allows this process."""
        self.dispose()
        for name in self._shares:
            self.__dict__.pop(f"_{name}", None)
        self._shares = shares(connections)
        self._turns = self._turns_of_each()

    def share(self, role: str) -> int:
        """How many connections of this role the process may hold."""
        return self._shares[role]

    def _turns_of_each(self) -> dict[str, Turns]:
        return {role: Turns(connections) for role, connections in self._shares.items()}

    def _made(self, url: URL, role: str, **options: str) -> Engine:
        heal = self.bring_back if self._heal else None
        return _engine(url, role, self._shares[role], heal, **options)

    def bring_back(self) -> Mapping[str, str]:
        """Where a server of our own listens, after it was brought back; nothing of any other."""
        if self._heal is not None:
            self._listens = dict(self._heal())
        return self._listens

    def queue_address(self) -> URL:
        """Where the worker finds its jobs, as the server listens now."""
        return self.urls.worker.update_query_dict(self._listens)

    def reach(self) -> bool:
        """Whether the database takes a new connection; a server of our own is brought back."""
        self._worker.dispose()
        answers, _ = self._answers(self.working)
        return answers

    @cached_property
    def _owner(self) -> Engine:
        return self._made(self.urls.owner, "owner")

    @cached_property
    def _app(self) -> Engine:
        return self._made(self.urls.app, "app", jit="off", search_path=WITH_JOBS)

    @cached_property
    def _manager(self) -> Engine:
        return self._made(self.urls.manager, "manager", jit="off")

    @cached_property
    def _support(self) -> Engine:
        return self._made(self.urls.support, "support", jit="off", search_path=WITH_JOBS)

    @cached_property
    def _loader(self) -> Engine:
        # One import at a time works on a whole account: its sorts and its temporary tables.
        return self._made(
            self.urls.loader, "loader", jit="off", work_mem="64MB", temp_buffers="64MB"
        )

    @cached_property
    def _access(self) -> Engine:
        return self._made(self.urls.access, "access")

    @cached_property
    def _operator(self) -> Engine:
        return self._made(self.urls.operator, "operator")

    @cached_property
    def _worker(self) -> Engine:
        return self._made(self.urls.worker, "worker", search_path=WITH_JOBS)

    @cached_property
    def _sync(self) -> Engine:
        return self._made(self.urls.sync, "sync")

    @contextmanager
    def _begun(self, role: str) -> Iterator[Connection]:
        """A transaction of a role, in turn. Raises BusyError where none comes."""
        with self._turns[role].turn(), getattr(self, f"_{role}").begin() as connection:
            yield connection

    @contextmanager
    def _snapshot(self, role: str, seconds: int) -> Iterator[Connection]:
        """A read-only picture of one moment; a question that takes longer is given up."""
        with (
            self._turns[role].turn(),
            getattr(self, f"_{role}")
            .connect()
            .execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            ) as connection,
            connection.begin(),
        ):
            timeout = fill("SET LOCAL statement_timeout = '{seconds}s'", seconds=str(int(seconds)))
            connection.exec_driver_sql(timeout)
            yield connection

    @contextmanager
    def owning(self) -> Iterator[Connection]:
        """A transaction of the owner: migrations and reference data."""
        with self._begun("owner") as connection:
            yield connection

    @contextmanager
    def loading(self) -> Iterator[Connection]:
        """A transaction of the loader: import, sync and identification."""
        with self._begun("loader") as connection:
            yield connection

    @contextmanager
    def knowing_people(self) -> Iterator[Connection]:
        """A transaction that knows who is signed in and what is theirs, and nothing of it."""
        with self._begun("access") as connection:
            yield connection

    @contextmanager
    def listing_accounts(self) -> Iterator[Connection]:
        """A read-only transaction that sees the list of accounts and nothing of what is theirs."""
        with self.knowing_people() as connection:
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            yield connection

    @contextmanager
    def reading(self, account_id: int, *, seconds: int = PAGE_SECONDS) -> Iterator[Connection]:
        """A read-only snapshot that sees this account's rows only: one per page.

        A question that takes longer than `seconds` is given up.
        """
        with self._snapshot("app", seconds) as connection:
            _see(connection, account_id)
            yield connection

    @contextmanager
    def asking(self, accounts: int | Iterable[int], person_id: int) -> Iterator[Connection]:
        """A transaction in which a person does what sellers' pages may do, in their own name.

        They ask for activation, answer support's question, keep their calendars' addresses. Of
        several accounts at once these alone are seen; whatever else is read is refused.
        """
        with self._begun("app") as connection:
            _see(connection, accounts)
            _act_as(connection, person_id)
            yield connection

    @contextmanager
    def of_person(self, person_id: int) -> Iterator[Connection]:
        """A transaction that sees what is a person's own (their digest), and no account."""
        with self._begun("app") as connection:
            _act_as(connection, person_id)
            yield connection

    @contextmanager
    def comparing(
        self, accounts: Iterable[int], *, seconds: int = PAGE_SECONDS
    ) -> Iterator[Connection]:
        """A read-only snapshot of an account manager's clients: their sums, cases and calls."""
        with self._snapshot("manager", seconds) as connection:
            _see(connection, accounts)
            yield connection

    @contextmanager
    def managing(self, account_id: int, person_id: int) -> Iterator[Connection]:
        """A transaction in which an account manager may log a call with one client."""
        with self._begun("manager") as connection:
            _see(connection, account_id)
            _act_as(connection, person_id)
            yield connection

    @contextmanager
    def triaging(self, *, seconds: int = PAGE_SECONDS) -> Iterator[Connection]:
        """A read-only snapshot of the queue of activation requests, of every account."""
        with self._snapshot("support", seconds) as connection:
            yield connection

    @contextmanager
    def supporting(self, person_id: int) -> Iterator[Connection]:
        """A transaction in which a support person moves a request on."""
        with self._begun("support") as connection:
            _act_as(connection, person_id)
            yield connection

    @contextmanager
    def operating(self) -> Iterator[Connection]:
        """A transaction that changes who may see what, and sees no account's figures."""
        with self._begun("operator") as connection:
            yield connection

    @contextmanager
    def working(self) -> Iterator[Connection]:
        """A transaction of the jobs: deliveries and digests."""
        with self._begun("worker") as connection:
            yield connection

    @contextmanager
    def syncing(self) -> Iterator[Connection]:
        """A transaction of whoever asks the marketplaces: connections, and what is asked."""
        with self._begun("sync") as connection:
            yield connection

    def refresh_statistics(self, tables: Iterable[str]) -> None:
        """Let the planner know what a large import has brought; autovacuum would take a minute."""
        with self._begun("owner") as connection:
            connection.exec_driver_sql(fill("analyze {tables}", tables=listed(tables)))

    def ready(self) -> tuple[bool, str]:
        """Whether the database answers, and a sentence for the readiness route."""
        return self._answers(self.listing_accounts)

    def _answers(self, opened: Opened) -> tuple[bool, str]:
        try:
            with opened() as connection:
                connection.execute(text("select 1 from account limit 1"))
        except BusyError:
            return True, "ready, with all connections in use"
        except Exception as error:  # readiness reports every cause; it never raises
            return False, f"The database does not answer: {type(error).__name__}"
        return True, "ready"

    def dispose(self) -> None:
        """Close every pooled connection of this process."""
        for name in ("owner", *ROLES):
            engine = self.__dict__.get(f"_{name}")
            if engine is not None:
                engine.dispose()

    def server_allows(self) -> int:
        """How many connections all processes together may hold, without those of superusers."""
        with self.owning() as connection:
            return int(connection.execute(_ALLOWED).scalar_one())


def _act_as(connection: Connection, person_id: int) -> None:
    connection.exec_driver_sql(
        fill("SET LOCAL app.person = '{person}'", person=str(int(person_id)))
    )


def _see(connection: Connection, accounts: int | Iterable[int]) -> None:
    # The statement, not set_config(): only the statement travels to Citus workers, and SET LOCAL
    # ends with the transaction, so a pooled connection carries nothing over.
    numbers = [accounts] if isinstance(accounts, int) else list(accounts)
    seen = ",".join(str(int(number)) for number in numbers)
    connection.exec_driver_sql(fill("SET LOCAL app.accounts = '{seen}'", seen=seen))


def owner_url(chosen: Settings, say: Callable[[str], None] = print) -> URL:
    """The owner's address: DATABASE_URL, or the embedded server, which is started if need be."""
    if chosen.database_url:
        return _psycopg(chosen.database_url.get_secret_value())
    server = embedded.start(chosen.data_directory, say=say)
    return make_url(server.url())
