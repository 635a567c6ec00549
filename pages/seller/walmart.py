"""Walmart: its channels, what there is to recover, how to claim it; United States only."""

import streamlit as st

from components.states import guarded
from pages.seller.marketplace_sections.absent import no_channel, no_service
from pages.seller.marketplace_sections.amounts import amounts_section
from pages.seller.marketplace_sections.channels import channels_section
from pages.seller.marketplace_sections.claim import asked_for, how_to_claim_section
from pages.seller.marketplace_sections.picture import (
    amounts_of,
    claims_of,
    draw_filters,
    marketplace,
    windows_of,
)
from pages.seller.marketplace_sections.untold import untold_section
from pages.seller.marketplace_sections.windows import windows_section
from pages.shared.frame import draw_frame
from pages.shared.snapshot import snapshot
from pages.shared.trouble import report
from pages.shared.viewer import signed_in
from services.database.start import database

UNITED_STATES = "Connect a Walmart United States channel to see its figures here."

viewer = signed_in()
with snapshot(viewer) as seen:
    frame = draw_frame("Walmart", seen)
    walmart = marketplace(seen, frame, "walmart", "Walmart")
    if not walmart.channels:
        no_channel("Walmart", seen.account, "walmart-us", "a payments or WFS inventory report")
        st.stop()
    if walmart.unsupported_because:
        channels_section(walmart.channels, claims_of(seen, walmart, ()), lambda: None)
        no_service(walmart.unsupported_because, UNITED_STATES)
        st.stop()
    chosen = draw_filters(frame, walmart)
    rows = amounts_of(seen, walmart, chosen.currency)
    windows = windows_of(seen, walmart)
    claims = claims_of(seen, walmart, rows)


def how_to_claim() -> None:
    with guarded("How to claim", report):
        how_to_claim_section(database(), viewer, walmart.name, claims, chosen.channel)


with guarded("The channels", report):
    channels_section(walmart.channels, claims, how_to_claim)
with guarded("The amounts", report):
    amounts_section(rows, chosen, phone=frame.phone)
if not asked_for(claims):
    how_to_claim()
with guarded("Claim windows", report):
    windows_section(windows, walmart.channels, walmart.name)
with guarded("What no report tells", report):
    untold_section(walmart.code)
