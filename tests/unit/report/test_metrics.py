"""Metrics that a reader of others reads, that count on from run to run, and that name nobody."""

from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from fhir_trd.report.metrics import HELP, metrics_bytes, samples_in
from fhir_trd.report.run import Findings, Requests, RunReport, report_bytes

HERE = "https://ehr.example.org/r4"
NOON = datetime(2031, 1, 1, 12, tzinfo=UTC)
Sample = tuple[str, frozenset[tuple[str, str]]]


def ran(code: int = 0, *, command: str = "write-back", created: int = 2, hour: int = 0, dry_run: bool = False) -> RunReport:
    """A run that created findings and took a minute."""
    ended = NOON + timedelta(hours=hour)
    return RunReport(
        command=command,
        arguments={"dry_run": True} if dry_run else {},
        versions={"fhir_trd": "1.2.3", "python": "3.11.1", "knowledge": ""},
        started=ended - timedelta(minutes=1),
        ended=ended,
        seconds=60.0,
        exit_code=code,
        error="",
        findings=Findings(wanted=created + 1, fates={"created": created, "refused": 1}, not_reached=0),
        resources={"Condition": 4},
        requests=(Requests("POST", "200", created), Requests("GET", "404", 3)),
        retries=1,
        left_out=(),
        places={},
    )


def read(body: bytes) -> dict[Sample, float]:
    """The samples as the reader of prometheus_client finds them."""
    families = list(text_string_to_metric_families(body.decode()))
    assert all(family.documentation for family in families)
    return {(each.name, frozenset(each.labels.items())): each.value for family in families for each in family.samples}


def key(name: str, *, command: str = "write-back", server: str = HERE, **labels: str) -> Sample:
    """A name with its labels."""
    return name, frozenset({"command": command, "server": server, **labels}.items())


def test_another_reader_finds_every_number() -> None:
    """The reader of prometheus_client finds the counts, when the run ended, how long it took and its exit code."""
    found = read(metrics_bytes(ran(3), HERE))

    assert 2 == found[key("fhir_trd_findings_total", fate="created")]
    assert 1 == found[key("fhir_trd_findings_total", fate="refused")]
    assert 4 == found[key("fhir_trd_resources_total", type="Condition")]
    assert 3 == found[key("fhir_trd_requests_total", method="GET", status="404")]
    assert 1 == found[key("fhir_trd_retries_total")]
    assert NOON.timestamp() == found[key("fhir_trd_last_run_timestamp_seconds")]
    assert 60 == found[key("fhir_trd_last_run_duration_seconds")]
    assert 3 == found[key("fhir_trd_last_run_exit_code")]
    assert 1 == found[key("fhir_trd_build_info", version="1.2.3")]


def test_counters_go_on_and_gauges_tell_of_the_last_run() -> None:
    """The second run adds to the counters of the first, and replaces its gauges; a failure leaves the last success alone."""
    first = metrics_bytes(ran(0), HERE)
    second = read(metrics_bytes(ran(6, created=3, hour=1), HERE, first.decode()))

    assert 5 == second[key("fhir_trd_findings_total", fate="created")]
    assert 1 == second[key("fhir_trd_runs_total", exit_code="0")]
    assert 1 == second[key("fhir_trd_runs_total", exit_code="6")]
    assert 6 == second[key("fhir_trd_last_run_exit_code")]
    assert NOON.timestamp() == second[key("fhir_trd_last_success_timestamp_seconds")]


@pytest.mark.parametrize("code", [3, 7])
def test_a_run_that_left_something_out_came_to_its_end(code: int) -> None:
    """A standing conflict or a refused finding moves the stamp of the end, not that of success; an outage moves neither."""
    first = metrics_bytes(ran(0), HERE)
    second = metrics_bytes(ran(code, hour=1), HERE, first.decode())
    third = read(metrics_bytes(ran(6, hour=2), HERE, second.decode()))

    assert NOON.timestamp() == third[key("fhir_trd_last_success_timestamp_seconds")]
    assert (NOON + timedelta(hours=1)).timestamp() == third[key("fhir_trd_last_finished_timestamp_seconds")]


def test_commands_may_share_a_file() -> None:
    """What one command wrote stays when another writes to the same file."""
    first = metrics_bytes(ran(0, command="fetch"), HERE)
    both = read(metrics_bytes(ran(3), HERE, first.decode()))

    assert 0 == both[key("fhir_trd_last_run_exit_code", command="fetch")]
    assert 3 == both[key("fhir_trd_last_run_exit_code")]


def test_a_rehearsal_is_counted_apart() -> None:
    """What a rehearsal would create is not added to what was created."""
    before = metrics_bytes(ran(), HERE).decode()
    found = read(metrics_bytes(ran(dry_run=True), HERE, before))

    assert 2 == found[key("fhir_trd_findings_total", fate="created")]
    assert 2 == found[key("fhir_trd_findings_total", command="write-back --dry-run", fate="created")]


@pytest.mark.parametrize(
    "before",
    ["", "<html>", 'other_total{a="b"} 7', 'fhir_trd_runs_total{exit_code="0"', 'fhir_trd_runs_total{} many', "\x00"],
)
def test_a_file_that_is_not_ours_counts_for_nothing(before: str) -> None:
    """Where no file of an earlier run can be read, the counters begin anew, as Prometheus expects them to."""
    assert metrics_bytes(ran(), HERE) == metrics_bytes(ran(), HERE, before)


def test_labels_are_escaped_and_read_again() -> None:
    """An address with quotes, backslashes and line ends comes back as it was, for others and for the next run."""
    strange = 'https://a"b\\c\nd\\n'

    body = metrics_bytes(ran(), strange)

    assert 2 == read(body)[key("fhir_trd_findings_total", server=strange, fate="created")]
    assert {strange} == {dict(each.labels)["server"] for each in samples_in(body.decode())}


def test_every_metric_is_explained() -> None:
    """Each name has its line of help and its type, once."""
    lines = metrics_bytes(ran(), HERE).decode().splitlines()

    names = {each.name for each in samples_in("\n".join(lines))}
    assert set(HELP) == names
    assert sorted(HELP) == [line.split()[2] for line in lines if line.startswith("# HELP")]
    assert sorted(HELP) == [line.split()[2] for line in lines if line.startswith("# TYPE")]


def test_the_same_run_gives_the_same_bytes() -> None:
    """Metrics and report of equal runs are equal byte by byte."""
    assert metrics_bytes(ran(), HERE) == metrics_bytes(ran(), HERE)
    assert report_bytes(ran()) == report_bytes(ran())


def test_findings_must_add_up() -> None:
    """A report whose fates are fewer or more than what was wanted cannot be made."""
    with pytest.raises(AssertionError, match="do not add up"):
        Findings(wanted=3, fates={"created": 1}, not_reached=1)
    with pytest.raises(AssertionError, match="more findings"):
        Findings(wanted=0, fates={"created": 1}, not_reached=-1)
