"""What opens a seller's data is sealed, and opens with the right key only."""

import stat
from pathlib import Path

import pytest
from pydantic import SecretStr

from services.settings import Settings
from services.sync.sealing import KeyLostError, Seal, SealingError, new_key, seal_of

SECRETS = {"refresh_token": "Atzr|very-secret", "client": "ä"}


def test_what_is_sealed_opens_with_its_key_and_shows_nothing() -> None:
    seal = Seal(new_key())
    closed = seal.closed(SECRETS)
    assert "secret" not in closed
    assert seal.opened(closed) == SECRETS


def test_while_a_key_changes_the_old_one_opens_and_the_new_one_seals() -> None:
    old, new = new_key(), new_key()
    sealed_before = Seal(old).closed(SECRETS)
    both = Seal(f"{new} {old}")
    assert both.opened(sealed_before) == SECRETS
    renewed = both.renewed(sealed_before)
    assert Seal(new).opened(renewed) == SECRETS
    with pytest.raises(KeyLostError):
        Seal(old).opened(renewed)


@pytest.mark.parametrize("sealed", ["", "nothing", "gAAAAA=="])
def test_what_does_not_open_is_a_lost_key(sealed: str) -> None:
    with pytest.raises(KeyLostError):
        Seal(new_key()).opened(sealed)


def test_one_persons_machine_makes_a_key_of_its_own_once(tmp_path: Path) -> None:
    chosen = Settings(data_directory=tmp_path / "data")
    closed = seal_of(chosen).closed(SECRETS)
    assert seal_of(chosen).opened(closed) == SECRETS
    [key] = (tmp_path / "data").iterdir()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_a_server_of_several_people_needs_a_key_of_the_operators(tmp_path: Path) -> None:
    chosen = Settings(
        data_directory=tmp_path, database_url=SecretStr("postgresql://owner:x@db/claims")
    )
    with pytest.raises(SealingError, match="SEALING_KEYS is not set"):
        seal_of(chosen)
    assert list(tmp_path.iterdir()) == []
