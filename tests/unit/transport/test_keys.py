"""Private keys of a client: the forms they come in, and every fault of their files told without the key."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from joserfc.jwk import ECKey, OctKey, RSAKey

from fhir_trd.errors import UsageError
from fhir_trd.transport.keys import signing_key
from tests.unit.transport.playing import message_of

RSA = RSAKey.generate_key(2048, {"kid": "rsa-1"})
EC = ECKey.generate_key("P-384", {"kid": "ec-1"})
P256 = ECKey.generate_key("P-256", {"kid": "ec-2"})


def as_jwk(key: Any) -> dict[str, Any]:
    """The private key as a JWK."""
    return dict(key.as_dict(private=True))


def in_file(folder: Path, content: object) -> Path:
    """A file with a key: text as it is, everything else as JSON."""
    path = folder / "key"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


@pytest.mark.parametrize(("key", "algorithm"), [(RSA, "RS384"), (EC, "ES384")])
def test_a_jwk_is_a_key(key: RSAKey | ECKey, algorithm: str, tmp_path: Path) -> None:
    """A JWK brings its own name, and its type says how it signs."""
    found = signing_key(in_file(tmp_path, as_jwk(key)))

    assert (key.kid, algorithm) == (found.name, found.algorithm)


@pytest.mark.parametrize(("key", "algorithm"), [(RSA, "RS384"), (EC, "ES384")])
def test_a_pem_is_a_key(key: RSAKey | ECKey, algorithm: str, tmp_path: Path) -> None:
    """PEM has no name, so one is given."""
    found = signing_key(in_file(tmp_path, key.as_pem(private=True)), "mine")

    assert ("mine", algorithm) == (found.name, found.algorithm)


def test_a_set_holds_the_key_of_a_name(tmp_path: Path) -> None:
    """Of two private keys in a set, the one that is named signs."""
    path = in_file(tmp_path, {"keys": [as_jwk(RSA), as_jwk(EC)]})

    assert "ES384" == signing_key(path, "ec-1").algorithm


def test_a_set_with_one_key_that_signs_needs_no_name(tmp_path: Path) -> None:
    """Public keys and keys of other curves in a set are passed over."""
    path = in_file(tmp_path, {"keys": [dict(EC.as_dict(private=False)), as_jwk(P256), as_jwk(RSA)]})

    assert "rsa-1" == signing_key(path).name


ED25519 = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
LOCKED = RSA.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"canary"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no key that can be read"),
        (b"canary", "no key that can be read"),
        (b"\xff\xfe\x00", "no key that can be read"),
        (b"-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----\n", "no key that can be read"),
        (ED25519, "no key that can be read"),
        (LOCKED, "no key that can be read"),
        ([], "no key that can be read"),
        ({}, "no key that can be read"),
        ({"kty": "RSA", "d": "canary"}, "no key that can be read"),
        ({"kty": "canary"}, "no key that can be read"),
        ({"kty": ["canary"]}, "no key that can be read"),
        ({"keys": "canary"}, "no key that can be read"),
        ({"keys": ["canary"]}, "no key that can be read"),
        ({"keys": []}, "no key that can be read"),
        (dict(RSA.as_dict(private=False)), "no such key"),
        (RSA.as_pem(private=False), "no such key"),
        (as_jwk(P256), "no such key"),
        (as_jwk(OctKey.generate_key(256)), "no such key"),
        ({"keys": [as_jwk(RSA), as_jwk(EC)]}, "2 private keys"),
        ({name: value for name, value in as_jwk(EC).items() if name != "kid"}, "a key without a name"),
        (EC.as_pem(private=True), "a key without a name"),
    ],
    ids=range(21),
)
def test_a_file_without_a_usable_key_is_told(content: object, words: str, tmp_path: Path) -> None:
    """Each fault says which file, what was found and what was wanted, and repeats nothing of the key."""
    path = in_file(tmp_path, content)

    said = message_of(UsageError, lambda: signing_key(path))

    assert said.startswith(f"{path}: found ")
    assert words in said
    assert "wanted" in said
    assert "canary" not in said


def test_a_name_that_no_key_has_is_told(tmp_path: Path) -> None:
    """A set without the named key is refused."""
    path = in_file(tmp_path, {"keys": [as_jwk(RSA)]})

    said = message_of(UsageError, lambda: signing_key(path, "other"))
    assert "found no key named 'other' but " in said


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The reason is that of the system."""
    assert "cannot be read (No such file" in message_of(UsageError, lambda: signing_key(tmp_path / "none"))
