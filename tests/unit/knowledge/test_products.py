"""Codes and names of products lead to the right drug, strength, form and purpose."""

import pytest

from fhir_trd.model.drugs import Product
from fhir_trd.model.knowledge import Knowledge

Known = tuple[str, str, float | None, str]
CODES: list[tuple[str, str, list[Known], bool | None, str]] = [
    ("rxnorm", "36437", [("sertraline", "", None, "mg")], None, ""),
    ("rxnorm", "312941", [("sertraline", "", 50, "mg")], True, ""),
    ("rxnorm", "993550", [("bupropion", "hydrobromide", 174, "mg")], True, ""),
    ("rxnorm", "993541", [("bupropion", "", 150, "mg")], True, ""),
    ("rxnorm", "1738805", [("paroxetine", "controlled-release", 25, "mg")], True, ""),
    ("rxnorm", "1738495", [("paroxetine", "", 20, "mg")], True, ""),
    ("rxnorm", "1430128", [("paroxetine", "", 7.5, "mg")], True, "vasomotor"),
    ("rxnorm", "865206", [("selegiline", "transdermal", 6, "mg/24h")], False, ""),
    ("rxnorm", "859186", [("selegiline", "", 5, "mg")], True, "parkinson"),
    ("rxnorm", "966787", [("doxepin", "", 3, "mg")], True, "insomnia"),
    ("rxnorm", "1000058", [("doxepin", "", 100, "mg")], True, ""),
    ("rxnorm", "2532159", [("fluoxetine", "", 10, "mg")], True, "pmdd"),
    ("rxnorm", "1551468", [("bupropion", "", 90, "mg")], True, "obesity"),
    ("rxnorm", "2611260", [("dextromethorphan-bupropion", "", 105, "mg")], True, ""),
    ("rxnorm", "856825", [("amitriptyline", "", 25, "mg")], True, ""),
    ("rxnorm", "2119391", [("esketamine", "", None, "mg")], False, ""),
    ("rxnorm", "1086789", [("vilazodone", "", None, "mg")], True, ""),
    ("rxnorm", "42351", [("lithium", "", None, "mg")], None, ""),
    ("atc", "N06AB06", [("sertraline", "", None, "mg")], None, ""),
    ("atc", "N06CA03", [("fluoxetine", "", None, "mg")], None, ""),
    ("snomed", "372594008", [("sertraline", "", None, "mg")], None, ""),
]
NAMES = [
    ("sertraline", "sertraline", "", ""),
    ("zoloft", "sertraline", "", ""),
    ("lustral", "sertraline", "", ""),
    ("dothiepin", "dosulepin", "", ""),
    ("efexor", "venlafaxine", "", ""),
    ("zyban", "bupropion", "", "smoking"),
    ("wellbutrin xl", "bupropion", "", ""),
    ("aplenzin", "bupropion", "hydrobromide", ""),
    ("paxil cr", "paroxetine", "controlled-release", ""),
    ("paxil", "paroxetine", "", ""),
    ("brisdelle", "paroxetine", "", "vasomotor"),
    ("sarafem", "fluoxetine", "", "pmdd"),
    ("silenor", "doxepin", "", "insomnia"),
    ("contrave", "bupropion", "", "obesity"),
    ("emsam", "selegiline", "transdermal", ""),
    ("auvelity", "dextromethorphan-bupropion", "", ""),
    ("priadel", "lithium", "", ""),
    ("savella", "milnacipran", "", "pain"),
]


def parts(product: Product) -> list[Known]:
    """What is in a product, in short."""
    return [(part.drug.ingredient, part.drug.variant, part.strength, part.unit) for part in product.parts]


@pytest.mark.parametrize(("system", "code", "expected", "oral", "purpose"), CODES)
def test_codes(system: str, code: str, expected: list[Known], oral: bool | None, purpose: str, knowledge: Knowledge) -> None:
    """A code stands for its drug, its strength as labels name it, its form and its purpose."""
    product = knowledge.formulary.by_code[system, code]
    assert (expected, oral, purpose) == (parts(product), product.oral, product.purpose)


@pytest.mark.parametrize(("name", "ingredient", "variant", "purpose"), NAMES)
def test_names(name: str, ingredient: str, variant: str, purpose: str, knowledge: Knowledge) -> None:
    """A name in lower case stands for its drug, its variant and the purpose it gives away."""
    product = knowledge.formulary.names[name]
    assert ([(ingredient, variant, None, "mg")], purpose) == (parts(product), product.purpose)


def test_olanzapine_with_fluoxetine_is_two_drugs(knowledge: Knowledge) -> None:
    """Symbyax is an antidepressant and an augmentation at once, by code and by name."""
    by_code = knowledge.formulary.by_code["rxnorm", "725064"]
    by_name = knowledge.formulary.names["symbyax"]
    assert (
        ["fluoxetine", "olanzapine"] == sorted(name for name, *_ in parts(by_code)) == sorted(name for name, *_ in parts(by_name))
    )


def test_packages_lead_to_their_products(knowledge: Knowledge) -> None:
    """An 11-digit package code is the product it holds."""
    assert knowledge.formulary.by_code["rxnorm", "725064"] == knowledge.formulary.by_code["ndc", "00002323101"]


def test_a_cough_remedy_is_unknown(knowledge: Knowledge) -> None:
    """Dextromethorphan alone is no antidepressant."""
    assert ("rxnorm", "3289") not in knowledge.formulary.by_code
    assert "dextromethorphan" not in knowledge.formulary.names


def test_names_are_lower_case(knowledge: Knowledge) -> None:
    """Every name is written as it is looked up."""
    assert [] == [name for name in knowledge.formulary.names if name != name.lower()]
