"""One question over HTTP, to a server that answers in every way that servers do."""
