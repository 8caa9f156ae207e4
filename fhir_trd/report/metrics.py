"""The numbers of runs in the text format of Prometheus: one file, written anew after each run.

Counters go on from the file of the run before, as counters must; gauges tell of the last run of a command on a server. Labels
name commands, servers, methods, statuses, fates and types, never a person or a resource.
"""

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from fhir_trd.report.run import FINISHED, RunReport

Labels = tuple[tuple[str, str], ...]
Key = tuple[str, Labels]

HELP = {
    "fhir_trd_build_info": "The version of fhir-trd that ran last, always 1.",
    "fhir_trd_findings_not_reached": "Findings that the last run did not come to.",
    "fhir_trd_findings_total": "Findings, by what became of them.",
    "fhir_trd_last_finished_timestamp_seconds": "When a run last went through all there was, with exit code 0, 3 or 7.",
    "fhir_trd_last_run_duration_seconds": "How long the last run took.",
    "fhir_trd_last_run_exit_code": "The exit code of the last run.",
    "fhir_trd_last_run_timestamp_seconds": "When the last run ended.",
    "fhir_trd_last_success_timestamp_seconds": "When a run last ended with exit code 0.",
    "fhir_trd_requests_total": "Requests that the server answered, by method and status.",
    "fhir_trd_resources_total": "Resources that were fetched, by type.",
    "fhir_trd_retries_total": "Requests that were sent again.",
    "fhir_trd_runs_total": "Runs, by exit code.",
}
SUCCESS = "fhir_trd_last_success_timestamp_seconds"
FINISH = "fhir_trd_last_finished_timestamp_seconds"
STAMPS = (SUCCESS, FINISH)
"""What a run that was cut off leaves as it was."""

COUNTER = "_total"
SAMPLE = re.compile(r"(?P<name>[a-z_]+)\{(?P<labels>.*)\} (?P<value>-?\d+(?:\.\d+)?(?:e[-+]\d+)?)")
LABEL = re.compile(r'(?P<name>[a-z_]+)="(?P<value>(?:[^"\\]|\\.)*)"')
ESCAPES = {"\\": r"\\", '"': r"\"", "\n": r"\n"}
PLAIN = {escaped: plain for plain, escaped in ESCAPES.items()}


class Counted(Struct, frozen=True):
    """One number under a name, with labels."""

    name: str
    labels: Labels
    value: float


def metrics_bytes(report: RunReport, server: str, before: str = "") -> bytes:
    """The file after this run. ``before`` is the file as the last run left it; one that is not ours counts for nothing."""
    # What a rehearsal would do must not be counted among what was done.
    command = f"{report.command} --dry-run" if report.arguments.get("dry_run") else report.command
    whose = (("command", command), ("server", server))
    found: dict[Key, float] = {(each.name, each.labels): each.value for each in _kept(before, whose)}
    for name, labels, value in _numbers(report):
        key = name, tuple(sorted((*whose, *labels)))
        found[key] = value + (found.get(key, 0.0) if name.endswith(COUNTER) else 0.0)
    return "".join(_lines(found)).encode()


def samples_in(text: str) -> Iterator[Counted]:
    """The numbers of a file of ours."""
    for line in text.splitlines():
        match = SAMPLE.fullmatch(line)
        if match and match["name"] in HELP:
            labels = tuple((each["name"], _plain(each["value"])) for each in LABEL.finditer(match["labels"]))
            yield Counted(match["name"], labels, float(match["value"]))


def _kept(before: str, whose: Labels) -> Iterator[Counted]:
    """Counters, the last good ends, and what was told of other commands and servers; the gauges of this one begin anew."""
    for each in samples_in(before):
        if each.name.endswith(COUNTER) or each.name in STAMPS or not set(whose) <= set(each.labels):
            yield each


def _numbers(report: RunReport) -> Iterator[tuple[str, Labels, float]]:
    code = str(report.exit_code)
    yield "fhir_trd_build_info", (("version", report.versions["fhir_trd"]),), 1
    yield "fhir_trd_last_run_timestamp_seconds", (), report.ended.timestamp()
    yield "fhir_trd_last_run_duration_seconds", (), report.seconds
    yield "fhir_trd_last_run_exit_code", (), report.exit_code
    yield "fhir_trd_runs_total", (("exit_code", code),), 1
    if report.exit_code == 0:
        yield SUCCESS, (), report.ended.timestamp()
    if report.exit_code in FINISHED:
        yield FINISH, (), report.ended.timestamp()
    yield "fhir_trd_findings_not_reached", (), report.findings.not_reached
    for fate, count in report.findings.fates.items():
        yield "fhir_trd_findings_total", (("fate", fate),), count
    for kind, count in report.resources.items():
        yield "fhir_trd_resources_total", (("type", kind),), count
    for each in report.requests:
        yield "fhir_trd_requests_total", (("method", each.method), ("status", each.status)), each.count
    yield "fhir_trd_retries_total", (), report.retries


def _lines(found: Mapping[Key, float]) -> Iterator[str]:
    told = ""
    for (name, labels), value in sorted(found.items()):
        if name != told:
            yield f"# HELP {name} {HELP[name]}\n# TYPE {name} {'counter' if name.endswith(COUNTER) else 'gauge'}\n"
            told = name
        shown = ",".join(f'{label}="{_escaped(said)}"' for label, said in labels)
        yield f"{name}{{{shown}}} {value:.17g}\n"


def _escaped(text: str) -> str:
    return "".join(ESCAPES.get(letter, letter) for letter in text)


def _plain(text: str) -> str:
    return re.sub(r"\\.", lambda match: PLAIN.get(match[0], match[0]), text)
