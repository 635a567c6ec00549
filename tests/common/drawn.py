"""Everything that a page sends to the browser, as one text to search for marks."""

from collections.abc import Iterator
from typing import Any

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Element, Node


def drawn(app: AppTest) -> str:
    """Every element as it is sent: words, labels, options, tooltips, links, charts, tables."""
    said = [part for node in _below(app._tree) for part in _said(node)]
    return "\n".join([*said, repr(dict(app.query_params))])


def nodes(app: AppTest) -> list[Node]:
    """Every element and container that is sent."""
    return [node for node in _below(app._tree) if getattr(node, "proto", None) is not None]


def _below(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, Block):
        for child in node.children.values():
            yield from _below(child)


def _said(node: Any) -> Iterator[str]:
    if getattr(node, "proto", None) is not None:
        yield str(node.proto)
    if isinstance(node, Element) and node.type in ("arrow_data_frame", "dataframe", "table"):
        yield node.value.to_csv()  # the wire holds figures as bytes
