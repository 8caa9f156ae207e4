"""A server that the tests play, of any size: it makes its pages when they are asked for, and holds nothing."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fhir_trd.transport.asking import Answer, Ask
from fhir_trd.transport.server import Server

BASE = "https://ehr.example.org/fhir"
NOW = "Sun, 30 Jun 2024 12:00:00 GMT"
PAGE = 2
PRODUCTS = 7
"""So many products there are in all; every order names one."""

Resource = dict[str, Any]


def parameters(*names: str) -> list[Resource]:
    """Search parameters as a server lists them."""
    return [{"name": name} for name in names]


def statement(kinds: dict[str, list[str]], software: str = "played", operations: Iterable[str] = ()) -> Resource:
    """What a server says that it can do: types with their parameters, and operations on patients and groups."""
    listed = [{"name": name} for name in operations]
    return {
        "resourceType": "CapabilityStatement",
        "software": {"name": software},
        "rest": [
            {
                "mode": "server",
                "resource": [
                    {"type": kind, "searchParam": parameters(*names), "operation": listed if kind in ("Patient", "Group") else []}
                    for kind, names in kinds.items()
                ],
            }
        ],
    }


KINDS = {
    "Patient": ["_lastUpdated"],
    "Group": [],
    "Medication": [],
    "Condition": ["patient", "_lastUpdated"],
    "MedicationRequest": ["patient", "_lastUpdated"],
    "Observation": ["subject"],
}


class Made(Sequence[Resource]):
    """Resources that are only made when they are looked at."""

    def __init__(self, count: int, make: Callable[[int], Resource]) -> None:
        self._count, self._make = count, make

    def __len__(self) -> int:
        """How many there are."""
        return self._count

    def __getitem__(self, place: Any) -> Any:
        """One of them, or some."""
        numbers = range(self._count)[place]
        return list(map(self._make, numbers)) if isinstance(numbers, range) else self._make(numbers)


class Ehr(Server):
    """The server. ``patients``: how many there are; ``each``: how many resources of a type each of them has."""

    def __init__(self, patients: int = 3, each: int = 3, *, says: Resource | None = None) -> None:
        super().__init__(BASE)
        self.patients, self.each, self.page_size = patients, each, PAGE
        self.says = says or statement(KINDS)
        self.asked = Counter[str]()
        self.faults: dict[str, Callable[[str], Answer]] = {}
        """What is answered instead, by how an address begins."""

    def ask(self, ask: Ask) -> Answer:
        """The answer to a request, made now."""
        address = ask.url.removeprefix(f"{BASE}/")
        self.note(address)
        for start, fault in self.faults.items():
            if address.startswith(start):
                return fault(address)
        return self.answer(address)

    def note(self, address: str) -> None:
        """Remember what was asked."""
        self.asked[address] += 1

    def answer(self, address: str) -> Answer:
        """What there is at an address."""
        parts = urlsplit(address)
        path, query = parts.path.split("/"), {name: values[-1] for name, values in parse_qs(parts.query).items()}
        match path:
            case ["metadata"]:
                return good(self.says)
            case ["Patient", identity, "$everything"]:
                every = [self.person(identity), *self.of("Condition", identity), *self.of("MedicationRequest", identity)]
                return good(self.page(address, query, [*every, product("m0")]))
            case ["Patient", identity]:
                return good(self.person(identity))
            case ["Medication", identity]:
                return good(product(identity))
            case ["Group", "ward"]:
                members = [{"entity": {"reference": f"Patient/p{number}"}} for number in range(self.patients)]
                return good(
                    {"resourceType": "Group", "member": [*members, {"entity": {"reference": "Device/d"}}, {"inactive": True}]}
                )
            case ["Patient"]:
                return good(self.page(address, query, Made(self.patients, lambda number: self.person(f"p{number}"))))
            case ["Condition"] if "code" in query:
                return good(
                    self.page(address, query, [one for p in range(self.patients) for one in self.of("Condition", f"p{p}")])
                )
            case [kind] if kind in KINDS:
                whose = (query.get("patient") or query["subject"]).removeprefix("Patient/")
                return good(self.page(address, query, self.of(kind, whose)))
        return bad(404)

    def page(self, address: str, query: dict[str, str], found: Sequence[Resource]) -> Resource:
        """One page of what was found, and where the next one is."""
        start, size = int(query.get("start", 0)), self.page_size
        plain = address.partition("&start=")[0]
        following = [{"relation": "next", "url": f"{BASE}/{plain}&start={start + size}"}] if start + size < len(found) else []
        entries = [{"resource": one, "search": {"mode": "match"}} for one in found[start : start + size]]
        return {"resourceType": "Bundle", "type": "searchset", "link": following, "entry": entries}

    def person(self, identity: str) -> Resource:
        """A patient."""
        return {"resourceType": "Patient", "id": identity}

    def of(self, kind: str, patient: str) -> list[Resource]:
        """The resources of a type that a patient has."""
        about = {"subject": {"reference": f"Patient/{patient}"}}
        if kind == "MedicationRequest":
            about["medicationReference"] = {"reference": f"Medication/m{len(patient) % PRODUCTS}"}
        return [{"resourceType": kind, "id": f"{kind[0]}-{patient}-{number}", **about} for number in range(self.each)]


def product(identity: str) -> Resource:
    """A product."""
    return {"resourceType": "Medication", "id": identity}


def good(resource: Resource) -> Answer:
    """An answer that holds a resource."""
    return Answer(status=200, headers={"date": NOW}, body=json.dumps(resource).encode(), url=f"{BASE}/")


def bad(status: int, **outcome: str) -> Answer:
    """A refusal."""
    body = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", **outcome}]}
    return Answer(status=status, headers={"date": NOW}, body=json.dumps(body).encode(), url=f"{BASE}/")


AS_OF = datetime(2024, 6, 30, 11, 59, tzinfo=UTC)
"""A little before the time that the played server says it is."""
