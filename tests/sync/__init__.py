"""Asking and connecting marketplaces."""
