"""Servers, dashboards and who they talk to, each in a process of its own."""
