"""Rewrites the stored answers of all samples: ``python -m tests.golden.rewrite``. Then read the diff as a clinician would."""

import shutil
import sys

from tests.golden.painting import FOLDER, painted
from tests.golden.samples import samples


def rewrite() -> int:
    """Store what the tool says today about every sample, and nothing else; the number of samples."""
    wanted = samples()
    for folder in FOLDER.iterdir():
        if folder.is_dir() and folder.name not in {"__pycache__", *(sample.name for sample in wanted)}:
            shutil.rmtree(folder)
    for sample in wanted:
        folder = FOLDER / sample.name
        folder.mkdir(exist_ok=True)
        for name, text in painted(sample).items():
            (folder / name).write_text(text, encoding="utf-8")
    return len(wanted)


if __name__ == "__main__":
    sys.stdout.write(f"{rewrite()} samples rewritten. Read the diff before you keep it.\n")
