"""Files that people drop on a page: kept apart, loaded by the worker, undone to the row."""
