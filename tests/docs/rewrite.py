"""Put into every example of the manual what it prints today: `python -m tests.docs.rewrite`. Read the diff."""

import re

from tests.docs.examples import BLOCK, PAGES, ROOT, printed


def renewed(found: re.Match[str]) -> str:
    """A console block with what its call prints today."""
    return f"```console\n$ fhir-trd {found['call']}\n{printed(found['call'])}```"


def main() -> None:
    """Rewrite the examples of every page."""
    for page in PAGES:
        old = page.read_text(encoding="utf-8")
        new = BLOCK.sub(renewed, old)
        if new != old:
            page.write_text(new, encoding="utf-8")
            print(f"rewrote {page.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
