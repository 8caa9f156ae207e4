"""Bad input: said clearly, stepped over, and told by the exit code; one bad resource never hides the good ones."""

import gzip
import json
from pathlib import Path

import pytest

from tests.cli.running import bundle, lines, person, run, statement

AS_OF = "2024-06-30"
JSON = "wanted a FHIR resource as JSON"
FHIR = "wanted FHIR JSON (a Bundle, Parameters or one resource) or NDJSON, also as .gz"
NOBODY = "no patient found in what was read"
DEEP = b'{"resourceType": "Patient", "id": "1", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
ATTACHED = {"resourceType": "DocumentReference", "id": "d", "content": [{"attachment": {"data": "A" * 50_000_000}}]}


def evaluate(path: Path, *more: str) -> tuple[int, str, list[dict[str, object]]]:
    """The exit code, stderr (with the path taken out) and the objects of one run."""
    ran = run("evaluate", "--format", "json", "--as-of", AS_OF, path, *more)
    return ran.exit_code, ran.stderr.replace(f"{path.parent}/", ""), [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.mark.parametrize(
    ("name", "body", "fault"),
    [
        ("a.json", b"hello world", f"found broken JSON at byte 0, {JSON}"),
        ("a.json", b"[1, 2]", f"found JSON that is no object with a resourceType, {JSON}"),
        ("a.json", b'{"a": 1}', f"found a JSON object without a resourceType, {JSON}"),
        ("a.json", b"", f"found an empty file, {FHIR} (check that the export was complete)"),
        ("a.json", b"<html></html>", f"found XML or HTML, {JSON} (convert it to FHIR JSON)"),
        (
            "a.json.gz",
            gzip.compress(bundle(statement()))[:-30],
            "found a gzip file that is cut short, wanted a whole one (fetch it again; what came before the break is kept)",
        ),
    ],
    ids=["not JSON", "a list", "not FHIR", "empty", "XML", "truncated gzip"],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, name: str, body: bytes, fault: str) -> None:
    """A file that holds no FHIR is one fault that says where, what was found and what was wanted; the code is 3."""
    path = tmp_path / name
    path.write_bytes(body)

    code, said, shown = evaluate(path)

    told = ["read 1: used 0, set aside 0, faulty 1", "1 of 1 resources could not be read:", f"  {name}: {fault}", NOBODY]
    assert (3, told, []) == (code, said.splitlines(), shown)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """A file that is not there stops the run with code 2."""
    code, said, shown = evaluate(tmp_path / "gone.json")

    told = "fhir-trd: gone.json: found nothing there, wanted a file, a folder or - for what is piped in\n"
    assert (2, told, []) == (code, said, shown)


def test_a_bundle_with_nothing_relevant_says_so(tmp_path: Path) -> None:
    """A patient without anything the tables know gets an answer, and stderr says that nothing was found."""
    path = tmp_path / "a.json"
    path.write_bytes(bundle(person()))

    code, said, shown = evaluate(path)

    told = [
        "read 1: used 1, set aside 0, faulty 0",
        "Patient/1: nothing relevant found in the record: no antidepressant, diagnosis, score or treatment that the tables know",
    ]
    assert (0, told) == (code, said.splitlines())
    assert [("Patient/1", [])] == [(one["patient"], one["trials"]) for one in shown]


def drugs(shown: list[dict[str, object]]) -> list[tuple[object, list[str]]]:
    """Each patient with the drugs of the trials."""
    return [(one["patient"], [trial["drug"] for trial in one["trials"]]) for one in shown]  # type: ignore[attr-defined]


SERTRALINE = [("Patient/1", ["sertraline"])]


@pytest.mark.parametrize(
    ("body", "code", "ledger", "found"),
    [
        (
            bundle({"resourceType": "Spaceship", "id": "1"}, statement()),
            0,
            "read 2: used 1, set aside 1 (1 not needed), faulty 0",
            SERTRALINE,
        ),
        (bundle(ATTACHED, statement()), 0, "read 2: used 1, set aside 1 (1 not needed), faulty 0", SERTRALINE),
        (
            bundle(statement(1), statement(2, patient="2")),
            0,
            "read 2: used 2, set aside 0, faulty 0",
            [*SERTRALINE, ("Patient/2", ["sertraline"])],
        ),
        (
            bundle({**statement(2), "subject": None}, statement(1)),
            0,
            "read 2: used 1, set aside 1 (1 no patient reference), faulty 0",
            SERTRALINE,
        ),
        (bundle({**statement(2), "subject": [1]}, statement(1)), 0, None, SERTRALINE),
        (lines(statement()) + DEEP + b"\n", 3, "read 2: used 1, set aside 0, faulty 1", SERTRALINE),
        (lines(statement()) + b'{"resourceType": "Med\n', 3, "read 2: used 1, set aside 0, faulty 1", SERTRALINE),
        (bundle(statement(), statement(2))[:-40], 3, None, SERTRALINE),
    ],
    ids=["unknown type", "50 MB", "two patients", "no patient", "wrong patient", "deep", "cut line", "cut Bundle"],
)
def test_one_bad_resource_hides_no_good_one(
    tmp_path: Path, body: bytes, code: int, ledger: str | None, found: list[tuple[str, list[str]]]
) -> None:
    """What is bad, strange, huge or not ours is accounted for, and the good resources beside it are used."""
    path = tmp_path / "a.ndjson"
    path.write_bytes(body)

    ended, said, shown = evaluate(path)

    assert (code, found) == (ended, drugs(shown))
    assert ledger in (None, said.splitlines()[0])
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ({"dosage": "oops"}, "wrong-type"),
        ({"effectivePeriod": {"start": "2021-02-30"}}, "unreadable-date"),
        ({"effectivePeriod": {"start": "soon"}}, "unreadable-date"),
    ],
)
def test_a_bad_element_is_an_issue_and_costs_nothing_else(tmp_path: Path, wrong: dict[str, object], kind: str) -> None:
    """A wrong type or an impossible date becomes an issue of that resource, which is used all the same."""
    path = tmp_path / "a.json"
    path.write_bytes(bundle(statement(**wrong)))

    code, said, shown = evaluate(path)

    assert (0, "read 1: used 1, set aside 0, faulty 0") == (code, said.splitlines()[0])
    assert SERTRALINE == drugs(shown)
    assert (kind, "MedicationStatement/1") in [(one["kind"], one["resource"]) for one in shown[0]["issues"]]  # type: ignore[attr-defined]


def test_many_faults_are_shown_in_part_and_counted(tmp_path: Path) -> None:
    """Ten faults are shown, the rest is counted."""
    path = tmp_path / "a.ndjson"
    path.write_bytes(lines(statement()) + b"{\n" * 25)

    code, said, _ = evaluate(path)

    assert 3 == code
    assert "25 of 26 resources could not be read:" in said
    assert 10 == said.count("  a.ndjson line ")
    assert "  … and 15 more" in said.splitlines()


def test_nothing_of_a_record_is_repeated_in_a_message(tmp_path: Path) -> None:
    """Neither stderr nor an issue repeats names, free text or birth dates of a record."""
    secret = "Zxqv"
    named = {"resourceType": "Patient", "id": "1", "name": secret, "birthDate": f"{secret}-1", "gender": [secret]}
    path = tmp_path / "a.ndjson"
    path.write_bytes(lines(named, statement(status=[secret], dosage=secret, effectivePeriod=secret)) + f'{{"{secret}\n'.encode())

    ran = run("evaluate", "--format", "json", "--as-of", AS_OF, "--ledger", path)

    assert secret not in ran.stderr
    assert secret not in ran.stdout


def test_one_id_of_two_people_is_told(tmp_path: Path) -> None:
    """Where two different Patient resources share an id, a person is asked whether they are one."""
    folder = tmp_path / "two"
    folder.mkdir()
    for name, born in (("a", "1980-01-01"), ("b", "1950-01-01")):
        (folder / f"{name}.json").write_bytes(bundle({**person(), "birthDate": born}))

    ran = run("evaluate", folder)

    told = "Patient/1: two different Patient resources have this id, and their records are joined: are they one person?"
    assert told in ran.stderr.splitlines()
