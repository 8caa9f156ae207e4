"""fhir-trd study: what a whole population comes to, for research."""

from pathlib import Path

import click

from fhir_trd.cli import options
from fhir_trd.cli.painting import show_page
from fhir_trd.cli.stages import Stages
from fhir_trd.cli.talk import say
from fhir_trd.engines.research.codebook import codebook_rows
from fhir_trd.engines.research.files import write_study
from fhir_trd.engines.research.study import Request, study
from fhir_trd.report.study import study_page


@click.command("study")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="DIR", help="Where the tables go. Default: DIR/study.")
@click.option("--grid", is_flag=True, help="Vary the disputed numbers of each criteria set, too. Reads the input again.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, metavar="N", help="How many vary the numbers.")
@options.mappings
def command(folder: Path, output: Path | None, grid: bool, workers: int, mappings: Path | None) -> None:
    """Count a population that bulk has judged: attrition, prevalence, sensitivity, and a codebook.

    DIR is the output of bulk. For each of its criteria sets: how many people are left after each step of the definition, surely
    and perhaps; which share of them meets it, beside the shares that papers give; and with --grid, how many would with other
    numbers. The page goes to stdout, the tables as CSV and Parquet to -o, with a codebook of every column of all tables.
    """
    place = output or folder / "study"
    with Stages() as stages:
        found = study(Request(folder, grid, mappings), place, workers=workers, told=stages)
    write_study(found, codebook_rows(), place)
    show_page(study_page(found))
    say(f"tables are in {place}")
