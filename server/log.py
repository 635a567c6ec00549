"""The process's log: one line an event, on standard error."""

import logging
import time
from threading import Lock
from typing import Final

_FORM: Final = "%(asctime)s %(name)s: %(message)s"
# Whose lines anybody can cause at will, by sending what is none of ours.
_FRAMEWORKS: Final = ("streamlit", "uvicorn", "websockets", "asyncio")
# Ours, and as easily caused: a calendar app asks again and again for what was taken back.
_REFUSALS: Final = "reimbursement.access"
# Of these a fault is the sender's: the place in the code says nothing about it.
_SENDERS_FAULT: Final = ("streamlit.web.server", "websockets")
_LONGEST: Final = 300
_KINDS_KEPT: Final = 1000
SECONDS: Final = 60


def keep_log() -> None:
    """Who took which file away is written down too, not only what went wrong."""
    log = logging.getLogger("reimbursement")
    log.setLevel(logging.INFO)
    if not log.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter(_FORM))
        log.addHandler(handler)
    _keep_it_short()


def _keep_it_short() -> None:
    """A filter of a logger is not asked about those below it: each gets the same one."""
    seldom = OnceAMinute()
    logging.getLogger(_REFUSALS).addFilter(seldom)
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in _FRAMEWORKS:
            logging.getLogger(name).addFilter(seldom)


class OnceAMinute(logging.Filter):
    """Of each kind one a minute; what a sender did wrong in one short line."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[object, ...], float] = {}
        self._left_out: dict[tuple[object, ...], int] = {}
        self._one_at_a_time = Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        left_out = self._left_out_before(_kind(record))
        if left_out is None:
            return False
        if record.name.startswith(_SENDERS_FAULT):
            _shorten(record)
        if left_out:
            record.msg = f"{record.getMessage()} (and {left_out} more like it before)"
            record.args = ()
        return True

    def _left_out_before(self, kind: tuple[object, ...]) -> int | None:
        """How many were left out since the last that was said; None: this one is left out too."""
        now = time.monotonic()
        with self._one_at_a_time:
            if now - self._said.get(kind, -SECONDS) < SECONDS:
                self._left_out[kind] = self._left_out.get(kind, 0) + 1
                return None
            if len(self._said) >= _KINDS_KEPT:
                self._said.clear()
                self._left_out.clear()
            self._said[kind] = now
            return self._left_out.pop(kind, 0)


def _kind(record: logging.LogRecord) -> tuple[object, ...]:
    """The line of code that says it, and of an exception its type and where it came up.

    A refusal of ours says of whom and what: each of them counts for itself.
    """
    if record.name == _REFUSALS:
        return (record.getMessage(),)
    problem = record.exc_info[1] if record.exc_info else None
    return (record.pathname, record.lineno, *(origin_of(problem) if problem else ()))


def origin_of(problem: BaseException) -> tuple[object, ...]:
    """What tells one problem from another: its type, and the line where it came up."""
    trace = problem.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = (trace.tb_frame.f_code.co_filename, trace.tb_lineno) if trace else ()
    return (type(problem), *where)


def _shorten(record: logging.LogRecord) -> None:
    said = " ".join(record.getMessage().split())
    if record.exc_info and record.exc_info[1]:
        said = f"{said} ({type(record.exc_info[1]).__name__})"
    plain = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in said)
    record.msg = plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}…"
    record.args = ()
    record.exc_info = record.exc_text = record.stack_info = None
