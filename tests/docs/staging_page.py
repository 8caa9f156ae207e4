"""The reference of the stagings, made from their table: every number with its source, and the models that are refused."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from fhir_trd.knowledge.book import Row
from fhir_trd.knowledge.catalogue import list_entries
from fhir_trd.model.knowledge import Knowledge
from fhir_trd.model.staging import StagingRules

PAGE = PurePosixPath("docs/reference/staging/index.md")
MADE = "<!-- Made by `make docs` from mappings/staging.toml; change the table, not this page. -->\n\n"
OTHERS = {"ect": "ECT", "failed-trials": "What counts as failed", "severity-scores": "Severity by score"}
CHAPTERS = {"maudsley": "maudsley", "thase-rush": "thase-rush", "mgh-s": "mgh", "european": "european"}
HEADS = "| what | value | unit | known how | source | place | checked | reading |\n|---|---|---|---|---|---|---|---|\n"
INTRODUCTION = """# Staging

How far resistance has gone, by published models. They stand beside the verdicts and never replace one. What the record leaves
open makes the least and the most differ. `fhir-trd mappings show mgh-s` prints the same numbers.
"""


def staging_page(known: Knowledge) -> tuple[PurePosixPath, str]:
    """The page of the stagings, with where it lies."""
    rows = list_entries("staging")
    entries = [entry for entry in dict.fromkeys(row.entry for row in rows) if entry not in dict(known.staging.refused)]
    parts = [_entry(entry, [row for row in rows if row.entry == entry], known.staging) for entry in entries]
    return PAGE, "".join([MADE, INTRODUCTION, *parts, _refused(known.staging)])


def _entry(entry: str, rows: Sequence[Row], rules: StagingRules) -> str:
    titles = {"maudsley": rules.maudsley, "thase-rush": rules.thase_rush, "mgh-s": rules.mgh, "european": rules.european}
    title = titles[entry].title if entry in titles else OTHERS[entry]
    known_as = f"`{entry}` · [cases](../manual/staging-{CHAPTERS[entry]}.md)\n\n" if entry in CHAPTERS else ""
    return f"\n## {title}\n\n{known_as}{HEADS}{''.join(map(_line, rows))}"


def _line(row: Row) -> str:
    reading = f"[{row.reading}](../../readings.md)" if row.reading else ""
    cells = (row.name.replace("_", " "), row.value, row.unit, row.mark, row.source, row.place, str(row.checked))
    return f"| {' | '.join(cells)} | {reading} |\n"


def _refused(rules: StagingRules) -> str:
    lines = [f"- **{model}**: {reason}\n" for model, reason in rules.refused]
    return f"\n## Not computed\n\n{''.join(lines)}"
