"""Faults as they are on a real wire, on this very machine: connections refused, reset and silent, and certificates."""

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from fhir_trd.errors import ServerError
from fhir_trd.transport.asking import Ask
from fhir_trd.transport.patience import Patience
from fhir_trd.transport.server import Server, session_for
from tests.unit.transport.playing import Clock, message_of

GET = Ask(method="GET", url="Patient/1")
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
SHORT = b'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"resourceType'
CHUNKED = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"resourceType'


@contextmanager
def wire(*replies: bytes, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """A server that gives each connection one reply and ends it; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=_reply, args=(listening, replies, context))
        thread.start()
        yield f"{'https' if context else 'http'}://127.0.0.1:{listening.getsockname()[1]}"
        thread.join(timeout=10)


def _reply(listening: socket.socket, replies: tuple[bytes, ...], context: ssl.SSLContext | None) -> None:
    for reply in replies:
        plain, _ = listening.accept()
        try:
            with context.wrap_socket(plain, server_side=True) if context else plain as connection:
                connection.recv(65536)
                connection.sendall(reply)
        except OSError:
            plain.close()  # The client left, as the test wants.


def asked(address: str, attempts: int, authority: Path | None = None) -> Server:
    """A server at a real address, without waits between attempts."""
    patience = Patience(attempts=attempts, read_timeout=0.2)
    session = session_for(str(authority) if authority else None)
    return Server(address, session=session, world=Clock().world, patience=patience)


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """The certificate of a server on this machine that nobody vouches for, and the server's side of it."""
    folder = tmp_path_factory.mktemp("certificate")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fhir-trd test")])
    today = datetime.now(UTC)
    loopback = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, today - timedelta(days=1), today + timedelta(days=1))
    signed = made.add_extension(loopback, critical=False).sign(key, SHA256())
    (folder / "ca.pem").write_bytes(signed.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    return folder / "ca.pem", context


@pytest.mark.parametrize("broken", [SHORT, CHUNKED, b""], ids=["body", "chunk", "before the status"])
def test_a_connection_reset_is_tried_again(broken: bytes) -> None:
    """A connection that ends in the middle of an answer brings no answer; the next attempt does."""
    with wire(broken, WHOLE) as address:
        assert b"{}" == asked(address, 2).ask(GET).body


def test_a_refused_connection_is_named() -> None:
    """Where nobody listens, the connection was refused."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    said = message_of(ServerError, lambda: asked(f"http://127.0.0.1:{port}", 2).ask(GET))

    assert "the connection was refused (2 attempts)" in said


def test_a_silent_server_is_named() -> None:
    """A server that takes the request and never answers is left after the time allowed."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"

        assert "no answer within the time allowed" in message_of(ServerError, lambda: asked(address, 1).ask(GET))


def test_a_certificate_that_nobody_vouches_for_is_refused(certified: tuple[Path, ssl.SSLContext]) -> None:
    """Nothing is sent to a server whose certificate is not trusted, and it is asked once."""
    with wire(WHOLE, context=certified[1]) as address:
        said = message_of(ServerError, lambda: asked(address, 5).ask(GET))

    assert "the certificate of the server is not trusted" in said


def test_an_own_authority_is_trusted(certified: tuple[Path, ssl.SSLContext]) -> None:
    """A certificate that is named by option is trusted."""
    authority, context = certified
    with wire(WHOLE, context=context) as address:
        assert b"{}" == asked(address, 1, authority).ask(GET).body
