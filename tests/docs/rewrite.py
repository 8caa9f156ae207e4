"""Rewrite what is made in docs/: the made pages, and what every example prints today. `make docs`, and read the diff."""

import re

from tests.docs.examples import BLOCK, PAGES, ROOT, printed
from tests.docs.generated import generated
from tests.docs.test_generated import kept


def renewed(found: re.Match[str]) -> str:
    """A console block with what its call prints today."""
    return f"```console\n$ fhir-trd {found['call']}\n{printed(found['call'])}```"


def main() -> None:
    """Rewrite the made pages, and the examples of every other page."""
    made = generated()
    for path in kept() - set(made):
        (ROOT / path).unlink()
    for path, text in made.items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text, encoding="utf-8")
    for page in PAGES:
        old = page.read_text(encoding="utf-8")
        new = BLOCK.sub(renewed, old)
        if new != old:
            page.write_text(new, encoding="utf-8")
            print(f"rewrote {page.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
