"""The tables that hold accounts' rows: those that report files land in, and our own."""

from typing import Final

from services.database.tables import KEPT_TABLES
from services.marketplaces.registry import REPORT_TABLES

TENANT_TABLES: Final = (*REPORT_TABLES, *KEPT_TABLES)
SECURED_TABLES: Final = ("account", *TENANT_TABLES)
