"""The security floor: which PostgreSQL versions keep accounts apart."""

import pytest

from services.database.floor import SECURITY_FLOOR, Standing, verdict


@pytest.mark.parametrize("floor", SECURITY_FLOOR.values())
def test_the_floor_itself_is_safe_and_one_release_below_is_not(floor: int) -> None:
    assert verdict(floor).standing is Standing.OK
    assert verdict(floor + 1).is_safe
    below = verdict(floor - 1)
    assert below.standing is Standing.BELOW_FLOOR
    assert not below.is_safe


def test_the_floor_is_the_release_of_november_2026() -> None:
    assert SECURITY_FLOOR == {15: 150020, 16: 160016, 17: 170012, 18: 180007}


def test_a_message_names_the_found_and_the_needed_version_and_the_faults() -> None:
    message = verdict(180006).message
    for part in ("18.6", "18.7", "CVE-2026-120154", "CVE-2026-16237"):
        assert part in message


@pytest.mark.parametrize("number", [140099, 100000])
def test_a_major_version_before_15_is_too_old(number: int) -> None:
    found = verdict(number)
    assert found.standing is Standing.TOO_OLD
    assert not found.is_safe
    assert "15.20" in found.message


def test_a_newer_major_version_is_safe_and_said_to_be_unknown() -> None:
    found = verdict(190000)
    assert found.standing is Standing.NEWER_THAN_KNOWN
    assert found.is_safe
    assert "19.0" in found.message


@pytest.mark.parametrize("number", [-1, 0, 18, 90624])
def test_what_is_no_modern_version_number_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match=str(number)):
        verdict(number)
