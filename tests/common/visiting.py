"""Opening any page as anybody, in a session of its own."""

from dataclasses import dataclass

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from components.page import ACCOUNT
from pages.seller.story.dialog import ID
from pages.shared import places
from pages.shared.places import Place
from services.access.viewer import Viewer
from services.settings import PROJECT
from tests.common.worlds.zoo import Marked, Zoo


@dataclass
class Visit:
    """Who looks, as the pages will find them."""

    zoo: Zoo
    viewer: Viewer | None = None

    def open(self, place: Place, who: Viewer, account: object = None, **query: str) -> AppTest:
        """The page by its address, in a session of its own."""
        app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=30)
        app._page_hash = calc_hash(place.path)
        for key, value in {ACCOUNT: account, **query}.items():
            if value is not None:
                app.query_params[key] = str(value)
        return self.again(app, who)

    def again(self, app: AppTest, who: Viewer) -> AppTest:
        self.viewer = who
        return app.run()


def query_of(place: Place, one: Marked) -> dict[str, str]:
    """What a page needs to be told beside the account."""
    return {ID: str(one.ids["discrepancy"])} if place is places.DISCREPANCY else {}
