"""``fhir-trd bulk`` on Spark where Spark itself reads the files, as on ``hdfs://``: a folder of this machine, on one core."""

import sys
from datetime import date

from fhir_trd.engines.orders import Order
from fhir_trd.engines.spark_frames import run
from fhir_trd.engines.spark_session import session_on


def main() -> None:
    """Judge the folder given first, as of the day given last; the output goes to the place between them."""
    folder, output, day = sys.argv[1], sys.argv[2], date.fromisoformat(sys.argv[3])
    outcome = run(Order(folder=folder, today=day, as_of=day), output, session_on("local[1]"), partitions=0, told=print)
    print(outcome.patients, "patients")


if __name__ == "__main__":
    main()
