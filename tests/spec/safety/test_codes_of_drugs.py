"""Safety: drugs that bear on depression are known by their codes too, where no word that we know names them."""

import pytest

from tests.factory.medication import PATIENT, Json
from tests.factory.table import rows
from tests.spec.safety.test_every_row import taking
from tests.spec.safety.test_flags import flags, lines

ATC, RXNORM = "http://www.whocc.no/atc", "http://www.nlm.nih.gov/research/umls/rxnorm"

BY_CODE = rows("""
    code    | severity | about
    H02AB06 | REVIEW   | diagnosis
    H02AB13 | REVIEW   | diagnosis
    C07AB02 | REVIEW   | diagnosis
    C07AA16 | REVIEW   | diagnosis
    J04AB02 | REVIEW   | adequacy
    N02AX06 | CAUTION  | esketamine
    N02AA59 | CAUTION  | esketamine
    N05BA06 | CAUTION  | esketamine
    N05CF02 | CAUTION  | esketamine
    N07BC02 | CAUTION  | citalopram
    G03AA07 | REVIEW   | diagnosis
    """)


def coded(code: str, system: str = ATC, text: str = "", name: str = "other") -> Json:
    """A statement about a drug that is taken now, named by a code and by words that no table knows."""
    concept: Json = {"coding": [{"system": system, "code": code}], "text": text}
    period = {"start": "2023-01-01"}
    body: Json = {"resourceType": "MedicationStatement", "id": name, "status": "active", "subject": PATIENT}
    return body | {"medicationCodeableConcept": concept, "effectivePeriod": period}


@pytest.mark.parametrize("row", BY_CODE, ids=lambda row: f"{row['code']}: {row['severity']} {row['about']}")
def test_a_code_of_the_atc_tells_the_group(row: dict[str, str]) -> None:
    """A substance of the ATC, or a heading above it, raises the flag of its group, whatever the drug is called."""
    assert (row["severity"], row["about"]) in lines(flags("", coded(row["code"], text="Arzneimittel")))


@pytest.mark.parametrize("code", ["A10BA02", "N02BE01", "C09AA05", "H02"])
def test_a_code_of_another_group_says_nothing(code: str) -> None:
    """A drug for sugar, pain or pressure, or a heading that says too little, raises nothing."""
    assert () == flags("", coded(code, text="Arzneimittel"))


def test_an_ingredient_of_rxnorm_tells_the_group() -> None:
    """Carbamazepine known by its RxNorm ingredient alone speeds up the breakdown of others."""
    assert ("REVIEW", "adequacy") in lines(flags("", coded("2002", RXNORM)))


def test_one_drug_by_word_and_by_code_is_one() -> None:
    """Sumatriptan by its name and by its code is one serotonergic drug, so that no third is seen beside sertraline."""
    load = ("CAUTION", "serotonin-syndrome")
    named, same, other = coded("", text="sumatriptan"), coded("N02CC01", name="same"), coded("N02AX02", name="more")
    assert load not in lines(flags("", named, same, drugs=taking("sertraline 100")))
    assert load in lines(flags("", named, other, drugs=taking("sertraline 100")))


@pytest.mark.parametrize(("status", "asks"), [("not-taken", True), ("on-hold", False), ("statement", False)])
def test_an_antidepressant_that_was_not_taken_asks_for_adherence(status: str, asks: bool) -> None:
    """A statement that an antidepressant was not taken asks for a look at adherence; one on hold, or taken, does not."""
    drugs = f"drug | from | to | mg/day | as\n sertraline | 2024-01-01 | 2024-05-20 | 100 | {status}"
    assert asks is (("REVIEW", "adequacy") in lines(flags("", drugs=drugs)))
