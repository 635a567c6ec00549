"""Amazon's Selling Partner API: the few operations that the product asks, and nothing else.

`token` opens it, `api` asks one thing, the others say what an answer means. What no published
model has is told to whoever made the client (`Notice`), and never stops it.
"""
