"""duckdb reading three nested columns of every line of an export, on one thread: no dates, no doses, no patients, no answer."""

import sys
from pathlib import Path

import duckdb

QUERY = """
    select count(*), count(subject.reference), count(medicationCodeableConcept.coding[1].code), count(code.coding[1].code)
    from read_json($files, format = 'newline_delimited', maximum_object_size = 100000000, ignore_errors = true, columns = {
        subject: 'struct(reference varchar)',
        medicationCodeableConcept: 'struct(coding struct(code varchar)[])',
        code: 'struct(coding struct(code varchar)[])'
    })
"""


def main() -> None:
    """Read, and print the number of lines."""
    base = duckdb.connect(config={"threads": 1})
    files = [str(path) for path in sorted(Path(sys.argv[1]).iterdir())]
    (counted,) = base.execute(QUERY, {"files": files}).fetchall()
    print(counted[0], "lines")


if __name__ == "__main__":
    main()
