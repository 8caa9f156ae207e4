"""Safety: what speaks against an option of the plan, row by row, and its nearest neighbour that does not."""

import pytest

from tests.factory.table import rows
from tests.spec.safety.test_every_row import reasons, taking
from tests.spec.safety.test_flags import flags, lines, other_drug

CONDITIONS = rows("""
    condition                | other                    | severity | about
    R45.851 onset 2024-05-01 | R45.851 onset 2023-05-01 | CAUTION  | rtms
    R45.851 onset 2024-05-01 | R45.851 onset 2023-05-01 | CAUTION  | tricyclic
    H35.30                   | H52.1                    | CAUTION  | light-therapy
    H33.20                   | H52.1                    | CAUTION  | light-therapy
    I21.9 onset 2024-05-10   | I21.9 onset 2023-05-10   | CAUTION  | exercise
    E11.9                    | E03.9                    | CAUTION  | augment
    E66.9                    | R63.4                    | CAUTION  | augment
    E78.5                    | E87.6                    | CAUTION  | augment
    """)

DRUGS = rows("""
    drug              | other                 | severity | about
    warfarin 5 mg     | apixaban 5 mg         | CAUTION  | nutrition
    isotretinoin 20mg | tretinoin cream       | CAUTION  | light-therapy
    St. John's wort   | valerian              | CAUTION  | light-therapy
    """)


@pytest.mark.parametrize("row", CONDITIONS, ids=lambda row: f"{row['condition']}: {row['about']}")
def test_a_condition_that_speaks_against_an_option(row: dict[str, str]) -> None:
    """The condition asks for a closer look at the option; its neighbour, or the same of long ago, does not."""
    assert (row["severity"], row["about"]) in lines(flags(row["condition"]))
    assert (row["severity"], row["about"]) not in lines(flags(row["other"]))


@pytest.mark.parametrize("row", DRUGS, ids=lambda row: f"{row['drug']}: {row['about']}")
def test_a_drug_that_speaks_against_an_option(row: dict[str, str]) -> None:
    """The drug asks for a closer look at the option; its neighbour does not."""
    assert (row["severity"], row["about"]) in lines(flags("", other_drug(row["drug"])))
    assert (row["severity"], row["about"]) not in lines(flags("", other_drug(row["other"])))


def test_st_johns_wort_is_blocked_beside_a_serotonergic_drug() -> None:
    """St John's wort is blocked while a serotonergic drug is taken; alone, or beside bupropion, it is not."""
    wort = other_drug("St. John's wort 300 mg", start="2023-01-01", end="2024-06-01")
    assert ("BLOCK", "hypericum") in lines(flags("", wort, drugs=taking("sertraline 100")))
    assert ("BLOCK", "hypericum") not in lines(flags("", wort, drugs=taking("bupropion 300")))
    assert ("BLOCK", "hypericum") not in lines(flags("", wort))


def test_a_drug_begun_before_the_episode_matters_more() -> None:
    """A drug begun in the 90 days before the episode is told apart from one that was begun long before or after its start."""
    words, depressed = "begun in the 90 days before the episode", "F33.1 onset 2024-01-31"
    assert words in reasons(depressed, other_drug("prednisone 10 mg", start="2023-11-02"))
    assert words not in reasons(depressed, other_drug("prednisone 10 mg", start="2023-11-01"))
    assert words not in reasons(depressed, other_drug("prednisone 10 mg", start="2024-02-01"))
