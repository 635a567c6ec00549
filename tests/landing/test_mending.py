"""Files as people have them: cut, trimmed, merged, saved again. Each row is read or told of."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.database.engine import Database
from services.landing.land import NOT_WHOLE, UNREADABLE
from services.landing.read import lines
from services.landing.read.delimited import IrregularError
from services.landing.read.unpack import Unpacked, unpack
from services.landing.recognise.kinds import recognise
from services.landing.refusals import RefusedError
from services.landing.rows import mending
from services.landing.rows.parse import EMPTY_ROW, REPEATED_HEADER, Parser
from tests.common.reports import files
from tests.common.reports.files import LEDGER, RETURNS, SETTLEMENT, Rows, every_row, one, table
from tests.landing.bringing import Bring

CURRENCIES = {"currency": frozenset({"USD"}), "channel": frozenset[str]()}
CUT = "a whole row: the file is cut off here"


@dataclass
class Read:
    """What became of a file's rows, by their lines."""

    rows: dict[int, dict[str, object]] = field(default_factory=dict)
    faults: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    passed_over: dict[str, int] = field(default_factory=dict)
    texts: dict[int, str] = field(default_factory=dict)
    line_by_line: bool = False

    def column(self, name: str) -> list[object]:
        return [row[name] for row in self.rows.values()]

    @property
    def rejected(self) -> list[int]:
        return sorted(self.faults)


Reader = Callable[[str | bytes], Read]


def read_document(document: Unpacked, *, line_by_line: bool) -> Read:
    kind = recognise(document)
    parser = Parser(document, kind, CURRENCIES, lambda _: None, line_by_line=line_by_line)
    batches = list(parser.batches())
    found = Read(line_by_line=line_by_line, passed_over=parser.tally.passed_over)
    for batch in batches:
        for row in batch.values.iter_rows(named=True):
            assert row["row_number"] not in found.rows
            found.rows[row["row_number"]] = row
        for row_number, *said in batch.faults.iter_rows():
            found.faults[row_number] = tuple(said)
    assert not found.rows.keys() & found.faults.keys()
    counted = len(found.rows) + len(found.faults) + sum(found.passed_over.values())
    assert counted == parser.tally.rows
    text = parser.raw_texts()
    found.texts = {number: text(number) for number in found.rejected}
    return found


def read_file(path: Path, content: str | bytes) -> Read:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    for document in unpack(path):  # its content is gone when the next one is asked for
        try:
            return read_document(document, line_by_line=False)
        except IrregularError:
            return read_document(document, line_by_line=True)
    raise AssertionError


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    return lambda content: read_file(tmp_path / "f", content)


def return_row(
    order: str = "111-1",
    sku: str = "MUG",
    *,
    name: str = "Blue Mug",
    status: str = "Unit returned",
    plate: str = "LPN1",
    comments: str = "",
    reason: str = "UNWANTED",
) -> tuple[str, ...]:
    return (
        "2026-03-12T10:00:00+00:00",
        order,
        sku,
        "B0A",
        "X001",
        name,
        "1",
        "LEX1",
        "SELLABLE",
        reason,
        status,
        plate,
        comments,
    )


THREE = (return_row("111-1"), return_row("111-2", comments="nice"), return_row("111-3"))


def returns(rows: Rows = THREE, delimiter: str = "\t", *, quoted: bool = False) -> str:
    return table(RETURNS, rows, delimiter, quoted=quoted)


def ledger(rows: Rows, columns: int = 16) -> str:
    return table(LEDGER[:columns], [row[:columns] for row in rows], quoted=True)


# Letters that mean nothing ------------------------------------------------------------------


def test_a_bad_byte_in_a_sku_costs_its_row_only(read: Reader) -> None:
    rows = [return_row(sku="KAFFEE-Ü"), return_row("111-2", "GRÜN"), return_row("111-3", "Ä")]
    found = read(returns(rows).encode().replace("GRÜN".encode(), b"GR\xc3N"))
    assert found.column("sku") == ["KAFFEE-Ü", "Ä"]
    assert found.faults == {3: ("sku", "letters that the file's encoding knows", "GR�N")}


def test_a_bad_byte_in_free_text_costs_nothing(read: Reader) -> None:
    content = returns([return_row(sku="ÄÖÜ"), return_row(name="M.g", comments="g.t")])
    found = read(content.encode().replace(b"M.g", b"M\xffg").replace(b"g.t", b"g\xfft"))
    assert found.column("product_name") == ["Blue Mug", "M�g"]
    assert found.column("customer_comments") == [None, "g�t"]
    assert not found.faults


def test_a_bad_byte_in_a_japanese_file_is_no_letter_of_a_sku(read: Reader) -> None:
    rows = [return_row(sku="ボトル+1"), return_row(sku="ボトル+2"), return_row(name="ステンレス")]
    content = returns(rows).encode("cp932").replace(b"+2", b"\xff2").replace(b"+1", b"\xa01")
    found = read(content)
    assert found.column("product_name") == ["ステンレス"]
    assert [said for _, _, said in found.faults.values()] == ["ボトル�1", "ボトル�2"]


def test_utf_8_within_another_encoding_names_no_item(read: Reader) -> None:
    rows = [return_row(sku="GRÜN", name="Größe, schön"), return_row(sku="KAFFEE-Ãœ")]
    found = read(returns([*rows, return_row(name="CafÃ©")]).encode("cp1252"))
    assert found.column("sku") == ["GRÜN", "MUG"]
    [(column, expected, _)] = found.faults.values()
    assert (column, expected) == ("sku", "letters of the file's encoding (these are UTF-8)")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_wide_encodings_are_read_with_a_mark_or_without(read: Reader, encoding: str) -> None:
    found = read(returns([return_row(sku="KAFFEE-Ü"), *THREE]).encode(encoding))
    assert found.column("sku") == ["KAFFEE-Ü", "MUG", "MUG", "MUG"]


# A file that is cut off ---------------------------------------------------------------------


def test_a_cut_last_row_is_the_only_row_lost(read: Reader) -> None:
    whole = returns()
    start = whole.index("111-3")
    for end in range(start, whole.rindex("\t")):
        found = read(whole[:end])
        assert found.column("order_id") == ["111-1", "111-2"]
        cells = whole[whole.rindex("\n", 0, end) : end].count("\t") + 1
        assert found.faults == {4: ("", CUT, f"{cells} cells")}


def test_a_last_row_without_line_end_lands(read: Reader) -> None:
    assert len(read(returns().rstrip("\n")).rows) == 3
    assert len(read(returns().rstrip("\n").encode("utf-16-le")).rows) == 3


def test_a_row_cut_within_a_letter_does_not_land(read: Reader) -> None:
    rows = [return_row(sku="KAFFEE-Ü"), return_row("111-2", comments="schöne Grü")]
    found = read(returns(rows).encode()[:-2])
    assert found.column("sku") == ["KAFFEE-Ü"]
    assert found.faults == {3: ("", CUT, "a letter cut in two")}
    assert found.texts[3].endswith("schöne Gr�")


def test_a_row_cut_within_quotes_is_told_as_cut(read: Reader) -> None:
    found = read(returns(quoted=True)[:-30])
    assert len(found.rows) == 2
    assert found.faults == {4: ("", CUT, "a quote that is never closed")}


def test_empty_cells_of_a_cut_row_are_no_empty_row(read: Reader) -> None:
    summary = files.recon_summary("18.48")
    whole = table(files.RECON, [files.recon_row(), summary, files.recon_row()], ",")
    found = read(whole[: whole.rindex(",,,,K1") + 3])
    assert (list(found.rows), found.rejected) == ([2], [4])


def test_what_ends_an_old_file_is_no_row(read: Reader) -> None:
    found = read(returns() + "\x1a")
    assert (len(found.rows), found.passed_over) == (3, {EMPTY_ROW: 1})


# Quotes that a spreadsheet has set ------------------------------------------------------------


def test_quotes_of_a_spreadsheet_are_taken_off(read: Reader) -> None:
    rows = [
        return_row(sku='"MUG,BLUE-2"', comments='"It said 27"" wide, but was 26"""'),
        return_row(sku='"MUG;1"', name='"""Best"" mug"', comments='""'),
    ]
    found = read(returns(rows))
    assert found.column("sku") == ["MUG,BLUE-2", "MUG;1"]
    assert found.column("product_name") == ["Blue Mug", '"Best" mug']
    assert found.column("customer_comments") == ['It said 27" wide, but was 26"', None]


@pytest.mark.parametrize(
    "title", ['27"', '"Best" mug', '"', '"Best', '"Best"', 'a "b", c', '"a" or "b"', '"a", b']
)
def test_quotes_of_a_seller_stay(read: Reader, title: str) -> None:
    spreadsheet = return_row(sku='"A,B"')  # the quotes of one cell say nothing of another's
    rows = [return_row(name=title, comments=title), spreadsheet, return_row(name=title)]
    found = read(returns(rows))
    assert found.column("product_name") == [title, "Blue Mug", title]
    assert found.column("customer_comments") == [title, None, None]
    assert found.column("sku") == ["MUG", "A,B", "MUG"]


def test_a_tab_or_a_line_break_within_quotes_breaks_no_row(read: Reader) -> None:
    rows = [
        return_row("111-1", name='"Blue\tMug"'),
        return_row("111-2", name='"Blue\nMug"'),
        return_row("111-3", comments='"a\n\nb, ""c"""'),
        return_row("111-4", name='"Best" mug', comments='"great'),
        return_row("111-5"),
    ]
    found = read(returns(rows))
    assert found.column("product_name") == [
        "Blue\tMug",
        "Blue Mug",
        "Blue Mug",
        '"Best" mug',
        "Blue Mug",
    ]
    assert found.column("customer_comments") == [None, None, 'a  b, "c"', '"great', None]
    assert list(found.rows) == [2, 3, 5, 8, 9]


def test_rows_quoted_throughout_need_no_quoted_header(read: Reader) -> None:
    found = read(returns([tuple(f'"{cell}"' for cell in return_row())]))
    assert found.column("sku") == ["MUG"]


# Cells that are missing, or too many, at a row's end ----------------------------------------------


def trimmed(content: str, delimiter: str = "\t") -> str:
    return "".join(line.rstrip(delimiter) + "\n" for line in content.splitlines())


@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
def test_missing_cells_at_a_rows_end_are_empty(read: Reader, delimiter: str) -> None:
    whole = returns(delimiter=delimiter)
    found, expected = read(trimmed(whole, delimiter)), read(whole)
    assert found.line_by_line
    assert found.rows == expected.rows


def test_a_settlement_trimmed_by_an_editor_is_whole(read: Reader) -> None:
    summary = ("1", "2026-03-01", "2026-03-15", "", "20.00", "USD", *[""] * 18)
    line = ["1", *[""] * 23]
    for name, cell in {
        "transaction-type": "Order",
        "amount": "20.00",
        "posted-date-time": "2026-03-05 10:00:00",
        "sku": "MUG",
    }.items():
        line[SETTLEMENT.index(name)] = cell
    whole = table(SETTLEMENT, [summary, line, line, summary, line])
    assert read(trimmed(whole)).rows == read(whole).rows


def test_a_cell_that_must_be_filled_is_missed_by_its_name(read: Reader) -> None:
    content = "sku,currency,unit_cost,valid_from\nA,USD,4.20,2026-01-01\nB,USD,4.20\nC,USD,1,\n"
    found = read(content)
    assert {row: said[0] for row, said in found.faults.items()} == {
        3: "valid_from",
        4: "valid_from",
    }


def test_a_row_that_lost_a_mark_between_cells_is_not_taken_for_a_trimmed_one(read: Reader) -> None:
    found = read(returns().replace("LEX1\tSELLABLE", "LEX1SELLABLE", 1))
    assert list(found.rows) == [3, 4]
    assert found.faults == {2: ("", "13 cells, as in the header", "12 cells")}
    filled = [return_row(f"111-{at}", comments="fine") for at in range(3)]
    found = read(returns(filled).replace("LEX1\tSELLABLE", "LEX1SELLABLE", 1))
    assert list(found.rows) == [3, 4]


def test_a_mark_too_many_between_cells_is_not_taken_for_one_at_the_end(read: Reader) -> None:
    found = read(returns().replace("Unit returned", "Unit\treturned", 1))
    assert found.faults == {2: ("", "13 cells, as in the header", "14 cells")}
    assert list(found.rows) == [3, 4]


def test_one_row_may_lack_its_last_cells(read: Reader) -> None:
    found = read(returns().replace("LPN1\t\n", "LPN1\n", 1))
    assert found.rows == read(returns()).rows


@pytest.mark.parametrize("surplus", ["\t", "\t\t\t"])
def test_surplus_empty_cells_are_harmless(read: Reader, surplus: str) -> None:
    whole = read(returns())
    header, *rows = returns().splitlines(keepends=True)
    assert read(header + "".join(rows).replace("\n", surplus + "\n")).rows == whole.rows
    assert (
        read("".join([header, rows[0].replace("\n", surplus + "\n"), *rows[1:]])).rows == whole.rows
    )
    named = read(header.replace("\n", surplus + "\n") + "".join(rows))
    assert named.rows == whole.rows


def test_a_surplus_cell_with_something_in_it_rejects_its_row(read: Reader) -> None:
    found = read(returns([return_row(comments="too big\tand heavy"), *THREE]))
    assert found.faults == {2: ("", "13 cells, as in the header", "14 cells")}


def test_a_spreadsheet_leaves_cells_out_of_blocks_of_16_rows(
    read: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Header and 15 rows; then a block in which a comment keeps the delimiters; then one without.
    rows = [return_row(f"111-{at}", plate=f"P{at * at}", reason=f"R{at}") for at in range(60)]
    rows[20] = return_row("111-20", comments="kept")
    whole = returns(rows, ",").splitlines()
    saved = [
        line if 16 <= at < 32 or at == 0 else line.removesuffix(",")
        for at, line in enumerate(whole)
    ]
    monkeypatch.setattr(mending, "WINDOW", 32)
    found = read("\n".join(saved) + "\n")
    assert [row for row in range(2, 49) if row not in found.rows] == []
    # The last block is not whole: its rows look like no others.
    assert found.rejected == [row for row in range(49, 62) if row not in found.rows]


# Headers further down ----------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_repeated_headers_are_passed_over(read: Reader, mark: str) -> None:
    found = read(mark + returns() + mark + returns() + mark + returns([]))
    assert list(found.rows) == [2, 3, 4, 6, 7, 8]
    assert (found.passed_over, found.faults) == ({REPEATED_HEADER: 2}, {})


def test_rows_below_another_layout_are_read_by_it(read: Reader) -> None:
    rows = [files.lost(unreconciled="2"), files.ledger_row()]
    found = read(
        "\ufeff" + ledger(rows) + "\ufeff" + ledger(rows, 12) + "\ufeff" + ledger(rows, 14)
    )
    assert found.column("unreconciled_quantity") == [2, None, None, None, 2, None]
    assert found.column("quantity") == [-2, -1, -2, -1, -2, -1]
    assert found.passed_over == {REPEATED_HEADER: 2}


def test_columns_in_another_order_are_read_by_their_own_header(read: Reader) -> None:
    swapped = (*RETURNS[:2], RETURNS[4], RETURNS[3], RETURNS[2], *RETURNS[5:])
    row = return_row()
    found = read(
        returns([row])
        + table(swapped, [(*row[:2], row[4], row[3], row[2], *row[5:])])
        + returns([row], ",")
        + returns([row], quoted=True)
    )
    assert found.column("sku") == ["MUG"] * 4
    assert found.column("fnsku") == ["X001"] * 4


@pytest.mark.parametrize("quoted", [False, True])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_header_on_the_line_of_the_last_row_costs_no_row(
    read: Reader, mark: str, quoted: bool
) -> None:
    part = returns(quoted=quoted)
    found = read(part.rstrip("\n") + mark + part)
    assert found.column("order_id") == ["111-1", "111-2", "111-3"] * 2
    assert found.column("customer_comments") == [None, "nice", None] * 2
    found = read(part[:-30] + mark + part)
    assert found.column("order_id") == ["111-1", "111-2", "111-1", "111-2", "111-3"]
    assert [said[1] for said in found.faults.values()] == [CUT]


def test_another_report_below_is_refused_by_name_and_line(read: Reader) -> None:
    other = files.reimbursements([files.reimbursement_row(title="Mug")]).decode()
    for content, line in ((returns() + other, 5), (other + returns(), 3)):
        with pytest.raises(RefusedError) as caught:
            read(content)
        assert "“Amazon FBA customer returns”" in str(caught.value)
        assert "“Amazon FBA reimbursements”" in str(caught.value)
        assert f"from line {line} on" in str(caught.value)


# Rows in two pieces ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("broken", "name", "comments"),
    [("Blue\nMug", "Blue Mug", None), ("Blue\r\nMug", "Blue Mug", None)],
)
def test_a_row_broken_in_free_text_is_one_row(
    read: Reader, broken: str, name: str, comments: str | None
) -> None:
    found = read(returns([return_row(name=broken), *THREE]))
    assert found.rows[2]["product_name"] == name
    assert found.rows[2]["customer_comments"] == comments
    assert list(found.rows) == [2, 4, 5, 6]


def test_a_row_broken_in_its_last_cell_is_one_row(read: Reader) -> None:
    found = read(returns([return_row(comments="broken\nsent back"), return_row(sku="x", name="")]))
    assert found.rows[2]["customer_comments"] == "broken sent back"
    assert list(found.rows) == [2, 4]


def test_both_pieces_of_a_row_broken_in_a_code_are_rejected(read: Reader) -> None:
    for broken in (return_row(sku="MU\nG"), return_row(status="Unit\nreturned")):
        content = returns([broken, *THREE])
        for saved in (content, trimmed(content)):
            found = read(saved)
            assert (found.rejected, list(found.rows)) == ([2, 3], [4, 5, 6])


@pytest.mark.parametrize(
    "comments",
    [
        "broken\n2026-03-12T10:00:00+00:00",  # the start of a row
        "broken\nsent back\nindeed",
        "broken\n\nsent back",
    ],
)
def test_what_may_be_more_than_a_piece_is_rejected(read: Reader, comments: str) -> None:
    found = read(returns([return_row(comments=comments), *THREE]))
    assert found.rows[2]["customer_comments"] == "broken"
    assert found.rejected
    assert len(found.rows) == 4


# In the database ---------------------------------------------------------------------------------


def test_a_cut_file_lands_but_for_its_last_row_and_says_so(
    bring: Bring, database: Database
) -> None:
    rows = [return_row(sku="KAFFEE-Ü"), return_row("111-2", comments="schöne Grü")]
    result = bring(returns(rows).encode()[:-2])
    assert (result.encoding, result.rows_landed, result.rows_rejected) == ("utf-8", 1, 1)
    assert result.notes == (NOT_WHOLE.format(rejected=1, rows=2), UNREADABLE)
    assert one(database, "select sku from amazon_customer_return") == "KAFFEE-Ü"
    [rejected] = every_row(database, "select row_number, column_name, expected from rejected_row")
    assert rejected == (3, "(whole row)", CUT)


def test_files_put_together_land_as_if_apart(bring: Bring, database: Database) -> None:
    rows = [files.reimbursement_row("1", "10.00"), files.reimbursement_row("2", "12.50")]
    parts = ["\ufeff" + table(files.REIMBURSEMENTS, [row], ",") for row in rows]
    result = bring("".join(parts).replace("\n", "\r\n"))
    assert (result.rows_in_file, result.rows_landed) == (3, 2)
    assert result.passed_over_because == {REPEATED_HEADER: 1}
    assert one(database, "select sum(amount_total)::text from amazon_reimbursement") == "22.50"


def test_a_joined_row_is_rejected_with_all_its_lines(bring: Bring, database: Database) -> None:
    wrong = ("yesterday", *return_row(comments="broken\nsent back")[1:])
    result = bring(returns([wrong, *THREE]))
    assert (result.rows_landed, result.rows_rejected) == (3, 1)
    text = one(database, "select raw_text from rejected_row")
    assert text == "\t".join(wrong)


# All of it ---------------------------------------------------------------------------------------

MARKS = st.sampled_from(["\t", "\n", '"', ",", "\r", "\ufeff", "\xc3", "x", ""])
DRAWN = st.builds(
    return_row,
    st.sampled_from(["111-1", "111-2"]),
    st.sampled_from(["MUG", "KAFFEE-Ü", "A,B"]),
    name=st.sampled_from(["Mug", '27" mug', "Gr\u00fcn", "", '"Best"']),
    comments=st.sampled_from(["", "", "fine", "sch\u00f6n, gro\u00df", '"so"']),
)


@settings(max_examples=80, deadline=None)
@given(st.lists(DRAWN, min_size=1, max_size=8), st.sampled_from("\t,;"), st.booleans())
def test_line_by_line_a_regular_file_reads_the_same(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]], mark: str, quoted: bool
) -> None:
    path = tmp_path_factory.mktemp("both") / "f"
    path.write_text(returns(rows, mark, quoted=quoted))
    for document in unpack(path):
        try:
            quick = read_document(document, line_by_line=False)
        except IrregularError:
            continue
        slow = read_document(document, line_by_line=True)
        assert (slow.rows, slow.faults) == (quick.rows, quick.faults)


@settings(max_examples=120, deadline=None)
@given(st.lists(DRAWN, min_size=2, max_size=8), MARKS, st.data(), st.integers(200, 2000))
@example([return_row(), return_row()], "\n", None, 200)
def test_damage_costs_no_other_row(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, ...]],
    mark: str,
    data: st.DataObject | None,
    block: int,
) -> None:
    """One spot of the data is damaged: rows of other lines are as they were, or are told of."""
    whole = returns(rows)
    start = whole.index("\n") + 1
    at = data.draw(st.integers(start, len(whole) - 1)) if data else start + 40
    damaged = whole[:at] + mark + whole[at + 1 :]
    path = tmp_path_factory.mktemp("damage") / "f"
    expected = read_file(path, whole)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "BLOCK", block)
        found = read_file(path, damaged)
    hurt = whole.count("\n", 0, at) + 1
    more = damaged.count("\n") - whole.count("\n")
    before = {row: one for row, one in expected.rows.items() if row < hurt}
    assert {row: one for row, one in found.rows.items() if row < hurt} == before
    after = [one["order_id"] for row, one in expected.rows.items() if row > hurt + (more < 0)]
    last = [one["order_id"] for row, one in found.rows.items() if row > hurt + max(more, 0)]
    assert last == after


@settings(max_examples=80, deadline=None)
@given(st.lists(DRAWN, min_size=1, max_size=6), st.data(), st.sampled_from(["utf-8", "cp1252"]))
def test_a_file_cut_anywhere_gives_the_rows_before(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, ...]],
    data: st.DataObject,
    encoding: str,
) -> None:
    whole = returns(rows).encode(encoding)
    path = tmp_path_factory.mktemp("cut") / "f"
    expected = read_file(path, whole)
    start = whole.index(b"\n") + 1
    cut = data.draw(st.integers(start, len(whole)))
    found = read_file(path, whole[:cut])
    ended = whole[:cut].count(b"\n") + 1
    before = {row: one for row, one in expected.rows.items() if row < ended}
    assert {row: one for row, one in found.rows.items() if row < ended} == before
    assert set(found.rejected) | set(found.rows) <= {*expected.rows, *expected.faults}


# A part of the file was never written: it begins in one row and ends in another.
@pytest.mark.parametrize("column", ["fnsku", "unknown column"])
def test_a_row_with_a_hole_names_nothing(bring: Bring, database: Database, column: str) -> None:
    header = (*RETURNS[:4], "unknown column", *RETURNS[4:])
    row = {"fnsku": "X001", "unknown column": "more"} | {column: "\0" * 40}
    cells = [*return_row()[:4], row["unknown column"], row["fnsku"], *return_row()[5:]]
    result = bring(table(header, [cells]))
    assert (result.rows_landed, result.rows_rejected) == (0, 1)
    assert every_row(database, "select names_nothing, orders from unread_row") == [(True, [])]


# A spreadsheet fills a cell with # where its column is too narrow for a date or a number.
def test_a_cell_of_a_column_too_narrow_is_damage_and_no_legend(bring: Bring) -> None:
    header = files.INVENTORY
    said = {
        "Start Date": "########",
        "End Date": "2026-05-31",
        "GTIN": "00065791330026",
        "Lost": "0",
        "Found": "3",
    }
    for value in ("########", "2026-05-01", "How many units there were"):
        cells = [(said | {"Start Date": value}).get(name, "") for name in header]
        result = bring(table(header, [cells], ","), channel="walmart-us")
        landed, rejected = result.rows_landed, result.rows_rejected
        assert (landed, rejected) == {"#": (0, 1), "2": (1, 0), "H": (0, 0)}[value[0]]
