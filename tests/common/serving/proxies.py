"""A proxy on this machine, which says nothing of itself: what strangers ask it comes from here."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Change = Callable[[bytes], bytes]


@contextmanager
def proxy(port: int, change: Change = lambda said: said) -> Iterator[int]:
    """Passes on what comes, as it comes but for `change` of the first bytes; its own port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve, args=(listener, port, change), daemon=True).start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)


def _serve(listener: socket.socket, port: int, change: Change) -> None:
    with suppress(OSError):  # closed: the trial is over
        while True:
            visitor, _ = listener.accept()
            threading.Thread(target=_pass_on, args=(visitor, port, change), daemon=True).start()


def _pass_on(visitor: socket.socket, port: int, change: Change) -> None:
    with visitor, socket.create_connection(("127.0.0.1", port)) as inside:
        back = threading.Thread(target=_copy, args=(inside, visitor), daemon=True)
        back.start()
        with suppress(OSError):
            inside.sendall(change(visitor.recv(65536)))
        _copy(visitor, inside)
        back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(65536):
            target.sendall(part)
        target.shutdown(socket.SHUT_WR)
