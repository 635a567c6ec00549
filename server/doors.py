"""Which of the framework's own addresses are open: those that the pages need, and no other."""

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from server.key import has_key
from server.refusing import refuse

# Whatever the framework serves beside the pages lies below these.
_OF_THE_FRAMEWORK: Final = ("/_stcore", "/media", "/component")
_OPEN: Final = frozenset({"/_stcore/health", "/_stcore/host-config", "/_stcore/stream"})
_OPEN_BELOW: Final = ("/_stcore/bidi-components/",)
# Figures about the process, and a run of the whole app: for this machine's operator alone.
_WITH_KEY: Final = frozenset({"/_stcore/metrics", "/_stcore/script-health-check"})
# Nothing of the framework's is changed from outside but over a page's live connection.
_METHODS: Final = frozenset({"GET", "HEAD"})


class FrameworkDoors:
    """Closed until named. So are, above all:

    - what lies under /media: anybody's who has the address. Files with figures in them have routes
      of their own, which ask who takes them away.
    - what takes uploads: it asks nobody and holds files in memory. Report files have a route of our
      own (server/dropping.py), which asks who sends each of them.
    - the remote control for programs.
    """

    def __init__(self, app: ASGIApp, key: str) -> None:
        self.app = app
        self.key = key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if not path.startswith(_OF_THE_FRAMEWORK) or self._is_open(path, scope):
            await self.app(scope, receive, send)
        else:
            await refuse(scope, receive, send, 404, "Not found.")

    def _is_open(self, path: str, scope: Scope) -> bool:
        if scope["type"] == "http" and scope["method"] not in _METHODS:
            return False
        if path in _WITH_KEY:
            return has_key(scope, self.key)
        return path in _OPEN or path.startswith(_OPEN_BELOW)
