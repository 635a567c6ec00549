"""Connect a shop, or look at its connection and end it: over the page."""

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from components.connecting import disconnect_steps, wish_problem
from components.facts import Fact, facts
from components.markdown import escape_markdown
from components.palette import quiet
from pages.shared import clock
from pages.shared.connecting.scopes import scope_use
from pages.shared.connecting.ways import WHAT, Whose, chosen_shop, draw_ways
from pages.shared.viewer import SignedIn, still_here
from services.database.start import database
from services.insights.connections import Linked, Shop
from services.marketplaces.labels import channel_label, marketplace_label
from services.marketplaces.registry import connecting_of
from services.sync.consenting import consent_link
from services.sync.wishing import WishRefusedError, wish_disconnected, wish_own_key
from wording.connecting import DELETED, KEPT, STATES, TAKE_BACK, WAYS
from wording.days import plain_date
from wording.labels import capitalized


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


def _connect(drawn_for: SignedIn, offered: tuple[Shop, ...], first: str | None) -> None:
    signed_in = SignedIn(still_here(drawn_for.viewer), drawn_for.account)
    st.markdown(quiet(WHAT))
    one = chosen_shop(offered, first)
    draw_ways(_whose(signed_in), one)


def _whose(signed_in: SignedIn) -> Whose:
    account_id = signed_in.account.account_id

    def by_key(code: str, typed: Mapping[str, str]) -> object:
        return wish_own_key(database(), still_here(signed_in.viewer), account_id, code, typed)

    return Whose(partial(consent_link, signed_in.viewer, account_id), by_key)


def _look(drawn_for: SignedIn, one: Linked, here: Shop) -> None:
    signed_in = SignedIn(still_here(drawn_for.viewer), drawn_for.account)
    facts(_facts(one))
    _draw_scopes(one)
    if one.ends_on:
        with st.expander("Renew it now", key="renew"):
            draw_ways(_whose(signed_in), here)
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
