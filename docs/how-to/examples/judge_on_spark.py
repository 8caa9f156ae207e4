"""What spark-submit runs: the same command line, with the session that spark-submit made."""

from fhir_trd.cli.main import main

main()
