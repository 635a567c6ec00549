"""How what came back from a consent page is packed, to be sealed with its wish."""

import json
from collections.abc import Mapping
from typing import Final

from services.marketplaces.asking import Consent

_TOLD: Final = "told"
_ANSWER_TO: Final = "answer_to"


def packed(consent: Consent) -> dict[str, str]:
    """What they told apart from what is ours: whatever they call theirs stays theirs."""
    return {_TOLD: json.dumps(dict(consent.told)), _ANSWER_TO: consent.answer_to}


def consent_of(opened: Mapping[str, str]) -> Consent:
    """The same, unpacked."""
    told = json.loads(opened[_TOLD])
    return Consent({str(name): str(value) for name, value in told.items()}, opened[_ANSWER_TO])
