"""A hand-made account for one test: rows as identification would leave them, then their sums."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Connection, text

from services.database.engine import Database
from services.insights.answers import Filters
from services.recovery.identify import VERSION
from services.recovery.sums import rewrite_sums

# 15 Jun 2026 10:00 in Los Angeles, so the day of Amazon's American channels is the 15th, a Monday.
NOW = datetime(2026, 6, 15, 17, 0, tzinfo=UTC)
TODAY = date(2026, 6, 15)
USD = Filters("USD")

_SCOPES = {
    "amazon-us": "amazon:NA",
    "amazon-ca": "amazon:NA",
    "walmart-us": "walmart:US",
    "walmart-ca": "walmart:CA",
    "amazon-uk": "amazon:EU",
    "amazon-de": "amazon:EU",
    "amazon-fr": "amazon:EU",
    "amazon-se": "amazon:EU",
}


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


@dataclass
class World:
    """One account under construction. `sum_up` after the last row, as an import does."""

    database: Database
    name: str = "Northwind Kitchen"
    is_sample: bool = False
    account_id: int = 0
    channels: dict[str, int] = field(default_factory=dict)
    documents: dict[str, int] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.account_id = self._insert(
            "account",
            "account_id",
            name=self.name,
            is_sample=self.is_sample,
            identified_with=VERSION,  # else a server's start would identify it again, from nothing
        )

    def channel(self, code: str, **more: object) -> int:
        """The channel, new or known."""
        if code not in self.channels:
            with self.database.loading() as connection:
                self.channels[code] = _channel(connection, self.account_id, code)
        if more:
            self._set_channel(code, more)
        return self.channels[code]

    def _set_channel(self, code: str, values: dict[str, object]) -> None:
        changes = ", ".join(f"{name} = :{name}" for name in values)
        with self.database.loading() as connection:
            connection.execute(
                text(f"update channel set {changes} where channel_id = :channel_id"),
                {**values, "channel_id": self.channels[code]},
            )

    def document(
        self,
        code: str = "amazon-us",
        kind: str = "amazon_ledger_detail",
        last_day: date | None = TODAY,
        **more: object,
    ) -> int:
        """A report file of 10 rows, all landed unless said otherwise."""
        number = next(self.numbers)
        return self._insert("report_document", "document_id", **{
            "account_id": self.account_id, "channel_id": self.channel(code),
            "scope": _SCOPES[code], "kind": kind, "checksum": f"c{number}",
            "file_name": f"report-{number}.txt", "file_bytes": 100, "encoding": "utf-8",
            "delimiter": "tab", "compression": "none",
            "first_day": last_day and last_day - timedelta(days=30),
            "last_day": last_day, "rows_in_file": 10, "rows_landed": 10, "rows_passed_over": 0,
            "rows_rejected": 0, **more,
        })  # fmt: skip

    def _document(self, code: str) -> int:
        if code not in self.documents:
            self.documents[code] = self.document(code)
        return self.documents[code]

    def discrepancy(self, code: str = "amazon-us", **more: object) -> int:
        """One unit lost in the warehouse, worth 10.00, claimable today and for 30 days more."""
        given = {"event_on": in_days(-30), "unit_amount": "10.00", "expires_on": in_days(30)} | more
        number = next(self.numbers)
        return self._insert("discrepancy", "discrepancy_id", **{
            "account_id": self.account_id, "channel_id": self.channel(code), "type": "inventory",
            "subtype": "lost_in_warehouse", "event_key": f"e{number}", "sku": "SKU-A",
            "fnsku": "X001", "item_code": "B001", "title": "Enamel kettle", "units": 1,
            "opens_on": given["event_on"], "currency": "USD",
            "basis": "sourcing_cost" if given["unit_amount"] else "unknown",
            "document_id": self._document(code), "row_number": number, **given,
        })  # fmt: skip

    def reimbursement(self, code: str = "amazon-us", **more: object) -> str:
        """One unit paid automatically, 12.50 in cash."""
        number = next(self.numbers)
        key = str(more.get("reimbursement_key", f"k{number}"))
        self._insert("reimbursement", "reimbursement_key", **{
            "account_id": self.account_id, "channel_id": self.channel(code),
            "reimbursement_key": key, "external_id": f"R{number}", "is_reversal": False,
            "reason": "Lost_Warehouse", "type": "inventory", "subtype": "lost_in_warehouse",
            "sku": "SKU-A", "fnsku": "X001", "units_cash": 1, "units_inventory": 0,
            "amount": "12.50", "currency": "USD", "approved_on": in_days(-3),
            "document_id": self._document(code), "row_number": number, **more,
        })  # fmt: skip
        return key

    def settles(
        self, discrepancy_id: int, key: str, amount: str, code: str = "amazon-us", **more: object
    ) -> None:
        """The payment settles one unit of the discrepancy, in cash."""
        self._insert(
            "discrepancy_reimbursement",
            "discrepancy_id",
            **{
                "account_id": self.account_id,
                "discrepancy_id": discrepancy_id,
                "channel_id": self.channel(code),
                "reimbursement_key": key,
                "units_cash": 1,
                "units_inventory": 0,
                "amount": amount,
                **more,
            },
        )

    def case(self, case_id: str, code: str = "amazon-us", **more: object) -> str:
        """An open case about X001, filed twenty days ago for 100.00."""
        self._insert(
            "reimbursement_case",
            "case_id",
            **{
                "account_id": self.account_id,
                "channel_id": self.channel(code),
                "case_id": case_id,
                "type": "inventory",
                "subtype": "lost_in_warehouse",
                "status": "open",
                "opened_on": in_days(-20),
                "currency": "USD",
                "requested_amount": "100.00",
                "reference_ids": ["X001"],
                "document_id": self._document(code),
                "row_number": next(self.numbers),
                **more,
            },
        )
        return case_id

    def case_event(self, case_id: str, at: datetime, status: str, note: str | None = None) -> None:
        """One line of the history of a case on Amazon's American channel."""
        self.row(
            "case_event",
            channel_id=self.channel("amazon-us"),
            case_id=case_id,
            event_number=next(self.numbers),
            at=at,
            status=status,
            note=note,
        )

    def their_case(
        self,
        case_id: str,
        state: str,
        *,
        marketplace: str = "amazon",
        region: str = "NA",
        said: str = "SAID",
    ) -> None:
        """The case as the marketplace itself keeps it, told by a connection of that region."""
        key = {"account_id": self.account_id, "marketplace": marketplace, "region": region}
        told = {"case_id": case_id, "state": state, "said": said, "at": NOW - timedelta(days=2)}
        with self.database.syncing() as connection:
            connection.execute(_CONNECTED, key)
            connection.execute(_THEIR_CASE, key | told)

    def row(self, table: str, **values: object) -> None:
        """Any other row of the account."""
        self._insert(table, "account_id", account_id=self.account_id, **values)

    def sum_up(self) -> "World":
        with self.database.loading() as connection:
            rewrite_sums(connection, self.account_id)
        return self

    def _insert(self, table: str, answer: str, **values: object) -> Any:
        names = ", ".join(values)
        bound = ", ".join(f":{name}" for name in values)
        # Requests are not the loader's to write, nor the dashboard's once they are past `new`.
        asked = table == "activation_request"
        writing = self.database.owning() if asked else self.database.loading()
        with writing as connection:
            return connection.execute(
                text(f"insert into {table} ({names}) values ({bound}) returning {answer}"), values
            ).scalar_one()


_CONNECTED = text("""
    insert into marketplace_connection (account_id, marketplace, region, way, connected_by_name)
    values (:account_id, :marketplace, :region, 'consent', 'test')
    on conflict (account_id, marketplace, region) do nothing
""")
_THEIR_CASE = text("""
    insert into marketplace_case (account_id, connection_id, case_id, state, said, updated_at)
    select account_id, connection_id, :case_id, :state, :said, :at from marketplace_connection
    where account_id = :account_id and marketplace = :marketplace and region = :region
""")


def _channel(connection: Connection, account_id: int, code: str) -> int:
    return int(
        connection.execute(
            text("""
        insert into channel (account_id, code, marketplace, country, region, currency, time_zone)
        select :account_id, code, marketplace, country, region, currency, time_zone
        from marketplace where code = :code returning channel_id
    """),
            {"account_id": account_id, "code": code},
        ).scalar_one()
    )
