"""Sync one connection: take its turn, open what is sealed, do what is due."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from services.database.engine import Database
from services.marketplaces.asking import Client, Days, Unknown
from services.marketplaces.registry import connecting_of
from services.settings import Settings
from services.sync import connections
from services.sync import lease as leases
from services.sync.connections import Connected, Ended
from services.sync.kept import Kept
from services.sync.lease import Lease, OvertakenError
from services.sync.limits import SharedLimits
from services.sync.run import LONGEST, Ran, Run, Say
from services.sync.scratch import sweep
from services.sync.sealing import KeyLostError, seal_of
from services.transport.refusals import ConnectionEndedError

_NOT_SOON: Final = timedelta(days=1)
_AFTER_OUR_FAULT: Final = timedelta(minutes=10)
OUR_FAULT: Final = "Our own fault: the run broke off, and is tried again. It is written down."
KEY_LOST: Final = "It was sealed with a key that is not among SEALING_KEYS any more. Connect again."


@dataclass(frozen=True)
class NoRun:
    """Nothing was asked, and why."""

    because: str


@dataclass(frozen=True)
class Syncing:
    """Who syncs: a process with its settings. longest: how long a connection has its turn."""

    database: Database
    chosen: Settings
    say: Say
    longest: timedelta = LONGEST

    def sync(
        self, account_id: int, connection_id: int, *, again: Days | None = None
    ) -> Ran | NoRun:
        """Do what is due of a connection now. again: days to ask for although they are known.

        Raises SealingError.
        """
        with self.database.syncing() as connection:
            connected = connections.find(connection, account_id, connection_id)
            if connected is None or connected.state != "connected":
                return NoRun("It is not connected.")
            lease = leases.take(connection, account_id, connection_id)
        if lease is None:
            return NoRun("Another run has it.")
        try:
            return self._run(connected, lease, again)
        except OvertakenError:
            return NoRun("Another run has taken it over.")
        except ConnectionEndedError as ended:
            return self._ended(connected, lease, ended.state, str(ended))
        except KeyLostError:
            return self._ended(connected, lease, "expired", KEY_LOST)
        except Exception:
            self._broke(lease)
            raise

    def _run(self, connected: Connected, lease: Lease, again: Days | None) -> Ran | NoRun:
        connecting = connecting_of(connected.marketplace)
        if connecting is None or not connected.channels:
            return self._given_back(connected, lease, "There is nothing to ask for.")
        heard: list[Unknown] = []
        client = client_of(self.database, connected, self.chosen, heard.append)
        folder = self.chosen.data_directory / "incoming"
        folder.mkdir(parents=True, exist_ok=True)
        sweep(folder)
        kept = Kept(self.database, connected, lease, heard)
        run = Run(kept, connecting.sources, client, folder, self.say, self.longest, again)
        ran = run.go()
        with self.database.syncing() as connection:
            connections.tell_channels(connection, *connected.key)
        return ran

    def _broke(self, lease: Lease) -> None:
        """Said where the connection stands, as far as the database still takes a word."""
        with suppress(Exception), self.database.syncing() as connection:
            leases.end(connection, lease, datetime.now(UTC) + _AFTER_OUR_FAULT, OUR_FAULT)

    def _ended(
        self, connected: Connected, lease: Lease, state: connections.State, because: str
    ) -> NoRun:
        with self.database.syncing() as connection:
            ended = Ended(state, because, connected.sealed)
            connections.end(connection, *connected.key, ended)
        return self._given_back(connected, lease, because)

    def _given_back(self, connected: Connected, lease: Lease, because: str) -> NoRun:
        with self.database.syncing() as connection:
            leases.end(connection, lease, datetime.now(UTC) + _NOT_SOON, because)
            connections.tell_channels(connection, *connected.key)
        return NoRun(because)


def client_of(
    database: Database,
    connected: Connected,
    chosen: Settings,
    notice: Callable[[Unknown], None],
) -> Client:
    """Who asks for this connection. Raises KeyLostError, SealingError, LookupError."""
    connecting = connecting_of(connected.marketplace)
    if connecting is None:
        raise LookupError(connected.marketplace)
    if connected.sealed is None:
        raise KeyLostError
    secrets = seal_of(chosen).opened(connected.sealed)
    limits = SharedLimits(database, *connected.key)
    return connecting.client(secrets, connected.opened_by, connecting.caller_of(limits), notice)
