"""The public halves of private keys as a key set (JWKS) to publish or to register.

python key_set.py new.pem=2027-01 old.pem=2026-07 > keys.jwks

Each key is named as servers are to know it. Needs joserfc, which comes with fhir-trd: run it with the same Python.
"""

import json
import sys
from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey


def public_half(path: Path, name: str) -> dict[str, object]:
    """What everybody may know of a key: RSA keys sign with RS384, EC keys with ES384."""
    pem = path.read_bytes()
    for kind, algorithm in ((RSAKey, "RS384"), (ECKey, "ES384")):
        try:
            key = kind.import_key(pem)
        except (JoseError, ValueError, TypeError):
            continue
        return {**key.as_dict(private=False), "kid": name, "use": "sig", "alg": algorithm, "key_ops": ["verify"]}
    raise SystemExit(f"{path}: found no RSA or EC key, wanted a private key in PEM")


def main(words: list[str]) -> None:
    """Print the set."""
    named = [(Path(path), name) for path, _, name in (word.rpartition("=") for word in words)]
    json.dump({"keys": [public_half(path, name) for path, name in named]}, sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main(sys.argv[1:])
