"""Whether a request and its answer are as the marketplace's own models describe them.

openapi-core checks what a model says of path, query, headers and body. It passes over what a model
does not name: a parameter or member of ours that the marketplace has not got is a fault here.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from openapi_core import Config, OpenAPI
from openapi_core.contrib.werkzeug import WerkzeugOpenAPIRequest, WerkzeugOpenAPIResponse
from werkzeug import Request, Response

MODELS: Final = Path(__file__).parents[1] / "data/models"
_IN_BRACES: Final = re.compile(r"\\\{[^/]+?\\\}")


@dataclass(frozen=True)
class Operation:
    """One operation of a model."""

    name: str
    method: str
    path: re.Pattern[str]
    query: frozenset[str]  # the names of its parameters
    model: str
    spoken: OpenAPI = field(repr=False)


@cache
def operations(folder: Path) -> tuple[Operation, ...]:
    """All of the models (OpenAPI 3, JSON) in a folder."""
    return tuple(one for path in sorted(folder.glob("*.json")) for one in _of_model(path))


def _of_model(path: Path) -> Iterator[Operation]:
    model = json.loads(path.read_text("utf-8"))
    model["servers"] = [{"url": "/"}]  # whoever serves it
    # Our requests may have nothing that the model has not, nor may our own answers.
    spoken = OpenAPI.from_dict(model, Config(additional_properties_default_policy="forbid"))
    for template, item in model["paths"].items():
        for method in item.keys() & {"get", "post", "put", "patch", "delete"}:
            operation = item[method]
            told = (*item.get("parameters", ()), *operation.get("parameters", ()))
            parameters = [_resolved(model, one) for one in told]
            yield Operation(
                operation.get("operationId", f"{method} {template}"),
                method.upper(),
                re.compile(_IN_BRACES.sub("[^/]+", re.escape(template))),
                frozenset(one["name"] for one in parameters if one["in"] == "query"),
                path.stem,
                spoken,
            )


def _resolved(model: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in part:
        return part
    found: Any = model
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return _resolved(model, found)


@dataclass
class Checked:
    """What one fake has checked, and what did not conform.

    folder: its marketplace's models. also: paths that no model has and the marketplace serves all
    the same (a token, a presigned download): whole, as regular expressions.
    """

    folder: Path
    also: tuple[str, ...] = ()
    misfits: list[str] = field(default_factory=list)

    def operation(self, request: Request) -> Operation | None:
        """Which operation of the models a request asks for."""
        return next(
            (
                one
                for one in operations(self.folder)
                if one.method == request.method and one.path.fullmatch(request.path)
            ),
            None,
        )

    def request(self, request: Request) -> list[str]:
        """What of a request does not conform, in words; it is kept too."""
        found = list(self._wrong_in(request))
        self.misfits += found
        return found

    def _wrong_in(self, request: Request) -> Iterator[str]:
        operation = self.operation(request)
        if operation is None:
            if not any(re.fullmatch(path, request.path) for path in self.also):
                yield f"no model has {request.method} {request.path}"
            return
        for name in sorted(request.args.keys() - operation.query):
            yield f"{operation.name}: no parameter {name}"
        for error in operation.spoken.iter_request_errors(WerkzeugOpenAPIRequest(request)):
            yield f"{operation.name}: {_words(error)}"

    def answer(self, request: Request, response: Response) -> None:
        """Keep what of our own answer does not conform."""
        operation = self.operation(request)
        if operation is not None:
            asked = WerkzeugOpenAPIRequest(request)
            told = WerkzeugOpenAPIResponse(response)
            self.misfits += [
                f"{operation.name}, answer {response.status_code}: {_words(error)}"
                for error in operation.spoken.iter_response_errors(asked, told)
            ]


def _words(error: BaseException) -> str:
    """An error and what lies below it: of some, openapi-core names the member only there."""
    said = str(error) or type(error).__name__
    below = "" if error.__cause__ is None else _words(error.__cause__)
    return said if below in said else f"{said}: {below}"
