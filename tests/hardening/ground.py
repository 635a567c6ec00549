"""Where trials are held: a real server, databases of their own, dashboards that really serve."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from sqlalchemy import URL, make_url

from services.database import embedded
from services.database.engine import Database
from services.database.prepare import prepare
from tests.common.databases import fresh_database
from tests.common.worlds.zoo import Zoo, build
from tests.hardening.dashboard import Dashboard, local_dashboard, signed_dashboard
from tests.hardening.sweep import swept_folder


@dataclass
class Ground:
    """What trials share; whatever is made for the first that asks ends with the run."""

    server: URL  # the owner's address on a PostgreSQL server
    template: str  # a migrated database to clone
    folder: Path
    kept: ExitStack = field(default_factory=ExitStack)

    def database(self, template: str | None = None) -> AbstractContextManager[Database]:
        """A database of one's own: migrated and empty, or a copy of another one."""
        return fresh_database(self.server, template or self.template)

    def subfolder(self, name: str) -> Path:
        path = self.folder / name
        path.mkdir(exist_ok=True)
        return path

    @cached_property
    def zoo(self) -> Zoo:
        """Four accounts that can be told apart in anything; no trial leaves a row in them."""
        return build(self.kept.enter_context(self.database()), 4)

    @cached_property
    def _served(self) -> Zoo:
        return build(self.kept.enter_context(self.database()), 2)

    @cached_property
    def local(self) -> Dashboard:
        """A dashboard in local mode, over two marked accounts."""
        started = local_dashboard(self._served, self.subfolder("local"))
        return self.kept.enter_context(started)

    @cached_property
    def signed(self) -> Dashboard:
        """A dashboard that people sign in to, over the same accounts."""
        started = signed_dashboard(self._served, self.subfolder("signed"))
        return self.kept.enter_context(started)


@contextmanager
def ground_on(server: URL, template: str) -> Iterator[Ground]:
    """On a server that somebody else runs, e.g. the whole suite's."""
    with swept_folder() as folder, ExitStack() as kept:
        yield Ground(server, template, folder, kept)


@contextmanager
def own_ground() -> Iterator[Ground]:
    """With an embedded server of its own, set up as the product sets it up."""
    with swept_folder() as folder:
        running = embedded.start(folder / "home")
        address = make_url(running.url())
        try:
            with (
                fresh_database(address, "template1") as empty,
                ExitStack() as kept,
            ):
                prepare(empty, accept_below_floor=True, embedded=True)
                empty.dispose()  # nobody may be connected to what is cloned
                yield Ground(address, str(empty.urls.owner.database), folder, kept)
        finally:
            running.release()
