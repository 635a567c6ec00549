"""The weekly summary on a person's own page: wanting it, sending one now, wanting it no more."""

from typing import Final

import streamlit as st

from components.page import card
from components.settings_form import (
    Offer,
    Part,
    Running,
    asks_for_preview,
    letter_preview,
    nothing_to_tell,
    secret_once,
    summary_offer,
    summary_running,
)
from pages.shared import clock
from pages.shared.trouble import waiting_for_the_database
from services.access.rights import Right
from services.access.viewer import Viewer
from services.database.start import database
from services.digest import subscribing
from services.digest.letter import QUIET, Block, Letter
from services.digest.posting import preview
from services.digest.queries import Subscription
from services.digest.subscribing import NotPossibleError
from services.settings import settings
from wording.days import ago
from wording.notices import INVENTED

PROBLEM: Final = "webhook-problem"
ASKED: Final = "summary-asked-for"
NOT_FOR_YOU: Final = "It speaks of accounts' figures, and those are not for your role to see."
NO_ACCOUNT: Final = "It begins once an account is yours. Whoever let you in can add one."
NOBODY_SENDS: Final = "Nothing is being sent at the moment. Tell whoever runs this dashboard."
ON_ITS_WAY: Final = "It is on its way. If nothing comes within minutes, look here again."


def draw_summary(viewer: Viewer) -> None:
    """Off: how it could be had. On: where it goes. Both: what it would say now."""
    with waiting_for_the_database():
        wanted = subscribing.subscription(database(), viewer)
        is_sent = subscribing.is_sent(database(), viewer)
    tells = viewer.may(Right.SEE_RECOVERY) and bool(viewer.accounts)
    with card("Weekly summary"):
        _show_secret(viewer)
        if not tells and wanted is None:
            nothing_to_tell(NO_ACCOUNT if viewer.may(Right.SEE_RECOVERY) else NOT_FOR_YOU)
        elif wanted is None:
            _offer(viewer)
        else:
            _running(viewer, wanted, is_sent=is_sent)
        if tells and asks_for_preview():
            _preview(viewer)


def _preview(viewer: Viewer) -> None:
    with waiting_for_the_database():
        letter = preview(database(), viewer, clock.now())
    letter_preview(letter.subject, _parts(letter), letter.more)


def _parts(letter: Letter) -> list[Part]:
    return [part for block in letter.blocks for part in _parts_of(block)]


def _parts_of(block: Block) -> list[Part]:
    """An account in two currencies stands there twice: they are never added up."""
    note = " · ".join(filter(None, (INVENTED[0] if block.is_sample else "", block.stale)))
    if not block.amounts:
        return [Part(block.name, note, [], block.why_none)]
    return [
        Part(
            block.name if len(block.amounts) == 1 else f"{block.name}, {currency}",
            note,
            [(line.label, line.value, line.note) for line in lines],
            QUIET,
        )
        for currency, lines in block.amounts.items()
    ]


def _of(viewer: Viewer) -> str:
    """Where this person's new secret is kept until they say that they have it."""
    return f"new-webhook-key-{viewer.person_id}"


def _show_secret(viewer: Viewer) -> None:
    kept = st.session_state.get(_of(viewer))
    if kept and secret_once(kept):
        del st.session_state[_of(viewer)]
        st.rerun()


def _offer(viewer: Viewer) -> None:
    reason = subscribing.why_not_by_mail(viewer, settings())
    email = "" if reason else viewer.person.email
    wanted = summary_offer(Offer(email, reason, st.session_state.pop(PROBLEM, "")))
    if wanted is None:
        return
    try:
        with waiting_for_the_database():
            if wanted.way == "email":
                subscribing.by_mail(database(), viewer)
            else:
                secret = subscribing.by_webhook(database(), viewer, wanted.url)
                st.session_state[_of(viewer)] = secret
    except NotPossibleError as problem:
        st.session_state[PROBLEM] = str(problem)
    st.rerun()


def _running(viewer: Viewer, wanted: Subscription, *, is_sent: bool) -> None:
    pressed = summary_running(_words(viewer, wanted, is_sent=is_sent))
    if pressed is None:
        return
    with waiting_for_the_database():
        if pressed == "now":
            subscribing.ask_for_one_now(database(), viewer)
            st.session_state[ASKED] = True
        else:
            subscribing.stop(database(), viewer)
            st.session_state.pop(_of(viewer), None)
    st.rerun()


def _words(viewer: Viewer, wanted: Subscription, *, is_sent: bool) -> Running:
    by_mail = wanted.deliver_by == "email"
    where = f"by e-mail to {viewer.person.email}" if by_mail else f"to {wanted.webhook_url}"
    sent = wanted.last_sent_at
    last = (
        f"Last sent {ago(sent, clock.for_the_reader(clock.now()))}."
        if sent
        else "The first comes on Monday."
    )
    problem = f"The last one did not arrive. {wanted.last_problem}" if wanted.last_problem else ""
    if not is_sent:
        problem = NOBODY_SENDS
    note = ON_ITS_WAY if st.session_state.pop(ASKED, False) else ""
    return Running(where, last, problem, note)
