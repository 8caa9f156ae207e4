"""From FHIR records to an antidepressant trial history, a treatment-resistant depression status and a FHIR Bundle.

    from fhir_trd import assess, read, write

    for record in read(Path("bundle.json").read_bytes()):
        assessment = assess(record)
        bundle = write([assessment])
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fhir_trd.api import assess, read, write

__all__ = ["__version__", "assess", "read", "write"]

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Load the interface when it is first used: the command line passes here on its way to --help (docs/decisions/0002)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("fhir_trd.api"), name)
