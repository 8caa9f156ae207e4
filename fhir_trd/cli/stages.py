"""How far work of several stages has come: one bar after the other."""

from contextlib import ExitStack
from types import TracebackType
from typing import Self

from fhir_trd.cli.progress import Progress

UNITS = {"scanning": "bytes", "judging": "partitions", "varying": "partitions"}
"""What is counted in each stage."""


class Stages:
    """Used as ``with Stages() as told: told("scanning", 100, 5000)``: so much more of so much in all."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._doing, self._progress = "", Progress("")

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End the last stage."""
        self._open.close()

    def __call__(self, doing: str, by: int, of: int) -> None:
        """Tell of progress; a new stage ends the one before it."""
        if doing != self._doing:
            self._open.close()
            self._doing, self._progress = doing, self._open.enter_context(Progress(doing, of, unit=UNITS.get(doing, "")))
        self._progress.advance(by)
