"""A FHIR server in memory: it counts versions, minds If-Match, and fails as it is told to."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from click.testing import CliRunner, Result
from requests import PreparedRequest

from fhir_trd.cli.main import cli
from tests.unit.transport.playing import BASE

WRITTEN = ("Observation", "CarePlan", "Provenance", "Device")
Json = dict[str, Any]
Reply = tuple[int, dict[str, str], str]


def statement(**able: bool) -> Json:
    """A CapabilityStatement with transactions, and these abilities for each type that we write."""
    resources = [{"type": kind, **able} for kind in WRITTEN]
    return {"resourceType": "CapabilityStatement", "rest": [{"interaction": [{"code": "transaction"}], "resource": resources}]}


class Ehr:
    """The server. ``kept``: what stands; ``asked``: every request as it came.

    ``chooses_ids``: it takes no ids of clients; ``deaf``: it says that it keeps a finding, and does not.
    """

    def __init__(self) -> None:
        self.kept: dict[str, Json] = {}
        self.deleted: set[str] = set()
        self.refusals: list[int] = []
        self.lost: list[int] = []
        self.statement = statement()
        self.wait, self.hidden = "", 0
        self.batches = self.counts = self.searches = True
        self.chooses_ids = self.deaf = False
        self.asked: list[str] = []

    @property
    def transactions(self) -> int:
        """How many transactions came."""
        return self.asked.count("transaction")

    def only(self, kind: str) -> Json:
        """The only resource of a type."""
        (found,) = (each for each in self.kept.values() if each["resourceType"] == kind)
        return found

    def versions(self) -> dict[str, int]:
        """The version of what stands of each type that stands once."""
        return {each["resourceType"]: int(each["meta"]["versionId"]) for each in self.kept.values()}

    def delete(self, resource: Json) -> None:
        """What a person does on the server."""
        address = f"{resource['resourceType']}/{resource['id']}"
        self.deleted.add(address)
        del self.kept[address]

    def answer(self, request: PreparedRequest) -> Reply:
        """The answer to any request."""
        if request.method == "POST":
            bundle = json.loads(request.body or b"")
            self.asked.append(bundle["type"])
            return self._transaction(bundle) if bundle["type"] == "transaction" else self._batch(bundle)
        self.asked.append(request.url or "")
        return self._get(request.url or "")

    def _get(self, url: str) -> Reply:
        parts = urlsplit(url)
        path = parts.path.removeprefix("/fhir").strip("/")
        if path == "metadata":
            return _reply(200, self.statement)
        if parts.query:
            return self._search(path, parse_qs(parts.query))
        if path in self.deleted:
            return _reply(410, {})
        return _reply(200, self.kept[path]) if path in self.kept else _reply(404, {})

    def _batch(self, bundle: Json) -> Reply:
        if not self.batches:
            return _reply(400, {})
        replies = (self._get(f"{BASE}/{entry['request']['url']}") for entry in bundle["entry"])
        told = [_told(status, json.loads(body)) for status, _, body in replies]
        return _reply(200, {"resourceType": "Bundle", "entry": told})

    def _search(self, kind: str, query: dict[str, list[str]]) -> Reply:
        if not self.searches:
            return _reply(400, {})
        (parameter,) = query.keys() & {"identifier", "_tag"}
        names, ids = set(query[parameter][0].split(",")), query.get("_id", [""])[0].split(",")
        found = [each for each in self.kept.values() if each["resourceType"] == kind and names & _names(each)]
        self.hidden -= 1
        found = [each for each in found if "_id" not in query or each["id"] in ids] if self.hidden < 0 else []
        entries = [] if "_summary" in query and self.counts else [{"resource": each} for each in found]
        return _reply(200, {"resourceType": "Bundle", "total": len(found) if self.counts else None, "entry": entries})

    def _transaction(self, bundle: Json) -> Reply:
        finding = any(entry["resource"]["resourceType"] == "Observation" for entry in bundle["entry"])
        if finding and self.refusals:
            issue = {"severity": "error", "code": "processing", "diagnostics": "Resource Patient/Smith-1 not found"}
            status, headers, body = _reply(self.refusals.pop(0), {"resourceType": "OperationOutcome", "issue": [issue]})
            return status, headers | {"Retry-After": self.wait}, body
        if self.chooses_ids and any(self._is_refused(entry["request"]["url"]) for entry in bundle["entry"]):
            return _reply(400, {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "business-rule"}]})
        if not self.deaf or not finding:
            self._keep_all(bundle["entry"])
        if finding and self.lost:
            return _reply(self.lost.pop(0), {})
        return _reply(200, {"resourceType": "Bundle", "entry": [{"response": {"status": "200 OK"}} for _ in bundle["entry"]]})

    def _is_refused(self, url: str) -> bool:
        return "?" not in url and url not in self.kept

    def _keep_all(self, entries: list[Json]) -> None:
        """All resources, each under its address, with the addresses of the others in place of those inside the Bundle."""
        places = {entry["fullUrl"]: self._place(entry["request"]["url"]) for entry in entries}
        for entry in entries:
            words = re.sub(r"urn:uuid:[\w-]+", lambda urn: places.get(urn[0], urn[0]), json.dumps(entry["resource"]))
            self._keep(places[entry["fullUrl"]], json.loads(words), entry["request"].get("ifMatch"))

    def _place(self, url: str) -> str:
        kind, _, query = url.partition("?")
        if not query:
            return url
        (names,) = parse_qs(query).values()
        found = [f"{kind}/{each['id']}" for each in self.kept.values() if names[0] in _names(each)]
        known = len([each for each in self.kept.values() if each["resourceType"] == kind])
        return found[0] if found else f"{kind}/server-{kind.lower()}{known or ''}"

    def _keep(self, address: str, resource: Json, expected: str | None) -> None:
        version = int(self.kept[address]["meta"]["versionId"]) if address in self.kept else 0
        assert expected == (f'W/"{version}"' if version else None)
        meta = resource.get("meta", {}) | {"versionId": str(version + 1)}
        self.kept[address] = resource | {"id": address.rpartition("/")[2], "meta": meta}


def run(bundle: Path, *options: str) -> Result:
    """The command, against the server of the tests."""
    return CliRunner().invoke(cli, ["write-back", str(bundle), "--server", BASE, *options])


def edit(bundle: Path, **elements: str) -> None:
    """Another finding about the same patient."""
    body = json.loads(bundle.read_bytes())
    for resource in _resources(body, "Observation"):
        resource.update(elements)
    bundle.write_text(json.dumps(body))


def _resources(bundle: Json, kind: str) -> Iterator[Json]:
    return (entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind)


def _names(resource: Json) -> set[str]:
    tags = resource.get("meta", {}).get("tag", [])
    return {f"{each['system']}|{each.get('value') or each['code']}" for each in [*resource.get("identifier", []), *tags]}


def _told(status: int, body: Json) -> Json:
    return {"response": {"status": str(status)}} | ({"resource": body} if body else {})


def _reply(status: int, body: object) -> Reply:
    return status, {"Content-Type": "application/fhir+json"}, json.dumps(body)
