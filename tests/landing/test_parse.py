"""Every line of a file is read, passed over or put aside: whatever stands in it."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.landing.read import lines
from services.landing.read.delimited import IrregularError
from services.landing.read.unpack import Unpacked, unpack
from services.landing.recognise.kinds import recognise
from services.landing.refusals import RefusedError
from services.landing.rows import mending
from services.landing.rows.parse import Parser

HEADER = "sku,currency,unit_cost,valid_from"
WORDS = {"currency": frozenset({"USD"}), "channel": frozenset[str]()}


def parsed(document: Unpacked) -> tuple[list[int], list[int], Parser]:
    """The lines of good rows and of rejected ones."""
    for line_by_line in (False, True):
        kind = recognise(document)
        parser = Parser(document, kind, WORDS, lambda _: None, line_by_line=line_by_line)
        try:
            batches = list(parser.batches())
        except IrregularError:
            continue
        good = [row for batch in batches for row in batch.values["row_number"].to_list()]
        bad = {row for batch in batches for row in batch.faults["row_number"].to_list()}
        return good, sorted(bad), parser
    raise AssertionError("irregular even when read line by line")


garbage = st.text(st.sampled_from('a1,;"\t \r\n\x1a\0é.-='), max_size=120)


@settings(max_examples=300, deadline=None)
@given(garbage, st.sampled_from([",", "\t", ";"]), st.integers(40, 200))
@example('a","b\n1,2,3,4\n', ",", 60)
@example('A"x,"USD,1,2026-01-01\nB,USD,1,2026-01-01\n', ",", 60)
def test_every_row_is_counted_once(
    tmp_path_factory: pytest.TempPathFactory, text: str, delimiter: str, block: int
) -> None:
    path = tmp_path_factory.mktemp("parse") / "f"
    path.write_text(HEADER.replace(",", delimiter) + "\n" + text, newline="", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "BLOCK", block)
        for document in unpack(path):
            good, bad, parser = parsed(document)
    passed = sum(parser.tally.passed_over.values())
    assert len(good) + len(bad) + passed == parser.tally.rows
    assert len({*good, *bad}) == len(good) + len(bad)


GOOD = "A,USD,4.20,2026-01-01"
STRANGE = st.text(st.sampled_from('a1,;" é.-='), min_size=1, max_size=30)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.just(GOOD), STRANGE), max_size=12))
def test_no_line_costs_another_line(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    # Of two quotes one may rightly open a cell that the other closes lines later.
    texts = [text for text in texts if '"' not in text] + [t for t in texts if t.count('"') == 1][
        :1
    ]
    texts += [GOOD, GOOD]
    path = tmp_path_factory.mktemp("parse") / "f"
    path.write_text("\n".join([HEADER, *texts]), encoding="utf-8")
    for document in unpack(path):
        good, _, _ = parsed(document)
    expected = [number for number, text in enumerate(texts, start=2) if text == GOOD]
    assert [number for number in good if number in expected] == expected


def test_a_file_whose_rows_do_not_fit_its_header_at_all_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mending, "MOST_ON_END", 1000)
    path = tmp_path / "f"
    path.write_text(HEADER + "\n" + "A,USD\n" * 999 + "A,USD,1,2026-01-01\n")
    for document in unpack(path):
        good, bad, _ = parsed(document)
        assert (len(good), len(bad)) == (1, 999)
    path.write_text(HEADER + "\n" + "A,USD\n" * 1000)
    for document in unpack(path):
        with pytest.raises(RefusedError, match="1000 rows on end"):
            parsed(document)


def test_a_raw_text_spans_the_lines_of_its_row(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_text(HEADER + '\n"A\nB",USD,x,2026-01-01\nC,USD,y,2026-01-01\n')
    for document in unpack(path):
        _, bad, parser = parsed(document)
        raw = parser.raw_texts()
        assert [(number, raw(number)) for number in bad] == [
            (2, '"A\nB",USD,x,2026-01-01'),
            (4, "C,USD,y,2026-01-01"),
        ]
