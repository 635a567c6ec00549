"""`python -m services people …`: who may come in, from the server's own command line.

The first operator is let in here; everybody else also on the page.
"""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from typing import Annotated, Any

import typer

from services.access import people
from services.access.accounts import account_id_of
from services.access.people import BY_COMMAND, Wanted
from services.access.people_queries import Known
from services.access.rights import Role
from services.database.engine import Database
from wording.days import moment, plain_date

Opened = Callable[[], AbstractContextManager[Database]]
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="Their address.")]
Name = Annotated[str | None, typer.Option("--name", help="What they are called.")]
Roles = Annotated[
    list[Role] | None, typer.Option("--role", help="What they are here for; may be repeated.")
]
Accounts = Annotated[
    list[str] | None, typer.Option("--account", help="A seller's business; may be repeated.")
]
Every = Annotated[
    bool | None,
    typer.Option("--every-account/--named-accounts", help="Every account, now and later."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


def people_commands(opened: Opened) -> typer.Typer:
    """The commands; `opened` gives the database and says refusals in words."""
    group = typer.Typer(help="Who may sign in, as what, and to which accounts.")
    _reading(group, opened)
    _letting_in(group, opened)
    _accounts(group, opened)
    _standing(group, opened)
    return group


def _reading(group: typer.Typer, opened: Opened) -> None:
    @group.command("list")
    def listed(as_json: AsJson = False) -> None:
        """Everybody who was ever let in."""
        with opened() as database:
            known = people.everyone(database)
        if as_json:
            typer.echo(json.dumps([_plain(one) for one in known], ensure_ascii=False, indent=2))
            return
        for one in known:
            typer.echo(_line(one))
        if not known:
            typer.echo(
                "Nobody yet: python -m services people invite EMAIL --name … --role operator"
            )

    @group.command("history")
    def history(email: Email) -> None:
        """What was changed about somebody, and by whom."""
        with opened() as database:
            changes = people.history(database, people.known_by(database, email).person_id)
        for one in changes:
            typer.echo(f"{moment(one.at)}  {one.by_name}: {one.what}")


def _letting_in(group: typer.Typer, opened: Opened) -> None:
    @group.command("invite")
    def invite(
        email: Email,
        name: Annotated[str, typer.Option("--name", help="What they are called.")],
        role: Annotated[list[Role], typer.Option("--role", help="May be repeated.")],
        account: Accounts = None,
        every_account: Every = False,
    ) -> None:
        """Let somebody in, from their first sign-in on."""
        with opened() as database:
            numbers = frozenset(account_id_of(database, one) for one in account or ())
            wanted = Wanted(name, frozenset(role), bool(every_account), numbers)
            people.invite(database, BY_COMMAND, email, wanted)
        typer.echo(f"{email} may sign in.")

    @group.command("change")
    def change(
        email: Email, name: Name = None, role: Roles = None, every_account: Every = None
    ) -> None:
        """Change somebody's name or roles, or whether every account is theirs."""
        with opened() as database:
            known = people.known_by(database, email)
            wanted = replace(
                Wanted.as_it_is(known),
                name=name or known.name,
                roles=frozenset(role) if role else known.roles,
                every_account=known.every_account if every_account is None else every_account,
            )
            people.change(database, BY_COMMAND, known.person_id, wanted)
        typer.echo("Changed.")


def _accounts(group: typer.Typer, opened: Opened) -> None:
    def change(email: str, name: str, *, add: bool) -> None:
        with opened() as database:
            known, number = people.known_by(database, email), account_id_of(database, name)
            theirs = known.account_ids | {number} if add else known.account_ids - {number}
            wanted = replace(Wanted.as_it_is(known), account_ids=theirs)
            people.change(database, BY_COMMAND, known.person_id, wanted)
        typer.echo("Granted." if add else "Withdrawn.")

    @group.command("grant")
    def grant(email: Email, account: Annotated[str, typer.Option("--account")]) -> None:
        """Make an account somebody's."""
        change(email, account, add=True)

    @group.command("withdraw")
    def withdraw(email: Email, account: Annotated[str, typer.Option("--account")]) -> None:
        """Make an account somebody's no longer."""
        change(email, account, add=False)


def _standing(group: typer.Typer, opened: Opened) -> None:
    steps = {
        "disable": (people.disable, "Let somebody in no longer, and sign them out."),
        "enable": (people.enable, "Let somebody in again."),
        "sign-out": (people.end_sign_ins, "Sign somebody out everywhere."),
        "forget-identity": (
            people.forget_identity,
            "Let the next sign-in with somebody's confirmed address be theirs.",
        ),
    }
    for name, (step, words) in steps.items():
        group.command(name, help=words)(_on_somebody(opened, step))


def _on_somebody(opened: Opened, step: Callable[..., None]) -> Callable[[str], None]:
    def command(email: Email) -> None:
        with opened() as database:
            step(database, BY_COMMAND, people.known_by(database, email).person_id)
        typer.echo("Done.")

    return command


def _plain(known: Known) -> dict[str, Any]:
    told = {
        **asdict(known),
        "roles": sorted(known.roles),
        "accounts": [one.name for one in known.accounts],
    }
    return {key: one.isoformat() if hasattr(one, "isoformat") else one for key, one in told.items()}


def _line(known: Known) -> str:
    accounts = ", ".join(one.name for one in known.accounts) or "no account"
    came = (
        f"last signed in {plain_date(known.last_sign_in)}" if known.last_sign_in else "never came"
    )
    said = [
        f"{known.name} <{known.email}>",
        ", ".join(sorted(known.roles)),
        "every account" if known.every_account else accounts,
        came,
        *(["disabled"] if known.disabled_at else []),
    ]
    return " · ".join(said)
