"""What is on its way just now: said on every page of the account, and alive without a reload.

While something waits, a part of the page asks by itself; the page is drawn anew when it has come.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import streamlit as st
from sqlalchemy import Connection

from components.connecting import OnTheWay, on_the_way
from pages.shared import clock
from pages.shared.connecting.ways import BEGUN
from pages.shared.snapshot import Snapshot
from pages.shared.trouble import waiting_for_the_database
from pages.shared.viewer import SignedIn, still_here
from services.database.start import database
from services.insights.connections import Arriving, Wish, arriving, wishes
from services.jobs.state import is_worked_on
from services.marketplaces.labels import channel_label, marketplace_label
from services.sync.consenting import HOLDS
from wording.connecting import NOTHING_ASKED, reports_so_far
from wording.days import ago
from wording.labels import region_label
from wording.numbers import counted

LOOK_AGAIN_SECONDS: Final = 3
# By then somebody should be at work on it.
_PATIENCE: Final = timedelta(seconds=20)


@dataclass(frozen=True)
class Now:
    """What goes on, and what would make the page another one."""

    wishes: tuple[Wish, ...]
    arriving: tuple[Arriving, ...]
    begun: str | None
    has_worker: bool

    @property
    def waiting(self) -> list[Wish]:
        return [one for one in self.wishes if one.waits]

    @property
    def is_quiet(self) -> bool:
        return not (self.waiting or self.arriving or self.begun)

    @property
    def stands(self) -> object:
        """The rest is drawn by the watching part itself."""
        return (
            [(one.request_id, one.state) for one in self.wishes],
            [(one.connection_id, one.rows_landed > 0) for one in self.arriving],
            self.begun,
        )


def watch(seen: Snapshot) -> None:
    """Nothing where nothing is on its way."""
    now = _now(seen.connection, seen.account_id, seen.now)
    if not now.is_quiet:
        _watch(SignedIn(seen.viewer, seen.account), now)


def _now(connection: Connection, account_id: int, moment: datetime) -> Now:
    found = wishes(connection, account_id)
    return Now(
        found,
        arriving(connection, account_id, moment),
        _begun(found, moment),
        any(one.waits for one in found) and is_worked_on(connection),
    )


def _begun(found: tuple[Wish, ...], moment: datetime) -> str | None:
    """The channel whose consent is open in another tab, until it comes back or is too late."""
    code, since = st.session_state.get(BEGUN, ("", moment))
    is_back = any(one.channel == code and one.made_at >= since for one in found)
    if not code or is_back or moment - since > HOLDS:
        st.session_state.pop(BEGUN, None)
        return None
    return str(code)


@st.fragment(run_every=LOOK_AGAIN_SECONDS)
def _watch(drawn_for: SignedIn, drawn: Now) -> None:
    still_here(drawn_for.viewer)
    account_id = drawn_for.account.account_id
    with waiting_for_the_database(), database().reading(account_id) as connection:
        now = _now(connection, account_id, clock.now())
    if now.stands != drawn.stands:
        st.rerun()
    on_the_way(
        [
            *_begun_line(now),
            *(_wish_line(one, has_worker=now.has_worker) for one in now.waiting),
            *map(_arriving_line, now.arriving),
        ]
    )


def _begun_line(now: Now) -> list[OnTheWay]:
    if now.begun is None:
        return []
    name = marketplace_label(now.begun)
    words = f"Waiting for your consent at {name}"
    return [OnTheWay(words, f"for {channel_label(now.begun)}, in the tab that has opened")]


def _wish_line(one: Wish, *, has_worker: bool) -> OnTheWay:
    verb = "Disconnecting" if one.wish == "disconnect" else "Connecting"
    now = clock.for_the_reader(clock.now())
    asked = f"asked {ago(one.made_at, now)}"
    if now - one.made_at > _PATIENCE and not has_worker:
        asked += "; nobody is at work on it yet: whoever runs this starts the worker"
    return OnTheWay(f"{verb} {one.name}…", asked)


def _arriving_line(one: Arriving) -> OnTheWay:
    where = f"{marketplace_label(one.marketplace)}, {region_label(one.region)}"
    if not one.reports:
        return OnTheWay(f"{where}: {NOTHING_ASKED}")
    rows = f"{counted(one.rows_landed, 'row', 'rows')} so far; what is read shows at once"
    words = f"{where}: {reports_so_far(one.answered, one.reports)}"
    return OnTheWay(words, rows, one.answered / one.reports)
