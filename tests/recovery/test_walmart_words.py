"""Walmart's room is whole: every kind of claim has a rule or says why not, every word a use."""

from services.database.reference import read_reference_data
from services.marketplaces.walmart.recovery import RECOVERY
from wording.subtypes import SUBTYPES

TOLD = {rule.subtype for rule in RECOVERY.rules}
UNTOLD = {each.subtype for each in RECOVERY.untold}
# What each field's words may count as: anything else would be read by no rule.
USES = {
    "return_event": {
        "initiated",
        "in-transit",
        "delivered",
        "refund-begun",
        "refunded",
        "cancelled",
    },
    "return_reason": {"lost", "damaged"},
    "return_channel": {"seller"},
    "log_reason": {"damaged", "destroyed", "lost", "shipped"},
}


def test_every_kind_of_claim_has_a_rule_or_says_what_is_missing() -> None:
    windows = {
        window["subtype"]
        for window in read_reference_data()["claim_window"]
        if window["marketplace"] == "walmart"
    }
    # An appeal is a date on what was denied, not a loss of its own.
    assert windows - {"dispute_appeal"} == TOLD | UNTOLD
    assert not TOLD & UNTOLD
    assert set(SUBTYPES) >= TOLD | UNTOLD


def test_what_is_missing_is_one_plain_sentence() -> None:
    for each in RECOVERY.untold:
        assert each.missing.endswith(".")
        assert each.missing.count(". ") == 0


def test_every_word_counts_as_something_that_a_rule_reads() -> None:
    words = read_reference_data()["report_word"]
    assert {word["field"] for word in words} == set(USES)
    assert all(word["counts_as"] in USES[word["field"]] for word in words)


def test_words_that_nobody_has_shown_in_the_log_are_marked_so() -> None:
    unseen = {
        word["word"]
        for word in read_reference_data()["report_word"]
        if word["counts_as"] in {"damaged", "destroyed", "lost"} and word["field"] == "log_reason"
    }
    marked = {
        word["word"]
        for word in read_reference_data()["report_word"]
        if word["confidence"] == "unknown"
    }
    assert (
        unseen
        == marked
        == {
            "lostinventory",
            "lostinwarehouse",
            "damageinwarehouse",
            "damagedinwarehouse",
            "destroyed",
            "destroyedinwarehouse",
        }
    )
