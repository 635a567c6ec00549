"""What a landing test calls to bring a file in."""

from collections.abc import Callable

from services.landing.land import FileResult

Bring = Callable[..., FileResult]
