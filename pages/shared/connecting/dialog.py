"""Connect a shop, or look at its connection and end it: over the page."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from components.connecting import (
    KeyField,
    consent_button,
    disconnect_steps,
    forget_key,
    key_form,
    ways_heading,
    wish_problem,
)
from components.facts import Fact, facts
from components.markdown import escape_markdown
from components.palette import quiet
from components.states import not_supported
from pages.shared import clock
from pages.shared.connecting.scopes import scope_use
from pages.shared.connecting.watching import BEGUN
from pages.shared.viewer import SignedIn, still_here
from services.database.start import database
from services.insights.connections import Linked, Shop
from services.marketplaces.labels import channel_label, marketplace_label
from services.marketplaces.registry import connecting_of
from services.sync.consenting import consent_link
from services.sync.wishing import (
    Ways,
    WishRefusedError,
    ways_of,
    wish_disconnected,
    wish_own_key,
)
from wording.connecting import DELETED, KEPT, STATES, TAKE_BACK, WAYS
from wording.days import plain_date
from wording.labels import capitalized

_WHAT: Final = (
    "Reports are read, and nothing is changed over there. What opens your data is sealed as soon"
    " as it is here; no page can read it."
)


def open_connecting(signed_in: SignedIn, offered: Sequence[Shop], first: str | None = None) -> None:
    """Connect one of these shops, which are of one marketplace."""
    name = marketplace_label(offered[0].marketplace)
    st.dialog(f"Connect {escape_markdown(name)}", width="medium")(_connect)(
        signed_in, tuple(offered), first
    )


def open_connection(signed_in: SignedIn, one: Linked, here: Shop) -> None:
    """Look at a connection: what it may do, until when; renew it, or end it."""
    title = f"Connection of {escape_markdown(_name(one))}"
    st.dialog(title, width="medium")(_look)(signed_in, one, here)


def _name(one: Linked) -> str:
    return ", ".join(map(channel_label, one.codes)) or marketplace_label(one.marketplace)


def _connect(drawn_for: SignedIn, offered: Sequence[Shop], first: str | None) -> None:
    signed_in = SignedIn(still_here(drawn_for.viewer), drawn_for.account)
    st.markdown(quiet(_WHAT))
    one = _chosen(offered, first)
    _draw_ways(signed_in, one)


def _chosen(offered: Sequence[Shop], first: str | None) -> Shop:
    by_code = {one.code: one for one in offered}
    if len(by_code) == 1:
        return offered[0]
    code = st.selectbox(
        "Country",
        list(by_code),
        index=list(by_code).index(first) if first in by_code else 0,
        format_func=lambda code: by_code[code].name,
        key="shop-to-connect",
    )
    return by_code[code]


def _draw_ways(signed_in: SignedIn, one: Shop) -> None:
    ways = ways_of(one)
    if ways.why_not:
        not_supported(escape_markdown(f"{one.name} cannot be connected"), _said(ways.why_not))
        return
    name = marketplace_label(one.marketplace)
    if ways.by_consent:
        ways_heading(f"By your consent at {escape_markdown(name)}")
        st.markdown(quiet("You sign in over there, allow it, and come back here by yourself."))
        address = consent_link(signed_in.viewer, signed_in.account.account_id, one.code)
        if consent_button(name, address, lambda: _has_begun(one)):
            st.rerun()
    if ways.own_key:
        ways_heading("With a key of your own")
        if ways.no_consent:
            st.markdown(quiet(_said(ways.no_consent)))
        _draw_key(signed_in, one, ways)


def _said(words: str) -> str:
    return escape_markdown(words)


def _has_begun(one: Shop) -> None:
    st.session_state[BEGUN] = (one.code, clock.now())


def _draw_key(signed_in: SignedIn, one: Shop, ways: Ways) -> None:
    fields = [KeyField(each.name, each.label, each.help, each.is_secret) for each in ways.own_key]
    typed = key_form(fields)
    if typed is None:
        return
    forget_key(fields)
    try:
        viewer = still_here(signed_in.viewer)
        wish_own_key(database(), viewer, signed_in.account.account_id, one.code, typed)
    except WishRefusedError as refused:
        wish_problem(str(refused))
        return
    st.rerun()


def _look(drawn_for: SignedIn, one: Linked, here: Shop) -> None:
    signed_in = SignedIn(still_here(drawn_for.viewer), drawn_for.account)
    facts(_facts(one))
    _draw_scopes(one)
    if one.ends_on:
        with st.expander("Renew it now", key="renew"):
            _draw_ways(signed_in, here)
    _draw_end(signed_in, one, here)


def _facts(one: Linked) -> list[Fact]:
    since = plain_date(clock.day_of(one.connected_at))
    by = f"by {escape_markdown(one.connected_by_name)}"
    shown = [
        Fact("State", STATES.get(one.state, one.state), f"since {since}"),
        Fact("Connected", capitalized(WAYS.get(one.way, one.way)), by),
    ]
    if one.seller:
        shown.append(Fact("Seller there", escape_markdown(one.seller)))
    if one.consent_until:
        shown.append(Fact("Consent until", plain_date(one.consent_until)))
    if one.refresh_until:
        shown.append(Fact("Access until", plain_date(one.refresh_until)))
    return shown


def _draw_scopes(one: Linked) -> None:
    """What was granted and what each is for; where nobody tells, what is asked and by which."""
    connecting = connecting_of(one.marketplace)
    sources = connecting.sources if connecting else ()
    st.markdown("**What it may do**")
    if one.scopes is None:
        st.markdown(quiet(f"{marketplace_label(one.marketplace)} does not say what was granted."))
    for scope, use in scope_use(one.scopes, sources):
        st.markdown(f"**{escape_markdown(scope)}**: {escape_markdown(capitalized(use))}")


def _draw_end(signed_in: SignedIn, one: Linked, here: Shop) -> None:
    name = marketplace_label(one.marketplace)
    if not disconnect_steps(KEPT, DELETED.format(name=name), TAKE_BACK.format(name=name)):
        return
    try:
        viewer = still_here(signed_in.viewer)
        wish_disconnected(database(), viewer, signed_in.account.account_id, here.code)
    except WishRefusedError as refused:
        wish_problem(str(refused))
        return
    st.rerun()
