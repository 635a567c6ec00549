"""An exported file, read as a spreadsheet would."""

import csv
import io
from typing import Any

from openpyxl import load_workbook


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sheet_facts(content: bytes) -> dict[str, Any]:
    about = load_workbook(io.BytesIO(content))["About"]
    return {row[0]: row[1] for row in about.iter_rows(max_col=2, values_only=True)}
