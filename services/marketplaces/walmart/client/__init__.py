"""Asking Walmart for one seller: the token, reports on request, reconciliations, returns, inbound.

Answers become files as the formats beside this folder read them (`report_formats`). Sources: the
models of highsidelabs/walmart-api-php and, newer, Walmart's developer pages named where they count.
"""
