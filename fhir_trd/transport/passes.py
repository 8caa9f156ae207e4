"""Who we say we are: nobody, the bearer of a token, or a user with a password. SMART has a module of its own."""

from base64 import b64encode
from typing import Protocol

from fhir_trd.errors import ServerError


class NoPassNow(ServerError):
    """Whoever gives out passes is down or busy; asking again later may bring one."""


class Pass(Protocol):
    """What a server lets us in with."""

    def header(self) -> str:
        """The Authorization header, or an empty string."""

    def renew(self) -> bool:
        """Drop what the server just refused. True if a new one can be had."""


class Nobody:
    """No credentials."""

    def header(self) -> str:
        """Nothing."""
        return ""

    def renew(self) -> bool:
        """There is nothing to renew."""
        return False


class Fixed:
    """Credentials that stay the same for the whole run."""

    def __init__(self, header: str) -> None:
        self._header = header

    def header(self) -> str:
        """The header as it was given."""
        return self._header

    def renew(self) -> bool:
        """Fixed credentials cannot be renewed."""
        return False


def bearer(token: str) -> Pass:
    """The pass of whoever holds a token."""
    return Fixed(f"Bearer {token}")


def basic(user: str, password: str) -> Pass:
    """The pass of a user with a password."""
    return Fixed(f"Basic {b64encode(f'{user}:{password}'.encode()).decode('ascii')}")
