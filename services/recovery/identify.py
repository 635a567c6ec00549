"""From landed reports to discrepancies: what may be claimable, what was paid, what was lost."""

from typing import Final

from sqlalchemy import Connection, text

from services.recovery.ages import prove_ages
from services.recovery.candidates import gather_candidates
from services.recovery.cases import link_cases, share_case_units
from services.recovery.changes import record_changes, remember
from services.recovery.holding import hold_back
from services.recovery.matching import match_payments
from services.recovery.payments import gather_payments
from services.recovery.settle import settle
from services.recovery.stage import LANDED, Stage, fitting, take
from services.recovery.store import store
from services.recovery.sums import rewrite_sums
from services.recovery.valuation import value
from services.recovery.windows import apply_appeals, apply_windows

# Goes up whenever the same reports may give another answer: see services.recovery.again.
VERSION: Final = 6

_STEPS: Final = (
    Stage(
        gather_payments,
        "What was paid is known before anything is called missing.",
        reads=("channel", "reimbursement", "valuation_method", LANDED),
        writes=("reimbursement",),
    ),
    Stage(
        gather_candidates,
        "Every rule tells its events; payments and finds stand beside them, not matched yet.",
        reads=("reimbursement", "report_document", LANDED),
        leaves=("candidate", "remedy", "explained", "witness"),
    ),
    Stage(
        prove_ages,
        "Up to which day a file speaks decides what its own netting already knows of.",
        reads=("candidate", "remedy"),
        writes=("candidate",),
    ),
    Stage(
        apply_windows,
        "When an event can be claimed decides which case can be about it.",
        reads=("automatic_payment", "candidate", "channel", "claim_window"),
        writes=("candidate",),
    ),
    Stage(
        link_cases,
        "A payment that names a case is for what the case was about: known before matching.",
        reads=("candidate", "case_event", "channel", "reimbursement_case"),
        writes=("candidate",),
        leaves=("covering",),
    ),
    Stage(
        match_payments,
        "Each missing unit is explained once, by the payment or the find that is nearest to it.",
        reads=("candidate", "covering", "explained", "reimbursement", "remedy"),
        writes=("candidate", "explained", "remedy"),
    ),
    Stage(
        settle,
        "Units explained become money, and money taken back is taken off the units it was for.",
        reads=("candidate", "explained", "reimbursement", "remedy"),
        writes=("candidate",),
        leaves=("share", "reversal_share", "there_again"),
    ),
    Stage(
        share_case_units,
        "What a case asked for is shared over what is neither found nor paid.",
        reads=("candidate", "covering", "reversal_share", "share"),
        writes=("candidate",),
    ),
    Stage(
        hold_back,
        "What is still open is called ready only where no report could still disprove it.",
        reads=(
            "candidate",
            "channel",
            "claim_window",
            "explained",
            "reimbursement",
            "report_coverage",
            "report_document",
            "reversal_share",
            "remedy",
            "unread_row",
            LANDED,
        ),
        writes=("candidate",),
        leaves=("doubt",),
    ),
    Stage(
        apply_appeals,
        "What a case has refused may be appealed for a while.",
        reads=("candidate", "channel", "claim_window"),
        writes=("candidate",),
    ),
    Stage(
        value,
        "What is not paid is worth what the marketplace's own method says, else an estimate.",
        reads=(
            "candidate",
            "channel",
            "reimbursement",
            "sourcing_cost",
            "unit_cap",
            "valuation_method",
            LANDED,
        ),
        writes=("candidate",),
    ),
    Stage(
        remember,
        "What stood until now is kept beside, before it is written over.",
        reads=("channel", "discrepancy", "figure_clock"),
        writes=("figure_change", "figure_clock"),
        leaves=("change_clock", "stood"),
    ),
    Stage(
        store,
        "Only what differs is written; what is no longer so is removed.",
        reads=(
            "candidate",
            "covering",
            "discrepancy",
            "doubt",
            "explained",
            "reversal_share",
            "remedy",
            "share",
            "there_again",
            "witness",
        ),
        writes=(
            "discrepancy",
            "discrepancy_case",
            "discrepancy_evidence",
            "discrepancy_reimbursement",
        ),
    ),
    Stage(
        rewrite_sums,
        "Pages read sums: they are those of what has just been stored.",
        reads=(
            "case_event",
            "channel",
            "claimed_total",
            "discrepancy",
            "discrepancy_case",
            "discrepancy_evidence",
            "discrepancy_reimbursement",
            "figure_clock",
            "reimbursement",
            "reimbursement_case",
            "unit_cap",
        ),
        writes=("claimed_total", "held_total", "month_total", "open_total"),
    ),
    Stage(
        record_changes,
        "What moved a figure is told from what stood before and what stands now.",
        reads=("change_clock", "discrepancy", "stood"),
        writes=("discrepancy_change", "figure_change", "figure_clock"),
    ),
)

STAGES: Final = fitting(_STEPS)

# One import of an account at a time: which document is newer is decided by what has landed.
LOCK_ACCOUNT: Final = "select pg_advisory_xact_lock(hashtextextended('landing', :account_id))"

_DONE: Final = """
update account set identified_with = :version
where account_id = :account_id and identified_with <> :version
"""


def identify(connection: Connection, account_id: int) -> None:
    """Bring the account's discrepancies, payments and sums to what its reports say.

    Runs in the caller's transaction, on the loader's connection. Running it again over the same
    reports writes nothing.
    """
    # Each statement below reads a whole account. What was just landed has no statistics yet, and a
    # nested loop planned for a handful of rows would not end over a million.
    connection.exec_driver_sql("set local enable_nestloop = off")
    for stage in STAGES:
        take(stage, connection, account_id)
    connection.execute(text(_DONE), {"account_id": account_id, "version": VERSION})
