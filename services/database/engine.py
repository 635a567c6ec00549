"""The one door to PostgreSQL: who connects as what, and which accounts a transaction sees."""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from sqlalchemy import URL, Connection, Engine, create_engine, make_url, text

from services.database import embedded
from services.database.tables import ROLES, TENANT_TABLES
from services.settings import Settings

# A page's questions take milliseconds; one that takes this long is broken or starved.
PAGE_SECONDS: Final = 5
# Jobs are deferred in the transaction that causes them; their tables have a schema of their own.
WITH_JOBS: Final = "public,jobs"


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


def _engine(url: URL, role: str, **options: str) -> Engine:
    flags = " ".join(f"-c {name}={value}" for name, value in options.items())
    return create_engine(
        url,
        pool_pre_ping=True,  # a restarted server costs one new connection, not an error page
        pool_size=5,
        max_overflow=10,
        pool_timeout=5,
        hide_parameters=True,  # what people typed stays out of errors, and so out of logs
        connect_args={
            "options": flags,
            "application_name": role,
            "connect_timeout": 5,
            "prepare_threshold": None,  # old pgbouncers know no prepared statements
        },
    )


class Database:
    """Engines by role. Every data access goes through one of the context managers below."""

    def __init__(self, urls: RoleUrls) -> None:
        self.urls = urls

    @cached_property
    def _owner(self) -> Engine:
        return _engine(self.urls.owner, "owner")

    @cached_property
    def _app(self) -> Engine:
        return _engine(self.urls.app, "app", jit="off", search_path=WITH_JOBS)

    @cached_property
    def _manager(self) -> Engine:
        return _engine(self.urls.manager, "manager", jit="off")

    @cached_property
    def _support(self) -> Engine:
        return _engine(self.urls.support, "support", jit="off", search_path=WITH_JOBS)

    @cached_property
    def _loader(self) -> Engine:
        # One import at a time works on a whole account: its sorts and its temporary tables.
        return _engine(self.urls.loader, "loader", jit="off", work_mem="64MB", temp_buffers="64MB")

    @cached_property
    def _access(self) -> Engine:
        return _engine(self.urls.access, "access")

    @cached_property
    def _operator(self) -> Engine:
        return _engine(self.urls.operator, "operator")

    @cached_property
    def _worker(self) -> Engine:
        return _engine(self.urls.worker, "worker", search_path=WITH_JOBS)

    @contextmanager
    def owning(self) -> Iterator[Connection]:
        """A transaction of the owner: migrations and reference data."""
        with self._owner.begin() as connection:
            yield connection

    @contextmanager
    def loading(self) -> Iterator[Connection]:
        """A transaction of the loader: import, sync and identification."""
        with self._loader.begin() as connection:
            yield connection

    @contextmanager
    def knowing_people(self) -> Iterator[Connection]:
        """A transaction that knows who is signed in and what is theirs, and nothing of it."""
        with self._access.begin() as connection:
            yield connection

    @contextmanager
    def listing_accounts(self) -> Iterator[Connection]:
        """A read-only transaction that sees the list of accounts and nothing of what is theirs."""
        with self.knowing_people() as connection:
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            yield connection

    @contextmanager
    def reading(
        self, accounts: int | Iterable[int], *, seconds: int = PAGE_SECONDS
    ) -> Iterator[Connection]:
        """A read-only snapshot that sees these accounts' rows only: one per page.

        A question that takes longer than `seconds` is given up.
        """
        with _snapshot(self._app, seconds) as connection:
            _see(connection, accounts)
            yield connection

    @contextmanager
    def asking(self, accounts: int | Iterable[int], person_id: int) -> Iterator[Connection]:
        """A transaction in which a person does what sellers' pages may do, in their own name.

        They ask for activation, answer support's question, keep their calendars' addresses.
        """
        with self._app.begin() as connection:
            _see(connection, accounts)
            _act_as(connection, person_id)
            yield connection

    @contextmanager
    def of_person(self, person_id: int) -> Iterator[Connection]:
        """A transaction that sees what is a person's own (their digest), and no account."""
        with self._app.begin() as connection:
            _act_as(connection, person_id)
            yield connection

    @contextmanager
    def comparing(
        self, accounts: Iterable[int], *, seconds: int = PAGE_SECONDS
    ) -> Iterator[Connection]:
        """A read-only snapshot of an account manager's clients: their sums, cases and calls."""
        with _snapshot(self._manager, seconds) as connection:
            _see(connection, accounts)
            yield connection

    @contextmanager
    def managing(self, account_id: int, person_id: int) -> Iterator[Connection]:
        """A transaction in which an account manager may log a call with one client."""
        with self._manager.begin() as connection:
            _see(connection, account_id)
            _act_as(connection, person_id)
            yield connection

    @contextmanager
    def triaging(self, *, seconds: int = PAGE_SECONDS) -> Iterator[Connection]:
        """A read-only snapshot of the queue of activation requests, of every account."""
        with _snapshot(self._support, seconds) as connection:
            yield connection

    @contextmanager
    def supporting(self, person_id: int) -> Iterator[Connection]:
        """A transaction in which a support person moves a request on."""
        with self._support.begin() as connection:
            _act_as(connection, person_id)
            yield connection

    @contextmanager
    def operating(self) -> Iterator[Connection]:
        """A transaction that changes who may see what, and sees no account's figures."""
        with self._operator.begin() as connection:
            yield connection

    @contextmanager
    def working(self) -> Iterator[Connection]:
        """A transaction of the jobs: deliveries and digests."""
        with self._worker.begin() as connection:
            yield connection

    def refresh_statistics(self) -> None:
        """Let the planner know what a large import has brought; autovacuum would take a minute."""
        with self._owner.begin() as connection:
            connection.exec_driver_sql(f"analyze {', '.join(TENANT_TABLES)}")

    def ready(self) -> tuple[bool, str]:
        """Whether the database answers, and a sentence for the readiness route."""
        try:
            with self.listing_accounts() as connection:
                connection.execute(text("select 1 from account limit 1"))
        except Exception as error:  # readiness reports every cause; it never raises
            return False, f"The database does not answer: {type(error).__name__}"
        return True, "ready"

    def dispose(self) -> None:
        """Close every pooled connection of this process."""
        for name in ("owner", *ROLES):
            engine = self.__dict__.get(f"_{name}")
            if engine is not None:
                engine.dispose()


@contextmanager
def _snapshot(engine: Engine, seconds: int) -> Iterator[Connection]:
    with (
        engine.connect().execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        ) as connection,
        connection.begin(),
    ):
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{int(seconds)}s'")
        yield connection


def _act_as(connection: Connection, person_id: int) -> None:
    connection.exec_driver_sql(f"SET LOCAL app.person = '{int(person_id)}'")


def _see(connection: Connection, accounts: int | Iterable[int]) -> None:
    # The statement, not set_config(): only the statement travels to Citus workers, and SET LOCAL
    # ends with the transaction, so a pooled connection carries nothing over.
    numbers = [accounts] if isinstance(accounts, int) else list(accounts)
    listed = ",".join(str(int(number)) for number in numbers)
    connection.exec_driver_sql(f"SET LOCAL app.accounts = '{listed}'")


def owner_url(chosen: Settings, say: Callable[[str], None] = print) -> URL:
    """The owner's address: DATABASE_URL, or the embedded server, which is started if need be."""
    if chosen.database_url:
        return _psycopg(chosen.database_url.get_secret_value())
    server = embedded.start(chosen.data_directory, say=say)
    return make_url(server.url())
