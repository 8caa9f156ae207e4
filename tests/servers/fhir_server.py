"""A plain way to a FHIR server, on purpose not our own: what we write is checked by other means than it was written with."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests

from tests.servers.places import DEFINITIONS

Resource = dict[str, Any]
Headers = Mapping[str, str] | None
FHIR_JSON = "application/fhir+json"
SECONDS = 120
CONFLICT, TRIES = 409, 3


@dataclass(frozen=True)
class FhirServer:
    """A server at an address. ``token`` is sent with every request, if there is one."""

    base: str
    token: str = ""

    def ask(self, method: str, path: str = "", *, body: object = None, headers: Headers = None) -> requests.Response:
        """Any request, and whatever the answer is. An address of the server itself may stand for the path."""
        url = path if path.startswith("http") else f"{self.base}/{path}".rstrip("/")
        sent = json.dumps(body) if body is not None else None
        return requests.request(method, url, data=sent, headers={**self._headers(), **(headers or {})}, timeout=SECONDS)

    def get(self, path: str) -> Resource:
        """What is read."""
        return _good(self.ask("GET", path))

    def put(self, resource: Resource) -> Resource:
        """The resource as it is stored, under its own id."""
        return self._kept("PUT", f"{resource['resourceType']}/{resource['id']}", resource)

    def transaction(self, bundle: Resource) -> Resource:
        """The answer to a transaction."""
        return self._kept("POST", "", bundle)

    def search(self, query: str) -> list[Resource]:
        """Everything a search finds, from all its pages."""
        return list(self._found(query))

    def versions(self, reference: str) -> list[Resource]:
        """All versions of a resource, the newest first."""
        return [entry["resource"] for entry in self.get(f"{reference}/_history").get("entry", []) if "resource" in entry]

    def validate(self, resource: Resource) -> Resource:
        """The outcome of the server's own validation."""
        return self.ask("POST", f"{resource['resourceType']}/$validate", body=resource).json()

    def expunge(self) -> None:
        """Empties a HAPI server, and tells it again the definitions that the tests need it to know."""
        everything = {"resourceType": "Parameters", "parameter": [{"name": "expungeEverything", "valueBoolean": True}]}
        _good(self.ask("POST", "$expunge", body=everything))
        self.learn()

    def learn(self) -> None:
        """Stores the definitions that the tests need the server to know."""
        for file in sorted(DEFINITIONS.glob("*.json")):
            self.put(json.loads(file.read_text()))

    def _kept(self, method: str, path: str, body: Resource) -> Resource:
        """Right after it was emptied, HAPI may take ids that it knew for ids that somebody else writes to: then once more."""
        for _ in range(TRIES - 1):
            answer = self.ask(method, path, body=body)
            if answer.status_code != CONFLICT:
                return _good(answer)
        return _good(self.ask(method, path, body=body))

    def _found(self, query: str) -> Iterator[Resource]:
        page = self.get(query)
        while True:
            yield from (entry["resource"] for entry in page.get("entry", []))
            following = [link["url"] for link in page.get("link", []) if link["relation"] == "next"]
            if not following:
                return
            page = self.get(following[0])

    def _headers(self) -> dict[str, str]:
        known = {"Content-Type": FHIR_JSON, "Accept": FHIR_JSON, "Cache-Control": "no-cache"}
        return known | ({"Authorization": f"Bearer {self.token}"} if self.token else {})


def faults(outcome: Resource) -> list[str]:
    """What an outcome calls an error, in the validator's words."""
    grave = (issue for issue in outcome.get("issue", []) if issue["severity"] in {"error", "fatal"})
    return [f"{issue.get('diagnostics', '')} {issue.get('location', [])[:1]}" for issue in grave]


def as_transaction(entries: Iterable[Resource]) -> Resource:
    """A transaction that stores the resource of each entry under its own id, or under a new one if it has none."""
    return {"resourceType": "Bundle", "type": "transaction", "entry": [_stored(entry) for entry in entries]}


def _stored(entry: Resource) -> Resource:
    resource = entry["resource"]
    kind, identity = resource["resourceType"], resource.get("id")
    request = {"method": "PUT", "url": f"{kind}/{identity}"} if identity else {"method": "POST", "url": kind}
    return {**entry, "request": request}


def _good(answer: requests.Response) -> Resource:
    assert answer.ok, f"{answer.request.method} {answer.url}: found {answer.status_code} {answer.text[:800]}, wanted success"
    return answer.json()
