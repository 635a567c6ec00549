"""What to do where there is nothing yet: the exact command, ready to copy."""

import shlex

import streamlit as st

from components.palette import quiet
from components.states import empty_state
from services.marketplaces.registry import FIRST_CHANNEL
from services.settings import settings

SAMPLE: str = ".venv/bin/python -m services sample"


def import_command(account_name: str, channel: str = FIRST_CHANNEL) -> str:
    """The command that lands report files for this account, safe to paste into a shell."""
    return (
        ".venv/bin/python -m services import path/to/reports/*"
        f" --account {shlex.quote(account_name)} --channel {channel}"
    )


def no_account_yet() -> None:
    """The very first look: nobody has imported anything, or been given an account."""
    if settings().signs_in:
        empty_state("No account is yours yet", "Whoever let you in can give you one.")
        return
    empty_state("There is no account here yet", "Import report files, or look around in a sample.")
    _command("Land the reports that you downloaded from the marketplace:", "Northwind Kitchen")
    st.markdown(quiet("Or make a sample world of three sellers:"))
    st.code(SAMPLE, language=None)


def no_reports_yet(account_name: str, channel: str = FIRST_CHANNEL) -> None:
    """An account that nothing has been landed for."""
    if settings().signs_in:
        empty_state(
            "There are no reports for this account yet",
            "Its figures appear here as soon as the first ones have been read.",
        )
        return
    empty_state(
        "Nothing has been landed for this account yet",
        "Reimbursement reports, ledgers and payments all count; their kind is recognized.",
    )
    _command("Download the reports from the marketplace, then run:", account_name, channel)


def _command(words: str, account_name: str, channel: str = FIRST_CHANNEL) -> None:
    st.markdown(quiet(words))
    st.code(import_command(account_name, channel), language=None, wrap_lines=True)
