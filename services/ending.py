"""How a process of ours ends when it is told to: in order, whatever it is in the middle of."""

import os
import signal
import sys
from threading import Thread
from types import FrameType
from typing import Final, NoReturn

_BY_SIGNAL: Final = 128


class ToldToEndError(SystemExit):
    """Unwinds everything: what was under way is rolled back, and exit handlers run."""


def end_in_order() -> None:
    """SIGTERM ends the process as an exception does, and SIGHUP (its terminal is gone) as SIGTERM.

    By default both would end it on the spot. For the main thread of our own programs; a signal
    that somebody ignores or handles already is left to them.
    """
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _end)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
        signal.signal(signal.SIGHUP, _as_if_told)


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    # A second one, while it ends, is meant.
    signal.signal(number, signal.SIG_DFL)
    raise ToldToEndError(_BY_SIGNAL + number)


def _as_if_told(_number: int, _frame: FrameType | None) -> None:
    # Whoever has taken SIGTERM over, such as the server, ends in its own way.
    signal.raise_signal(signal.SIGTERM)


def end_with_input() -> None:
    """Tell this process to end where its standard input does: whoever started it is gone then."""
    Thread(target=_wait_for_the_end, daemon=True, name="input").start()


def _wait_for_the_end() -> None:
    while sys.stdin.buffer.read(1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
