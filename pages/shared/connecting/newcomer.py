"""A business that has no account here yet: its name, its marketplace, and how far that is.

Its account is made once the marketplace has said yes; the page that it was begun on, or that one
comes back to, then goes on to it. Who is there is asked by what the page gives (`still_here`): the
page's own viewer may be hours old.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

import streamlit as st

from components.connecting import OnTheWay, came_back, on_the_way, wish_problem
from components.markdown import escape_markdown
from components.page import ACCOUNT, card
from components.palette import quiet
from pages.shared import address, clock, places
from pages.shared.connecting.ways import WHAT, Whose, chosen_shop, draw_ways
from pages.shared.trouble import waiting_for_the_database
from services.access.viewer import Viewer
from services.database.start import database
from services.insights.connections import Shop
from services.marketplaces.labels import channel_label, marketplace_label
from services.marketplaces.registry import MARKETPLACES
from services.naming import LONGEST_NAME
from services.sync import newcomers
from services.sync.consenting import HOLDS, newcomers_link
from services.sync.newcomers import Newcomer, Standing
from services.sync.wishing import WishRefusedError
from wording.connecting import ANSWERS, GOES_ON
from wording.days import ago
from wording.labels import in_a_sentence

# In the session: what was begun here, and when; '' instead of a channel once it is with the worker.
BEGUN: Final = "newcomer-begun"
CAME_BACK: Final = "connect"  # in the address: what came of a consent
LOOK_SECONDS: Final = 3
_PATIENCE: Final = timedelta(seconds=20)
_TOLD_FOR: Final = timedelta(days=7)
_NEVER: Final = datetime.max.replace(tzinfo=UTC)
# The database's clock and this page's may stand apart.
_SLACK: Final = timedelta(minutes=5)
_WHAT: Final = (
    "Reports then arrive by themselves, from the last 18 months on. The account is made as soon as"
    " the marketplace has said yes."
)

Asks = Callable[[], Viewer]


def draw_newcomer(viewer: Viewer, still_here: Asks, title: str) -> None:
    """For whoever may make accounts. While it is on its way, it looks every few seconds."""
    if not newcomers.may_bring(viewer):
        return
    _hear_what_came_back()
    is_going = _is_going(_standing(viewer))
    with card(title):
        st.fragment(run_every=LOOK_SECONDS if is_going else None)(_draw)(still_here, is_going)


def follow_newcomer(viewer: Viewer, still_here: Asks) -> None:
    """On a page of an account, which has no place for a newcomer: the worker may have been so fast
    that the account was there before the page that one comes back to. Goes on as that one does.
    """
    if not newcomers.may_bring(viewer):
        return
    if address.read(CAME_BACK) == GOES_ON:  # what else comes back is for the account's own card
        _hear_what_came_back()
    if BEGUN in st.session_state:
        st.fragment(run_every=LOOK_SECONDS)(_follow)(still_here)


def _follow(still_here: Asks) -> None:
    viewer = still_here()
    if newcomers.may_bring(viewer):
        _draw_refused(_standing(viewer).newest)
    if BEGUN not in st.session_state:
        st.rerun()  # it is settled: nothing is looked for any more


def _hear_what_came_back() -> None:
    """Once: the address forgets it as soon as it is said."""
    why = address.read(CAME_BACK)
    address.write(CAME_BACK, None)
    if why == GOES_ON:
        st.session_state[BEGUN] = ("", clock.now() - _SLACK)
    elif why in ANSWERS:
        came_back(*ANSWERS[why])


def _standing(viewer: Viewer) -> Standing:
    with waiting_for_the_database():
        standing = newcomers.standing(database(), viewer)
    _go_on(standing.newest)
    return standing


def _go_on(newest: Newcomer | None) -> None:
    """To the account that is there now, if it was begun here: what arrives is told on its pages."""
    _, since = _begun()
    if newest and newest.made_at >= since and not newest.waits:
        st.session_state.pop(BEGUN, None)
        if newest.state == "done":
            query = {ACCOUNT: str(newest.account_id)}
            st.switch_page(places.OVERVIEW.page(), query_params=query)


def _begun() -> tuple[str, datetime]:
    kept: tuple[str, datetime] = st.session_state.get(BEGUN, ("", _NEVER))
    return kept


def _is_going(standing: Standing) -> bool:
    return standing.waits or bool(_awaits_consent(standing.newest))


def _awaits_consent(newest: Newcomer | None) -> str:
    """The channel whose consent is open in another tab, until it comes back or is too late."""
    code, since = _begun()
    is_back = newest is not None and newest.made_at >= since
    return "" if is_back or clock.now() - since > HOLDS else code


def _draw(still_here: Asks, was_going: bool) -> None:
    viewer = still_here()
    if not newcomers.may_bring(viewer):
        st.rerun()  # the page, drawn anew, says what they may see by now
    standing = _standing(viewer)
    if _is_going(standing) is not was_going:
        st.rerun()
    st.markdown(quiet(_WHAT))
    if standing.newest and standing.waits:
        on_the_way([_wish_line(standing.newest, has_worker=standing.is_worked_on)])
        return
    if code := _awaits_consent(standing.newest):
        words = f"Waiting for your consent at {marketplace_label(code)}"
        on_the_way([OnTheWay(words, f"for {channel_label(code)}, in the tab that has opened")])
    _draw_refused(standing.newest)
    _draw_fields(viewer, still_here)


def _wish_line(one: Newcomer, *, has_worker: bool) -> OnTheWay:
    now = clock.for_the_reader(clock.now())
    asked = f"for {one.account_name}, asked {ago(one.made_at, now)}"
    if now - one.made_at > _PATIENCE and not has_worker:
        asked += "; nobody is at work on it yet: whoever runs this starts the worker"
    return OnTheWay(f"Connecting {channel_label(one.channel)}…", asked)


def _draw_refused(newest: Newcomer | None) -> None:
    """Why the last try came to nothing, for a week."""
    if newest and newest.state == "refused" and clock.now() - newest.made_at <= _TOLD_FOR:
        because = in_a_sentence(newest.because or "")
        wish_problem(f"{newest.account_name} was not connected: {because}")


# What is written and pressed ---------------------------------------------------------------


def _draw_fields(viewer: Viewer, still_here: Asks) -> None:
    shops = newcomers.offered(database(), viewer)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        typed = st.text_input(
            "Name of the business", "My business", key="newcomer-name", max_chars=LONGEST_NAME
        )
        pressed = [
            one
            for one in MARKETPLACES.values()
            if one.connecting
            and st.button(
                f"Connect {one.name}", key=f"newcomer-{one.code}", icon=f":material/{one.icon}:"
            )
        ]
    for one in pressed:
        of_marketplace = tuple(shop for shop in shops if shop.marketplace == one.code)
        _open(still_here, typed, of_marketplace, one.first_channel)


def _open(still_here: Asks, typed: str, shops: tuple[Shop, ...], first: str) -> None:
    try:
        name = newcomers.named(still_here(), typed)
    except WishRefusedError as refused:
        wish_problem(str(refused))
        return
    title = f"Connect {escape_markdown(marketplace_label(shops[0].marketplace))}"
    st.dialog(title, width="medium")(_connect)(still_here, name, shops, first)


def _connect(still_here: Asks, name: str, shops: tuple[Shop, ...], first: str) -> None:
    viewer = still_here()
    st.markdown(f"For a new account, **{escape_markdown(name)}**")
    st.markdown(quiet(WHAT))
    one = chosen_shop(shops, first)
    by_key = partial(_by_key, still_here, name)
    draw_ways(Whose(partial(newcomers_link, viewer, name), by_key, BEGUN), one)


def _by_key(still_here: Asks, name: str, code: str, typed: Mapping[str, str]) -> None:
    newcomers.wish_by_key(database(), still_here(), name, code, typed)
    st.session_state[BEGUN] = ("", clock.now() - _SLACK)
