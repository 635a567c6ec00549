"""Asking marketplaces and others over HTTPS: limits, waits, refusals and downloads."""
