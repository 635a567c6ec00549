"""Who is signed in, and which pages they have; nothing else."""

import streamlit as st

from components.links import Link
from components.page import Account, browser_tab, sidebar
from pages.shared.places import EVERY, SECTIONS
from pages.shared.viewer import visitor

every_page = {place.path: place.page() for place in EVERY}
page = st.navigation(list(every_page.values()), position="hidden")
browser_tab(page.title)

viewer = visitor()
if viewer.accounts:
    sidebar(
        [Account(str(one.account_id), one.name) for one in viewer.accounts],
        {
            title: [Link(every_page[place.path], place.title, place.icon) for place in places]
            for title, places in SECTIONS.items()
        },
    )
page.run()
