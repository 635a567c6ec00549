"""The service team's steps with a request. Each is one transaction, and one line of its history.

Whoever takes a step names the version that they saw. Where another has been faster the step does
nothing and tells what is there now, so two people never overwrite each other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import Connection, text

from services.access.rights import Right
from services.access.viewer import Viewer
from services.activation import checks
from services.activation.channels import channel_of, refusal
from services.activation.history import Kind, record_event
from services.activation.request import InvalidRequestError, read_words
from services.activation.states import (
    ALLOWED,
    CheckState,
    RequestKey,
    Standing,
    Status,
    Step,
    StepOutcome,
)
from services.database.engine import Database
from wording.numbers import are, counted
from wording.requests import STATUS_WORDS

# Whoever does something with a request that nobody has taken has taken it.
_ADVANCE: Final = text("""
    update activation_request
    set version = version + 1,
        status = coalesce(cast(:status as text), status),
        taken_by = case :holder
            when 'keep' then coalesce(taken_by, :person_id)
            when 'set' then cast(:new_holder as bigint) end,
        taken_by_name = case :holder
            when 'keep' then coalesce(taken_by_name, :by_name)
            when 'set' then cast(:new_holder_name as text) end,
        first_answered_at = case when :tells_seller then coalesce(first_answered_at, now())
            else first_answered_at end,
        settled_at = case when :settles then now() else settled_at end
    where account_id = :account_id and request_id = :request_id and version = :version
        and status = any (:allowed)
    returning version
""")
_STANDING: Final = text("""
    select status, version, taken_by, taken_by_name from activation_request
    where account_id = :account_id and request_id = :request_id
""")
_CHANNEL: Final = text("""
    select c.code, c.marketplace
    from activation_request r
    join channel c on c.account_id = r.account_id and c.channel_id = r.channel_id
    where r.account_id = :account_id and r.request_id = :request_id
""")
_SERVE: Final = text("""
    update channel set service_active = true
    where account_id = :account_id and code = :code
""")
_COLLEAGUES: Final = text("""
    select person_id, name from person
    where 'support' = any (roles) and disabled_at is null and is_local = :is_local
    order by lower(name), person_id
""")

NO_SUCH_REQUEST: Final = "There is no such request."


@dataclass(frozen=True)
class _Move:
    """What a step changes in the request itself."""

    step: Step
    status: Status | None = None
    holder: Literal["keep", "set", "clear"] = "keep"
    new_holder: tuple[int, str] | None = None
    tells_seller: bool = False

    def values(self, viewer: Viewer) -> dict[str, object]:
        number, name = self.new_holder or (None, None)
        return {
            "status": self.status,
            "holder": self.holder,
            "new_holder": number,
            "new_holder_name": name,
            "tells_seller": self.tells_seller,
            "settles": self.status in ("active", "declined"),
            "allowed": list(ALLOWED[self.step]),
            "person_id": viewer.person_id,
            "by_name": viewer.person.name,
        }


class _RefusedError(Exception):
    """Undoes a step; the message says why it cannot be taken."""


# What is done beside the change of the request; may raise _RefusedError.
_More = Callable[[Connection], None]


def take(database: Database, viewer: Viewer, key: RequestKey, version: int) -> StepOutcome:
    """Make it one's own, also where a colleague had it."""
    move = _Move("take", holder="set", new_holder=(viewer.person_id, viewer.person.name))
    return _Turn(database, viewer, key, version).told(move, "taken")


def release(database: Database, viewer: Viewer, key: RequestKey, version: int) -> StepOutcome:
    """Leave it for whoever comes next."""
    move = _Move("release", holder="clear")
    return _Turn(database, viewer, key, version).told(move, "released")


def hand_over(
    database: Database, viewer: Viewer, key: RequestKey, version: int, to_person: int
) -> StepOutcome:
    """Give it to a colleague of the service team. Raises NotAllowedError."""
    viewer.require(Right.TRIAGE)
    with database.triaging() as connection:
        name = dict(colleagues(connection, viewer)).get(to_person)
    if name is None:
        return StepOutcome("refused", "There is no such colleague in the service team.")
    move = _Move("hand over", holder="set", new_holder=(to_person, name))
    turn = _Turn(database, viewer, key, version)
    return turn.told(move, "taken", f"Handed over to {name}.")


def colleagues(connection: Connection, viewer: Viewer) -> list[tuple[int, str]]:
    """Who else may be given a request, by name."""
    rows = connection.execute(_COLLEAGUES, {"is_local": viewer.person.is_local})
    return [(int(row.person_id), str(row.name)) for row in rows if row[0] != viewer.person_id]


def check(
    database: Database,
    viewer: Viewer,
    key: RequestKey,
    version: int,
    items: Mapping[str, CheckState],
) -> StepOutcome:
    """Tick off items of the checklist; the same step may name several."""

    turn = _Turn(database, viewer, key, version)

    def more(connection: Connection) -> None:
        told = checks.tick(connection, key, _marketplace(connection, key), items, viewer)
        if told is None:
            raise _RefusedError("That is not on this marketplace's checklist.")
        turn.tell(connection, "checked", told)

    return turn.step(_Move("check"), more)


def note(
    database: Database, viewer: Viewer, key: RequestKey, version: int, typed: str
) -> StepOutcome:
    """A line for the service team; the seller never sees it."""
    return _Turn(database, viewer, key, version).said(_Move("note"), "noted", typed)


def ask_seller(
    database: Database, viewer: Viewer, key: RequestKey, version: int, typed: str
) -> StepOutcome:
    """A question, which stands on the seller's page until it is answered."""
    move = _Move("ask", "need_info", tells_seller=True)
    return _Turn(database, viewer, key, version).said(move, "asked", typed)


def decline(
    database: Database, viewer: Viewer, key: RequestKey, version: int, typed: str
) -> StepOutcome:
    """Say no, with a reason that the seller reads."""
    move = _Move("decline", "declined", tells_seller=True)
    return _Turn(database, viewer, key, version).said(move, "declined", typed)


def ready(database: Database, viewer: Viewer, key: RequestKey, version: int) -> StepOutcome:
    """Everything is there: each item of the checklist is done, or not needed."""

    turn = _Turn(database, viewer, key, version)

    def more(connection: Connection) -> None:
        _refuse_unfinished(connection, key)
        turn.tell(connection, "ready")

    return turn.step(_Move("ready", "ready", tells_seller=True), more)


def activate(database: Database, viewer: Viewer, key: RequestKey, version: int) -> StepOutcome:
    """Start the service: from this transaction on every page says so."""
    turn = _Turn(database, viewer, key, version)

    def more(connection: Connection) -> None:
        _refuse_unfinished(connection, key)
        _serve(connection, key)
        turn.tell(connection, "activated")

    return turn.step(_Move("activate", "active", tells_seller=True), more)


@dataclass(frozen=True)
class _Turn:
    """One person, at one request, as they saw it."""

    database: Database
    viewer: Viewer
    key: RequestKey
    version: int

    def step(self, move: _Move, more: _More) -> StepOutcome:
        """The change of the request comes first: it locks the row, so the rest sees it alone."""
        self.viewer.require(Right.TRIAGE)
        values = {**vars(self.key), "version": self.version, **move.values(self.viewer)}
        try:
            with self.database.supporting(self.viewer.person_id) as connection:
                if connection.execute(_ADVANCE, values).scalar_one_or_none() is None:
                    return _not_taken(connection, self.key, self.version)
                more(connection)
                return StepOutcome("done", now=_standing(connection, self.key))
        except _RefusedError as problem:
            return StepOutcome("refused", str(problem))

    def told(self, move: _Move, kind: Kind, note: str | None = None) -> StepOutcome:
        """A step that does nothing beside itself."""
        return self.step(move, lambda connection: self.tell(connection, kind, note))

    def said(self, move: _Move, kind: Kind, typed: str) -> StepOutcome:
        """A step in words."""
        self.viewer.require(Right.TRIAGE)
        try:
            return self.told(move, kind, read_words(typed))
        except InvalidRequestError as problem:
            return StepOutcome("refused", str(problem))

    def tell(self, connection: Connection, kind: Kind, note: str | None = None) -> None:
        record_event(connection, self.key, kind, self.viewer, note)


def _not_taken(connection: Connection, key: RequestKey, version: int) -> StepOutcome:
    now = _standing(connection, key)
    if now is None:
        return StepOutcome("refused", NO_SUCH_REQUEST)
    if now.version != version:
        return StepOutcome("changed", "Somebody else changed this request meanwhile.", now)
    stands = STATUS_WORDS[now.status].lower()
    return StepOutcome("refused", f"This cannot be done while the request is {stands}.", now)


def _standing(connection: Connection, key: RequestKey) -> Standing | None:
    row = connection.execute(_STANDING, vars(key)).mappings().one_or_none()
    return Standing(**row) if row else None


def _marketplace(connection: Connection, key: RequestKey) -> str:
    return str(connection.execute(_CHANNEL, vars(key)).one().marketplace)


def _refuse_unfinished(connection: Connection, key: RequestKey) -> None:
    left = checks.unfinished(connection, key, _marketplace(connection, key))
    if left:
        items = f"{counted(left, 'item', 'items')} {are(left)}"
        raise _RefusedError(f"{items} still open on the checklist.")


def _serve(connection: Connection, key: RequestKey) -> None:
    code = str(connection.execute(_CHANNEL, vars(key)).one().code)
    channel = channel_of(connection, key.account_id, code)
    reason = refusal(channel) if channel else NO_SUCH_REQUEST
    if reason:
        raise _RefusedError(reason)
    connection.execute(_SERVE, {"account_id": key.account_id, "code": code})
