"""sekmet-fhir as the tests know it: a FHIR server behind SMART Backend Services, with clients whose keys lie in files."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.fhir_server import FhirServer
from tests.servers.places import HERE, SMART
from tests.servers.process import running

RSA_CLIENT = "rsa-client"
EC_CLIENT = "ec-client"


@dataclass(frozen=True)
class Sekmet(FhirServer):
    """The server. ``token`` is a fixed one that lets the tests load it; clients get theirs with a key from ``keys``."""

    keys: Path = Path()

    def key_of(self, client: str) -> Path:
        """The file with the private key of a client, as a JWK set."""
        return self.keys / f"{client}.jwks"


@contextmanager
def sekmet_in(folder: Path, *more: str) -> Iterator[Sekmet]:
    """The server while it is needed, with all that is its own in a folder. ``more``: clients as ``name=address of keys``."""
    token = secrets.token_hex(16)
    command = [SMART / "bin" / "python", HERE / "smart" / "serve.py", folder, RSA_CLIENT, EC_CLIENT, *more]
    with running("sekmet", command, env={"FIXED_TOKEN": token}) as program:
        yield Sekmet(base=program.said, token=token, keys=folder)
