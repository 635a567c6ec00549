"""Accounts that can be told apart in anything: marked words, numbers and amounts in every column.

What a test makes of one account must never hold a mark of another. Marks are put in by the
catalog, so that a new table or column is marked without anybody remembering it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any, Final

from sqlalchemy import Connection, text

from services.database.engine import Database
from services.database.tables import REFERENCE_TABLES
from services.marketplaces.tables import SECURED_TABLES, TENANT_TABLES
from tests.common.worlds.insights import NOW, TODAY, World, in_days

# Each account's rows are numbered in a range of their own: 7100001 is the second account's.
_FIRST_NUMBER: Final = 7_000_000
_RANGE: Final = 100_000
_ABSENT: Final = 999_999_999
_WORDS: Final = ("Qaardvark", "Qbuffalo", "Qcheetah", "Qdolphin", "Qnobody")
# Whatever carries an account's words: names, SKUs, titles, notes, messages, files, cases, people.
HOSTILE: Final = "![x](http://h:9/p) :material/home: $x$ [a](//h) <img>"
# What opens accounts to a person, by the role that the person has.
PEOPLE: Final = ("seller", "manager", "support", "operator")


@dataclass(frozen=True)
class Marked:
    """One account and its marks."""

    position: int
    account_id: int
    person_ids: dict[str, int]  # by role; each sees this account and no other
    ids: dict[str, int]  # of its channel, its request, that request's first event

    @property
    def word(self) -> str:
        return _WORDS[self.position]

    @cached_property
    def _mark(self) -> re.Pattern[str]:
        numbers = _FIRST_NUMBER // _RANGE + self.position
        number = rf"(?<![\da-f.]){numbers}\d{{5}}(?![\da-f])"  # no part of a hash
        money = rf"(?<!\d){amount(self.position)}(?!\d)"
        return re.compile(f"{self.word}|{number}|{money}", re.IGNORECASE)

    def marks_in(self, anything: object) -> set[str]:
        """Every mark of this account in the whole of it, however deep."""
        return set(self._mark.findall(anything if isinstance(anything, str) else repr(anything)))


def amount(position: int) -> str:
    """Of one unit, of one payment, of one case: no sum of another account comes to it."""
    return f"9{position + 1}1.37"


def nobody() -> Marked:
    """An account that is not there at all."""
    ids = dict.fromkeys(
        (
            "channel",
            "second channel",
            "request",
            "event",
            "delivery",
            "discrepancy",
            "call",
            "import",
        ),
        _ABSENT,
    )
    return Marked(len(_WORDS) - 1, _ABSENT, dict.fromkeys(PEOPLE, _ABSENT), ids)


@dataclass(frozen=True)
class Zoo:
    """Several marked accounts in one database."""

    database: Database
    accounts: tuple[Marked, ...]

    def foreign_marks(self, anything: object, *own: Marked) -> set[str]:
        """Marks of every account but these."""
        others = (one for one in self.accounts if one not in own)
        return set().union(*(one.marks_in(anything) for one in others))


def build(database: Database, count: int) -> Zoo:
    zoo = Zoo(database, tuple(_account(database, position) for position in range(count)))
    with database.owning() as connection:  # what comes later is nobody's mark
        _number_from(connection, _FIRST_NUMBER + (len(_WORDS) + 1) * _RANGE)
    return zoo


def _account(database: Database, position: int) -> Marked:
    word = _WORDS[position]
    with database.owning() as connection:
        _number_from(connection, _FIRST_NUMBER + position * _RANGE)
    world = World(database, f"{word} Trading")
    _discrepancies(world, word, position)
    world.sum_up()
    with database.owning() as connection:
        people = {role: _person(connection, word, role, world.account_id) for role in PEOPLE}
        marked = Marked(
            position,
            world.account_id,
            people,
            {
                "channel": world.channels["amazon-us"],
                "second channel": world.channels["walmart-us"],
            },
        )
        for table in TENANT_TABLES:
            _fill(connection, table, marked)
        marked.ids.update(
            connection.execute(_IDS, {"account_id": world.account_id}).one()._asdict()
        )
        marked.ids["import"] = connection.execute(
            _IMPORT_OF, {"person_id": people["seller"]}
        ).scalar_one()
        values = {**marked.ids, "account_id": marked.account_id, "word": word}
        connection.execute(_NOTE, values)
    return marked


_IDS: Final = text("""
    select e.request_id as request, e.event_id as event, d.delivery_id as delivery,
        (select min(discrepancy_id) from discrepancy where account_id = :account_id) as discrepancy,
        (select min(call_id) from client_call where account_id = :account_id) as call
    from activation_event e join delivery d using (account_id, request_id, event_id)
    where account_id = :account_id
""")
_IMPORT_OF: Final = text("select import_id from import_request where person_id = :person_id")
# What the service team tells itself; a seller never reads it.
_NOTE: Final = text("""
    insert into activation_event (account_id, request_id, kind, note, is_internal)
    values (:account_id, :request, 'noted', :word || ' Qinternal', true)
""")


# Rows that the questions have something to say about ------------------------------------------


def _discrepancies(world: World, word: str, position: int) -> None:
    """One of every state; on two marketplaces."""
    world.document(
        kind="amazon_ledger_detail",
        file_name=f"{word}.txt",
        notes=f'["{word} note"]',
        passed_over_because=f'{{"{word} reason": 1}}',
        rows_landed=8,
        rows_passed_over=1,
        rows_rejected=1,
        header=f"{word} header",
    )
    world.documents["amazon-us"] = world.document(file_name=f"{word}-ledger.txt")
    paid_case, denied_case = _cases(world, word, position)
    ready = world.discrepancy(units=3, **_item(word, position, 1))
    for number, state in enumerate(_states(paid_case, denied_case), start=2):
        world.discrepancy(**_item(word, position, number), **state)
    world.discrepancy("walmart-us", **_item(word, position, 90))
    _payments(world, word, position, ready, paid_case)
    world.row(
        "discrepancy_evidence",
        discrepancy_id=ready,
        document_id=world.documents["amazon-us"],
        row_number=2,
        role="lost",
        day=in_days(-30),
        units=3,
    )


def _states(paid_case: str, denied_case: str) -> Iterator[dict[str, Any]]:
    yield {"opens_on": in_days(5), "expires_on": in_days(90)}  # future
    yield {"expires_on": in_days(-2)}  # expired
    yield {"expires_on": None}  # window unknown
    yield {"expires_on": in_days(4)}  # soon
    yield {"in_progress_units": 1, "case_id": paid_case, "case_units": 1}
    yield {"denied_units": 1, "denied_on": in_days(-3), "case_id": denied_case, "case_units": 1}


def _item(word: str, position: int, number: int) -> dict[str, Any]:
    return {
        "sku": f"{word}-SKU-{number}",
        "fnsku": f"{word}X{number:03}",
        "title": f"{word} kettle",
        "item_code": f"{word}B{number:03}",
        "order_id": f"{word}-ORDER-{number}",
        "reference": f"{word}-REF-{number}",
        "location": f"{word}-FC",
        "unit_amount": amount(position),
    }


def _cases(world: World, word: str, position: int) -> tuple[str, str]:
    marked = {"requested_amount": amount(position), "reference_ids": [f"{word}X001"]}
    opened = world.case(f"{word}-CASE-1", **marked)
    denied = world.case(
        f"{word}-CASE-2",
        status="not_eligible",
        closed_on=in_days(-3),
        **marked,
        approved_amount=None,
    )
    world.case_event(opened, NOW - timedelta(days=20), "open", f"{word} filed")
    world.case_event(denied, NOW - timedelta(days=3), "not_eligible", f"{word} refused")
    return opened, denied


def _payments(world: World, word: str, position: int, discrepancy_id: int, case_id: str) -> None:
    item = {
        name: value for name, value in _item(word, position, 1).items() if name != "unit_amount"
    }
    item.pop("location")
    paid = {**item, "amount": amount(position), "external_id": f"{word}-R1"}
    automatic = world.reimbursement(reimbursement_key=f"{word}-K1", **paid)
    world.reimbursement(reimbursement_key=f"{word}-K2", case_id=case_id, **paid)
    world.reimbursement(
        reimbursement_key=f"{word}-K3",
        original_key=automatic,
        is_reversal=True,
        **{**paid, "amount": f"-{amount(position)}", "units_cash": -1},
    )
    world.settles(discrepancy_id, automatic, amount(position))


def _person(connection: Connection, word: str, role: str, account_id: int) -> int:
    """Someone of that role with a sign-in, a history and a digest; operators have no account."""
    plain = re.sub("[^a-z0-9]", "", word.lower())  # the one form that an address may have
    address = f"{role}@{plain}.example.com"
    person_id = int(
        connection.execute(
            _PERSON, {"name": f"{word} {role}", "email": address, "role": role}
        ).scalar_one()
    )
    values = {"person_id": person_id, "account_id": account_id, "word": f"{word} {role}"}
    for statement in (
        _SIGN_IN,
        _HISTORY,
        _DIGEST,
        _IMPORT,
        _NEWCOMER,
        *([_ACCESS] if role != "operator" else []),
    ):
        connection.execute(statement, values)
    return person_id


_PERSON: Final = text("""
    insert into person (name, email, roles, issuer, subject)
    values (:name, :email, array[:role], 'https://provider.example.com', :email)
    returning person_id
""")
_SIGN_IN: Final = text("""
    insert into sign_in (token_hash, person_id) values (:word || ' token', :person_id)
""")
_HISTORY: Final = text("""
    insert into person_history (person_id, by_name, what) values (:person_id, :word, :word)
""")
_DIGEST: Final = text("""
    insert into digest_subscription (person_id, deliver_by, webhook_url, webhook_secret, stop_key)
    values (:person_id, 'webhook', 'https://hooks.example.com/' || :word, 'whsec_' || :word,
        'the way out: ' || :word)
""")
_IMPORT: Final = text("""
    insert into import_request (person_id, account_id, account_name, channel, doing)
    values (:person_id, :account_id, :word, 'amazon-us', :word || ' file')
""")
_NEWCOMER: Final = text("""
    insert into account_request (person_id, by_name, account_name, channel, wish, nonce, state,
        because, settled_at)
    values (:person_id, :word, :word, 'amazon-us', 'consent', :word || ' nonce', 'refused',
        :word || ' refused', now())
""")
_ACCESS: Final = text("""
    insert into account_access (account_id, person_id) values (:account_id, :person_id)
""")


# Every other table and column, by the catalog -------------------------------------------------

# What a word of ours or of a marketplace must be for the questions to understand the row.
_KNOWN: Final[dict[str, object]] = {
    "type": "inventory",
    "subtype": "lost_in_warehouse",
    "currency": "USD",
    "country": "US",
    "region": "NA",
    "time_zone": "America/New_York",
    "phone": "+12125550100",
    "scope": "amazon:NA",
    "kind": "amazon_ledger_detail",
    "cause": "first_seen",
    "preferred_time": "Any time",
    "start_with": ["inventory"],
    "role": "lost",
    "item": "authorised_partner",
}
# Of the columns with a list of allowed words: which of them.
_CHOSEN: Final[dict[tuple[str, str], object]] = {
    ("activation_request", "status"): "new",
    ("activation_event", "kind"): "requested",
    ("activation_check", "state"): "done",
    ("delivery", "state"): "waiting",
    ("report_coverage", "added_by"): [],  # numbers of documents
    ("marketplace_connection", "way"): "consent",
    ("marketplace_connection", "state"): "connected",
    ("connection_request", "wish"): "consent",
    ("connection_request", "state"): "waiting",
    ("sync_piece", "state"): "due",
    ("marketplace_case", "state"): "waits_for_you",
    ("feed_position", "feed"): "cases",
    ("call_limit", "state"): [],
}
# What no seller may read: the mark, and this word.
INTERNAL: Final = "Qinternal"
_UNSEEN: Final = {("client_call", "note"), ("activation_check", "by_name")}
_BY_TYPE: Final[dict[str, object]] = {
    "bigint": 2,
    "integer": 1,
    "date": TODAY,
    "timestamp with time zone": NOW,
    "boolean": False,
}
_MOMENTS_OF_ITS_END: Final = {
    "settled_at",
    "delivered_at",
    "closed_on",
    "disabled_at",
    "ended_at",
    "undone_at",
}

_COLUMNS: Final = text("""
    select column_name as name, data_type as type from information_schema.columns
    where table_schema = 'public' and table_name = :table and is_identity = 'NO'
        and is_generated = 'NEVER' and data_type <> 'jsonb'
    order by ordinal_position
""")
_KEYS: Final = text("""
    select k.confrelid::regclass::text as to_table,
        array(select a.attname::text from unnest(k.conkey) with ordinality u (number, position)
            join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.number
            order by position) as here,
        array(select a.attname::text from unnest(k.confkey) with ordinality u (number, position)
            join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.number
            order by position) as there
    from pg_constraint k where k.contype = 'f' and k.conrelid = cast(:table as regclass)
""")


def _fill(connection: Connection, table: str, marked: Marked) -> None:
    """A row of the account's own, where it has none yet."""
    counted = f"select count(*) from {table} where account_id = :account_id"
    if connection.execute(text(counted), {"account_id": marked.account_id}).scalar_one():
        return
    referred = _referred(connection, table, marked)
    values = {"account_id": marked.account_id, **referred}
    for column in connection.execute(_COLUMNS, {"table": table}).all():
        if column.name not in values and column.name not in _MOMENTS_OF_ITS_END:
            values[column.name] = _value(table, column.name, column.type, marked)
    names, bound = ", ".join(values), ", ".join(f":{name}" for name in values)
    connection.execute(text(f"insert into {table} ({names}) values ({bound})"), values)


def _value(table: str, column: str, kind: str, marked: Marked) -> object:
    if (table, column) in _UNSEEN:
        return f"{marked.word} {INTERNAL}"
    if (table, column) in _CHOSEN:
        return _CHOSEN[table, column]
    if column in _KNOWN:
        return _KNOWN[column]
    if kind == "numeric":
        return amount(marked.position)
    if kind == "ARRAY":
        return [marked.word]
    return _BY_TYPE.get(kind, f"{marked.word} {column}")


def _referred(connection: Connection, table: str, marked: Marked) -> dict[str, object]:
    """Whole keys of rows that are there: of the account's own, and of its own seller."""
    found: dict[str, object] = {}
    for key in connection.execute(_KEYS, {"table": table}).all():
        own = {"account": "account_id = :account", "person": "person_id = :person"}
        shared = own.get(key.to_table, "true" if key.to_table in REFERENCE_TABLES else "")
        where = shared or "account_id = :account"
        query = f"select {', '.join(key.there)} from {key.to_table} where {where} limit 1"
        bound = {"account": marked.account_id, "person": marked.person_ids["seller"]}
        row = connection.execute(text(query), bound).one()
        found |= dict(zip(key.here, row, strict=True))
    return found


_SEQUENCES: Final = text("""
    select pg_get_serial_sequence(attrelid::regclass::text, attname) from pg_attribute
    where attidentity <> '' and not attisdropped and attrelid in (
        select oid from pg_class where relnamespace = 'public'::regnamespace)
""")


def _number_from(connection: Connection, first: int) -> None:
    for (sequence,) in connection.execute(_SEQUENCES).all():
        connection.execute(
            text("select setval(:sequence, :first)"), {"sequence": sequence, "first": first}
        )


def everything_of(zoo: Zoo, one: Marked) -> str:
    """One number that changes with anything of the account's."""
    rows = " union all ".join(
        f"select '{table}' || t::text as row from {table} t where account_id = :account_id"
        for table in SECURED_TABLES
    )
    summed = text(f"select md5(string_agg(row, '|' order by row)) from ({rows}) every")
    with zoo.database.owning() as connection:
        return str(connection.execute(summed, {"account_id": one.account_id}).scalar_one())


# That every account has its marks -------------------------------------------------------------

# Words that all accounts share; a mark in them would make the row unreadable.
SHARED_WORDS: Final = frozenset(_KNOWN) | {
    "code", "marketplace", "connection_state", "status", "state", "basis", "encoding", "delimiter",
    "compression", "checksum", "event_key", "reason", "condition", "part", "deliver_by",
    "awaits_kind", "besides_because", "held_because", "item", "pool", "way", "wish", "feed",
    "channel",
}  # fmt: skip
_TEXTS: Final = text("""
    select table_name, column_name from information_schema.columns
    where table_schema = 'public' and table_name = any(:tables) and data_type = 'text'
    order by 1, 2
""")


def unmarked(database: Database, marked: Marked) -> list[tuple[str, str]]:
    """Columns of text in which no row of the account carries its mark."""
    with database.owning() as connection:
        columns = connection.execute(_TEXTS, {"tables": list(SECURED_TABLES)}).all()
        return [
            (table, column)
            for table, column in columns
            if column not in SHARED_WORDS and not _is_marked(connection, table, column, marked)
        ]


def _is_marked(connection: Connection, table: str, column: str, marked: Marked) -> bool:
    query = f"""select count(*) from {table}
        where account_id = :account_id and {column} ilike '%' || :word || '%'"""
    values = {"account_id": marked.account_id, "word": marked.word}
    return bool(connection.execute(text(query), values).scalar_one())


def numbers(accounts: Iterable[Marked]) -> Sequence[int]:
    return [one.account_id for one in accounts]
