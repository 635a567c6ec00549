"""From landed reports to discrepancies: events, payments, cases and windows brought together in
set-based SQL, one account at a time, in the transaction of the import. It knows no marketplace
by name: each brings its rules and payments."""
