"""Every antidepressant has its class and both dose columns, as the clinical table gives them."""

import pytest

from fhir_trd.model.drugs import Role
from fhir_trd.model.knowledge import Knowledge

TABLE = """
citalopram                | SSRI            | N06AB04 | 20   | 20
escitalopram              | SSRI            | N06AB10 | 10   | 10
fluoxetine                | SSRI            | N06AB03 | 20   | 20
fluvoxamine               | SSRI            | N06AB08 | 50   | 100
paroxetine                | SSRI            | N06AB05 | 20   | 20
sertraline                | SSRI            | N06AB06 | 50   | 50
venlafaxine               | SNRI            | N06AX16 | 150  | 75
desvenlafaxine            | SNRI            | N06AX23 | 50   | 50
duloxetine                | SNRI            | N06AX21 | 60   | 40
milnacipran               | SNRI            | N06AX17 | 100  | 100
levomilnacipran           | SNRI            | N06AX28 | 40   | 40
vilazodone                | SMS             | N06AX24 | 40   | 20
vortioxetine              | SMS             | N06AX26 | 10   | 5
bupropion                 | NDRI            | N06AX12 | 300  | 150
dextromethorphan-bupropion| NMDA_ORAL       | N06AX62 | 210  | 210
mirtazapine               | NASSA           | N06AX11 | 15   | 15
mianserin                 | NASSA           | N06AX03 | 30   | 30
trazodone                 | SARI            | N06AX05 | 300  | 150
nefazodone                | SARI            | N06AX06 | 300  | 300
agomelatine               | MELATONERGIC    | N06AX22 | 25   | 25
reboxetine                | NRI             | N06AX18 | 4    | 8
viloxazine                | NRI             | N06AX09 | -    | -
tianeptine                | ATYP_TIANEPTINE | N06AX14 | 37.5 | 37.5
amitriptyline             | TCA             | N06AA09 | 150  | 75
nortriptyline             | TCA             | N06AA10 | 75   | 75
imipramine                | TCA             | N06AA02 | 150  | 75
desipramine               | TCA             | N06AA01 | 150  | 100
clomipramine              | TCA             | N06AA04 | 150  | 100
doxepin                   | TCA             | N06AA12 | 150  | 75
trimipramine              | TCA             | N06AA06 | 150  | 75
protriptyline             | TCA             | N06AA11 | 30   | 15
amoxapine                 | TCA             | N06AA17 | 150  | 200
maprotiline               | TCA             | N06AA21 | 150  | 75
dosulepin                 | TCA             | N06AA16 | 150  | 75
lofepramine               | TCA             | N06AA07 | 140  | 140
opipramol                 | TCA             | N06AA05 | 150  | 150
melitracen                | TCA             | N06AA14 | -    | -
dibenzepin                | TCA             | N06AA08 | -    | -
isocarboxazid             | MAOI            | N06AF01 | 30   | 20
phenelzine                | MAOI            | N06AF03 | 45   | 45
tranylcypromine           | MAOI            | N06AF04 | 30   | 30
moclobemide               | RIMA            | N06AG02 | 300  | 300
pirlindole                | RIMA            |         | 200  | -
gepirone                  | AZAPIRONE       | N06AX19 | 36.3 | 36.3
esketamine                | NMDA_NONORAL    | N06AX27 | -    | -
ketamine                  | NMDA_NONORAL    | N01AX03 | -    | -
zuranolone                | NEUROSTEROID    | N06AX31 | -    | -
brexanolone               | NEUROSTEROID    | N06AX29 | -    | -
st-johns-wort             | HERBAL          | N06AX25 | -    | -
selegiline                | MAOI            |         | -    | -
"""
ROWS = [tuple(cell.strip() for cell in line.split("|")) for line in TABLE.strip().splitlines()]
VARIANTS = [
    ("paroxetine", "controlled-release", 25, 25),
    ("bupropion", "hydrobromide", 348, 174),
    ("selegiline", "transdermal", 6, 6),
]


def dose(text: str) -> float | None:
    """A cell of the table as a number, or nothing."""
    return None if text == "-" else float(text)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_class_code_and_both_doses(row: tuple[str, ...], knowledge: Knowledge) -> None:
    """Class, ATC code and both minimum doses are those of the table; an empty cell is an absent dose, never zero."""
    ingredient, drug_class, atc, form, label = row
    drug = knowledge.formulary.drugs[ingredient, ""]
    assert (drug_class, atc) == (drug.drug_class, drug.atc)
    assert (dose(form), dose(label)) == (drug.minimum.get("mgh-atrq"), drug.minimum.get("label"))


def test_no_antidepressant_is_missing_from_the_table_above(knowledge: Knowledge) -> None:
    """Every antidepressant that the tool knows is in the table above."""
    known = {drug.ingredient for drug in knowledge.formulary.drugs.values() if drug.role is Role.ANTIDEPRESSANT}
    assert {row[0] for row in ROWS} == known


@pytest.mark.parametrize(("ingredient", "variant", "form", "label"), VARIANTS)
def test_variants_have_doses_of_their_own(ingredient: str, variant: str, form: float, label: float, knowledge: Knowledge) -> None:
    """A form with other doses is a variant of its ingredient."""
    drug = knowledge.formulary.drugs[ingredient, variant]
    assert {"mgh-atrq": form, "label": label} == drug.minimum
    assert knowledge.formulary.drugs[ingredient, ""].drug_class == drug.drug_class


def test_what_counts_as_the_same(knowledge: Knowledge) -> None:
    """Dextromethorphan-bupropion counts as bupropion, reversible MAO inhibitors as MAO inhibitors, all others as themselves."""
    antidepressants = [drug for drug in knowledge.formulary.drugs.values() if drug.role is Role.ANTIDEPRESSANT]
    odd = {(drug.ingredient, drug.counts_as, drug.counts_as_class) for drug in antidepressants}
    expected = {
        ("dextromethorphan-bupropion", "bupropion", "NDRI"),
        ("moclobemide", "moclobemide", "MAOI"),
        ("pirlindole", "pirlindole", "MAOI"),
    }
    plain = {(drug.ingredient, drug.ingredient, drug.drug_class) for drug in antidepressants}
    assert expected == odd - plain


def test_what_can_never_count(knowledge: Knowledge) -> None:
    """Neurosteroids, St John's wort and oral selegiline are known but never counted."""
    never = {(drug.ingredient, drug.variant) for drug in knowledge.formulary.drugs.values() if not drug.can_count}
    assert {("zuranolone", ""), ("brexanolone", ""), ("st-johns-wort", ""), ("selegiline", "")} == never


def test_what_is_not_taken_by_mouth(knowledge: Knowledge) -> None:
    """Esketamine, ketamine, brexanolone and the selegiline patch are never oral."""
    never = {(drug.ingredient, drug.variant) for drug in knowledge.formulary.drugs.values() if not drug.oral}
    assert {("esketamine", ""), ("ketamine", ""), ("brexanolone", ""), ("selegiline", "transdermal")} == never


def test_citalopram_has_a_ceiling_above_sixty(knowledge: Knowledge) -> None:
    """Above 60 years 20 mg is the highest dose of citalopram, at 60 still 40 mg."""
    citalopram = knowledge.formulary.drugs["citalopram", ""]
    assert (40, 20, 40) == (citalopram.highest_dose_at(60), citalopram.highest_dose_at(61), citalopram.highest_dose_at(None))


def test_pairs_and_debatable_classes_carry_a_note(knowledge: Knowledge) -> None:
    """Parent drugs and their enantiomers or metabolites, and the serotonin modulators, say that reviewers disagree."""
    noted = {(drug.ingredient, note) for drug in knowledge.formulary.drugs.values() for note in drug.notes if "_" in note}
    pairs = {(name, "enantiomer_or_metabolite_pair") for name in ("citalopram", "escitalopram", "venlafaxine", "desvenlafaxine")}
    debated = {(name, "class_distinctness_debatable") for name in ("vilazodone", "vortioxetine")}
    assert pairs | debated <= noted


AGENTS = [
    ("lithium", 600, 28),
    ("liothyronine", 0.025, 28),
    ("aripiprazole", 2, 28),
    ("brexpiprazole", 0.5, 28),
    ("quetiapine", 150, 28),
    ("olanzapine", 6, 42),
    ("cariprazine", 1.5, 42),
    ("lumateperone", 42, 42),
    ("risperidone", 0.5, 28),
    ("ziprasidone", 40, 28),
    ("buspirone", 30, 28),
    ("modafinil", 100, 28),
    ("armodafinil", 150, 28),
    ("methylphenidate", 10, 28),
    ("lisdexamfetamine", 20, 28),
    ("lamotrigine", 100, 56),
    ("pramipexole", 1, 56),
    ("levomefolate", 15, 30),
    ("omega-3", 1000, 56),
    ("s-adenosylmethionine", 800, 42),
]


@pytest.mark.parametrize(("ingredient", "mg", "days"), AGENTS)
def test_augmentation_agents(ingredient: str, mg: float, days: int, knowledge: Knowledge) -> None:
    """An agent has one adequate dose, the same under every dose table, and a time after which it is judged."""
    agent = knowledge.formulary.drugs[ingredient, ""]
    assert (Role.AUGMENTATION, dict.fromkeys(knowledge.dose_tables, mg), days) == (agent.role, agent.minimum, agent.adequate_days)
