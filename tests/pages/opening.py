"""A page as a role opens it, and whatever is drawn on it."""

from typing import Final

from streamlit.testing.v1 import AppTest

from services.access.rights import Role
from services.settings import PROJECT

SECRET: Final = "The owner is about to sell the business"  # what a call's note says to nobody else


def opened(role: Role, file: str = "", **query: object) -> AppTest:
    """The page that the role begins with, or another one."""
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=30)
    app.session_state["persona"] = role.value
    for name, value in query.items():
        app.query_params[name] = str(value)
    app.run()
    if file:
        app.switch_page(f"pages/{file}.py").run()
    assert not app.exception
    return app


def everything(app: AppTest) -> str:
    """Whatever is drawn, whatever kind of element it stands in."""
    return str(app._tree) + str([one.proto for one in app.get("page_link")])
