"""From records to typed values, whole columns at a time; what cannot be read is a fault."""
