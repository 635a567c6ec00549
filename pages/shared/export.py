"""Export of a list as filtered: nothing is made before the press, and then for this viewer only."""

from collections.abc import Callable

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
