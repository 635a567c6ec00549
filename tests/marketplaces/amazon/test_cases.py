"""Amazon's own word on cases, and on where a seller sells."""

from datetime import date
from typing import Any

import pytest

from services.marketplaces.asking import TheirCase, Unknown
from services.transport.refusals import RefusedError
from tests.fakes.amazon.answers import case
from tests.fakes.faults import answered, changed, with_member
from tests.marketplaces.amazon.asking import Amazon, ago

REFUSED = answered(403, {"errors": [{"code": "Unauthorized", "message": "No.", "details": ""}]})


def test_each_state_has_a_word_of_ours(amazon: Amazon) -> None:
    said = ["PENDING_AMAZON_ACTION", "PENDING_MERCHANT_ACTION", "RESOLVED", "TRANSFERRED"]
    amazon.fake.answers.cases = [case(f"{n}", word, ago(9), ago(2)) for n, word in enumerate(said)]
    found = list(amazon.client.cases(None))
    assert [one.state for one in found] == [
        "waits_for_marketplace",
        "waits_for_you",
        "resolved",
        "moved",
    ]
    assert [one.said for one in found] == said


def test_nothing_of_a_person_s_is_kept(amazon: Amazon) -> None:
    amazon.fake.answers.cases = [case("1", "RESOLVED", ago(9), ago(2))]
    [found] = amazon.client.cases(None)
    assert isinstance(found, TheirCase)
    assert "rivate" not in repr(found)


def test_those_that_changed_since_of_all_pages(amazon: Amazon) -> None:
    amazon.fake.answers.pages.size = 2
    amazon.fake.answers.cases = [case(f"{n}", "RESOLVED", ago(90), ago(n)) for n in range(1, 8)]
    assert [one.case_id for one in amazon.client.cases(ago(3.5))] == ["1", "2", "3"]
    assert amazon.fake.times("listCases") == 4


def test_a_state_that_nobody_has_heard_of_is_unknown_and_told(amazon: Amazon) -> None:
    amazon.fake.answers.cases = [case("1", "RESOLVED", ago(9), ago(2))]
    amazon.fake.faults.add("listCases", changed(_resting))
    [found] = amazon.client.cases(None)
    assert (found.state, found.said) == ("unknown", "RESTING")
    assert set(amazon.notices) == {
        Unknown("listCases status", "RESTING"),
        Unknown("listCases", "mood"),
    }


def _resting(told: Any) -> Any:
    told["cases"][0] |= {"status": "RESTING", "mood": "a mood of a person's"}
    return told


def test_a_case_without_its_id_stops_no_other(amazon: Amazon) -> None:
    amazon.fake.answers.cases = [case(f"{n}", "RESOLVED", ago(9), ago(2)) for n in range(2)]
    amazon.fake.faults.add("listCases", changed(_nameless))
    assert [one.case_id for one in amazon.client.cases(None)] == ["1"]
    assert amazon.notices == {Unknown("listCases", "no caseId"): 1}


def _nameless(told: Any) -> Any:
    del told["cases"][0]["caseId"]
    return told


def test_an_application_without_the_role_is_refused(amazon: Amazon) -> None:
    amazon.fake.faults.add("listCases", REFUSED, REFUSED)
    with pytest.raises(RefusedError) as refused:
        list(amazon.client.cases(None))
    assert (refused.value.status, refused.value.code) == (403, "Unauthorized")


def test_where_the_seller_sells_and_until_when(amazon: Amazon) -> None:
    standing = amazon.client.standing()
    assert (standing.seller, standing.countries) == ("A1", {"DE", "UK"})
    assert (standing.consent_until, standing.scopes) == (date(2027, 11, 1), None)


def test_a_shop_that_is_not_known_is_told(amazon: Amazon) -> None:
    amazon.fake.faults.add("getMarketplaceParticipations", changed(_moon))
    assert amazon.client.standing().countries == {"UK"}
    assert amazon.notices == {Unknown("getMarketplaceParticipations shop", "MO"): 1}


def _moon(told: Any) -> Any:
    told["payload"][0]["marketplace"] |= {"id": "AMOON", "countryCode": "MO"}
    return told


def test_a_shop_that_the_seller_has_left_does_not_count(amazon: Amazon) -> None:
    amazon.fake.faults.add("getMarketplaceParticipations", changed(_left))
    assert amazon.client.standing().countries == {"UK"}


def _left(told: Any) -> Any:
    told["payload"][0]["participation"]["isParticipating"] = False
    return told


def test_a_new_member_is_told(amazon: Amazon) -> None:
    amazon.fake.faults.add("getMarketplaceParticipations", with_member("mood", "payload", 0))
    amazon.client.standing()
    assert amazon.notices == {Unknown("getMarketplaceParticipations", "mood"): 1}
