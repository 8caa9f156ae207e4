"""``cardinal_pythonlib`` on a table of mentions (patient, drug, day) made before: no FHIR is read, no doses, no outcomes."""

import sys
import warnings

import pandas
from cardinal_pythonlib.psychiatry.treatment_resistant_depression import two_antidepressant_episodes


def main() -> None:
    """Judge, and print the number of patients."""
    warnings.simplefilter("ignore")
    table = pandas.read_csv(sys.argv[1], parse_dates=["date"], dtype={"patient_id": str})
    two_antidepressant_episodes(table)
    print(table["patient_id"].nunique(), "treated patients")


if __name__ == "__main__":
    main()
