"""Asking marketplaces and others over HTTPS: limits, waits, refusals and downloads."""

import logging

# What it warns of holds whole addresses, and some are rights to what lies there.
logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)
