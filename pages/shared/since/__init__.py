"""Since our last call: what account managers see above what the seller sees as well."""
