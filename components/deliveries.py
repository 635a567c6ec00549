"""What was sent to the help desk: each message with what came of it, and what can be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import streamlit as st

from components.markdown import escape_markdown
from components.page import card
from components.palette import quiet

State = Literal["delivered", "waiting", "dead"]
_ICONS: Final[dict[State, str]] = {
    "delivered": ":material/check:",
    "waiting": ":material/schedule:",
    "dead": ":material/error:",
}


@dataclass(frozen=True)
class Sent:
    """One message. `what`, `came_of_it` and `problem` are plain text."""

    key: str
    what: str
    state: State
    came_of_it: str
    problem: str = ""


def deliveries_card(sent: Sequence[Sent], *, nothing: str, stuck: str = "") -> str | None:
    """Answers with the key of a message that is to be sent again."""
    with card("Help desk"):
        if stuck:
            st.markdown(f":orange-badge[:material/warning: {stuck}]")
        if not sent:
            st.markdown(quiet(nothing))
        pressed = [one.key for one in sent if _line(one)]
    return next(iter(pressed), None)


def _line(one: Sent) -> bool:
    """Whether to send it again."""
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key=f"sent-{one.key}"
    ):
        with st.container(gap=None):
            st.markdown(f"{_ICONS[one.state]} {escape_markdown(one.what)}")
            said = " ".join(filter(None, (one.came_of_it, one.problem)))
            st.markdown(quiet(escape_markdown(said)))
        if one.state != "dead":
            return False
        return st.button("Send again", icon=":material/refresh:", key=f"send-again-{one.key}")
