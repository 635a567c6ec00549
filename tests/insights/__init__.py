"""The questions pages ask, against small worlds whose answers are worked out by hand."""
