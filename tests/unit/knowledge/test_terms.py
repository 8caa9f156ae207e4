"""What codes and words mean: diagnoses with their exceptions, reasons, scores, timings, units and code systems."""

import pytest

from fhir_trd.model.codes import Coding
from fhir_trd.model.knowledge import DiagnosisMeaning, Knowledge, ScoreCode
from fhir_trd.model.records import StopReason

DIAGNOSES = [
    ("icd-10-cm", "F32.9", "depression", "", False, ""),
    ("icd-10-cm", "F32.A", "depression", "", False, ""),
    ("icd-10-cm", "F32.2", "depression", "severe", False, ""),
    ("icd-10-cm", "F32.3", "depression", "severe", True, ""),
    ("icd-10-cm", "F32.4", "depression", "", False, "partial"),
    ("icd-10-cm", "F32.5", "depression", "", False, "full"),
    ("icd-10-cm", "F32.81", "pmdd", "", False, ""),
    ("icd-10-cm", "F3281", "pmdd", "", False, ""),
    ("icd-10-cm", "F32.89", "depression", "", False, ""),
    ("icd-10-cm", "F33.1", "depression", "moderate", False, ""),
    ("icd-10-cm", "F33.40", "depression", "", False, "full"),
    ("icd-10-cm", "F33.41", "depression", "", False, "partial"),
    ("icd-10-cm", "F3341", "depression", "", False, "partial"),
    ("icd-10-cm", "F33.42", "depression", "", False, "full"),
    ("icd-10", "F33.4", "depression", "", False, "full"),
    ("icd-10-cm", "F34.1", "persistent-depression", "", False, ""),
    ("icd-10-cm", "F34.0", "bipolar", "", False, ""),
    ("icd-10-cm", "F53.0", "depression", "", False, ""),
    ("icd-10-cm", "F31.81", "bipolar", "", False, ""),
    ("icd-10-cm", "F30.10", "bipolar", "", False, ""),
    ("icd-10-cm", "F20.0", "schizophrenia-spectrum", "", False, ""),
    ("icd-10", "F25.1", "schizophrenia-spectrum", "", False, ""),
    ("icd-10-cm", "F29", "psychotic-disorder", "", False, ""),
    ("icd-10-cm", "F06.31", "secondary-depression", "", False, ""),
    ("icd-10", "F41.2", "mixed-anxiety-depression", "", False, ""),
    ("icd-10-cm", "F41.1", "anxiety", "", False, ""),
    ("icd-10-cm", "F17.210", "smoking", "", False, ""),
    ("icd-10-cm", "M79.7", "pain", "", False, ""),
    ("icd-10-cm", "E11.42", "pain", "", False, ""),
    ("icd-9-cm", "296.33", "depression", "severe", False, ""),
    ("icd-9-cm", "29634", "depression", "severe", True, ""),
    ("icd-9-cm", "296.82", "depression", "", False, ""),
    ("icd-9-cm", "296.80", "bipolar", "", False, ""),
    ("icd-9-cm", "311", "depression", "", False, ""),
    ("icd-9-cm", "300.4", "persistent-depression", "", False, ""),
    ("icd-9-cm", "295.30", "schizophrenia-spectrum", "", False, ""),
    ("snomed", "35489007", "depression", "", False, ""),
    ("snomed", "76441001", "depression", "severe", False, ""),
    ("snomed", "430852001", "depression", "severe", True, ""),
    ("snomed", "70747007", "depression", "", False, "partial"),
    ("snomed", "19527009", "depression", "", False, "full"),
    ("snomed", "78667006", "persistent-depression", "", False, ""),
    ("snomed", "1153570009", "depression", "", False, ""),
    ("snomed", "13746004", "bipolar", "", False, ""),
    ("snomed", "58214004", "schizophrenia-spectrum", "", False, ""),
    ("snomed", "84760002", "schizophrenia-spectrum", "", False, ""),
    ("snomed", "38368003", "schizophrenia-spectrum", "", False, ""),
    ("snomed", "596004", "pmdd", "", False, ""),
    ("snomed", "231504006", "mixed-anxiety-depression", "", False, ""),
]


@pytest.mark.parametrize(("system", "code", "category", "severity", "psychotic", "remission"), DIAGNOSES)
def test_diagnosis_codes(
    system: str, code: str, category: str, severity: str, psychotic: bool, remission: str, knowledge: Knowledge
) -> None:
    """A code tells its category, and severity, psychosis and remission where it holds them; with or without its dot."""
    key = knowledge.terms.diagnoses.meaning(Coding(system, code))
    expected = DiagnosisMeaning(category, severity, psychotic, remission)
    assert expected == knowledge.terms.diagnosis_meanings[key or ""]


@pytest.mark.parametrize("code", ["F10.20", "F60.3", "Z86.59", "F39", "G30.9"])
def test_codes_that_are_no_diagnosis_of_ours(code: str, knowledge: Knowledge) -> None:
    """A code that the rules do not ask for means nothing."""
    assert None is knowledge.terms.diagnoses.meaning(Coding("icd-10-cm", code))


PURPOSES = [
    ("icd-10-cm", "F33.1", "depression"),
    ("icd-10-cm", "F34.1", "depression"),
    ("icd-10-cm", "F17.210", "smoking"),
    ("icd-10-cm", "E66.9", "obesity"),
    ("icd-10-cm", "F42.9", "ocd"),
    ("icd-10-cm", "G47.00", "insomnia"),
    ("icd-10-cm", "N95.1", "vasomotor"),
    ("icd-10-cm", "F39", "unrecognised"),
    ("icd-10-cm", "F32.81", "pmdd"),
    ("snomed", "21897009", "anxiety"),
    ("snomed", "366979004", "depression"),
    ("icd-10-cm", "I10", None),
]


@pytest.mark.parametrize(("system", "code", "expected"), PURPOSES)
def test_reasons_for_a_drug(system: str, code: str, expected: str | None, knowledge: Knowledge) -> None:
    """A reason code stands for a purpose; an unspecified mood disorder leaves it open; others mean nothing."""
    assert expected == knowledge.terms.purposes.meaning(Coding(system, code))


def test_phrases_come_longest_first(knowledge: Knowledge) -> None:
    """In every list of words the longer phrase stands before the shorter, so that the closest one wins."""
    terms = knowledge.terms
    for words in (terms.diagnosis_words, terms.purpose_words, terms.stop_reason_words, terms.score_words, terms.treatment_words):
        lengths = [len(phrase) for phrase, _ in words]
        assert sorted(lengths, reverse=True) == lengths


def test_words_lead_to_known_meanings(knowledge: Knowledge) -> None:
    """Every word of a diagnosis has a meaning, every word of a score a scale."""
    assert [] == [key for _, key in knowledge.terms.diagnosis_words if key not in knowledge.terms.diagnosis_meanings]
    assert [] == [key for _, key in knowledge.terms.score_words if key not in knowledge.scales]


@pytest.mark.parametrize("phrase", ["family history", "no history", "rule out", "denies", "suspected"])
def test_words_that_refuse_a_diagnosis(phrase: str, knowledge: Knowledge) -> None:
    """Denial, doubt and relatives forbid reading a diagnosis from a text."""
    assert phrase in knowledge.terms.refusing_words


STOPS = [("266721009", "lack_of_efficacy"), ("59037007", "intolerance"), ("182846007", "remission"), ("77386006", "other")]


@pytest.mark.parametrize(("code", "reason"), STOPS)
def test_stop_reasons_by_code(code: str, reason: str, knowledge: Knowledge) -> None:
    """A coded reason for stopping has one of the categories of the rules."""
    assert reason == knowledge.terms.stop_reasons.meaning(Coding("snomed", code))


def test_stop_reasons_by_word(knowledge: Knowledge) -> None:
    """Lack of efficacy, a partial response and side effects are told apart in words."""
    words = dict(knowledge.terms.stop_reason_words)
    expected = (StopReason.LACK_OF_EFFICACY, StopReason.PARTIAL, StopReason.INTOLERANCE)
    assert expected == (words["no improvement"], words["partial response"], words["side effects"])


def test_score_codes(knowledge: Knowledge) -> None:
    """A code is the total, an item, or the whole questionnaire of a scale."""
    scores = knowledge.terms.scores
    assert ScoreCode("phq-9") == scores["loinc", "44261-6"]
    assert ScoreCode("phq-9", "9") == scores["loinc", "44260-8"]
    assert ScoreCode("phq-9", "panel") == scores["loinc", "44249-1"]
    assert [0, 1, 2, 3] == [knowledge.terms.answers["loinc", code] for code in ("LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9")]


@pytest.mark.parametrize(
    ("code", "per_day"), [("BID", 2), ("TID", 3), ("QID", 4), ("QD", 1), ("QOD", 0.5), ("Q6H", 4), ("AM", 1)]
)
def test_timing_codes(code: str, per_day: float, knowledge: Knowledge) -> None:
    """A timing code says how many doses a day."""
    assert per_day == knowledge.terms.frequencies["v3-gts", code].per_day


@pytest.mark.parametrize(("word", "mg"), [("mg", 1), ("g", 1000), ("ug", 0.001), ("mcg", 0.001)])
def test_units_of_mass(word: str, mg: float, knowledge: Knowledge) -> None:
    """A unit of mass is so many milligrams; tablets are counted, not weighed."""
    assert mg == knowledge.terms.units[word]
    assert {"tablet", "{tbl}", "capsule"} <= knowledge.terms.count_units
    assert set() == knowledge.terms.count_units & set(knowledge.terms.units)


SYSTEMS = [
    ("http://www.nlm.nih.gov/research/umls/rxnorm", "rxnorm"),
    ("urn:oid:2.16.840.1.113883.6.88", "rxnorm"),
    ("http://snomed.info/sct", "snomed"),
    ("http://snomed.info/sct/731000124108", "snomed"),
    ("http://hl7.org/fhir/sid/ndc", "ndc"),
    ("http://hl7.org/fhir/sid/icd-10-cm", "icd-10-cm"),
    ("http://hl7.org/fhir/sid/icd-10-sm", "icd-10-cm"),
    ("http://hl7.org/fhir/sid/icd-10", "icd-10"),
    ("http://fhir.de/CodeSystem/bfarm/icd-10-gm", "icd-10"),
    ("http://hl7.org/fhir/sid/icd-9-cm", "icd-9-cm"),
    ("urn:oid:2.16.840.1.113883.6.104", "icd-9-pcs"),
    ("http://loinc.org", "loinc"),
    ("http://www.whocc.no/atc", "atc"),
    ("http://www.ama-assn.org/go/cpt", "cpt"),
]


@pytest.mark.parametrize(("address", "key"), SYSTEMS)
def test_code_systems(address: str, key: str, knowledge: Knowledge) -> None:
    """A code system is known by its URI, its OID and the wrong addresses that real data holds."""
    assert key == knowledge.terms.systems[address]


@pytest.mark.parametrize(
    ("system", "code", "kind"),
    [("cpt", "90870", "ect"), ("cpt", "90867", "tms"), ("icd-10-pcs", "GZB0ZZZ", "ect"), ("cpt", "90834", "psychotherapy")],
)
def test_procedures(system: str, code: str, kind: str, knowledge: Knowledge) -> None:
    """A procedure code is a kind of treatment; anaesthesia and referrals are none."""
    assert kind == knowledge.terms.treatments.meaning(Coding(system, code))
    assert None is knowledge.terms.treatments.meaning(Coding("cpt", "00104"))


def test_other_uses(knowledge: Knowledge) -> None:
    """Smoking rules depression out for bupropion; anxiety leaves it open for sertraline, its neighbours for any drug."""
    effects = {key: {use.purpose: use.effect for use in uses} for key, uses in knowledge.other_uses.items()}
    assert ("exclude", "maybe", "maybe") == (
        effects["bupropion"]["smoking"],
        effects["sertraline"]["anxiety"],
        effects["*"]["adjustment"],
    )


def check_digit_is_right(code: str) -> bool:
    """Whether the last digit of a SNOMED CT identifier fits the others (Verhoeff)."""
    turned = ["0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258"]
    total = 0
    for at, digit in enumerate(reversed(code)):
        total = dihedral(total, int(turned[at % len(turned)][int(digit)]))
    return total == 0


def dihedral(left: int, right: int) -> int:
    """The product of two symmetries of a pentagon."""
    turn = (left + right) % 5 if left < 5 else (left - right) % 5
    return turn + (5 if (left < 5) != (right < 5) else 0)


def test_snomed_identifiers_are_well_formed(knowledge: Knowledge) -> None:
    """No SNOMED CT identifier in the tables has a wrong check digit."""
    terms = knowledge.terms
    indexes = (
        terms.diagnoses.meanings,
        terms.purposes.meanings,
        terms.stop_reasons.meanings,
        terms.treatments.meanings,
        terms.routes.meanings,
    )
    keys = {
        *knowledge.formulary.by_code,
        *terms.scores,
        *terms.frequencies,
        *terms.adherence,
        *(key for index in indexes for key in index),
    }
    assert [] == sorted(code for system, code in keys if system == "snomed" and not check_digit_is_right(code))
