"""A fake Walmart on this machine: its token, its reports and lists, and its consent page.

`files` is what one seller's reports say, `orders` what becomes of an ordered one, `access` who may
ask, `answers` what each operation says, `faults` what goes wrong when it is told to, `server` the
HTTP around it. `python -m tests.fakes.walmart --port 8701` starts it alone.
"""
