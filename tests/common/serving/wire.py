"""A visitor without a browser: speaks as the interface does, and keeps all that the app sends."""

from collections.abc import Iterator

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

SECONDS = 30


def first_run(address: str, path: str, query: str = "") -> list[ForwardMsg]:
    """Opens a page by its address, and returns every message of its first run."""
    with connect(
        f"{address.replace('http', 'ws', 1)}/_stcore/stream",
        subprotocols=[Subprotocol("streamlit")],
        max_size=None,
    ) as line:
        line.send(_ask(address, path, query).SerializeToString())
        return list(_until_finished(line))


def _ask(address: str, path: str, query: str) -> BackMsg:
    asked = BackMsg()
    asked.rerun_script.query_string = query
    asked.rerun_script.page_name = path
    asked.rerun_script.context_info.url = f"{address}/{path}"
    return asked


def _until_finished(line: ClientConnection) -> Iterator[ForwardMsg]:
    while True:
        message = ForwardMsg()
        message.ParseFromString(line.recv(SECONDS, decode=False))
        yield message
        if message.WhichOneof("type") == "script_finished":
            return
