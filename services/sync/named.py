"""What the tasks of syncing are called: who puts one into the queue needs no more of them."""

from typing import Final

DUE: Final = "sync:due"
RUN: Final = "sync:run"
WISH: Final = "sync:wish"
NEWCOMER: Final = "sync:newcomer"
