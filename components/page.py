"""What every page wears: the mark, the accounts, the way around, a title that says how fresh."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlencode

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.device import is_phone
from components.links import Link, draw_link
from components.markdown import escape_markdown
from components.palette import quiet
from wording.connecting import next_sync
from wording.days import ago

ACCOUNT: Final = "account"
SIDEBAR_WIDTH: Final = 232
_STATIC: Final = Path(__file__).parent.parent / "static"
_BRAND: Final = _STATIC / "brand"
# What a page looks like beyond what the framework can be told.
_SCREEN: Final = _STATIC / "screen.css"
_PAPER: Final = _STATIC / "paper.css"


@dataclass(frozen=True)
class Account:
    key: str
    name: str


@dataclass(frozen=True)
class Freshness:
    """When the figures were fetched, and when next; moments in the zone the reader lives in."""

    synced: datetime | None
    next_sync: datetime | None
    now: datetime

    @property
    def words(self) -> str:
        synced = f"Synced {ago(self.synced, self.now)}" if self.synced else "Never synced"
        if self.next_sync is None:
            return synced
        return f"{synced} · {next_sync(self.next_sync, self.now)}"


def browser_tab(title: str) -> None:
    st.set_page_config(
        page_title=f"{title} · Reimbursement",
        page_icon=str(_BRAND / "mark-light.svg"),
        layout="wide",
        initial_sidebar_state=SIDEBAR_WIDTH,
    )


def looks() -> None:
    """Once the sidebar stands: whatever comes first in the page would show it without its room."""
    st.html(_SCREEN)
    st.html(_PAPER)


def sidebar(accounts: Sequence[Account], sections: Mapping[str, Sequence[Link]]) -> Account | None:
    """Mark, account, pages, in this order. The account stays in every address.

    The icons belong to the links: an icon on a page is also fetched for the browser tab, from a
    server that is not ours.
    """
    st.logo(str(_brand("logo")), size="large", icon_image=str(_brand("mark")))
    with st.sidebar:
        account = _account(accounts) if accounts else None
        for title, links in sections.items():
            if links:
                _section(title, links, account)
    return account


def _brand(kind: str) -> Path:
    appearance = "dark" if st.context.theme.type == "dark" else "light"
    return _BRAND / f"{kind}-{appearance}.svg"


def _section(title: str, links: Sequence[Link], account: Account | None) -> None:
    with_account = {ACCOUNT: account.key} if account else {}
    with st.container(gap="xsmall"):
        st.caption(title)
        for link in links:
            draw_link(replace(link, query={**with_account, **link.query}))


def _account(accounts: Sequence[Account]) -> Account:
    named = st.query_params.get(ACCOUNT)
    by_key = {account.key: account for account in accounts}
    if named is not None and named not in by_key:
        st.caption(":material/lock: That link names an account you cannot open.")
    chosen = by_key.get(named or "", accounts[0])
    return _account_selector(by_key, chosen) if len(accounts) > 1 else _only_account(chosen)


def _only_account(account: Account) -> Account:
    st.markdown(f"**{escape_markdown(account.name)}**")
    return account


def _account_selector(by_key: Mapping[str, Account], chosen: Account) -> Account:
    """Not bound to the address by the widget itself: that would write the name, not the key."""
    st.session_state["account-selector"] = chosen.key
    st.selectbox(
        "Account",
        list(by_key),
        format_func={key: account.name for key, account in by_key.items()}.__getitem__,
        key="account-selector",
        label_visibility="collapsed",
        icon=":material/storefront:",
        on_change=_write_account,
    )
    return chosen


def account_in_address() -> dict[str, str]:
    """What keeps the account for a link to a page that is about none."""
    named = st.query_params.get(ACCOUNT)
    return {ACCOUNT: named} if named else {}


def _write_account() -> None:
    st.query_params[ACCOUNT] = st.session_state["account-selector"]


@dataclass(frozen=True)
class Header:
    """Slots beside the title, to fill once the page knows its filters and its rows."""

    notes: DeltaGenerator
    link: DeltaGenerator
    export: DeltaGenerator

    def hold(self, *, link: bool, export: bool) -> None:
        """Keeps the room of what comes once more is known: the line must not break again then."""
        if link:
            with self.link:
                st.popover("Copy link", icon=":material/link:", type="tertiary", disabled=True)
        if export:
            with self.export:
                st.popover("Export", icon=":material/download:", disabled=True)

    def copy_link(self, values: Mapping[str, str]) -> None:
        with self.link:
            copy_link(values)


def page_header(title: str, *, freshness: Freshness | None = None) -> Header:
    """Title left, how fresh and what to do right: these stay together where the line breaks."""
    with _in_line("small"):
        st.title(title, anchor=False, width="content")
        notes = _in_line("xsmall", width="content")
        # A page without notes leaves their slot empty, and an empty slot pushes nothing right.
        st.space("stretch")
        with _in_line("xsmall", width="content"):
            if freshness:
                st.markdown(quiet(freshness.words), width="content")
            link, export = (st.container(width="content").empty() for _ in range(2))
        return Header(notes, link, export)


def _in_line(
    gap: Literal["xsmall", "small"], width: Literal["content", "stretch"] = "stretch"
) -> DeltaGenerator:
    return st.container(horizontal=True, vertical_alignment="center", gap=gap, width=width)


def copy_link(values: Mapping[str, str]) -> None:
    """The whole view as one address, every value written out, so that no default can move it."""
    with st.popover("Copy link", icon=":material/link:", type="tertiary"):
        st.markdown(quiet("Opens this view for whoever may see it. Copy it from its right corner."))
        st.code(page_address(values), language=None, wrap_lines=True)


def page_address(values: Mapping[str, str]) -> str:
    known = {**st.query_params.to_dict(), **values}
    query = urlencode(known)
    address = st.context.url or ""
    return f"{address}?{query}" if query else address


@contextmanager
def card(
    title: str, *, aside: str = "", link: Link | None = None, anchor: str = ""
) -> Iterator[None]:
    """A bordered box with a heading, a figure beside it and a link at the far end.

    With an anchor, `[words](#anchor)` elsewhere on the page jumps to it.
    """
    with st.container(border=True, height="stretch", gap="xsmall"):
        _card_title(title, aside, link, anchor)
        yield


def _card_title(title: str, aside: str, link: Link | None, anchor: str) -> None:
    phone = is_phone()
    with _in_line("small"):
        st.header(title, anchor=anchor or False, width="content")
        if not phone:
            _beside_title(aside, link)
    if phone:
        # Below it: a table's own buttons lie over whatever stands right above the table's end.
        _below_title(aside, link)


def _beside_title(aside: str, link: Link | None) -> None:
    if aside:
        st.markdown(quiet(aside), width="content")
    if link:
        st.space("stretch")
        draw_link(link)


def _below_title(aside: str, link: Link | None) -> None:
    if aside:
        st.markdown(quiet(aside))
    if link:
        draw_link(link)
