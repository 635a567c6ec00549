"""One marketplace: its channels, what there is to recover, how to claim it, and until when."""

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
    picture_of,
    windows_of,
)
from pages.seller.marketplace_sections.untold import untold_section
from pages.seller.marketplace_sections.windows import windows_section
from pages.shared.arrival import here
from pages.shared.frame import draw_frame
from pages.shared.snapshot import snapshot
from pages.shared.trouble import report
from pages.shared.viewer import signed_in
from services.database.start import database
from services.marketplaces.registry import MARKETPLACES

viewer = signed_in()
marketplace = MARKETPLACES[here()]
with snapshot(viewer) as seen:
    frame = draw_frame(marketplace.name, seen)
    picture = picture_of(seen, frame, marketplace)
    if not picture.channels:
        no_channel(picture, viewer)
        st.stop()
    if picture.unsupported_because:
        channels_section(picture, claims_of(seen, picture, ()), lambda: None, viewer)
        no_service(picture.unsupported_because, marketplace.where_served)
        st.stop()
    chosen = draw_filters(frame, picture)
    rows = amounts_of(seen, picture, chosen.currency)
    windows = windows_of(seen, picture)
    claims = claims_of(seen, picture, rows)


def how_to_claim() -> None:
    with guarded("How to claim", report):
        how_to_claim_section(database(), viewer, marketplace.name, claims, chosen.channel)


with guarded("The channels", report):
    channels_section(picture, claims, how_to_claim, viewer)
with guarded("The amounts", report):
    amounts_section(rows, chosen, phone=frame.phone)
if not asked_for(claims):
    how_to_claim()
with guarded("Claim windows", report):
    windows_section(windows, picture.channels, marketplace.name)
with guarded("What no report tells", report):
    untold_section(marketplace.recovery.untold)
