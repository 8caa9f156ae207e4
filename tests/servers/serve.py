"""A HAPI FHIR server with a sample on it, for people to try: ``make server``."""

import signal
import sys
from pathlib import Path

from tests.servers.emitted import Emitted
from tests.servers.hapi import IN_MEMORY, hapi_on


def main(sample: Path) -> None:
    """Serve until the person at the keyboard has had enough."""
    case = Emitted(sample.stem, sample.read_bytes(), sample.suffix == ".ndjson")
    _say("Starting HAPI FHIR on 127.0.0.1 (10 to 30 seconds) ...")
    signal.signal(signal.SIGINT, signal.default_int_handler)  # Also where a shell started us in its background, which ignores it.
    try:
        with hapi_on(IN_MEMORY) as server:
            stored = server.transaction(case.sources)["entry"]
            (patient, *_) = server.search("Patient")
            _say(f"FHIR server: {server.base} with {len(stored)} resources of {sample.name}")
            _say(f"Try: curl '{server.base}/Patient/{patient['id']}/$everything'")
            _say(f"  or: server={server.base}  and then what docs/how-to/try-with-a-server.md says")
            _say("Ctrl-C ends it; nothing is kept.")
            signal.pause()
    except KeyboardInterrupt:
        _say("\nEnded.")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
