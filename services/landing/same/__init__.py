"""Which rows mean the same thing, where a spreadsheet has damaged what they are known by."""
