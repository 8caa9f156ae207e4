"""A run of write-back through the proxy, without the waits, and what became of it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from fhir_trd.errors import TrdError
from fhir_trd.fhir.exchange.findings import findings_in
from fhir_trd.sinks.delivery import Fate, deliver, expect_able
from fhir_trd.sinks.journal import Journal
from fhir_trd.transport.passes import Pass
from fhir_trd.transport.patience import Patience
from fhir_trd.transport.server import Server, session_for
from fhir_trd.transport.world import World
from tests.servers.faults.people import Person

USUAL = Patience()
SHORT = Patience(read_timeout=3.0)
"""A client that does not wait long for an answer, and else is as patient as ours is."""


@dataclass
class Run:
    """What became of the findings, why, how long the client meant to wait, and the error that ended the run, if one did."""

    fates: Counter[Fate] = field(default_factory=Counter)
    reasons: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    error: TrdError | None = None

    @property
    def told(self) -> str:
        """Everything that was said."""
        return " ".join([*self.reasons, str(self.error or "")])


def write(
    address: str,
    people: Iterable[Person],
    *,
    journal: Path | None = None,
    workers: int = 1,
    patience: Patience = USUAL,
    who: Pass | None = None,
    authority: Path | None = None,
) -> Run:
    """Write what is to be written for some people to the server at an address, as write-back does."""
    run = Run()
    world = World(sleep=run.waits.append, chance=lambda: 1.0)
    session = session_for(str(authority) if authority else None, workers)
    server = Server(address, who=who, session=session, patience=patience, world=world)
    findings = [finding for person in people for finding in findings_in(person.bundle, person.name)]
    try:
        able = expect_able(server)
        with Journal(journal) as book:
            for one in deliver(findings, server, book, workers=workers, able=able):
                run.fates[one.fate] += 1
                run.reasons += [one.why] if one.why else []
    except TrdError as error:
        run.error = error
    finally:
        session.close()
    return run
