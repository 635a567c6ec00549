"""What each role may do. Pages and actions ask for a right, never for a role."""

from collections.abc import Collection
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a person is here for. A person may have several."""

    SELLER = "seller"
    MANAGER = "manager"
    SUPPORT = "support"
    OPERATOR = "operator"

    @property
    def words(self) -> str:
        return "Account manager" if self is Role.MANAGER else self.value.capitalize()


class Right(StrEnum):
    """One thing that can be done, on the accounts of the person alone unless it says otherwise."""

    SEE_RECOVERY = "see recovery"  # the seller's pages, their lists and files
    ASK_FOR_SERVICE = "ask for service"  # "How to claim", and answering support's question
    LOAD_REPORTS = "load reports"  # report files dropped on a page, and their undoing
    CONNECT = "connect marketplaces"  # and disconnect them
    SEE_PORTFOLIO = "see portfolio"  # several clients side by side
    LOG_CALLS = "log calls"  # and read the notes of earlier ones
    PRESENT = "present"  # one client in large type, and the page to send afterwards
    TRIAGE = "triage"  # the queue of activation requests, of every account
    MANAGE_PEOPLE = "manage people"  # who may see what, of every account
    KEEP_OWN_SETTINGS = "keep own settings"  # the weekly summary


RIGHTS: Final[dict[Role, frozenset[Right]]] = {
    Role.SELLER: frozenset(
        {
            Right.SEE_RECOVERY,
            Right.ASK_FOR_SERVICE,
            Right.LOAD_REPORTS,
            Right.CONNECT,
            Right.KEEP_OWN_SETTINGS,
        }
    ),
    Role.MANAGER: frozenset(
        {
            Right.SEE_RECOVERY,
            Right.SEE_PORTFOLIO,
            Right.LOG_CALLS,
            Right.PRESENT,
            Right.KEEP_OWN_SETTINGS,
        }
    ),
    Role.SUPPORT: frozenset({Right.SEE_RECOVERY, Right.TRIAGE, Right.KEEP_OWN_SETTINGS}),
    Role.OPERATOR: frozenset({Right.MANAGE_PEOPLE, Right.KEEP_OWN_SETTINGS}),
}


def rights_of(roles: Collection[Role]) -> frozenset[Right]:
    return frozenset().union(*(RIGHTS[role] for role in roles))
