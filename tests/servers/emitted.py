"""What fhir-trd writes for every sample and every vignette, beside the record it is about."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from fhir_trd.api import assess, read, write
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


CASES = tuple(emitted())
