"""What the help desk was told: of one request, or of all that it does not know yet."""

from datetime import datetime

import streamlit as st

from components.deliveries import Sent, deliveries_card
from components.palette import quiet
from pages.shared import clock
from pages.shared.trouble import waiting_for_the_database
from pages.support.words import EVENTS
from services.access.viewer import Viewer
from services.database.start import database
from services.delivery.queries import Delivery
from services.delivery.told import Told, resend, told
from wording.days import ago
from wording.numbers import counted

OFF = "No help desk is connected: requests are worked on here alone."
STUCK = "Messages wait and nobody sends them: the worker is not running"


def delivery_section(viewer: Viewer, account_id: int | None, request_id: int | None) -> None:
    """The messages of one request; without one, those of all that have not arrived."""
    with waiting_for_the_database():
        seen = told(database(), viewer, account_id, request_id)
    if not seen.is_on and not seen.deliveries:
        st.markdown(quiet(OFF))
        return
    now = clock.for_the_reader(clock.now())
    shown = [_sent(one, now, with_request=request_id is None) for one in seen.deliveries]
    again = deliveries_card(shown, nothing=_nothing(request_id), stuck=_stuck(seen))
    if again is not None:
        _send_again(viewer, next(one for one in seen.deliveries if _key(one) == again))


def _send_again(viewer: Viewer, delivery: Delivery) -> None:
    with waiting_for_the_database():
        resend(database(), viewer, delivery.account_id, delivery.delivery_id)
    st.rerun()


def _nothing(request_id: int | None) -> str:
    if request_id is None:
        return "The help desk knows of every step."
    return "Nothing was sent about this request."


def _stuck(seen: Told) -> str:
    waits = any(one.state == "waiting" for one in seen.deliveries)
    return STUCK if waits and seen.queue.is_stuck else ""


def _sent(one: Delivery, now: datetime, *, with_request: bool) -> Sent:
    what = next(words for kind, (words, _) in EVENTS.items() if kind == one.kind)
    whose = f"{one.account_name}, request {one.request_id}: " if with_request else ""
    # What was wrong on the way is of no interest once it has arrived.
    problem = "" if one.state == "delivered" else one.last_problem or ""
    return Sent(_key(one), whose + what, one.state, _came_of_it(one, now), problem)


def _key(one: Delivery) -> str:
    return f"{one.account_id}-{one.delivery_id}"


def _came_of_it(one: Delivery, now: datetime) -> str:
    tries = counted(one.attempts, "try", "tries")
    if one.state == "delivered":
        return f"Arrived {ago(one.delivered_at, now)}, after {tries}."
    if one.state == "dead":
        return f"Given up after {tries}, the last {ago(one.last_attempt_at, now)}."
    if one.attempts == 0:
        return "On its way."
    return f"{tries} so far, the next {_ahead(one.next_attempt_at, now)}."


def _ahead(moment: datetime | None, now: datetime) -> str:
    minutes = int((moment - now).total_seconds() // 60) if moment else 0
    if minutes < 1:
        return "in a moment"
    return f"in {minutes} min" if minutes < 60 else f"in about {round(minutes / 60)} h"
