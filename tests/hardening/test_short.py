"""The short form of every trial. The long one: python -m tests.hardening, docs/hardening.md."""

from datetime import UTC, datetime

import pytest

from tests.hardening.ground import Ground
from tests.hardening.trial import Outcome, Trial, undergo
from tests.hardening.trials import TRIALS

# One ground for the whole file: its trials stay in one process.
pytestmark = pytest.mark.xdist_group("hardening")


@pytest.mark.parametrize("trial", TRIALS, ids=lambda one: one.name)
def test_it_holds(ground: Ground, trial: Trial) -> None:
    seed = datetime.now(UTC).toordinal()  # other samples every day
    outcome = Outcome(trial)
    undergo(outcome, ground, trial.short, seed)
    assert outcome.all_held, f"{outcome.held} of {outcome.tried}, seed {seed}: {outcome.first}"
