"""SQL statements with names of our own in them: tables, fields, parts of other statements."""


def filled(statement: str, **names: str) -> str:
    """The statement with every {name} replaced, in order. All names are our own, none a file's."""
    for name, value in names.items():
        statement = statement.replace("{" + name + "}", value)
    return statement
