"""A refunded unit that Walmart or its carrier lost on its way (see returns.py)."""

from services.marketplaces.walmart.rules.returns import returned

RULE = returned("return_lost")
