"""Files: every list in every form, and nothing in them that a spreadsheet would start."""
