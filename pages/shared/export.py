"""Export of a list as filtered: nothing is made before the press, and then for this viewer only."""

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def export_button(place: DeltaGenerator, file_name: str, make: Callable[[], bytes]) -> None:
    """`make` runs at the press, in another thread: it opens a snapshot of its own."""
    place.download_button(
        "Export",
        data=make,
        file_name=f"{file_name}.csv",
        mime="text/csv",
        icon=":material/download:",
        help="Everything these filters leave, as CSV",
        on_click="ignore",
        key="export",
    )


def calendar_button(make: Callable[[], bytes]) -> None:
    """Deadlines for the calendar that people already look at."""
    st.download_button(
        "Deadlines for your calendar",
        data=make,
        file_name="claim-deadlines.ics",
        mime="text/calendar",
        icon=":material/event:",
        help="One entry per last day and marketplace; importing it again updates the same entries",
        type="tertiary",
        on_click="ignore",
        key="calendar",
    )
