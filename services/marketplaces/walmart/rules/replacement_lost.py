"""A unit that was lost on its way, and a replacement sent (see returns.py)."""

from services.marketplaces.walmart.rules.returns import returned

RULE = returned("replacement_lost")
