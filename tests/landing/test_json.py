"""JSON of any shape and size: read object by object, told by its members, refused by name."""

import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.landing.read import json_text, lines
from services.landing.read.json_text import JsonText, Number, as_written
from services.landing.read.unpack import unpack
from services.landing.recognise.kinds import recognise
from services.landing.refusals import RefusedError
from services.landing.rows.parse import Parser
from tests.common.reports.files import API

KINDS = [
    ("amazon/inbound_shipments.json", "amazon_inbound_shipments", 1),
    ("amazon/inbound_items.json", "amazon_inbound_items", 1),
    ("walmart/returns.json", "walmart_returns", 1),
    ("walmart/inbound_shipments.json", "walmart_inbound_shipments", 10),
    ("walmart/inbound_items.json", "walmart_inbound_items", 4),
]


def kind_and_rows(path: Path) -> tuple[str, int]:
    """What the file is, and how many rows it has."""
    for document in unpack(path):
        kind = recognise(document)
        parser = Parser(document, kind, {}, lambda _: None)
        for batch in parser.batches():
            assert batch.faults.is_empty()
        return kind.report.kind, parser.tally.rows
    raise AssertionError


@pytest.mark.parametrize(("name", "kind", "rows"), KINDS)
def test_an_answer_a_list_of_answers_and_one_a_line_are_the_same_kind(
    tmp_path: Path, name: str, kind: str, rows: int
) -> None:
    said = json.loads((API / name).read_text())
    forms = (json.dumps(said), json.dumps([said, said], indent=2), f"{json.dumps(said)}\n" * 3)
    for times, form in enumerate(forms, start=1):
        (tmp_path / "f").write_text(form)
        assert kind_and_rows(tmp_path / "f") == (kind, rows * times)


def refusal(path: Path, content: str) -> str:
    path.write_text(content)
    with pytest.raises(RefusedError) as caught:
        kind_and_rows(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('{"errors": [{"code": "QuotaExceeded"}]}', "Members seen: errors, errors.code."),
        ('{"errors": [{"code": "QuotaExceeded"}]}', "No known kind shares a member with it."),
        (
            '{"payload": {"ShipmentData": [{"ShipmentId": "F"}]}}',
            "Nearest known kind: Amazon inbound shipments; "
            "it lacks payload.ShipmentData.ShipmentStatus.",
        ),
        ('{"payload": []}', "Its list is empty: nothing in it says whether it is"),
        ('{"payload": {"ItemData": [1]}}', "it lacks payload.ItemData.ShipmentId"),
        ("{}", "JSON of no kind that we know"),
        ('{"a": nope, "b": 1}', "not valid JSON: from here on: 'nope"),
        ('{"a": 1', "cut off, so fetch it again"),
        ('{"payload": {"ItemData": [{"ShipmentId": "FBA1", "Quan', "cut off, so fetch it again"),
        ('{"payload": {"ItemData": [{"ShipmentId": "FBA1"}', "cut off, so fetch it again"),
        ('{"a": "b', "not valid JSON"),
        ('{"a" 1}', "not valid JSON"),
        ("{1: 2}", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("[" * 100_000 + "]" * 100_000, "JSON of no kind that we know"),
    ],
)
def test_json_of_no_known_kind_is_refused_by_its_members(
    tmp_path: Path, content: str, says: str
) -> None:
    assert says in refusal(tmp_path / "f", content)


def test_an_empty_page_is_what_its_list_is_called(tmp_path: Path) -> None:
    (tmp_path / "f").write_text('{"payload": {"ItemData": [], "NextToken": null}}')
    assert kind_and_rows(tmp_path / "f") == ("amazon_inbound_items", 0)


def test_an_empty_first_page_does_not_hide_the_second(tmp_path: Path) -> None:
    full = (API / "walmart/inbound_items.json").read_text()
    (tmp_path / "f").write_text(f'[{{"headers": {{}}, "payload": []}}, {full}]')
    assert kind_and_rows(tmp_path / "f") == ("walmart_inbound_items", 4)


def test_numbers_and_letters_stay_as_written(tmp_path: Path) -> None:
    written = '{"a": 1.10, "é": [-3, 1e2, true, null, "x\\"y"]}'
    (tmp_path / "f").write_text(written, encoding="utf-8")
    for document in unpack(tmp_path / "f"):
        value = JsonText(document).value()
        assert as_written(value) == written
        assert value == {"a": "1.10", "é": ["-3", "1e2", True, None, 'x"y']}


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(values, max_size=4), st.integers(1, 40), st.booleans())
def test_pieces_of_any_size_give_the_same_values(
    tmp_path_factory: pytest.TempPathFactory, said: list[object], size: int, skips: bool
) -> None:
    path = tmp_path_factory.mktemp("json") / "f"
    path.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    read = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "BLOCK", size)
        for document in unpack(path):
            text = JsonText(document)
            for at, _ in enumerate(text.elements()):
                if skips and at % 2:
                    text.skip()
                else:
                    read.append(as_written(text.value()))
            assert text.peek() == ""
    kept = [one for at, one in enumerate(said) if not (skips and at % 2)]
    assert [json.loads(one) for one in read] == kept


def test_a_long_list_is_read_in_constant_memory(tmp_path: Path) -> None:
    shipment = json.dumps({"ShipmentId": "F" * 40, "ShipmentStatus": "CLOSED", "More": "x" * 900})
    with (tmp_path / "f").open("w") as out:
        out.write('{"payload": {"ShipmentData": [' + shipment)
        for _ in range(20_000):
            out.write("," + shipment)
        out.write("]}}")
    tracemalloc.start()
    kind_and_rows(tmp_path / "f")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # 20 MB on one line; held are the cells of 5,000 objects and a piece of a megabyte.
    assert (tmp_path / "f").stat().st_size > 19_000_000
    assert most < 12_000_000


def test_an_object_without_end_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_text, "LONGEST_OBJECT", 3 << 20)
    said = refusal(tmp_path / "f", '[{"case_id": "' + "x" * (6 << 20))
    assert "longer than" in said


def test_a_number_is_text_of_its_own_kind() -> None:
    assert as_written([Number("007"), "007"]) == '[007, "007"]'
