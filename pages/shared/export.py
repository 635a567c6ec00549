"""What can be taken away: a list as filtered, a page to send, deadlines to follow.

Nothing is made before the press. Each address is signed for this viewer; the server asks anew who
presses (server/downloads.py).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

import streamlit as st

from components.downloads import Download, calendar_menu, download_button, export_menu
from components.page import page_address
from pages.shared import clock
from pages.shared.frame import Narrowed
from pages.shared.viewer import SignedIn, still_here
from services.access.viewer import Viewer
from services.calls.answers import CountedFrom
from services.database.start import database
from services.exports import following
from services.exports.addresses import feed_address, file_address
from services.exports.files import Question
from services.insights.answers import Filters
from services.settings import settings

_WORDS: Final = {
    "csv": ("CSV", "Plain rows, for any program"),
    "xlsx": ("Excel", "With formats, and a sheet that says what was filtered"),
    "pdf": ("One-page PDF", "Totals, chart, what changed, what expires next, cases"),
    "ics": ("Download", "Once: it does not follow what changes"),
}
_LONGEST_PART: Final = 40


def export_list(
    viewer: SignedIn,
    question: Question,
    title: str,
    narrowed: Narrowed | None = None,
    *,
    to_send: Question | None = None,
) -> None:
    """The list as it is filtered here, which the file says with a link back to this view."""
    of_list = _list(viewer, question, title, narrowed.whole_address if narrowed else {})
    page = tuple(_downloads(viewer, to_send, "summary")) if to_send else ()
    export_menu(of_list, page)


def export_across(viewer: Viewer, question: Question, title: str, view: Mapping[str, str]) -> None:
    """A list over all accounts of the viewer's work, as it is filtered here."""
    export_menu(_list(viewer, question, title, view))


def export_summary(viewer: SignedIn, filters: Filters, since: CountedFrom | None) -> None:
    """The one page to send after a call, as a button of its own."""
    (page,) = _downloads(viewer, page_to_send(viewer, filters, since), "summary")
    download_button(page)


def follow_deadlines(viewer: SignedIn, filters: Filters) -> None:
    """Deadlines in the calendar that people already look at."""
    account_id = viewer.account.account_id
    (once,) = _downloads(viewer, Question.of_calendar(account_id, filters), "claim deadlines")
    followed = following.followed_here(database(), viewer.viewer, account_id, filters)
    address = feed_address(database(), settings(), viewer.viewer, followed) if followed else ""
    if calendar_menu(address, once, viewer.account.name, is_local=not settings().signs_in):
        following.follow(database(), still_here(viewer.viewer), account_id, filters)
        st.rerun()


def _list(
    viewer: SignedIn | Viewer, question: Question, title: str, view: Mapping[str, str]
) -> tuple[Download, ...]:
    asked = question.model_copy(update={"link": page_address(view)})
    return tuple(_downloads(viewer, asked, title))


def page_to_send(viewer: SignedIn, filters: Filters, since: CountedFrom | None) -> Question:
    """`since`: from where an account manager's page counts what changed."""
    return Question.of_summary(viewer.account.account_id, filters, since)


def _downloads(viewer: SignedIn | Viewer, question: Question, title: str) -> Iterable[Download]:
    who = viewer.viewer if isinstance(viewer, SignedIn) else viewer
    for form in question.forms:
        label, words = _WORDS[form]
        name = f"{_file_name(title, viewer)}.{form}"
        address = file_address(database(), settings(), who, question, name)
        yield Download(label, words, address)


def _file_name(title: str, viewer: SignedIn | Viewer) -> str:
    named = (
        f"{_slug(title)}-{_account_name(viewer)}" if isinstance(viewer, SignedIn) else _slug(title)
    )
    return f"{named}-{clock.today():%Y-%m-%d}"


def _account_name(viewer: SignedIn) -> str:
    """Sample data is called so in the file's name too: a plain list has no other place."""
    account = viewer.account
    named = _slug(account.name) or f"account-{account.account_id}"
    return f"sample-data-{named}" if account.is_sample else named


def _slug(words: str) -> str:
    """What every file system takes: small Latin letters, digits and dashes."""
    latin = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", latin)[:_LONGEST_PART].strip("-")
