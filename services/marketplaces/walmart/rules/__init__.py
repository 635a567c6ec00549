"""One file for each kind of loss that Walmart's reports tell of; what several share has a file of
its own (log, receipts, returns)."""
