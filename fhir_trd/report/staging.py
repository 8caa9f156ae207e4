"""The stagings on a page: one line a model, with its bounds, and its parts where someone asks for reasons."""

from collections.abc import Iterator, Sequence

from fhir_trd.model.staging import Staging, StagingPart
from fhir_trd.report.page import Block, Grid

HEADS = ("Staging", "Answer", "Made up of")


def staging_grid(stagings: Sequence[Staging]) -> Iterator[Block]:
    """The models that apply; nothing where no trial may have failed."""
    rows = tuple((staging.name, staging.answer, _parts(staging.parts)) for staging in stagings if staging.parts)
    if rows:
        yield Grid("How far it has gone (staging, beside the verdict)", HEADS, rows, frozenset({"Answer"}))


def _parts(parts: Sequence[StagingPart]) -> str:
    return "; ".join(f"{part.name} {_bounds(part)} ({part.because})" for part in parts)


def _bounds(part: StagingPart) -> str:
    return f"{part.least:.3g}" if part.least == part.most else f"{part.least:.3g}–{part.most:.3g}"
