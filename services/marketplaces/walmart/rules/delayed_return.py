"""A refunded or replaced unit whose return is overdue (see returns.py)."""

from services.marketplaces.walmart.rules.returns import returned

RULE = returned("delayed_return")
