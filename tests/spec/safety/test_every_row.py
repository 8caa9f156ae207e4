"""Safety: every kind of fact that the table of flags names, told through FHIR, and its nearest neighbour that says nothing."""

import pytest

from tests.factory.chart import Chart
from tests.factory.judging import judge
from tests.factory.medication import PATIENT, Json
from tests.factory.table import rows
from tests.spec.safety.test_flags import flags, lines, measured, other_drug

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


def told(text: str = "", code: str = "", day: str = "2024-05-20", **value: object) -> Json:
    """An Observation by its words or its LOINC code, with a value of any kind."""
    seen = {"resourceType": "Observation", "id": f"seen-{code}-{day}", "status": "final", "subject": PATIENT}
    return seen | {"code": concept("http://loinc.org", code, text), "effectiveDateTime": day} | value


def answer(system: str, code: str) -> Json:
    """A coded answer."""
    return {"coding": [{"system": system, "code": code}]}


YES, NO = answer("http://loinc.org", "LA33-6"), answer("http://loinc.org", "LA32-8")
POSITIVE, NEGATIVE = answer(SNOMED, "10828004"), answer(SNOMED, "260385009")


@pytest.mark.parametrize("code", ["93249-1", "93250-9", "93267-3"])
def test_suicidal_intent_on_the_c_ssrs(code: str) -> None:
    """A yes to intent, plan or behaviour on the C-SSRS stops everything; a no, or a yes of long ago, does not."""
    assert ("STOP", "suicide-risk") in lines(flags("", told(code=code, valueCodeableConcept=YES)))
    assert ("STOP", "suicide-risk") in lines(flags("", told(code=code, valueBoolean=True)))
    assert () == flags("", told(code=code, valueCodeableConcept=NO))
    assert () == flags("", told(code=code, day="2023-05-20", valueCodeableConcept=YES))


def test_milder_answers_of_the_c_ssrs_do_not_stop() -> None:
    """A wish to be dead without intent is level 1: the rows ask for level 4."""
    assert () == flags("", told(code="93246-7", valueCodeableConcept=YES))
    assert () == flags("", told("C-SSRS ideation severity", valueInteger=3))
    assert ("STOP", "suicide-risk") in lines(flags("", told("C-SSRS ideation severity", valueInteger=4)))


def test_suicidal_thoughts_on_the_madrs() -> None:
    """Four points on MADRS item 10 stop everything, alone or within the total; three do not."""
    item = {"code": {"text": "MADRS item 10"}, "valueInteger": 5}
    assert ("STOP", "suicide-risk") in lines(flags("", told("MADRS item 10", valueInteger=4)))
    assert ("STOP", "suicide-risk") in lines(flags("", told("MADRS total score", valueInteger=30, component=[item])))
    assert () == flags("", told("MADRS item 10", valueInteger=3))


def form(*items: Json, name: str = "") -> Json:
    """A questionnaire that was filled in."""
    head: Json = {"resourceType": "QuestionnaireResponse", "id": "form", "status": "completed", "subject": PATIENT}
    return head | {"questionnaire": name, "authored": "2024-05-20", "item": list(items)}


def item(link: str, **value: Json) -> Json:
    """A question with its answer."""
    return {"linkId": link, "answer": [value]}


def test_suicidal_intent_within_a_questionnaire() -> None:
    """The same answers count inside a questionnaire: the C-SSRS by its codes, MADRS item 10 by its number."""
    yes, no = {"system": "http://loinc.org", "code": "LA33-6"}, {"system": "http://loinc.org", "code": "LA32-8"}
    assert ("STOP", "suicide-risk") in lines(flags("", form(item("/93250-9", valueCoding=yes))))
    assert ("STOP", "suicide-risk") in lines(flags("", form(item("/93250-9", valueBoolean=True))))
    assert () == flags("", form(item("/93250-9", valueCoding=no)))
    assert ("STOP", "suicide-risk") in lines(flags("", form(item("q10", valueInteger=4), name="urn:madrs")))
    assert () == flags("", form(item("q10", valueInteger=3), item("q9", valueInteger=6), name="urn:madrs"))


SCREENS = rows("""
    text     | code    | points | below | severity | about
             | 75624-7 | 8      | 7     | REVIEW   | diagnosis
    AUDIT    |         | 8      | 7     | CAUTION  | esketamine
    MDQ      |         | 7      | 6     | REVIEW   | diagnosis
    """)


@pytest.mark.parametrize("row", SCREENS, ids=lambda row: f"{row['text']}{row['code']} {row['about']}")
def test_a_positive_screen(row: dict[str, str]) -> None:
    """A screen for alcohol or for bipolar disorder raises its flag from its cut-off on."""
    high = told(row["text"], row["code"], valueInteger=int(row["points"]))
    assert (row["severity"], row["about"]) in lines(flags("", high))
    assert () == flags("", told(row["text"], row["code"], valueInteger=int(row["below"])))


@pytest.mark.parametrize("code", ["3349-8", "3397-7", "3879-4"])
def test_a_positive_toxicology_test(code: str) -> None:
    """A positive test for drugs asks for a closer look and cautions against esketamine; a negative one says nothing."""
    found = lines(flags("", told(code=code, valueCodeableConcept=POSITIVE)))
    assert {("REVIEW", "diagnosis"), ("CAUTION", "esketamine")} <= found
    assert () == flags("", told(code=code, valueCodeableConcept=NEGATIVE))


def test_a_positive_pregnancy_test() -> None:
    """A positive pregnancy test blocks what may harm the baby, a level above its range asks; a negative test does not."""
    assert ("BLOCK", "esketamine") in lines(flags("", told(code="2106-3", valueString="Positive")))
    assert ("CAUTION", "esketamine") in lines(flags("", measured("21198-7", 900, "m[IU]/mL", "H")))
    assert () == flags("", told(code="2106-3", valueString="Negative"))
    assert () == flags("", told(code="2106-3", day="2022-01-01", valueString="Positive"))


@pytest.mark.parametrize("low", [{"comparator": "<", "value": 0.1}, {"value": 0}], ids=["below measuring", "zero"])
def test_a_drug_that_is_not_found_in_the_blood(low: Json) -> None:
    """A prescribed drug that cannot be measured in the blood asks whether it was taken; without a prescription not."""
    seen = told(code="14334-7", valueQuantity={"unit": "mmol/L", "code": "mmol/L"} | low)
    taken = "drug | from | to | mg/day\n lithium | 2024-01-01 | ongoing | 900"
    assert ("REVIEW", "adequacy") in lines(flags("", seen, drugs=taken))
    assert () == flags("", seen)
    assert ("REVIEW", "adequacy") not in lines(flags("", measured("14334-7", 0.6, "mmol/L"), drugs=taken))


def test_a_qt_interval_that_has_grown() -> None:
    """A corrected QT interval that is 60 ms longer than before cautions; one that is less longer, or the first, does not."""
    before = measured("8636-3", 400, "ms", day="2024-01-10") | {"id": "before"}
    assert ("CAUTION", "citalopram") in lines(flags("", before, measured("8636-3", 460, "ms")))
    assert () == flags("", before, measured("8636-3", 459, "ms"))
    assert () == flags("", measured("8636-3", 460, "ms"))


@pytest.mark.parametrize("code", ["2823-3", "19123-9"])
def test_low_potassium_or_magnesium(code: str) -> None:
    """Potassium or magnesium that the laboratory calls low cautions against drugs that lengthen the QT interval."""
    unit = "mmol/L" if code == "2823-3" else "mg/dL"
    assert ("CAUTION", "citalopram") in lines(flags("", measured(code, 1, unit, "L")))
    assert () == flags("", measured(code, 2, unit, "N"))


def allergy(name: str, **more: Json) -> Json:
    """An allergy to a drug."""
    return {"resourceType": "AllergyIntolerance", "id": "allergy", "patient": PATIENT, "code": {"text": name}} | more


def test_an_allergy_to_esketamine() -> None:
    """An allergy to esketamine or ketamine blocks both; one that was refuted, or to another drug, does not."""
    refuted: Json = {"coding": [{"code": "refuted"}]}
    assert ("BLOCK", "esketamine") in lines(flags("", allergy("Esketamine")))
    assert ("BLOCK", "esketamine") in lines(flags("", allergy("ketamine")))
    assert () == flags("", allergy("Esketamine", verificationStatus=refuted))
    assert () == flags("", allergy("Penicillin"))


def test_harm_by_ketamine_may_be_no_allergy() -> None:
    """An adverse event blamed on ketamine asks for a closer look, and blocks nothing."""
    suspect = [{"instance": {"display": "ketamine"}}]
    event = {"resourceType": "AdverseEvent", "id": "event", "actuality": "actual", "subject": PATIENT, "suspectEntity": suspect}
    assert ("CAUTION", "esketamine") in lines(flags("", event))
    assert ("BLOCK", "esketamine") not in lines(flags("", event))


def woman(born: str, *more: Json, conditions: str = "") -> set[tuple[str, str]]:
    """The flags of a woman born on that day, on 1 June 2024."""
    patient = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": born}
    return lines(judge(Chart(as_of="2024-06-01", conditions=conditions, more=(patient, *more), born=born)).flags)


@pytest.mark.parametrize(
    ("born", "asked"), [("2012-06-01", True), ("1968-06-02", True), ("2012-06-02", False), ("1968-06-01", False)]
)
def test_a_pregnancy_is_asked_for(born: str, asked: bool) -> None:
    """For a woman from 12 to 55 of whom the record says nothing, the report asks for a pregnancy."""
    assert asked is (("REVIEW", "pregnancy") in woman(born))


def test_a_pregnancy_that_is_known_of_is_not_asked_for() -> None:
    """A recent test, a pregnancy on record or a uterus taken out answer the question; an old test does not."""
    test = {"code": "2106-3", "valueString": "Negative"}
    assert ("REVIEW", "pregnancy") not in woman("1990-01-01", told(**test))
    assert ("REVIEW", "pregnancy") in woman("1990-01-01", told(**test, day="2023-01-01"))
    assert ("REVIEW", "pregnancy") not in woman("1990-01-01", conditions="Z33.1")
    assert ("REVIEW", "pregnancy") not in woman("1990-01-01", conditions="Z90.710")


ON_SERTRALINE = "drug | from | to | mg/day\n sertraline | 2023-01-01 | 2023-06-30 | 100"
ASKS_FOR_MANIA = "mania or hypomania began while an antidepressant was taken"


def reasons(conditions: str = "", *more: Json, drugs: str = "", born: str = "1980-06-15") -> str:
    """Why the flags about the diagnosis are raised, as one text."""
    return "; ".join(flag.because for flag in flags(conditions, *more, drugs=drugs, born=born) if flag.about == "diagnosis")


def test_mania_on_an_antidepressant() -> None:
    """Mania that began while an antidepressant was taken points to bipolar disorder; mania at another time has its own flags."""
    assert ASKS_FOR_MANIA in reasons("F30.10 onset 2023-03-01", drugs=ON_SERTRALINE)
    assert ASKS_FOR_MANIA not in reasons("F30.10 onset 2024-03-01", drugs=ON_SERTRALINE)
    assert ASKS_FOR_MANIA not in reasons("F32.1 onset 2023-03-01", drugs=ON_SERTRALINE)


def test_mania_coded_with_harm_by_an_antidepressant() -> None:
    """Mania and harm by an antidepressant coded side by side point to bipolar disorder; harm alone does not."""
    assert "mania and harm by an antidepressant" in reasons("F30.10; T43.225A")
    assert "mania and harm" not in reasons("T43.225A")


def test_many_episodes_from_early_on() -> None:
    """Three episodes, the first before 25, point to bipolar disorder; two, or a later first, do not."""
    three = "F32.1 onset 2003-01-01 resolved; F33.1 onset 2010-01-01 resolved; F33.1 onset 2024-01-01"
    assert "three or more episodes" in reasons(three)
    assert "three or more episodes" not in reasons(three, born="1975-06-15")
    assert "three or more episodes" not in reasons("F32.1 onset 2003-01-01; F33.1 onset 2003-02-01; F33.1 onset 2024-01-01")


def relative(code: str) -> Json:
    """What a mother suffered from."""
    kind = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code}]}
    return {
        "resourceType": "FamilyMemberHistory",
        "id": "mother",
        "status": "completed",
        "patient": PATIENT,
        "relationship": {"text": "mother"},
        "condition": [{"code": kind}],
    }


def test_bipolar_disorder_in_the_family() -> None:
    """Bipolar disorder of a relative asks for a closer look and excludes nothing; depression of a relative says nothing."""
    assert "in the family" in reasons("", relative("F31.9"))
    assert "EXCLUDE" not in {severity for severity, _ in lines(flags("", relative("F31.9")))}
    assert () == flags("", relative("F33.1"))


@pytest.mark.parametrize("code", ["F10.230", "F13.231"])
def test_withdrawal_blocks_bupropion(code: str) -> None:
    """Withdrawal of alcohol or sedatives blocks bupropion; dependence alone does not."""
    assert ("BLOCK", "bupropion") in lines(flags(code))
    assert ("BLOCK", "bupropion") not in lines(flags("F10.20"))


def taking(*drugs: str) -> str:
    """A table of drugs that are taken now."""
    rows_of = (f"\n {drug} | 2024-01-01 | ongoing | {dose}" for drug, dose in (one.split() for one in drugs))
    return "drug | from | to | mg/day" + "".join(rows_of)


INTERACTIONS = rows("""
    other                      | drugs          | severity | about
    carbamazepine 200 mg       |                | REVIEW   | adequacy
    phenobarbital 60 mg        |                | REVIEW   | adequacy
    phenobarbital 60 mg        |                | REVIEW   | diagnosis
    methadone 10 mg            |                | CAUTION  | citalopram
    methadone 10 mg            |                | CAUTION  | esketamine
    etonogestrel 68 mg implant |                | REVIEW   | diagnosis
    tamoxifen 20 mg            | paroxetine 20  | CAUTION  | adequacy
    """)


@pytest.mark.parametrize("row", INTERACTIONS, ids=lambda row: f"{row['other']}: {row['severity']} {row['about']}")
def test_another_drug_that_bears_on_the_treatment(row: dict[str, str]) -> None:
    """A drug that weakens, sedates, lengthens the QT interval or is weakened itself raises its flag; one not taken does not."""
    drugs = taking(row["drugs"]) if row["drugs"] else ""
    assert (row["severity"], row["about"]) in lines(flags("", other_drug(row["other"]), drugs=drugs))
    assert (row["severity"], row["about"]) not in lines(flags("", other_drug(row["other"], "not-taken"), drugs=drugs))


def test_a_tricyclic_whose_breakdown_is_blocked() -> None:
    """Paroxetine beside a tricyclic cautions; sertraline beside it does not."""
    assert ("CAUTION", "tricyclic") in lines(flags(drugs=taking("nortriptyline 75", "paroxetine 20")))
    assert ("CAUTION", "tricyclic") not in lines(flags(drugs=taking("nortriptyline 75", "sertraline 100")))


def test_st_johns_wort() -> None:
    """St John's wort weakens other drugs, and adds to a serotonergic one; bupropion beside it adds no serotonin."""
    wort = other_drug("St. John's wort 300 mg")
    assert ("REVIEW", "adequacy") in lines(flags("", wort))
    assert ("CAUTION", "serotonin-syndrome") in lines(flags("", wort, drugs=taking("sertraline 100")))
    assert ("CAUTION", "serotonin-syndrome") not in lines(flags("", wort, drugs=taking("bupropion 300")))


def test_three_serotonergic_drugs_of_any_kind() -> None:
    """Tramadol and a triptan beside one antidepressant are a load of three; the same drug twice counts once."""
    tramadol, triptan = other_drug("tramadol 50 mg"), other_drug("sumatriptan 50 mg") | {"id": "another"}
    again = other_drug("tramadol 100 mg") | {"id": "again"}
    load = ("CAUTION", "serotonin-syndrome")
    assert load in lines(flags("", tramadol, triptan, drugs=taking("sertraline 100")))
    assert load not in lines(flags("", tramadol, again, drugs=taking("sertraline 100")))


def test_smoking_beside_a_drug_it_weakens() -> None:
    """Smoking bears on duloxetine, and not on sertraline."""
    assert ("REVIEW", "adequacy") in lines(flags("F17.210", drugs=taking("duloxetine 60")))
    assert ("REVIEW", "adequacy") not in lines(flags("F17.210", drugs=taking("sertraline 100")))


def test_lithium_asks_for_the_thyroid() -> None:
    """Lithium without a thyrotropin of the last year asks for one; with one it does not."""
    asks = "lithium can slow the thyroid"
    assert asks in reasons(drugs=taking("lithium 900"))
    assert asks not in reasons("", measured("3016-3", 2, "m[IU]/L"), drugs=taking("lithium 900"))


def test_a_tricyclic_or_ziprasidone_lengthens_the_qt_interval() -> None:
    """A tricyclic or ziprasidone that is taken cautions against citalopram; sertraline does not."""
    assert ("CAUTION", "citalopram") in lines(flags(drugs=taking("nortriptyline 75")))
    assert ("CAUTION", "citalopram") in lines(flags(drugs=taking("ziprasidone 80")))
    assert ("CAUTION", "citalopram") not in lines(flags(drugs=taking("sertraline 100")))


def test_a_hypertensive_crisis() -> None:
    """A hypertensive crisis blocks esketamine; hypertension cautions."""
    assert ("BLOCK", "esketamine") in lines(flags("I16.1"))
    assert ("BLOCK", "esketamine") not in lines(flags("I10"))


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("X61", ("STOP", "suicide-risk")),
        ("Z91.5", ("STOP", "suicide-risk")),
        ("F10.3", ("BLOCK", "bupropion")),
        ("Z95.0", ("BLOCK", "rtms")),
        ("Z33", ("BLOCK", "esketamine")),
    ],
)
def test_codes_of_the_international_edition(code: str, line: tuple[str, str]) -> None:
    """The codes of ICD-10 that say the same raise the same flags; a code of another chapter does not."""

    def problem(written: str) -> Json:
        kind = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10", "code": written}]}
        return {"resourceType": "Condition", "id": "problem", "subject": PATIENT, "code": kind}

    assert line in lines(flags("", problem(code)))
    assert () == flags("", problem("J45.0"))
