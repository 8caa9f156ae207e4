"""Make mappings/code_systems.csv and mappings/diagnoses_snomed.csv from a folder of terminology extracts.

    python scripts/make_codes.py FOLDER

FOLDER holds fhir_code_systems.csv and snomed.csv. Labels are our own short ones, made from the tags of the extract: the
descriptions of SNOMED CT stay where they are licensed.
"""

import csv
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

MAPPINGS = Path(__file__).parent.parent / "mappings"
Row = dict[str, str]
KEYS = {
    "icd10cm": "icd-10-cm",
    "icd10": "icd-10",
    "icd10nl": "icd-10",
    "icd10ca": "icd-10",
    "icd9cm": "icd-9-cm",
    "icd9cm_proc": "icd-9-pcs",
    "icd11mms": "icd-11",
    "icd10pcs": "icd-10-pcs",
    "v3_gts": "v3-gts",
    "v3_timingevent": "event-timing",
    "event_timing": "event-timing",
}
EDITIONS = ("snomed_int", "snomed_us", "snomed_uk", "snomed_au", "snomed_nz", "snomed_ie")
SHARED_URI = ("amt", "icd9cm_proc")
"""Code systems that stand under the URI of another one; only their OIDs can tell them apart."""
NO_SYSTEM = ("omop",)
FURTHER_URIS = (
    ("http://hl7.org/fhir/timing-abbreviation", "v3-gts"),
    ("http://terminology.hl7.org/CodeSystem/timing-abbreviation", "v3-gts"),
    ("http://hl7.org/fhir/v3/TimingEvent", "event-timing"),
    ("http://www.whocc.no/atc/", "atc"),
    ("http://snomed.info/sct/", "snomed"),
    ("http://hl7.org/fhir/sid/icd-10-cm/", "icd-10-cm"),
    ("https://snomed.info/sct", "snomed"),
    ("http://hl7.org/fhir/CodeSystem/medication-statement-adherence", "adherence"),
    ("http://terminology.hl7.org/fhir/CodeSystem/medicationdispense-status-reason", "md-sr"),
    ("http://terminology.hl7.org/CodeSystem/medicationdispense-status-reason", "md-sr"),
)
SYSTEMS_HEADER = """\
# title: Code systems by every address under which they are met
# made-by: scripts/make_codes.py, from HL7 terminology and a survey of codings in public FHIR data
# licence: CC0
# note: wrong addresses are listed on purpose, because real data holds them
# source: hl7-terminology
# place: naming systems, and variants seen in public data
# checked: 2026-11-24
# unit: address
# mark: read
"""
DIAGNOSES_HEADER = """\
# title: SNOMED CT identifiers of diagnoses
# made-by: scripts/make_codes.py, from identifiers seen in public value sets
# licence: SNOMED CT is licensed; only identifiers the rules need, with labels of our own
# source: snomed-ct
# place: clinical finding
# checked: 2026-11-24
# unit: code
"""
DIAGNOSIS_COLUMNS = ("system", "code", "category", "severity", "psychotic", "remission", "history", "label", "mark")
NAMED = {
    "schizotypal personality": "psychotic-disorder",
    "schizo": "schizophrenia-spectrum",
    "depressive personality": "",
    "depressive conduct": "",
    "premenstrual": "pmdd",
    "mixed anxiety and depressive": "mixed-anxiety-depression",
}
"""What a word in the name decides, before any tag; an empty category keeps the code out."""
TAGGED = {
    "persistent/dysthymia": "persistent-depression",
    "adjustment": "adjustment",
    "dementia-related": "",
    "due to other condition": "secondary-depression",
    "substance/drug induced": "secondary-depression",
}
BY_KIND = {
    "bipolar": "bipolar",
    "depression": "depression",
    "depression: MDD": "depression",
    "exclusion: schizophrenia/psychosis": "psychotic-disorder",
}
SEVERITIES = {"mild": "mild", "minimal": "mild", "moderate": "moderate", "moderately severe": "severe", "severe": "severe"}
COMPETING = (
    ("197480006", "anxiety", "anxiety disorder"),
    ("21897009", "anxiety", "generalised anxiety"),
    ("371631005", "anxiety", "panic disorder"),
    ("191736004", "ocd", "obsessive-compulsive disorder"),
    ("47505003", "ptsd", "post-traumatic stress"),
    ("193462001", "insomnia", "insomnia"),
    ("203082005", "pain", "fibromyalgia"),
    ("247398009", "pain", "neuropathic pain"),
    ("82423001", "pain", "chronic pain"),
    ("37796009", "migraine", "migraine"),
    ("414916001", "obesity", "obesity"),
    ("406506008", "adhd", "attention deficit"),
    ("56294008", "smoking", "nicotine dependence"),
    ("84757009", "epilepsy", "epilepsy"),
    ("40930008", "hypothyroidism", "hypothyroidism"),
    ("73430006", "sleep-apnoea", "sleep apnoea"),
    ("78275009", "sleep-apnoea", "obstructive sleep apnoea"),
    ("78004001", "bulimia", "bulimia"),
)
"""Conditions that compete with depression as the reason for a drug; each identifier was seen with this meaning in public code."""


def main(folder: Path) -> None:
    """Write both tables."""
    write(MAPPINGS / "code_systems.csv", SYSTEMS_HEADER, ("address", "key"), sorted(set(addresses(folder))))
    rows = sorted(diagnoses(folder), key=lambda row: (row[2], int(row[1])))
    write(MAPPINGS / "diagnoses_snomed.csv", DIAGNOSES_HEADER, DIAGNOSIS_COLUMNS, rows)


def addresses(folder: Path) -> Iterator[tuple[str, str]]:
    """Every address of every code system, with our key for it."""
    yield from FURTHER_URIS
    for row in read(folder / "fhir_code_systems.csv"):
        if row["key"] in NO_SYSTEM:
            continue
        key = "snomed" if row["key"] in EDITIONS else KEYS.get(row["key"], row["key"].replace("_", "-"))
        forms = [row["oid"], row["urn_oid"], *variants(row["uri_variants_seen"])]
        if row["key"] not in SHARED_URI:
            forms.append(row["canonical_uri"])
        yield from ((form, key) for form in forms if form)


def variants(text: str) -> Iterator[str]:
    """The variants listed in one cell, without the note on how often each was seen."""
    for part in text.split(" | "):
        yield part.partition(" [")[0].strip()


def diagnoses(folder: Path) -> Iterator[tuple[str, ...]]:
    """Depression, bipolar disorder and psychoses from the extract, and the competing conditions."""
    rows: dict[str, tuple[str, ...]] = {
        code: ("snomed", code, category, "", "", "", "", label, "read") for code, category, label in COMPETING
    }
    for row in read(folder / "snomed.csv"):
        category = category_of(row)
        if category and rows.get(row["code"], ("", "", ""))[2] != "schizophrenia-spectrum":
            rows[row["code"]] = described(row, category)
    yield from rows.values()


def category_of(row: Row) -> str:
    """Our category, empty for what the rules do not ask for."""
    name, kind, tags = row["fsn"].lower(), row["category"], row["subcategory"].split("|")
    if not kind.startswith(("bipolar", "depression", "exclusion: schizo")) or "not a diagnosis" in kind or "value set" in kind:
        return ""
    named = next((found for word, found in NAMED.items() if word in name), None)
    if named is not None:
        return named
    tagged = next((found for tag, found in TAGGED.items() if tag in tags), None)
    return tagged if tagged is not None and kind.startswith("depression") else BY_KIND.get(kind, "")


def described(row: Row, category: str) -> tuple[str, ...]:
    """One row of the table."""
    tags = [tag for tag in row["subcategory"].split("|") if tag]
    depressive = category == "depression"
    severity = next((SEVERITIES[tag] for tag in tags if tag in SEVERITIES), "") if depressive else ""
    psychotic = "yes" if depressive and "psychotic" in tags else ""
    remission = remission_of(tags) if depressive else ""
    label = ", ".join([category.replace("-", " "), *tags])
    mark = "read" if int(row["verified"]) > 1 else "needs-review"
    return ("snomed", row["code"], category, severity, psychotic, remission, "", label, mark)


def remission_of(tags: list[str]) -> str:
    """Partial or full; psychosis alone in remission says nothing about the mood."""
    if "partial remission" in tags:
        return "partial"
    return "full" if "full remission" in tags or ("remission" in tags and "psychotic" not in tags) else ""


def read(path: Path) -> list[Row]:
    """The rows of an extract."""
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))


def write(path: Path, header: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """A table with its header."""
    with path.open("w", newline="") as out:
        out.write(header)
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
