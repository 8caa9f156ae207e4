"""The sample bundles, as their README lists them."""

from dataclasses import dataclass
from pathlib import Path

from tests.factory.table import rows

FOLDER = Path(__file__).parents[2] / "sample_bundles"


@dataclass(frozen=True)
class Sample:
    """One line of the README: the file, the answer for each person in it, and the day it holds for."""

    file: str
    answers: tuple[str, ...]
    as_of: str

    @property
    def name(self) -> str:
        """The name of the file without its ending."""
        return self.file.rpartition(".")[0]

    @property
    def is_lines(self) -> bool:
        """Whether the file holds one resource a line."""
        return self.file.endswith(".ndjson")

    @property
    def body(self) -> bytes:
        """What lies in the file."""
        return (FOLDER / self.file).read_bytes()


def samples() -> tuple[Sample, ...]:
    """All samples of the README, in its order."""
    lines = (FOLDER / "README.md").read_text().splitlines()
    table = "\n".join(line.strip().strip("|") for line in lines if line.startswith("|") and not line.startswith("|---"))
    return tuple(
        Sample(row["file"].strip("`"), tuple(row["answer"].replace("`", "").split(", ")), row["as of"]) for row in rows(table)
    )
