"""The options that say which server is meant and who we are to it. Secrets come from files or the environment, never typed."""

import os
import ssl
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import requests
from msgspec import Struct

from fhir_trd.errors import UsageError
from fhir_trd.transport.keys import signing_key
from fhir_trd.transport.meter import Meter
from fhir_trd.transport.passes import Nobody, Pass, basic, bearer
from fhir_trd.transport.server import CONNECTIONS, Server, session_for
from fhir_trd.transport.smart import LOOPBACK, Backend

READS = ("system/*.rs",)
"""The scopes that reading needs."""

WRITES = ("system/*.rs", *(f"system/{kind}.cruds" for kind in ("Observation", "CarePlan", "Provenance", "Device")))
"""The scopes that writing back needs: to read what stands, and to write the four types that we write."""

TOKEN, PASSWORD = "FHIR_TRD_TOKEN", "FHIR_TRD_PASSWORD"
"""The environment's names for the secrets."""


class ServerOptions(Struct, frozen=True, kw_only=True):
    """A server, and how it lets us in, checked at the door. It names where secrets are; it holds none."""

    server: str
    ca: Path | None = None
    token_file: Path | None = None
    user: str = ""
    password_file: Path | None = None
    client_id: str = ""
    key: Path | None = None
    key_id: str = ""
    token_url: str = ""
    scope: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what contradicts itself before anything is asked."""
        if not self.server.startswith(("http://", "https://")) or not urlsplit(self.server).hostname:
            raise UsageError("--server: found no web address, wanted one such as https://fhir.example.org/r4")
        if "@" in urlsplit(self.server).netloc:
            raise UsageError("--server: found a user or password in the address, wanted them in --user and --password-file")
        ways = [name for name, given in self._ways if given]
        if ways[1:]:
            raise UsageError(f"found {' and '.join(ways)} together, wanted one way to be let in")
        for needed, with_it, given, stands in self._pairs:
            if given and not stands:
                raise UsageError(f"found {with_it} without {needed}, wanted both")

    @property
    def _ways(self) -> tuple[tuple[str, bool], ...]:
        return (("--token-file", bool(self.token_file)), ("--user", bool(self.user)), ("--client-id", bool(self.client_id)))

    @property
    def _pairs(self) -> tuple[tuple[str, str, bool, bool], ...]:
        client = bool(self.client_id)
        return (
            ("--key", "--client-id", client, bool(self.key)),
            ("--client-id", "--key", bool(self.key), client),
            ("--client-id", "--key-id", bool(self.key_id), client),
            ("--client-id", "--token-url", bool(self.token_url), client),
            ("--client-id", "--scope", bool(self.scope), client),
            ("--user", "--password-file", bool(self.password_file), bool(self.user)),
        )


_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
_OPTIONS = (
    click.option("--server", required=True, metavar="URL", help="Address of the FHIR server: https://fhir.example.org/r4, say."),
    click.option("--ca", type=_FILE, metavar="FILE", help="Certificates (PEM) to trust instead of those this machine knows."),
    click.option("--token-file", type=_FILE, metavar="FILE", help=f"File with a bearer token. Or put it into {TOKEN}."),
    click.option("--user", default="", metavar="NAME", help="User to log in as, with a password."),
    click.option("--password-file", type=_FILE, metavar="FILE", help=f"File with the password. Or put it into {PASSWORD}."),
    click.option("--client-id", default="", metavar="ID", help="Client of SMART Backend Services, with --key."),
    click.option("--key", type=_FILE, metavar="FILE", help="Private key of the client: JWK, JWKS or PEM, for RS384 or ES384."),
    click.option("--key-id", default="", metavar="ID", help="Name by which the server knows the key. Default: the key's own."),
    click.option("--token-url", default="", metavar="URL", help="Where tokens are given. Default: as the server says."),
    click.option("--scope", multiple=True, metavar="SCOPE", help="Scope to ask for instead of ours; may be given several times."),
)
_NAMES = ServerOptions.__struct_fields__


def server_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options of a server; the command gets them as one checked record, ``where``."""

    @wraps(command)
    def with_server(**given: Any) -> Any:
        where = ServerOptions(**{name: given.pop(name) for name in _NAMES})
        return command(where=where, **given)

    for option in reversed(_OPTIONS):
        with_server = option(with_server)
    return with_server


def server_for(
    where: ServerOptions, *, wanted: tuple[str, ...] = READS, connections: int = CONNECTIONS, meter: Meter | None = None
) -> Server:
    """The server that is meant, with the pass that lets us in. ``wanted``: the scopes to ask for, if none were named."""
    session = session_for(_authority(where.ca), connections)
    who = _who(where, wanted, session)
    if not isinstance(who, Nobody) and not _is_safe(where.server):
        raise UsageError("--server: found http:// and credentials, wanted https://, so that nobody on the way can read them")
    return Server(where.server, who=who, session=session, meter=meter)


def _who(where: ServerOptions, wanted: tuple[str, ...], session: requests.Session) -> Pass:
    if where.client_id and where.key:
        key = signing_key(where.key, where.key_id or None)
        scopes = where.scope or wanted
        return Backend(where.server, where.client_id, key, scopes, session=session, token_address=where.token_url)
    if where.user:
        return basic(where.user, _secret("--password-file", where.password_file, PASSWORD))
    if where.token_file or os.environ.get(TOKEN):
        token = _secret("--token-file", where.token_file, TOKEN)
        if not token.isascii() or not token.isprintable() or " " in token:
            raise UsageError(f"--token-file or {TOKEN}: found characters that no token has, wanted the token alone")
        return bearer(token)
    return Nobody()


def _secret(option: str, file: Path | None, variable: str) -> str:
    """The secret in a file, or in the environment; the end of its line is not part of it."""
    try:
        found = file.read_text(encoding="utf-8") if file else os.environ.get(variable, "")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{option}: found a file that cannot be read as text, wanted one line with the secret") from error
    secret = found.strip("\r\n")
    if not secret:
        raise UsageError(f"found no secret, wanted one line in a file ({option}) or in the environment ({variable})")
    return secret


def _authority(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        ssl.create_default_context(cafile=str(file))
    except OSError as error:
        raise UsageError(f"--ca: found no certificates in {file}, wanted one or more in PEM") from error
    return str(file)


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or parts.hostname in LOOPBACK
