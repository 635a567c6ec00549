"""The least that each role needs: all of it, and nothing beside it.

One line a right. `update(a b)` and `select(a)` are rights on single columns. The catalog test
holds every grant in the database against this; docs/database.md says the same in words.
"""

import re
from functools import cache
from typing import Final

from services.database.tables import REFERENCE_TABLES
from services.marketplaces.tables import TENANT_TABLES

# What sellers' pages show. Not here: who has access, calls with clients, the checklist.
_SHOWN: Final = tuple(
    table
    for table in TENANT_TABLES
    if table
    not in (
        "account_access",
        "client_call",
        "activation_check",
        "delivery",
        "calendar_address",
        "connection_secret",
        "connection_request",
        "call_limit",
    )
)
# Who a marketplace is asked for, and what came of it: the part of whoever asks.
_SYNCED: Final = (
    "marketplace_connection",
    "connection_secret",
    "connection_request",
    "sync_state",
    "sync_piece",
    "sync_unknown",
    "call_limit",
    "marketplace_case",
    "feed_position",
)
# What import and identification write.
_LANDED: Final = tuple(
    table for table in _SHOWN if table not in ("activation_request", "activation_event", *_SYNCED)
)
_JOBS: Final = "jobs.procrastinate_jobs"
_JOB_EVENTS: Final = "jobs.procrastinate_events"
_JOB_TABLES: Final = (
    _JOBS,
    _JOB_EVENTS,
    "jobs.procrastinate_periodic_defers",
    "jobs.procrastinate_workers",
)
_DEFERS: Final = {
    _JOBS: "select(id) insert(queue_name task_name priority lock queueing_lock args scheduled_at)",
    _JOB_EVENTS: "insert(job_id type)",
    "jobs.procrastinate_workers": "select(last_heartbeat)",
}
_TELLS: Final = "insert(account_id request_id event_id message_id)"

LEAST: Final[dict[str, dict[str, str]]] = {
    "app": {
        **dict.fromkeys((*REFERENCE_TABLES, "account", *_SHOWN), "select"),
        "activation_request": "select insert update(status version)",
        "activation_event": "select insert",
        "delivery": f"{_TELLS} select(account_id delivery_id)",
        "digest_subscription": "select insert delete",
        "connection_request": "select(account_id request_id channel wish nonce person_id by_name"
        " made_at state because settled_at)"
        " insert(account_id channel wish nonce sealed person_id by_name)",
        "calendar_address": "select insert(account_id person_id currency channel type)"
        " update(fetched_at) delete",
        "import_request": "select insert(person_id account_id account_name channel undoes files)",
        "account_request": "select(request_id person_id by_name account_name channel wish made_at"
        " account_id state because settled_at)"
        " insert(person_id by_name account_name channel wish nonce sealed)",
        **_DEFERS,
    },
    "manager": {
        **dict.fromkeys(REFERENCE_TABLES, "select"),
        **dict.fromkeys(
            (
                "account",
                "channel",
                "report_document",
                "report_coverage",
                "open_total",
                "claimed_total",
                "month_total",
                "reimbursement_case",
                "activation_request",
                "marketplace_connection",
            ),
            "select",
        ),
        "client_call": "select insert update(undone_at)",
    },
    "support": {
        **dict.fromkeys(REFERENCE_TABLES, "select"),
        "person": "select(person_id name roles is_local disabled_at)",
        **dict.fromkeys(
            ("account", "report_document", "open_total", "marketplace_connection"), "select"
        ),
        "channel": "select update(service_active)",
        "activation_request": "select update(status version taken_by taken_by_name"
        " first_answered_at settled_at)",
        "activation_event": "select insert",
        "activation_check": "select insert update",
        "delivery": f"select {_TELLS} update(state next_attempt_at)",
        **_DEFERS,
        _JOBS: f"{_DEFERS[_JOBS]} select(status scheduled_at)",
    },
    "loader": {
        **dict.fromkeys((*REFERENCE_TABLES, "activation_request", "activation_event"), "select"),
        **dict.fromkeys(("account", *_LANDED), "select insert update delete"),
        "sync_piece": "select update",
        "import_request": "select delete"
        " update(state account_id reason result mark ended_at undone_at)",
        "account_request": "select(request_id person_id account_id) update(account_id)",
    },
    "access": {
        "account": "select",
        "account_access": "select",
        "person": "select update(issuer subject signed_out_at)",
        "sign_in": "select insert update(ended_at)",
    },
    "operator": {
        "account": "select",
        "account_access": "select insert delete",
        "calendar_address": "select(account_id person_id) delete",
        "person": "select insert update",
        "person_history": "select insert",
        "sign_in": "select update(ended_at)",
    },
    "worker": {
        **dict.fromkeys(
            (
                "marketplace",
                "account",
                "channel",
                "activation_request",
                "activation_event",
                "marketplace_connection",
                "sync_state",
            ),
            "select",
        ),
        "connection_request": "select(account_id request_id state)",
        "delivery": "select update(state attempts last_attempt_at next_attempt_at last_problem"
        " delivered_at)",
        "digest_subscription": "select delete update(last_week last_sent_at last_problem)",
        "import_request": "select update(doing done of_all)",
        "account_request": "select(request_id person_id state)",
        **dict.fromkeys(_JOB_TABLES, "select insert update delete"),
    },
    "sync": {
        **dict.fromkeys(("account", "marketplace"), "select"),
        "channel": "select update(connection_state last_synced_at next_sync_at)",
        "exchange_rate": "select insert update",
        "account_request": "select update delete",
        **dict.fromkeys(_SYNCED, "select insert update delete"),
    },
}

# Whose transactions see the accounts, or the person, that they name; the others serve every one.
# A person counts their own requests over all accounts that are theirs: pages see several here, and
# one account of everything else.
OF_SEVERAL: Final = ("account", "activation_request", "activation_event")
SCOPED: Final = frozenset({"app", "manager"})
# Which of them use the schema of the jobs: its functions and sequences.
DEFER_JOBS: Final = frozenset({"app", "support", "worker"})


_PART: Final = re.compile(r"(\w+)(?:\(([\w ]+)\))?")


@cache
def rights(role: str) -> frozenset[tuple[str, str, str]]:
    """Every (table, right, column) of a role; the column is empty where it is the whole table."""
    return frozenset(
        (table, right, column)
        for table, written in LEAST[role].items()
        for right, columns in _PART.findall(written)
        for column in (columns.split() or [""])
    )


def may(role: str, table: str, right: str) -> bool:
    """Whether the role has the right on the table, or on single columns of it."""
    return any((table, right) == one[:2] for one in rights(role))


def columns(role: str, table: str, right: str) -> list[str]:
    """The single columns on which the role has the right; none: it has it on the whole table."""
    return sorted(
        column for name, one, column in rights(role) if (name, one) == (table, right) and column
    )
