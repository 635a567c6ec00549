"""Letting somebody in, and changing what they may do."""

from collections.abc import Callable, Sequence
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.markdown import escape_markdown
from components.palette import on_primary, quiet
from pages.operator.people_sections.listing import state_of
from pages.shared import clock
from pages.shared.viewer import still_here
from services.access import people
from services.access.people import LONGEST_NAME, Hand, PeopleError, Wanted
from services.access.people_queries import Grant, Known
from services.access.rights import Role
from services.access.viewer import Viewer
from services.database.start import database
from wording.days import plain_date

_WHO_SEES_WHAT: Final = (
    "Sellers and account managers see the accounts chosen here. Support also sees every request"
    " for activation. Operators manage people and see no figures."
)


def asks_to_invite(slot: DeltaGenerator) -> bool:
    with slot:
        return st.button(on_primary("Invite"), icon=":material/person_add:", type="primary")


def invite_somebody(viewer: Viewer, accounts: Sequence[Grant]) -> None:
    st.dialog("Invite somebody", width="medium")(_draw_invitation)(viewer, accounts)


def open_person(
    viewer: Viewer, pressed: str | None, known: Sequence[Known], accounts: Sequence[Grant]
) -> None:
    for one in known:
        if str(one.person_id) == pressed:
            st.dialog(escape_markdown(one.name), width="medium")(_draw_person)(
                viewer, one, accounts
            )


def _hand(drawn_for: Viewer) -> Hand:
    """A dialog may stand open longer than the right of whoever opened it."""
    try:
        return Hand.of(still_here(drawn_for))
    except PermissionError:
        st.rerun()


def _draw_invitation(viewer: Viewer, accounts: Sequence[Grant]) -> None:
    hand = _hand(viewer)
    email = st.text_input("E-mail", type="email", validate="", key="invite-email")
    wanted = _wanted("invite", Wanted("", frozenset({Role.SELLER})), accounts)
    st.markdown(quiet("They can sign in as soon as the provider has confirmed this address."))
    if st.button(on_primary("Invite"), type="primary", key="invite-save"):
        _do(lambda: people.invite(database(), hand, email, wanted), f"{wanted.name} may sign in")


def _draw_person(viewer: Viewer, one: Known, accounts: Sequence[Grant]) -> None:
    hand = _hand(viewer)
    with st.container(gap=None):
        st.text(one.email)
        st.markdown(quiet(_came(one)))
    wanted = _wanted(f"person-{one.person_id}", Wanted.as_it_is(one), accounts)
    if st.button(on_primary("Save"), type="primary", key="person-save"):
        _do(lambda: people.change(database(), hand, one.person_id, wanted), "Saved")
    _steps(hand, one)
    _history(one)


def _wanted(key: str, now: Wanted, accounts: Sequence[Grant]) -> Wanted:
    """The fields that both dialogs have."""
    name = st.text_input("Name", now.name, max_chars=LONGEST_NAME, key=f"{key}-name")
    words = {role.value: role.words for role in Role}
    chosen_roles = st.pills(
        "Roles",
        list(words),
        default=[role.value for role in Role if role in now.roles],
        selection_mode="multi",
        format_func=words.__getitem__,
        key=f"{key}-roles",
    )
    roles = frozenset(Role(one) for one in chosen_roles)
    every = st.toggle("Every account, now and later", now.every_account, key=f"{key}-every")
    chosen = now.account_ids if every else _chosen_accounts(key, now, accounts)
    st.markdown(quiet(_WHO_SEES_WHAT))
    return Wanted(name.strip(), roles, every, chosen)


def _chosen_accounts(key: str, now: Wanted, accounts: Sequence[Grant]) -> frozenset[int]:
    names = {one.account_id: one.name for one in accounts}
    chosen = st.multiselect(
        "Accounts",
        list(names),
        default=[number for number in names if number in now.account_ids],
        format_func=names.__getitem__,
        placeholder="Choose accounts",
        key=f"{key}-accounts",
    )
    return frozenset(chosen)


def _steps(hand: Hand, one: Known) -> None:
    with st.container(horizontal=True, gap="small"):
        if one.disabled_at:
            _step("Enable again", lambda: people.enable(database(), hand, one.person_id))
            return
        if one.is_bound:
            _step(
                "Sign out everywhere",
                lambda: people.end_sign_ins(database(), hand, one.person_id),
            )
            _step(
                "Forget the provider's name",
                lambda: people.forget_identity(database(), hand, one.person_id),
                "For somebody with a new account at the provider: their next sign-in with this"
                " address counts.",
            )
        _step("Disable", lambda: people.disable(database(), hand, one.person_id))


def _step(words: str, change: Callable[[], object], explanation: str = "") -> None:
    if st.button(words, help=explanation or None, key=f"step-{words}"):
        _do(change, "Done")


def _do(change: Callable[[], object], said: str) -> None:
    """Makes the change and closes the dialog; what is refused is said inside it."""
    try:
        change()
    except PeopleError as refusal:
        st.markdown(f":red[:material/error: {escape_markdown(str(refusal))}]")
    else:
        st.toast(escape_markdown(said), icon=":material/check:")
        st.rerun()


def _history(one: Known) -> None:
    with st.expander("What was changed, and by whom"):
        for change in people.history(database(), one.person_id):
            when = f"{plain_date(clock.day_of(change.at))} · {escape_markdown(change.by_name)}"
            st.markdown(f"{escape_markdown(change.what)} {quiet(f'· {when}')}")


def _came(one: Known) -> str:
    came = (
        f"last signed in {plain_date(clock.day_of(one.last_sign_in))}"
        if one.last_sign_in
        else "has not signed in yet"
    )
    return f"{state_of(one)}, {came}"
