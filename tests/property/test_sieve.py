"""The first cut through a population never changes what is read: whatever stands in a line, and however it is written."""

import json
from collections import Counter
from collections.abc import Callable
from itertools import repeat
from zlib import crc32

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fhir_trd.fhir.decode import resources_in_lines
from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.records import Reading, read_records
from fhir_trd.fhir.read.sieve import Sieve, Sifted, place_of, restored
from fhir_trd.model.issues import Fate
from fhir_trd.model.records import PatientRecord
from tests.factory.judging import knowledge

Json = dict[str, object]
FILE = "x.ndjson"
SUBJECTS: tuple[Json, ...] = (
    {"reference": "Patient/1"},
    {"reference": "Patient/2"},
    {"reference": "https://ehr.example/fhir/Patient/1"},
    {"reference": "Patient/1/_history/4"},
    {"reference": "urn:uuid:0a1b2c3d-0000-4000-8000-000000000001"},
    {"identifier": {"system": "urn:mrn", "value": "m-1"}},
    {"identifier": {"system": "urn:mrn", "value": "unknown"}},
    {"reference": "Group/1"},
    {"reference": "#p"},
    {"display": "someone"},
)
LOINC = "http://loinc.org"
OBSERVED: tuple[Json, ...] = (
    {"coding": [{"system": LOINC, "code": "44261-6"}]},
    {"coding": [{"system": LOINC, "code": "29463-7"}], "text": "Body weight"},
    {"coding": [{"system": LOINC, "code": "2823-3"}], "text": "Potassium"},
    {"coding": [{"system": LOINC, "code": "85354-9"}]},
    {"text": "PHQ-9 total score"},
    {"text": "a note on sertraline and PHQ-9 item 3"},
    {},
)
DRUGS: tuple[Json, ...] = (
    {"text": "sertraline 50 mg tablet"},
    {"text": "lisinopril 10 mg"},
    {"text": "metoprolol"},
    {"text": "quetiapine 50 mg"},
    {"text": "sertraline or venlafaxine"},
    {"coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "36437"}]},
)
DIAGNOSES: tuple[Json, ...] = (
    {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "F33.1"}]},
    {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "J45.909"}]},
    {"text": "asthma"},
    {"text": "no depression"},
)
DAYS = ("2024-03-01", "2024-05", "2023", "not a day", "1900-01-01")
NOTE = '{"resourceType":"Observation","code":{"text":"PHQ-9"},"subject":{"reference":"Patient/2"}}'


def one(kind: str, number: int, **elements: object) -> Json:
    """A resource with whatever the elements say; those that are None are left out."""
    return {"resourceType": kind, "id": f"{kind[:3]}{number}", **{name: it for name, it in elements.items() if it is not None}}


KINDS = ("Observation", "Observation", "MedicationRequest", "MedicationStatement", "Condition", "Encounter", "Procedure",
         "Patient", "Medication", "Claim", "AllergyIntolerance", "QuestionnaireResponse", "Device")  # fmt: skip


@st.composite
def resources(draw: st.DrawFn, kinds: tuple[str, ...] = KINDS) -> Json:
    """A resource of any type that is read, or of one that is not, about anyone."""
    pick = lambda choices: draw(st.sampled_from(choices))  # noqa: E731
    subject, day, number = pick(SUBJECTS), pick(DAYS), draw(st.integers(1, 3))
    status = pick(("final", "completed", "active", "entered-in-error"))
    kind = pick(kinds)
    reference = pick((None, None, {"reference": "Medication/Med1"}, {"reference": "Medication/Med3"}, {"reference": "#m"}))
    parts = pick((None, None, [{"code": pick(OBSERVED), "valueInteger": 12}], [{"valueInteger": 1}], {"code": {}}))
    more: dict[str, Json] = {
        "Observation": {"code": pick(OBSERVED), "component": parts, "effectiveDateTime": day,
                        "valueInteger": draw(st.integers(0, 30))},
        "MedicationRequest": {"medicationCodeableConcept": pick((None, *DRUGS)), "medicationReference": reference,
                              "authoredOn": day, "contained": [one("Medication", 0, code=pick(DRUGS)) | {"id": "m"}]},
        "MedicationStatement": {"medicationCodeableConcept": pick(DRUGS), "effectiveDateTime": day,
                                "medication": pick((None, {"concept": pick(DRUGS)}))},
        "Condition": {"code": pick(DIAGNOSES), "onsetDateTime": day},
        "Encounter": {"class": pick(({"code": "AMB"}, {"code": "IMP"}, [{"coding": [{"code": "IMP"}]}], "inpatient")),
                      "period": {"start": day}},
        "Procedure": {"code": pick(({"text": "electroconvulsive therapy"}, {"text": "appendectomy"})), "performedDateTime": day},
        "Patient": {"subject": None, "birthDate": "1980-02-01", "identifier": [{"system": "urn:mrn", "value": f"m-{number}"}]},
        "Medication": {"code": pick(DRUGS), "ingredient": pick((None, [{"itemCodeableConcept": pick(DRUGS)}]))},
        "AllergyIntolerance": {"code": pick(DRUGS), "recordedDate": day},
    }  # fmt: skip
    made = one(kind, number, status=status, subject=subject, note=pick((None, [{"text": NOTE}]))) | more.get(kind, {})
    made = {name: it for name, it in made.items() if it is not None}
    names = {"Patient": str(number), "Medication": f"Med{number}"}
    return made | {"id": names.get(kind, f"{made['id']}-{_what(made)}")}


def _what(made: Json) -> int:
    """What a resource is about as a number: versions of one may differ in all but that (docs/reference/bulk.md)."""
    return crc32(repr([made.get(name) for name in ("code", "component", "class", "medicationCodeableConcept")]).encode())


@st.composite
def lines(draw: st.DrawFn, kinds: tuple[str, ...] = KINDS) -> bytes:
    """A line: a resource in one of the many ways to write one, several in a Bundle, or no resource at all."""
    some = resources(kinds)
    made = draw(some if kinds != KINDS else st.one_of(some, st.lists(some, max_size=3).map(bundled)))
    names = draw(st.one_of(st.just(list(made)), st.permutations(list(made))))
    spaced = draw(st.sampled_from(((",", ":"), (", ", ": "), (" ,\t", " : "))))
    text = json.dumps({name: made[name] for name in names}, separators=spaced)
    return draw(st.sampled_from(WAYS))(text)


def bundled(some: list[Json]) -> Json:
    """A Bundle of resources, the patients of which have addresses of their own."""
    urn = "urn:uuid:0a1b2c3d-0000-4000-8000-000000000001"
    addresses = [{"fullUrl": urn} if it["resourceType"] == "Patient" else {} for it in some]
    return {"resourceType": "Bundle", "type": "collection",
            "entry": [{**address, "resource": it} for address, it in zip(addresses, some, strict=True)]}  # fmt: skip


WAYS: tuple[Callable[[str], bytes], ...] = (
    *[str.encode] * 12,
    lambda text: text.replace("Patient/1", "Patient\\/1").encode(),
    lambda text: text.replace('"code"', '"c\\u006fde"', 1).encode(),
    lambda text: text.replace("sertraline", "s\\u0065rtraline").encode(),
    lambda text: text.replace('"subject"', '"subject":{"reference":"Patient/9"},"subject"', 1).encode(),
    lambda text: text.replace('"resourceType"', '"resourceType":"Claim","resourceType"', 1).encode(),
    lambda text: text[:-5].encode(),
    lambda text: (text + text).encode(),
    lambda text: text.replace("{", "{\n", 1).encode(),
    lambda text: text.replace("}", "}\n", 1).encode(),
    lambda text: text.encode() + b"}",
    lambda text: b"\xef\xbb\xbf  " + text.encode() + b" \r",
    lambda text: text.replace("2024", "20\x0124").encode(),
    lambda text: text.encode().replace(b"tablet", b"\xff\xfe"),
    lambda text: text.replace('"reference"', '"reference":7,"x"', 1).encode(),
    lambda text: b"",
    lambda text: b"   \r",
    lambda text: b"[1, 2]",
    lambda text: b"<xml/>",
)
ALIKE = st.sampled_from(KINDS).flatmap(lambda kind: st.lists(lines((kind,)), min_size=2, max_size=6))
FILES = st.one_of(st.lists(lines(), max_size=12), ALIKE).map(lambda file: b"\n".join(file).split(b"\n"))
"""Files of lines of all types, or of one, as most are."""


def sifted(file: list[bytes], *, dated: bool, thorough: bool) -> tuple[Sifted, Reading]:
    """What the sieve made of a file, and what is read of what it kept, or of what stands where it says."""
    block = b"\n".join(file)
    done = Sieve(Desk(knowledge()), dated=dated, thorough=thorough).sift_block(block, at=0)
    bodies = [kept.body or block[kept.at : kept.at + kept.size] for kept in done.kept]
    return done, read_records(map(restored, done.kept, bodies, repeat(FILE), repeat(0)), knowledge())


def plainly(file: list[bytes]) -> Reading:
    """What is read of the file as a whole."""
    return read_records(resources_in_lines(file, FILE), knowledge())


def timeless(records: tuple[PatientRecord, ...]) -> list[PatientRecord]:
    """Records without the latest day in them."""
    return [replace(record, latest=None) for record in records]


def everyone(done: Sifted, records: tuple[PatientRecord, ...]) -> list[PatientRecord]:
    """Those of whom something is known, and those of whom it is only known that they exist."""
    known = {record.patient: record for record in records}
    return [known.get(name) or PatientRecord(patient=name) for name in sorted({*known, *done.mentioned})]


@given(FILES)
def test_a_thorough_sieve_changes_nothing(file: list[bytes]) -> None:
    """Of what a thorough sieve keeps the same records are read, and every resource meets the same fate."""
    plain, (done, read) = plainly(file), sifted(file, dated=True, thorough=True)
    fates = Counter({(entry.resource_type, entry.fate, entry.reason): count for entry, count in read.ledger.counts.items()})
    fates.update({(kind, Fate.SET_ASIDE, reason): count for (kind, reason), count in done.aside.items()})
    fates.update((fault.resource_type, Fate.FAULTY, fault.kind) for _, fault in done.faults)

    assert plain.records == read.records
    assert {(each.resource_type, each.fate, each.reason): count for each, count in plain.ledger.counts.items()} == fates


@given(FILES)
def test_a_quick_sieve_changes_no_record(file: list[bytes]) -> None:
    """Of what a quick sieve keeps the same facts are read of everyone, and nobody is forgotten."""
    plain, (done, read) = plainly(file), sifted(file, dated=False, thorough=False)

    assert timeless(plain.records) == timeless(tuple(everyone(done, read.records)))


@given(FILES)
def test_a_sieve_that_looks_for_days_keeps_the_latest_of_each_record(file: list[bytes]) -> None:
    """Where the day of assessment is the latest of each record, the sieve lets no such day go."""
    plain, (done, read) = plainly(file), sifted(file, dated=True, thorough=False)

    assert list(plain.records) == everyone(done, read.records)


@given(FILES)
def test_a_quick_sieve_loses_count_of_nothing(file: list[bytes]) -> None:
    """What was read is what was kept, let go or faulty; places are the lines of the file."""
    plain, (done, _) = plainly(file), sifted(file, dated=False, thorough=False)
    broken = {place_of(FILE, line) + fault.where for line, fault in done.faults}

    assert plain.ledger.read == done.read == len(done.kept) + done.aside.total() + len(done.faults)
    assert broken <= {fault.where for fault in plain.faults}
