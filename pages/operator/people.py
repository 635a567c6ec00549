"""People: who may come in, as what, and to which accounts."""

from components.device import is_phone
from components.page import page_header
from pages.operator.people_sections import dialogs, listing
from pages.shared.applications import say_what_ends
from pages.shared.trouble import waiting_for_the_database
from pages.shared.viewer import staff
from services.access.people import all_accounts, everyone
from services.access.rights import Right
from services.database.start import database

viewer = staff(Right.MANAGE_PEOPLE)

with waiting_for_the_database():
    people = everyone(database())
    accounts = all_accounts(database())

header = page_header("People")
listing.say_whether_they_can_sign_in()
say_what_ends(unknown_too=True)
found = listing.search(people)
if dialogs.asks_to_invite(header.export):
    dialogs.invite_somebody(viewer, accounts)
pressed = listing.draw(found, people, phone=is_phone())
dialogs.open_person(viewer, pressed, people, accounts)
