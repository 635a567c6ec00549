"""Our own applications at the marketplaces, said to those who serve all sellers: what ends soon."""

from components.states import end_notice
from pages.shared import clock
from services.sync.applications import applications


def say_what_ends(*, unknown_too: bool = False) -> None:
    """unknown_too: whoever reads it is who can say when a secret was made."""
    today = clock.today()
    for one in applications():
        if one.ends_soon(today) or (unknown_too and one.is_unknown):
            end_notice(one.said(today))
