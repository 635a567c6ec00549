"""A fake Amazon on this machine: Login with Amazon, the Selling Partner API and its documents.

`files` is what one seller's reports say, `reports` what becomes of an ordered one, `login` who may
ask, `answers` what each operation says, `server` the HTTP around it. What goes wrong when
it is told to stands in `tests.fakes.faults`. `python -m tests.fakes.amazon` starts it alone.
"""
