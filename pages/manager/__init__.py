"""The account manager's pages: the portfolio and the presenting view, with their parts."""
