"""Support's pages: the queue of activation requests and one request at a time."""
