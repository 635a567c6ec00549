"""The Application Management API, 2023-11-30: our own client secret changed, every 180 days."""

from typing import Final

import requests

from services.marketplaces.amazon.client.api import opened
from services.marketplaces.amazon.client.operations import ROTATE_SECRET
from services.marketplaces.amazon.client.token import Login

_PATH: Final = "/applications/2023-11-30/clientSecret"


def ask_for_new_secret(login: Login, region: str) -> None:
    """Ask for a new secret: Amazon sends it to the queue that the operator has registered.

    The old one holds for seven days more. Raises RefusedError where no queue is registered.
    """
    address = f"{login.settings.api_address(region)}{_PATH}"
    request = requests.Request("POST", address)
    login.caller.ask(ROTATE_SECRET, opened(request, login.rotation_token()))
