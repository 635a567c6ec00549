"""The fakes' own judge: what a model has not got does not pass it."""

from typing import Any

import pytest
from werkzeug import Request, Response
from werkzeug.test import EnvironBuilder

from tests.fakes.checking import MODELS, Checked

REPORTS = "/reports/2021-06-30/reports"
ORDER = {"reportType": "GET_FBA_REIMBURSEMENTS_DATA", "marketplaceIds": ["ATVPDKIKX0DER"]}


@pytest.fixture
def checked() -> Checked:
    return Checked(MODELS / "amazon", also=("/auth/o2/token",))


def asked(**told: Any) -> Request:
    return Request(EnvironBuilder(**{"path": REPORTS, **told}).get_environ())


def ordered(**more: Any) -> Request:
    return asked(method="POST", json={**ORDER, **more})


def told(body: str, status: int = 202) -> Response:
    return Response(body, status, content_type="application/json")


@pytest.mark.parametrize(
    "request_",
    [
        ordered(dataStartTime="2026-05-01T00:00:00-07:00", reportOptions={"a": "b"}),
        asked(query_string={"reportTypes": "ONE,TWO", "pageSize": "100"}),
        asked(path=f"{REPORTS}/123"),
        asked(path="/auth/o2/token", method="POST"),
    ],
)
def test_what_a_model_has_passes(checked: Checked, request_: Request) -> None:
    assert checked.request(request_) == []
    assert checked.misfits == []


@pytest.mark.parametrize(
    ("request_", "named"),
    [
        (ordered(dataStartTime="2026-05-01"), "date-time"),
        (ordered(another=1), "another"),
        (ordered(marketplaceIds=[]), "non-empty"),
        (asked(query_string={"pageSize": "101"}), "pageSize"),
        (asked(query_string={"pageSizes": "100"}), "no parameter pageSizes"),
        (asked(path="/reports/2021-06-30/report"), "no model has GET"),
        (asked(method="PUT"), "no model has PUT"),
    ],
)
def test_what_no_model_has_is_kept(checked: Checked, request_: Request, named: str) -> None:
    checked.request(request_)
    [misfit] = checked.misfits
    assert named in misfit


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        (told('{"reportId": "1"}'), None),
        (told('{"reportId": 1}'), "not of type"),
        (told('{"reportId": "1", "more": 1}'), "more"),
        (told('{"reportId": "1"}', 208), "208"),
    ],
)
def test_our_own_answers_are_judged_too(
    checked: Checked, answer: Response, named: str | None
) -> None:
    checked.answer(ordered(), answer)
    assert [named in each for each in checked.misfits if named] == ([True] if named else [])
    assert named or checked.misfits == []
