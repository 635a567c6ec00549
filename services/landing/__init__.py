"""Report files, from the bytes on disk to rows: each landed, passed over or rejected.

By step: `read` (which file, encoding, lines), `recognise` (which report), `rows` (which values),
`rejected` (what could not be read), `ways` (how rows land beside older ones). Marketplaces describe
their reports as data (services.marketplaces); nothing here knows one of them.
"""
