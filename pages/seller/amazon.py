"""Amazon: its channels, what there is to recover, how to claim it, and until when."""

import streamlit as st

from components.states import guarded
from pages.seller.marketplace_sections.absent import no_channel
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

viewer = signed_in()
with snapshot(viewer) as seen:
    frame = draw_frame("Amazon", seen)
    amazon = marketplace(seen, frame, "amazon", "Amazon")
    if not amazon.channels:
        no_channel("Amazon", seen.account, "amazon-us", "a reimbursements or ledger report")
        st.stop()
    chosen = draw_filters(frame, amazon)
    rows = amounts_of(seen, amazon, chosen.currency)
    windows = windows_of(seen, amazon)
    claims = claims_of(seen, amazon, rows)


def how_to_claim() -> None:
    with guarded("How to claim", report):
        how_to_claim_section(database(), viewer, amazon.name, claims, chosen.channel)


with guarded("The channels", report):
    channels_section(amazon.channels, claims, how_to_claim)
with guarded("The amounts", report):
    amounts_section(rows, chosen, phone=frame.phone)
if not asked_for(claims):
    how_to_claim()
with guarded("Claim windows", report):
    windows_section(windows, amazon.channels, amazon.name)
with guarded("What no report tells", report):
    untold_section(amazon.code)
