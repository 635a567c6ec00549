"""Who may do what: the roles, the questions and the actions, found in the code."""
