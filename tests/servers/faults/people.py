"""Invented people in any number: each has the record of a sample, under ids of its own."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from fhir_trd.api import assess, read, write
from tests.servers.emitted import CASES
from tests.servers.fhir_server import FhirServer, Resource, as_transaction

RICH, LEAN = "two-classes-two-failures--met", "year-only-dates--indeterminate"
"""Samples with a long record and with a short one."""
NAMES = {RICH: b"alder-01", LEAN: b"katsura-11"}
"""What the ids of a sample begin with."""


@dataclass(frozen=True)
class Person:
    """One of them: the record, and what is to be written for it."""

    name: str
    sample: str = RICH

    @cached_property
    def record(self) -> bytes:
        """The record as it is read."""
        (case,) = (case for case in CASES if case.name == self.sample)
        return case.record.replace(NAMES[self.sample], self.name.encode())

    @cached_property
    def bundle(self) -> bytes:
        """What convert writes for it."""
        return write(assess(record) for record in read(self.record))

    @cached_property
    def resources(self) -> dict[str, Resource]:
        """What is to be written, by type."""
        return {entry["resource"]["resourceType"]: entry["resource"] for entry in json.loads(self.bundle)["entry"]}

    @property
    def written(self) -> list[str]:
        """Where on the server that stands, without the Device, which belongs to everyone."""
        return [f"{kind}/{resource['id']}" for kind, resource in self.resources.items() if kind != "Device"]

    @property
    def sources(self) -> list[Resource]:
        """The record, as entries of a Bundle."""
        entries: list[Resource] = json.loads(self.record)["entry"]
        return entries


def people(name: str, count: int, sample: str = RICH) -> list[Person]:
    """So many of them, who share the beginning of their names with nobody else's."""
    return [Person(f"{name}-{number:04}", sample) for number in range(count)]


def somebody(name: str) -> Person:
    """A person of that test alone, under a name that every server takes for an id."""
    return Person(f"p{sha256(name.encode()).hexdigest()[:16]}")


def settle(server: FhirServer, persons: list[Person], at_once: int = 50) -> None:
    """Store their records on a server, many in each transaction."""
    for start in range(0, len(persons), at_once):
        server.transaction(as_transaction(entry for person in persons[start : start + at_once] for entry in person.sources))


def stand_once(server: FhirServer, persons: list[Person], version: str = "1") -> Iterator[str]:
    """What is wrong with what stands for them: wanted is each resource once under its identifier, in one version."""
    for person in persons:
        for kind in ("Observation", "CarePlan"):
            resource = person.resources[kind]
            (known,) = resource["identifier"]
            found = server.search(f"{kind}?identifier={known['system']}|{known['value']}")
            stands = [(each["id"], each["meta"]["versionId"]) for each in found]
            if [resource["id"]] != [each for each, _ in stands]:
                yield f"{kind} of {person.name}: {stands}"
        yield from (f"{place}: {len(found)}" for place in person.written if len(found := server.versions(place)) != int(version))
