"""Which painter a page goes to: rich tables where somebody looks, plain text in files and pipes."""

import sys
from collections.abc import Iterable
from importlib import import_module

from fhir_trd.report import plain
from fhir_trd.report.page import Block


def show_page(blocks: Iterable[Block]) -> None:
    """Write a page to stdout. The painter for terminals is only loaded for one: rich takes as long as all of our own rooms."""
    paint = import_module("fhir_trd.report.tables").paint if sys.stdout.isatty() else plain.paint
    paint(blocks, sys.stdout)
