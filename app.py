"""Who is signed in, and which pages they have; nothing else."""

import streamlit as st

from components.links import Link
from components.page import Account, browser_tab, looks, sidebar
from pages.shared.arrival import come_to
from pages.shared.places import SECTIONS, home_of, open_to
from pages.shared.viewer import (
    bare_address,
    go_home,
    person_menu,
    presenting,
    stay_current,
    visitor,
)
from services.access.rights import Right

viewer = visitor()
every_page = {place.path: place.page() for place in open_to(viewer)}
page = st.navigation([bare_address(), *every_page.values()], position="hidden")
go_home(page, every_page[home_of(viewer).path])
browser_tab(page.title)

if not presenting(page):
    sees_accounts = viewer.accounts if viewer.may(Right.SEE_RECOVERY) else ()
    sidebar(
        [Account(str(one.account_id), one.name) for one in sees_accounts],
        {
            title: [
                Link(every_page[place.path], place.title, place.icon)
                for place in places
                if place.path in every_page
            ]
            for title, places in SECTIONS.items()
        },
    )
    person_menu(viewer, every_page)
looks()
stay_current(viewer)
come_to(page.url_path)
page.run()
