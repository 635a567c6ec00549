"""The oldest PostgreSQL that keeps the accounts of this dashboard apart.

Source: the PostgreSQL release of November 2026 (18.7, 17.12, 16.16, 15.20). It closes two holes
that are exactly our pattern: CVE-2026-120154, where ON CONFLICT evaluates a leaky condition of
the user before the row-level security check and so reads other accounts' rows, and
CVE-2026-16237, where ON CONFLICT through a view updates rows that the view hides.

Only the verdict is here; who acts on it, and how, is decided where the server is opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

# By major version, as `server_version_num`: major * 10,000 + minor.
SECURITY_FLOOR: Final = {15: 15_0020, 16: 16_0016, 17: 17_0012, 18: 18_0007}

OLDEST_MAJOR: Final = min(SECURITY_FLOOR)
NEWEST_MAJOR: Final = max(SECURITY_FLOOR)


class Standing(Enum):
    """How a server's version stands to the floor."""

    OK = "ok"
    BELOW_FLOOR = "below the floor"
    TOO_OLD = "too old"
    NEWER_THAN_KNOWN = "newer than known"


@dataclass(frozen=True)
class Verdict:
    """What a version means for us, with a message that names what was found and what is needed."""

    standing: Standing
    message: str

    @property
    def is_safe(self) -> bool:
        """Whether rows of several accounts may be kept there.

        A major version newer than the fix is: it was branched with the fix in it.
        """
        return self.standing in (Standing.OK, Standing.NEWER_THAN_KNOWN)


def verdict(server_version_num: int) -> Verdict:
    """Judge a server by its `server_version_num` (15.20 is 150020).

    Raises:
        ValueError: the number is not one of PostgreSQL 10 or newer, the first numbered this way;
            an older server is too old in any reading.
    """
    if server_version_num < 10_0000:
        raise ValueError(f"Not a server_version_num from PostgreSQL 10 on: {server_version_num}")
    standing = _standing(server_version_num)
    return Verdict(standing, _message(standing, server_version_num))


def _standing(number: int) -> Standing:
    major = number // 10_000
    if major < OLDEST_MAJOR:
        return Standing.TOO_OLD
    if major > NEWEST_MAJOR:
        return Standing.NEWER_THAN_KNOWN
    return Standing.OK if number >= SECURITY_FLOOR[major] else Standing.BELOW_FLOOR


def _message(standing: Standing, number: int) -> str:
    found = f"PostgreSQL {_dotted(number)}"
    if standing is Standing.TOO_OLD:
        return f"{found} is too old: {every_floor()} or newer is needed."
    if standing is Standing.NEWER_THAN_KNOWN:
        return f"{found} is newer than {NEWEST_MAJOR}, the last major version this was tested with."
    needed = _dotted(SECURITY_FLOOR[number // 10_000])
    if standing is Standing.OK:
        return f"{found} meets the security floor {needed}."
    return (
        f"{found} lets one account read or change another's rows "
        f"(CVE-2026-120154, CVE-2026-16237): {needed} or newer is needed."
    )


def every_floor() -> str:
    return " / ".join(_dotted(number) for number in SECURITY_FLOOR.values())


def _dotted(number: int) -> str:
    return f"{number // 10_000}.{number % 10_000}"
