"""Links lead somewhere, and every document is listed."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.docs.reading import GUIDES, PAGES, PROJECT, anchors_of, links_in


def _name(document: Path) -> str:
    return str(document.relative_to(PROJECT))


@pytest.mark.parametrize("document", PAGES, ids=_name)
def test_links_lead_somewhere(document: Path) -> None:
    for link in links_in(document):
        address = urlsplit(link)
        if address.scheme:
            continue
        goal = (document.parent / unquote(address.path)).resolve() if address.path else document
        assert goal.exists(), link
        if address.fragment:
            assert address.fragment in anchors_of(goal), link


def test_every_document_is_listed_by_reader() -> None:
    overview = PROJECT / "docs/README.md"
    listed = {(overview.parent / urlsplit(link).path).resolve() for link in links_in(overview)}
    assert set(GUIDES) - listed == {overview}
