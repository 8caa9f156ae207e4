"""What fhir-trd writes for every sample and every vignette, beside the record it is about."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from fhir_trd.api import assess, read, write
from fhir_trd.fhir.exchange.findings import findings_in
from fhir_trd.fhir.exchange.standing import withdrawn
from fhir_trd.fhir.write.retraction import retraction_of
from tests.golden.samples import samples
from tests.servers.fhir_server import Resource, as_transaction
from tests.spec.vignettes.charts import CHARTS


@dataclass(frozen=True)
class Emitted:
    """A record, and the transaction that is to be written for it."""

    name: str
    record: bytes
    is_lines: bool = False

    @property
    def sources(self) -> Resource:
        """The record as a transaction that stores it: it is on the server from which it was read."""
        documents = [json.loads(line) for line in (self.record.splitlines() if self.is_lines else [self.record])]
        return as_transaction(entry for each in documents for entry in each.get("entry", [{"resource": each}]))

    @property
    def bundle(self) -> Resource:
        """What is written."""
        return json.loads(write(assess(record) for record in read(self.record) if record.latest))

    @property
    def resources(self) -> list[Resource]:
        """The resources of what is written."""
        return [entry["resource"] for entry in self.bundle["entry"]]


def emitted() -> Iterator[Emitted]:
    """All samples, then all vignettes."""
    yield from (Emitted(sample.name, sample.body, sample.is_lines) for sample in samples())
    yield from (Emitted(name, chart.body()) for name, chart in CHARTS.items())


def retracted(case: Emitted) -> Iterator[Resource]:
    """What stands of a finding that was taken back: marked, and with a Provenance of it."""
    (finding,) = findings_in(json.dumps(case.bundle).encode(), case.name)
    marked = [part for part in finding.parts if part.kind != "Provenance"]
    yield from (withdrawn(part.body) for part in marked)
    now = datetime(2024, 6, 30, 12, tzinfo=UTC)
    yield retraction_of(finding.key, [part.address for part in marked], finding.devices[0].address, now).body


CASES = tuple(emitted())
RETRACTED = tuple(retracted(CASES[0]))
