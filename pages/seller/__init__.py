"""The seller's pages, which account managers see of their clients as well: what there is to
recover, what runs out, the cases, the reports. Nothing here files a claim."""
