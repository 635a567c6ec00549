"""How far the checklist of one request has come: what was ticked off, by whom and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, get_args

from sqlalchemy import Connection, text

from services.access.viewer import Viewer
from services.activation.states import CheckState, RequestKey
from services.marketplaces.checklist import ChecklistItem
from services.marketplaces.registry import checklist_of
from wording.requests import CHECK_WORDS

# The request's row is locked by the step, so nobody else writes the same item in between. Not ON
# CONFLICT: below PostgreSQL's security floor that clause reads rows that it should not.
_AGAIN: Final = text("""
    update activation_check set state = :state, by_name = :by_name, at = now()
    where account_id = :account_id and request_id = :request_id and item = :item
""")
_FIRST: Final = text("""
    insert into activation_check (account_id, request_id, item, state, by_name)
    values (:account_id, :request_id, :item, :state, :by_name)
""")
_TICKED: Final = text("""
    select item, state, by_name, at from activation_check
    where account_id = :account_id and request_id = :request_id
""")
_NAMED_AT_MOST: Final = 3


@dataclass(frozen=True)
class Ticked:
    """One item of the checklist as it stands; state None: nobody has looked at it yet."""

    item: ChecklistItem
    state: CheckState | None = None
    by_name: str = ""
    at: datetime | None = None

    @property
    def is_settled(self) -> bool:
        return self.state in ("done", "not_needed")


def ticked(connection: Connection, key: RequestKey, marketplace: str) -> list[Ticked]:
    """The marketplace's checklist in its own order, as far as it has come."""
    rows = connection.execute(_TICKED, vars(key))
    known = {row.item: (row.state, row.by_name, row.at) for row in rows}
    return [Ticked(item, *known.get(item.key, ())) for item in checklist_of(marketplace)]


def unfinished(connection: Connection, key: RequestKey, marketplace: str) -> int:
    """How many items keep the service from starting."""
    return sum(not each.is_settled for each in ticked(connection, key, marketplace))


def tick(
    connection: Connection,
    key: RequestKey,
    marketplace: str,
    items: Mapping[str, CheckState],
    viewer: Viewer,
) -> str | None:
    """Tick items off; the sentence for the history, None where one is not on this checklist."""
    words = {each.key: each.item for each in checklist_of(marketplace)}
    if not items or not items.keys() <= words.keys() or not set(items.values()) <= {*CHECK_WORDS}:
        return None
    for name, state in items.items():
        values = {**vars(key), "item": name, "state": state, "by_name": viewer.person.name}
        if not connection.execute(_AGAIN, values).rowcount:
            connection.execute(_FIRST, values)
    states = [state for state in get_args(CheckState) if state in items.values()]
    return "; ".join(_told(items, words, state) for state in states)


def _told(items: Mapping[str, CheckState], words: Mapping[str, str], state: CheckState) -> str:
    """`Done: Manage Orders, Manage Returns and 8 more`."""
    named = [words[name] for name, value in items.items() if value == state]
    more = f" and {len(named) - _NAMED_AT_MOST} more" if len(named) > _NAMED_AT_MOST else ""
    return f"{CHECK_WORDS[state]}: {', '.join(named[:_NAMED_AT_MOST])}{more}"
