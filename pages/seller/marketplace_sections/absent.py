"""What a marketplace's page says where there is nothing to claim on it."""

import streamlit as st

from components.palette import quiet
from components.states import empty_state, not_supported
from pages.shared.start_here import import_command
from services.access.viewer import Account
from services.marketplaces.marketplace import Marketplace


def no_channel(marketplace: Marketplace, account: Account) -> None:
    """The account has no channel on this marketplace: what to do to have one."""
    name = marketplace.name
    empty_state(
        f"No {name} channel is connected",
        f"Import one of {name}'s reports, and its channel appears here.",
    )
    st.markdown(quiet(f"Download {marketplace.first_reports} from {name}, then run:"))
    command = import_command(account.name, marketplace.first_channel)
    st.code(command, language=None, wrap_lines=True)


def no_service(reason: str, next_step: str) -> None:
    """The account has channels here, and none of them has a service."""
    not_supported(reason, next_step)
