"""The section in which files are dropped, looked at, loaded and taken back.

It is drawn anew by itself: while the worker loads, every second. Each time it asks who is there,
by what its page gives it (`still_here`): the page's own viewer may be hours old.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import streamlit as st

from components import dropping as drawn
from components.device import is_phone
from components.dropping import Choice
from components.markdown import escape_markdown
from components.page import ACCOUNT
from components.palette import on_primary, quiet
from pages.shared import clock, places
from pages.shared.dropping import words
from pages.shared.trouble import waiting_for_the_database
from services.access.rights import Right
from services.access.viewer import Account, NotAllowedError, Viewer
from services.database.start import database
from services.dropping import asking
from services.dropping.addresses import drop_address
from services.dropping.asking import Into, NotAskedError, Standing
from services.dropping.folder import MOST_BYTES, TOO_LARGE, Drop, Dropped, DropRefusedError
from services.dropping.queries import ChannelCode, ImportRequest
from services.landing.documents import day_in
from services.marketplaces.labels import channel_label
from services.marketplaces.registry import FIRST_CHANNEL, MARKETPLACES
from services.settings import settings
from wording.days import ago
from wording.numbers import counted

LOAD: Final = "load"
FIRST: Final = "first"  # in the address: the part that a link leads to, which stands on top
PROBLEM: Final = "dropping-problem"
_NEW: Final = "new"
_UTC: Final = "UTC"
_LOOK_SECONDS: Final = 1
_TOLD_FOR: Final = timedelta(days=7)
_WORKER: Final = ".venv/bin/python -m services worker"
_UNDONE: Final = "The last import was undone: everything is as it was before it."
_NO_ACCOUNT: Final = (
    "Your reports go into an account of your own. Whoever let you in can give you one."
)

Asks = Callable[[], Viewer]


@dataclass(frozen=True)
class Here:
    """The page that files are dropped on. account None: its viewer has none yet.

    channels: codes of the account's own, the one that the page is about first. is_data: it is the
    page on which imports are told; from any other, one leads there.
    """

    account: Account | None
    channels: tuple[str, ...]
    is_data: bool = False

    @property
    def account_id(self) -> int | None:
        return self.account.account_id if self.account else None


@dataclass(frozen=True)
class _Now:
    """What the section is drawn with."""

    here: Here
    viewer: Viewer
    drop: Drop
    still_here: Asks


def draw_dropping(viewer: Viewer, here: Here, still_here: Asks) -> None:
    """For whoever may load. While a request waits, it looks every second how far that is."""
    with waiting_for_the_database():
        is_waiting = asking.standing(database(), viewer, here.account_id).is_waiting
    every = _LOOK_SECONDS if is_waiting else None
    st.fragment(run_every=every)(_draw)(here, still_here, was_waiting=is_waiting)


def _draw(here: Here, still_here: Asks, *, was_waiting: bool) -> None:
    viewer = still_here()
    if not _may(viewer, here):
        st.rerun()  # the page, drawn anew, says what they may see by now
    with waiting_for_the_database():
        standing = asking.standing(database(), viewer, here.account_id)
    if standing.is_waiting is not was_waiting:
        _go_on(standing, here)
    if standing.request and standing.is_waiting:
        _progress(standing.request, is_worked_on=standing.is_worked_on)
        return
    if standing.request:
        _last(standing.request, still_here)
    _dropping(_Now(here, viewer, _own_drop(viewer, here), still_here))


def _may(viewer: Viewer, here: Here) -> bool:
    """Whether whoever looks may still load here: a section is drawn long after its page was."""
    theirs = here.account_id is None or viewer.account(str(here.account_id)) is not None
    return theirs and viewer.may(Right.LOAD_REPORTS)


def _go_on(standing: Standing, here: Here) -> None:
    """The page with what has landed; from one that had nothing, on to where it is told."""
    request = standing.request
    landed = request and request.state == "done" and request.mark
    if request and landed and not (here.is_data and request.account_id == here.account_id):
        go_to_data(request.account_id)
    st.rerun()


def go_to_data(account_id: int | None) -> None:
    """Where an import is told, file by file."""
    query = {ACCOUNT: str(account_id), FIRST: LOAD}
    st.switch_page(places.DATA.page(), query_params=query)


def _own_drop(viewer: Viewer, here: Here) -> Drop:
    """One for each page of each account, for as long as somebody has it open."""
    key = f"drop-{viewer.person_id}-{here.account_id or 0}"
    if key not in st.session_state:
        st.session_state[key] = asking.new_drop(viewer)
    kept: Drop = st.session_state[key]
    return kept


# What was asked for last -------------------------------------------------------------------


def _progress(request: ImportRequest, *, is_worked_on: bool) -> None:
    said, share = words.progress(request)
    drawn.progress(said, share)
    if is_worked_on:
        drawn.note("You may leave this page: it goes on, and is told here when it is done.")
    elif settings().signs_in:
        drawn.problem("Nobody works on it just now. Tell whoever runs this dashboard.")
    else:
        drawn.problem("No worker is running. It begins as soon as one does:")
        st.code(_WORKER, language=None)


def _last(request: ImportRequest, still_here: Asks) -> None:
    """For a week; then the list of files says all that is worth knowing of it."""
    if request.ended_at is None or clock.now() - request.ended_at > _TOLD_FOR:
        return
    when = ago(clock.for_the_reader(request.ended_at), clock.for_the_reader(clock.now()))
    if request.state == "refused":
        what = "It was not undone." if request.undoes else "Nothing was loaded."
        drawn.problem(f"{what} {request.reason or ''}")
    elif request.undoes:
        drawn.note(_UNDONE)
    elif request.result:
        st.markdown(f"**Last import** {quiet(f'{words.outcome(request.result)}, {when}')}")
        drawn.loaded_files(words.became(request.result), phone=is_phone())
        for line in words.read_again(request.result):
            drawn.note(line)
        _undo(request, still_here)


def _undo(request: ImportRequest, still_here: Asks) -> None:
    if not asking.may_be_undone(request):
        return
    if st.button("Undo this import", key="undo-import", icon=":material/undo:"):
        st.dialog("Undo the last import?")(_ask_to_undo)(request, still_here)


def _ask_to_undo(request: ImportRequest, still_here: Asks) -> None:
    viewer = still_here()
    st.markdown(
        "What it has loaded goes, and what it replaced comes back: every figure is as it was before"
        " it. Your own files are not touched."
    )
    if st.button(on_primary("Undo it"), type="primary", key="undo-import-now"):
        _try(lambda: asking.undo(database(), viewer, request.import_id))


def _try(ask: Callable[[], object]) -> None:
    """Does what was pressed; why it cannot be done is said where it was."""
    st.session_state.pop(PROBLEM, None)
    try:
        with waiting_for_the_database():
            ask()
    except NotAskedError as reason:
        st.session_state[PROBLEM] = str(reason)
    except PermissionError:
        st.session_state[PROBLEM] = "You may not do this any more."
    st.rerun()


# What is dropped ---------------------------------------------------------------------------


def _dropping(now: _Now) -> None:
    accounts = asking.places_to_load(now.viewer)
    if not accounts and not now.viewer.makes_accounts:
        drawn.note(_NO_ACCOUNT)
        return
    sent_to = drop_address(database(), settings(), now.viewer, now.here.account, now.drop)
    drawn.drop_zone(sent_to, MOST_BYTES, TOO_LARGE)
    files = asking.dropped(now.viewer, now.drop)
    if files:
        _offer(now, files, accounts)
    if said := st.session_state.get(PROBLEM):
        drawn.problem(said)


def _offer(now: _Now, files: Sequence[Dropped], accounts: Sequence[Account]) -> None:
    """What is there; and where it goes, if any of it can be loaded."""
    with waiting_for_the_database():
        known = asking.channels_to_load(database(), now.viewer)
    shown = st.container()
    if not any(one.is_known for one in files):
        with shown:
            _found(now, files, _UTC)
        _start_over(now)
        return
    into = _into(now, files, accounts, known)
    channel = next(one for one in known if one.code == into.channel)
    with shown:
        _found(now, files, channel.time_zone)
    for said in (
        words.about_days(asking.fitting(files, channel.marketplace)),
        words.left_for_others(files, channel.marketplace),
    ):
        if said:
            drawn.note(said)
    with st.container(horizontal=True, gap="small"):
        _load(now, len(asking.fitting(files, channel.marketplace)), into)
        _start_over(now)


def _load(now: _Now, ready: int, into: Into) -> None:
    label = on_primary(f"Load {counted(ready, 'file', 'files')}")
    if st.button(label, type="primary", key="load-files", disabled=not ready):
        viewer = now.still_here()
        _try(lambda: asking.load(database(), viewer, now.drop, into))


def _start_over(now: _Now) -> None:
    if st.button("Start over", key="drop-again"):
        viewer = now.still_here()
        _try(lambda: asking.begin_again(viewer, now.drop))


def _found(now: _Now, files: Sequence[Dropped], time_zone: str) -> None:
    rows = [words.found(one, time_zone) for one in files]
    pressed = drawn.found_files(rows, phone=is_phone())
    for one in files:
        if str(one.number) == pressed:
            title = escape_markdown(one.path)
            st.dialog(title, width="medium")(_draw_file)(one, time_zone, now.drop, now.still_here)


def _draw_file(one: Dropped, time_zone: str, drop: Drop, still_here: Asks) -> None:
    viewer = still_here()
    found = words.found(one, time_zone)
    for line in found.what.split("\n"):
        st.markdown(escape_markdown(line))
    drawn.note(" · ".join(filter(None, (found.days, found.rows and f"{found.rows} rows"))))
    if one.can_be_asked:
        _draw_days(one, time_zone, drop, still_here)
    if st.button("Leave it out", key=f"leave-out-{one.number}", icon=":material/delete:"):
        _try(lambda: asking.leave_out(viewer, drop, one.number))


def _draw_days(one: Dropped, time_zone: str, drop: Drop, still_here: Asks) -> None:
    """Which days it was asked for: never required, and said again at any time before it lands."""
    drawn.note(words.ASKED_FOR if one.documents[0].rows else words.EMPTY)
    known = one.asked or asking.days_of_rows(one, time_zone) or (None, None)
    days = drawn.days_form(known, day_in(clock.now(), time_zone), is_said=one.asked is not None)
    if days is None:
        return
    try:
        asking.was_asked(still_here(), drop, one.number, days or None, time_zone)
    except (NotAskedError, DropRefusedError, NotAllowedError) as reason:
        drawn.problem(str(reason))
    else:
        st.rerun()


# Where it goes -----------------------------------------------------------------------------


def _into(
    now: _Now, files: Sequence[Dropped], accounts: Sequence[Account], known: Sequence[ChannelCode]
) -> Into:
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        account_id = _account(now, accounts)
        name = "" if account_id else _name()
        return Into(account_id, name, _channel(now, account_id, files, known))


def _account(now: _Now, accounts: Sequence[Account]) -> int | None:
    """One of theirs; None: a new one, where they may make one."""
    options = {str(one.account_id): one.name for one in accounts}
    if now.viewer.makes_accounts:
        options[_NEW] = "A new account"
    of_sample = now.here.account is not None and now.here.account.is_sample
    first = _NEW if of_sample else str(now.here.account_id or _NEW)
    if len(options) == 1:
        (value,) = options
    else:
        value = drawn.one_of(Choice("Account", options, first), "drop-account")
    return None if value == _NEW else int(value)


def _name() -> str:
    return st.text_input("Its name", value="My business", key="drop-account-name", max_chars=200)


def _channel(
    now: _Now, account_id: int | None, files: Sequence[Dropped], known: Sequence[ChannelCode]
) -> str:
    """Of the marketplaces whose reports are there, whichever the account has first."""
    theirs = {name for one in files if one.is_known for name in one.marketplaces}
    codes = [one.code for one in known if not theirs or one.marketplace in theirs]
    main = words.main_marketplace(files, FIRST_CHANNEL.partition("-")[0])
    own = now.here.channels if account_id and account_id == now.here.account_id else ()
    of_main = [one.code for one in known if one.marketplace == main]
    first = next((code for code in own if code in of_main), MARKETPLACES[main].first_channel)
    options = {code: channel_label(code) for code in codes}
    return drawn.one_of(Choice("Channel", options, first), f"drop-channel-{main}")
