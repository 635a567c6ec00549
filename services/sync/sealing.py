"""Sealing what opens a seller's data: with a key of the operator's, never with one beside the data.

The first key of SEALING_KEYS seals, each opens. Fernet is of `cryptography`: AES and HMAC, with the
moment of the sealing inside.
"""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from services.settings import Settings
from services.sync.refusals import SyncRefusedError

_OWN_KEY: Final = "sealing_key"


class SealingError(SyncRefusedError):
    """Nothing can be sealed; the message says what to set."""


class KeyLostError(RuntimeError):
    """It was sealed with a key that is not there any more."""


class Seal:
    """Seals and opens secrets."""

    def __init__(self, keys: str) -> None:
        self._keys = MultiFernet([Fernet(key.encode()) for key in keys.split()])

    def closed(self, secrets: Mapping[str, str]) -> str:
        """The secrets, sealed."""
        return self._keys.encrypt(json.dumps(dict(secrets)).encode()).decode("ascii")

    def opened(self, sealed: str) -> dict[str, str]:
        """What was sealed. Raises KeyLostError."""
        try:
            told = json.loads(self._keys.decrypt(sealed.encode()))
        except InvalidToken:
            raise KeyLostError from None
        return {str(name): str(value) for name, value in told.items()}

    def renewed(self, sealed: str) -> str:
        """The same, sealed with the first key. Raises KeyLostError."""
        try:
            return self._keys.rotate(sealed.encode()).decode("ascii")
        except InvalidToken:
            raise KeyLostError from None


def seal_of(chosen: Settings) -> Seal:
    """The seal of the settings. Raises SealingError.

    On one person's machine, with the embedded server, a key of its own is made beside the data
    directory's other files: whoever reads that directory reads everything anyway.
    """
    if chosen.sealing_keys:
        return Seal(chosen.sealing_keys.get_secret_value())
    if chosen.database_url:
        raise SealingError(
            "SEALING_KEYS is not set, so no marketplace can be connected. Make a key with"
            " `python -m services rotate-keys --new` and set it for every process."
        )
    return Seal(_own_key(chosen.data_directory))


def new_key() -> str:
    """A key for SEALING_KEYS."""
    return Fernet.generate_key().decode("ascii")


def _own_key(folder: Path) -> str:
    path = folder / _OWN_KEY
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f".{_OWN_KEY}.{os.getpid()}"
    # The first of several who make it at once is the one: link() never replaces.
    if not path.exists():
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(new_key())
        with suppress(FileExistsError):
            os.link(made, path)
        made.unlink()
    return path.read_text("ascii")
