"""The lock of the case officers' pages: one password, and a signed pass for the device that has shown it."""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass, field
from functools import cache

PASSWORD_VARIABLE = "EFFEKTKEDJA_PASSWORD"
PASS_SECONDS = 12 * 3600
SALT = b"effektkedja personal"  # the same everywhere: it only keeps the key apart from other uses of the password


@dataclass(frozen=True)
class Lock:
    """A password and the key that signs passes. The key follows from the password: passes outlive a restart and end with the password."""

    password: bytes = field(repr=False)
    key: bytes = field(repr=False)

    def opens(self, given: str) -> bool:
        """Whether this is the password; takes as long to say no however much of it is right."""
        return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), self.password)

    def new_pass(self, now: float) -> str:
        """A pass for twelve hours, to be kept in a cookie.

        Args:
            now: seconds since 1970.

        Returns:
            The moment it ends, in seconds since 1970, a point, and HMAC-SHA256 of that moment in hexadecimal.
        """
        until = str(int(now) + PASS_SECONDS)
        return f"{until}.{self._signature(until)}"

    def takes(self, value: str, now: float) -> bool:
        """Whether a cookie's value is a pass that this lock has made and that has not ended.

        Args:
            value: what the device sent; may be anything.
            now: seconds since 1970.
        """
        until, _, signature = value.partition(".")
        is_ours = hmac.compare_digest(signature.encode("utf-8", "surrogatepass"), self._signature(until).encode())
        return is_ours and now < int(until)

    def _signature(self, until: str) -> str:
        return hmac.digest(self.key, until.encode("utf-8", "surrogatepass"), hashlib.sha256).hex()


def has_password() -> bool:
    """Whether the administrator has set a password in ``EFFEKTKEDJA_PASSWORD``; a blank one is none."""
    return bool(os.environ.get(PASSWORD_VARIABLE, "").strip())


def configured_lock() -> Lock | None:
    """The lock with the administrator's password; nothing where none is set."""
    return lock_for(os.environ[PASSWORD_VARIABLE]) if has_password() else None


@cache
def lock_for(password: str) -> Lock:
    """The lock of a password. The key is dear to work out (scrypt, RFC 7914), so that a pass gives no cheap way to guess the password."""
    secret = os.fsencode(password)
    return Lock(secret, hashlib.scrypt(secret, salt=SALT, n=2**14, r=8, p=1, dklen=32))
