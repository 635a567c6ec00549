"""What a person is told where nothing could be asked."""


class SyncRefusedError(RuntimeError):
    """Nothing was done; the message says why and what to do."""
