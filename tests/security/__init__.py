"""Nobody sees or does what is not theirs: every page, question, action, route and role is tried."""
