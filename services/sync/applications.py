"""Our own applications at the marketplaces: what opens them ends, for every seller at once.

Whoever runs this makes a new secret in time; nobody else can.
"""

from dataclasses import dataclass
from datetime import date

from services.insights.connections import ENDS_SOON_DAYS
from services.marketplaces.asking import OwnSecret
from services.marketplaces.registry import MARKETPLACES
from wording.connecting import secret_ends, secret_unknown


@dataclass(frozen=True)
class Application:
    """One that is set up here, of a secret that ends. name: the marketplace's."""

    name: str
    secret: OwnSecret

    @property
    def is_unknown(self) -> bool:
        """Nobody has said when its secret was made."""
        return self.secret.ends_on is None

    def days_left(self, today: date) -> int | None:
        """Below nought: it has ended. None: unknown."""
        return (self.secret.ends_on - today).days if self.secret.ends_on else None

    def ends_soon(self, today: date) -> bool:
        """Within the days in which it is said everywhere; or it has ended."""
        left = self.days_left(today)
        return left is not None and left <= ENDS_SOON_DAYS

    def said(self, today: date) -> str:
        """When it ends, or ended; where that is unknown, what to set."""
        if self.secret.ends_on is None:
            return secret_unknown(self.name, self.secret.said_by)
        return secret_ends(self.name, self.secret.ends_on, (self.secret.ends_on - today).days)


def applications() -> tuple[Application, ...]:
    """Those that are set up here."""
    return tuple(
        Application(one.name, secret)
        for one in MARKETPLACES.values()
        if one.connecting and (secret := one.connecting.own_secret())
    )


def that_end_soon(today: date) -> tuple[str, ...]:
    """What to say of them to whoever can mend it."""
    return tuple(one.said(today) for one in applications() if one.ends_soon(today))
