"""One file for each kind of loss that Amazon's reports tell of; what several share has a file of
its own (ledger, charges, removals, settlement)."""
