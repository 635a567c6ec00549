"""The operator's page: people, their roles and their accounts; no figure of anybody."""
