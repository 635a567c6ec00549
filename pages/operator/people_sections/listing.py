"""The list of people, and the search in it."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from components import filters
from components.palette import quiet
from components.states import empty_state
from components.tables import Column, Row, money_table
from pages.shared import clock
from services.access.people_queries import Known
from services.access.rights import Role
from services.settings import settings
from wording.days import plain_date
from wording.numbers import counted

_COLUMNS: Final = (
    Column("name", "Name", phone=True),
    Column("email", "E-mail"),
    Column("roles", "Roles", phone=True),
    Column("accounts", "Accounts"),
    Column("came", "Last signed in", phone=True),
    Column("state", ""),
)


def say_whether_they_can_sign_in() -> None:
    if not settings().signs_in:
        words = "Nobody signs in here yet: docs/sign-in.md says how to connect a provider."
        st.markdown(f":violet-badge[:material/info: Local mode] {quiet(words)}")


def search(people: Sequence[Known]) -> list[Known]:
    """Those whose name, address, role or account has every word that was typed."""
    placeholder = "Search: name, e-mail, role or account"
    words = filters.search("Search people", key="q", placeholder=placeholder).lower().split()
    return [one for one in people if all(word in _searched(one) for word in words)]


def draw(found: Sequence[Known], people: Sequence[Known], *, phone: bool) -> str | None:
    """Answers with the number of the person that was pressed."""
    if not people:
        empty_state("Nobody has been let in yet", "Invite the first person with the button above.")
        return None
    if not found:
        empty_state("Nobody fits this search", "Try a part of the name or of the address.")
        return None
    st.markdown(quiet(f"{counted(len(found), 'person', 'people')}. Press a row to change it."))
    return money_table(
        _COLUMNS,
        [_row(one) for one in found],
        key="people",
        alt=f"{len(found)} people",
        phone=phone,
    )


def state_of(one: Known) -> str:
    if one.disabled_at:
        return "Disabled"
    return "Active" if one.is_bound else "Invited"


def roles_of(one: Known) -> str:
    return ", ".join(role.words for role in Role if role in one.roles)


def _row(one: Known) -> Row:
    cells = {
        "name": one.name,
        "email": one.email,
        "roles": roles_of(one),
        "accounts": _accounts(one),
        "came": plain_date(clock.day_of(one.last_sign_in)) if one.last_sign_in else "Never",
        "state": state_of(one),
    }
    return Row(str(one.person_id), cells, "")


def _accounts(one: Known) -> str:
    if one.every_account:
        return "Every account"
    first = ", ".join(account.name for account in one.accounts[:2])
    more = len(one.accounts) - 2
    return f"{first} and {more} more" if more > 0 else first or "None"


def _searched(one: Known) -> str:
    accounts = " ".join(account.name for account in one.accounts)
    return f"{one.name} {one.email} {roles_of(one)} {accounts} {state_of(one)}".lower()
