"""Why a file, or a whole import, is refused."""


class RefusedError(Exception):
    """One file cannot be landed; the message says precisely why. Other files still land."""


class ImportRefusedError(Exception):
    """The import as a whole cannot be done; nothing was changed."""
