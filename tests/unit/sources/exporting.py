"""A server that the tests play, with an export on it, and a folder to export into."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import responses

from fhir_trd.sources.folder import Folder
from fhir_trd.sources.server.export import Exported, Watch, export
from fhir_trd.sources.server.export_kickoff import ExportScope
from fhir_trd.transport.passes import Pass
from fhir_trd.transport.world import World
from tests.unit.transport.playing import BASE, Clock, Reply, play, server

JOB = f"{BASE}/job/1"
FILES = "https://files.example.org"
INSTANT = "2024-06-30T11:00:00Z"
ACCEPTED: Reply = (202, {}, b"")
WHAT = {"by": "export"}


def resource(kind: str, identity: str, **more: object) -> bytes:
    """A resource as a line of a file."""
    return json.dumps({"resourceType": kind, "id": identity, **more}).encode() + b"\n"


def outcome_line(severity: str, code: str) -> bytes:
    """An OperationOutcome as a line of a file."""
    return json.dumps({"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": code}]}).encode() + b"\n"


def deletion_line(*names: str) -> bytes:
    """A Bundle that deletes these, as a line of a file."""
    entries = [{"request": {"method": "DELETE", "url": name}} for name in names]
    return json.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries}).encode() + b"\n"


def listed(name: str, kind: str = "Condition", **more: object) -> dict[str, object]:
    """A file as a manifest lists it."""
    return {"type": kind, "url": f"{FILES}/{name}", **more}


def manifest(*output: Mapping[str, object], **more: object) -> Reply:
    """The answer of a job that is done."""
    body = {"transactionTime": INSTANT, "request": "x", "requiresAccessToken": False, "output": output, "error": [], **more}
    return 200, {"Content-Type": "application/json"}, json.dumps(body).encode()


def play_kickoff(*replies: Reply, job: str = JOB) -> None:
    """An export can be asked for."""
    play("Patient/$export", *(replies or ((202, {"Content-Location": job}, b""),)))


def play_job(*replies: Reply | Exception, job: str = JOB) -> None:
    """The answers to questions about the job, and to its end."""
    play(job, *replies)
    play(job, (202, {}, b""), method="DELETE")


def play_file(name: str, *replies: Reply | Exception | bytes) -> None:
    """A file under its link."""
    play(f"{FILES}/{name}", *((200, {}, reply) if isinstance(reply, bytes) else reply for reply in replies))


def run(
    path: Path,
    scope: ExportScope | None = None,
    *,
    clock: Clock | None = None,
    who: Pass | None = None,
    watch: Watch | None = None,
    since: str = "",
    finish: bool = False,
    world: World | None = None,
    **options: Any,
) -> Exported:
    """An export into a folder, by one worker, so that the order of what is asked is known."""
    played = server(clock, who)
    with Folder(path, server=played.address, what=WHAT, since=since, world=world) as folder:
        options = {"workers": 1, **options}
        exported = export(played, folder, scope or ExportScope(since=folder.since), watch=watch or Watch(), **options)
        if finish:
            folder.finish(is_whole=not exported.missing)
        return exported


def ids_in(path: Path) -> list[str]:
    """What lies in the folder, as references, in the order of files and lines."""
    lines = [json.loads(line) for file in sorted(path.glob("*.ndjson")) for line in file.read_bytes().splitlines()]
    return [f"{line['resourceType']}/{line['id']}" for line in lines]


def asked(method: str = "GET") -> list[str]:
    """The addresses that were asked, without what stands before the path."""
    return [call.request.path_url.partition("?")[0] for call in responses.calls if call.request.method == method]
