"""Who looks: a person, what they may do, and the accounts that are theirs."""

from dataclasses import dataclass

from services.access.refusals import note_foreign_account
from services.access.rights import Right, Role, rights_of


class NotAllowedError(PermissionError):
    """Someone asks for what is not theirs; the message says what."""


@dataclass(frozen=True)
class Account:
    """A seller's business."""

    account_id: int
    name: str
    is_sample: bool


@dataclass(frozen=True)
class Person:
    """Someone who may sign in, or a persona of local mode."""

    person_id: int
    name: str
    email: str
    roles: frozenset[Role]
    every_account: bool
    is_local: bool


@dataclass(frozen=True)
class Viewer:
    """A person with their accounts; their own before the sample ones."""

    person: Person
    accounts: tuple[Account, ...]

    @property
    def person_id(self) -> int:
        return self.person.person_id

    @property
    def persona(self) -> str:
        """What an address of ours says in local mode, where nobody signs in: as whom to ask."""
        if not self.person.is_local:
            return ""
        return f"?as={next(iter(self.person.roles)).value}"

    @property
    def rights(self) -> frozenset[Right]:
        return rights_of(self.person.roles)

    def may(self, right: Right) -> bool:
        return right in self.rights

    @property
    def makes_accounts(self) -> bool:
        """Whether an account that they make is theirs: only where every account is."""
        return self.person.every_account and self.may(Right.LOAD_REPORTS)

    def require(self, right: Right) -> None:
        """Raises NotAllowedError. Every action asks, whatever page it was started from."""
        if not self.may(right):
            raise NotAllowedError(f"{self.person.name} may not {right}.")

    def account(self, account_id: str | None) -> Account | None:
        """The account by the number in an address; the first where none is named."""
        if account_id is None:
            return next(iter(self.accounts), None)
        named = (one for one in self.accounts if str(one.account_id) == account_id)
        return next(named, None)

    def require_account(self, account_id: int) -> Account:
        """Raises NotAllowedError where the account is not the viewer's, or is not there at all."""
        found = self.account(str(account_id))
        if found is None:
            note_foreign_account(self.person_id, account_id)
            raise NotAllowedError(f"{self.person.name} has no account {account_id}.")
        return found
