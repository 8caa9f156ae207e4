"""An authority of our own, and the certificates that it makes for servers on this machine."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

LOOPBACK = "127.0.0.1"
DAY = timedelta(days=1)


class Authority:
    """One that vouches for servers. ``file`` is what a client has to trust."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._key = folder, ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fhir-trd tests authority")])
        self.file = folder / "authority.pem"
        made = _certificate(self._name, self._name, self._key.public_key(), DAY)
        signed = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        self.file.write_bytes(signed.sign(self._key, SHA256()).public_bytes(Encoding.PEM))

    def server(self, host: str = LOOPBACK, lasts: timedelta = DAY) -> ssl.SSLContext:
        """The server's side of a secured connection, with a certificate for a host that lasts so long from now."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fhir-trd tests server")])
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
        made = _certificate(subject, self._name, key.public_key(), lasts).add_extension(names, critical=False)
        return _context(self._folder, key, made.sign(self._key, SHA256()))


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, lasts: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return x509.CertificateBuilder(issuer, subject, key, x509.random_serial_number(), now - 3 * DAY, now + lasts)


def _context(folder: Path, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> ssl.SSLContext:
    file = folder / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
