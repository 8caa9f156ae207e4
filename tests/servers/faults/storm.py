"""Many faults at once: by a seed, so that the same request meets the same ones in every run, whatever the order of threads."""

from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256

from tests.servers.faults.kinds import after, answered, cut, dropped, outcome
from tests.servers.proxy import Asked, Fault

WRITES: tuple[tuple[str, Fault], ...] = (
    ("409", answered(409, outcome("conflict"))),
    ("412", answered(412, outcome("conflict"))),
    ("503", answered(503)),
    ("reset before", dropped),
    ("reset mid-body", cut),
    ("503 after commit", after(answered(503))),
    ("gateway timeout after commit", after(answered(504))),
    ("connection lost after commit", after(dropped)),
)
READS: tuple[tuple[str, Fault], ...] = (("503", answered(503)), ("reset", dropped), ("reset mid-body", cut))
WHOLE = 1 << 64


@dataclass
class Storm:
    """A plan by which this share of all requests goes wrong; it keeps how many did, and in which way."""

    seed: str
    share: float
    met: Counter[str] = field(default_factory=Counter)
    requests: int = 0

    def __call__(self, asked: Asked) -> Fault | None:
        """The fault that the seed has for this request; another one for each time that the same comes."""
        told = b"\n".join([self.seed.encode(), asked.method.encode(), asked.path.encode(), asked.body, str(asked.seen).encode()])
        digest = sha256(told).digest()
        self.requests += 1
        if int.from_bytes(digest[:8]) / WHOLE >= self.share:
            return None
        faults = WRITES if asked.is_write else READS
        name, fault = faults[int.from_bytes(digest[8:16]) % len(faults)]
        self.met[name] += 1
        return fault
