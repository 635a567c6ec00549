"""Report files that people drop on a page: kept apart, looked at, then loaded by the worker.

A drop is what one page of one person holds and nobody has loaded yet: files on this installation's
own disk, below DATA_DIRECTORY. To load them is a request to the worker, which alone may write
reports; what the import of a drop replaced is kept beside for a while, so that it can be undone.
"""
