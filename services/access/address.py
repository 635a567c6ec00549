"""An e-mail address in the one form in which it is kept and compared: lower-case ASCII.

Two letters that a rule of writing folds into one (the Kelvin sign and k) would make two people
one. So nothing but A to Z is folded, names of servers are taken as IDNA writes them, and what has
no such form is nobody's address: it is refused when somebody is invited and when one signs in.
"""

import idna
from email_validator import EmailNotValidError, validate_email


class AddressError(ValueError):
    """This is no address by which somebody could be known; the message says why."""


def normal_address(given: str) -> str:
    """The address as it is kept. Raises AddressError."""
    local, _, domain = given.rpartition("@")
    if not local.isascii():
        raise AddressError("before the @ it may have letters from A to Z, digits and marks only.")
    try:
        plain = f"{local}@{_ascii_domain(domain)}".lower()
        found = validate_email(plain, check_deliverability=False, allow_smtputf8=False)
    except (EmailNotValidError, UnicodeError) as problem:  # IDNA's errors are UnicodeErrors
        raise AddressError(str(problem)) from None
    if found.ascii_email != plain:
        raise AddressError("its server's name is not written as IDNA writes it.")
    return plain


def _ascii_domain(domain: str) -> str:
    """As IDNA 2008 writes it, without its older mapping, which folds letters into others."""
    if domain.isascii():
        return domain
    small = domain.encode().lower().decode()  # of bytes, A to Z alone
    written = idna.encode(small).decode("ascii")
    if idna.decode(written) != small:  # another dot, which reads as one
        raise AddressError("after the @ it has a sign that stands for another.")
    return written
