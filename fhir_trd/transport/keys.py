"""The private key of a SMART Backend Services client, from a file: a JWK, a JWKS or PEM."""

from pathlib import Path
from typing import Any

import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, KeySet, RSAKey
from msgspec import Struct

from fhir_trd.errors import UsageError

Key = RSAKey | ECKey
ALGORITHMS = {"RSA": "RS384", "EC": "ES384"}
"""The two signatures that every SMART server takes, by the type of the key."""
CURVE = "P-384"

WANTED = "wanted a private RSA key, or an EC key on the curve P-384, as JWK, JWKS or PEM"


class SigningKey(Struct, frozen=True):
    """A private key, the name under which the server knows it, and the signature it makes."""

    key: Key
    name: str
    algorithm: str


def signing_key(path: Path, name: str | None = None) -> SigningKey:
    """The key in a file; in a set, the one of that name, or the only one that signs."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: the key cannot be read ({error.strerror}), {WANTED}") from error
    key = _chosen(path, [key for key in _keys(path, text) if _signs(key)], name)
    found = name or key.kid
    if not found:
        raise UsageError(f"{path}: found a key without a name, wanted the name that the server knows it by; give --key-id")
    return SigningKey(key, found, ALGORITHMS[key.key_type])


def _keys(path: Path, text: bytes) -> list[Key]:
    try:
        if b"-----BEGIN" in text:
            return [_from_pem(text)]
        found = _from_json(text)
    except (JoseError, ValueError, TypeError, msgspec.DecodeError) as error:
        # The message of the library is left out: it may repeat parts of the key.
        raise UsageError(f"{path}: found no key that can be read, {WANTED}") from error
    return [key for key in found if isinstance(key, RSAKey | ECKey)]


def _from_pem(text: bytes) -> Key:
    try:
        return RSAKey.import_key(text)
    except (JoseError, ValueError, TypeError):
        return ECKey.import_key(text)


def _from_json(text: bytes) -> list[object]:
    given = msgspec.json.decode(text, type=dict[str, Any])
    return list(KeySet.import_key_set(given).keys) if "keys" in given else [JWKRegistry.import_key(given)]  # type: ignore[arg-type]


def _signs(key: Key) -> bool:
    return key.is_private and (key.key_type == "RSA" or key.dict_value.get("crv") == CURVE)


def _chosen(path: Path, keys: list[Key], name: str | None) -> Key:
    named = [key for key in keys if name is None or key.kid in (name, None)]
    if len(named) == 1:
        return named[0]
    if name is not None and keys and not named:
        there = ", ".join(sorted(str(key.kid) for key in keys))
        raise UsageError(f"{path}: found no key named {name!r} but {there}, wanted one of these as --key-id")
    found = f"{len(named)} private keys" if named else "no such key"
    hint = "; say which with --key-id" if named[1:] else ""
    raise UsageError(f"{path}: found {found}, {WANTED}{hint}")
