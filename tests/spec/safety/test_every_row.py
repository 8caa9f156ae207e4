"""Safety: every kind of fact that the table of flags names, told through FHIR, and its nearest neighbour that says nothing."""

import pytest

from tests.factory.medication import PATIENT, Json
from tests.factory.table import rows
from tests.spec.safety.test_flags import flags, lines

SNOMED, CPT = "http://snomed.info/sct", "http://www.ama-assn.org/go/cpt"

DEVICES = rows("""
    code     | text                                | severity | about
    14106009 |                                     | BLOCK    | rtms
    14106009 |                                     | CAUTION  | ect
    72506001 |                                     | BLOCK    | rtms
    43252007 |                                     | BLOCK    | rtms
             | Cochlear prosthesis                 | BLOCK    | rtms
             | Deep brain stimulator               | BLOCK    | rtms
             | Vagus nerve stimulator              | BLOCK    | rtms
             | Aneurysm clip, titanium             | BLOCK    | rtms
             | Platinum aneurysm coil              | BLOCK    | esketamine
             | Skull plate                         | BLOCK    | rtms
             | Programmable VP shunt               | CAUTION  | rtms
             | Cardiac pacemaker                   | BLOCK    | rtms
             | Implantable defibrillator           | BLOCK    | rtms
    """)

PROCEDURES = rows("""
    code  | text                                   | severity | about
    69930 |                                        | BLOCK    | rtms
    61863 |                                        | BLOCK    | rtms
    61700 |                                        | BLOCK    | rtms
    62223 |                                        | CAUTION  | rtms
    33208 |                                        | BLOCK    | rtms
    33249 |                                        | BLOCK    | rtms
          | Cochlear implantation, left            | BLOCK    | rtms
          | Aneurysm clipping                      | BLOCK    | esketamine
          | Insertion of vagus nerve stimulator    | BLOCK    | rtms
    """)


def concept(system: str, code: str, text: str) -> Json:
    """A concept with a code, or with words only."""
    return {"coding": [{"system": system, "code": code}]} if code else {"text": text}


def device(code: str, text: str, status: str = "active") -> Json:
    """A device of the patient."""
    kind = concept(SNOMED, code, text)
    return {"resourceType": "Device", "id": "device", "status": status, "patient": PATIENT, "type": kind}


def deed(code: str, text: str, status: str = "completed") -> Json:
    """A procedure that may have put an implant in."""
    done = {"resourceType": "Procedure", "id": "deed", "status": status, "subject": PATIENT, "performedDateTime": "2015-03-01"}
    return done | {"code": concept(CPT, code, text)}


@pytest.mark.parametrize("row", DEVICES, ids=lambda row: f"{row['code']}{row['text']}: {row['about']}")
def test_an_implant_that_is_recorded_as_a_device(row: dict[str, str]) -> None:
    """A device in or near the head, or at the heart, speaks against a magnetic coil or asks for a closer look."""
    assert (row["severity"], row["about"]) in lines(flags("", device(row["code"], row["text"])))


@pytest.mark.parametrize("row", PROCEDURES, ids=lambda row: f"{row['code']}{row['text']}: {row['about']}")
def test_an_implant_that_is_told_by_its_operation(row: dict[str, str]) -> None:
    """An operation that puts an implant in tells of the implant."""
    assert (row["severity"], row["about"]) in lines(flags("", deed(row["code"], row["text"])))


@pytest.mark.parametrize("text", ["Blood glucose meter", "Hearing aid", "Dental filling", "External pacemaker", "Hip prosthesis"])
def test_other_devices_say_nothing(text: str) -> None:
    """Devices outside the body or far from the head raise nothing."""
    assert () == flags("", device("", text))


@pytest.mark.parametrize("text", ["Removal of pacemaker", "Explantation of vagus nerve stimulator", "Craniotomy", "No pacemaker"])
def test_an_operation_that_leaves_no_implant_says_nothing(text: str) -> None:
    """What takes an implant out, denies it or is about none raises nothing."""
    assert () == flags("", deed("", text))


def test_an_operation_that_was_not_done_says_nothing() -> None:
    """A planned operation or a device entered in error is no implant."""
    assert () == flags("", deed("69930", "", "preparation"))
    assert () == flags("", device("43252007", "", "entered-in-error"))


def test_a_device_out_of_use_may_still_be_in_the_body() -> None:
    """A stimulator that was switched off asks for a closer look, and closes nothing."""
    found = lines(flags("", device("", "Deep brain stimulator", "inactive")))
    assert ("CAUTION", "rtms") in found
    assert ("BLOCK", "rtms") not in found


def test_metal_in_an_eye() -> None:
    """A magnetic foreign body in an eye speaks against a magnetic coil, one that is not magnetic does not."""
    assert ("BLOCK", "rtms") in lines(flags("H44.601"))
    assert () == flags("H44.701")
