"""Resources as lines of their own are those of the Bundle, but for the addresses by which they know each other."""

import msgspec
import pytest

from fhir_trd.fhir.write.bundle import bundle_bytes
from fhir_trd.fhir.write.lines import WRITTEN, Written, check
from fhir_trd.model.verdicts import Result
from tests.unit.fhir_write.assessments import an_assessment


@pytest.mark.parametrize("result", list(Result))
def test_a_line_is_what_the_bundle_holds_under_other_addresses(result: Result) -> None:
    """What refers to an address inside the Bundle refers to type and id as a line; nothing else differs."""
    assessment = an_assessment(result)
    written = Written(assessment)
    lines = [msgspec.json.decode(line) for line in (written.device_line, *written.lines.values())]
    inside = bundle_bytes([assessment])
    for resource in (written.device, *written.resources.values()):
        inside = inside.replace(f"urn:uuid:{resource['id']}".encode(), f"{resource['resourceType']}/{resource['id']}".encode())

    assert [entry["resource"] for entry in msgspec.json.decode(inside)["entry"]] == lines


def test_a_line_is_one_line() -> None:
    """Each line ends, and nothing in it breaks it."""
    lines = Written(an_assessment()).lines

    assert [1] * len(WRITTEN) == [line.count(b"\n") for line in lines.values()]
    assert all(line.endswith(b"\n") for line in lines.values())


def test_what_is_written_once_does_not_change_what_is_written_next() -> None:
    """Plans share what is the same in them; writing and checking one leaves the other as it was."""
    alone = Written(an_assessment(Result.MET)).lines
    check([Written(an_assessment(result)) for result in Result])

    assert alone == Written(an_assessment(Result.MET)).lines
