"""Make mappings/products.csv and mappings/ndc.csv from a folder of terminology extracts.

    python scripts/make_products.py FOLDER

FOLDER holds rxnorm_ingredients.csv, rxnorm_products.csv and ndc11_to_rxcui_psych.csv.gz. Only products of the drugs that
mappings/drugs.toml and mappings/augmentation.toml know are kept.
"""

import csv
import gzip
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

MAPPINGS = Path(__file__).parent.parent / "mappings"
Row = dict[str, str]
COLUMNS = ("system", "code", "tty", "ingredients", "variant", "strengths", "units", "oral", "release", "purpose", "mark")
UNITS = {"MG": "mg", "MG/ML": "mg/mL", "MG/HR": "mg/24h"}
HOURS_A_DAY = 24
OTHER_NAMES = {
    "dothiepin": "dosulepin",
    "lithium carbonate": "lithium",
    "lithium citrate": "lithium",
    "st. john's wort extract": "st-johns-wort",
}
ORAL_FORMS = ("oral", "chewable", "disintegrating", "sublingual")
OTHER_FORMS = ("transdermal", "inject", "syringe", "nasal", "topical", "rectal")
BRAND_PURPOSES = {
    "zyban": "smoking",
    "buproban": "smoking",
    "savella": "pain",
    "qelbree": "adhd",
    "sarafem": "pmdd",
    "silenor": "insomnia",
    "zonalon": "skin",
    "prudoxin": "skin",
    "brisdelle": "vasomotor",
}
CONTROLLED = ("12.5", "25", "37.5")
"""Strengths in which paroxetine is made as controlled-release tablets only."""
OTHER_BRANDS = ("emsam", "spravato", "ketalar", "zonalon", "prudoxin", "zulresso", "triostat", "daytrana")
NOTE_PURPOSES = {
    "low-dose doxepin": "insomnia",
    "topical doxepin": "skin",
    "vasomotor": "vasomotor",
    "weight-management": "obesity",
    "PMDD": "pmdd",
    "ADHD": "adhd",
}
HAND_MADE = (
    ("atc", "A08AA62", "bupropion", "obesity"),
    ("atc", "N06CA01", "amitriptyline", ""),
    ("atc", "N06CA02", "melitracen", ""),
    ("atc", "N06CA03", "fluoxetine", ""),
    ("atc", "N01AX14", "esketamine", ""),
    ("snomed", "387095003", "lithium", ""),
)
PRODUCTS_HEADER = """\
# title: Product codes and what is in them
# made-by: scripts/make_products.py, from public copies of RxNorm (prescribable content, 2025); a few other codes by hand there
# licence: RxNorm is produced by the US National Library of Medicine. SNOMED CT is licensed: only identifiers the rules need.
# note: strengths as RxNorm names them (base or salt), as do labels and the dose tables; MG/HR is told for 24 hours
# note: a mark of needs-review means that the code was seen in one place only
# source: rxnorm
# place: concept names and relations
# checked: 2026-11-24
# unit: code
"""
NDC_HEADER = """\
# title: US package codes (11 digits) of the products
# made-by: scripts/make_products.py, from one public table
# licence: work of the US government
# note: all from a single source, so every row needs review
# source: fda-ndc
# place: package code and its RxNorm product
# checked: 2026-11-24
# unit: code
# mark: needs-review
"""


def main(folder: Path) -> None:
    """Write both tables."""
    keys = known_keys()
    rows = [*concepts(folder, keys), *products(folder, keys), *hand_made()]
    rows.sort(key=lambda row: (row["system"], int("".join(filter(str.isdigit, row["code"]))), row["code"]))
    write(MAPPINGS / "products.csv", PRODUCTS_HEADER, COLUMNS, ([row[name] for name in COLUMNS] for row in rows))
    codes = {row["code"] for row in rows if row["system"] == "rxnorm"}
    write(MAPPINGS / "ndc.csv", NDC_HEADER, ("rxcui", "codes"), packages(folder, codes))


def known_keys() -> set[str]:
    """The ingredients that our tables know."""
    tables = (tomllib.loads((MAPPINGS / name).read_text()) for name in ("drugs.toml", "augmentation.toml"))
    return {key for table in tables for key in table if key != "about"}


def listed_codes() -> set[str]:
    """The ingredient codes that stand beside the drugs already."""
    tables = (tomllib.loads((MAPPINGS / name).read_text()) for name in ("drugs.toml", "augmentation.toml"))
    forms = [form for table in tables for entry in table.values() for form in (entry, *entry.get("variants", {}).values())]
    return {form["rxnorm"]["value"] for form in forms if isinstance(form.get("rxnorm", {}).get("value"), str)}


def concepts(folder: Path, keys: set[str]) -> Iterator[Row]:
    """Salts, combinations and further ingredients: codes without a strength."""
    listed = listed_codes()
    names = {row["rxcui"]: row["name"] for row in read(folder / "rxnorm_ingredients.csv")}
    for row in read(folder / "rxnorm_ingredients.csv"):
        parts = parent_names(row, names)
        if row["rxcui"] not in listed and kept(parts, keys):
            yield described(row["rxcui"], row["tty"], parts, keys, {**row, "component_name": row["name"]})


def parent_names(row: Row, names: dict[str, str]) -> list[str]:
    """The ingredient names of a salt or a combination."""
    if row["tty"] == "MIN":
        return row["name"].split(" / ")
    parent = row["note"].rpartition("(IN ")[2].rstrip(")") if "(IN " in row["note"] else ""
    return [names.get(parent, row["name"])]


def products(folder: Path, keys: set[str]) -> Iterator[Row]:
    """Drugs with strength and form, brands and packs."""
    for row in read(folder / "rxnorm_products.csv"):
        parts = row["ingredient"].split("|")
        if kept(parts, keys):
            yield described(row["rxcui"], row["tty"], parts, keys, row)


def kept(parts: list[str], keys: set[str]) -> bool:
    """Whether a product holds a drug we know. Dextromethorphan alone is a cough remedy."""
    return any(OTHER_NAMES.get(part, part) in keys for part in parts)


def described(code: str, tty: str, parts: list[str], keys: set[str], row: Row) -> Row:
    """One row of the table."""
    strengths = amounts(row, len(parts))
    ours = ingredients(parts, strengths, keys)
    return {
        "system": "rxnorm",
        "code": code,
        "tty": tty,
        "ingredients": "|".join(key for key, _ in ours),
        "variant": variant(parts, row),
        "strengths": "|".join(value for _, (value, _) in ours).strip("|"),
        "units": "|".join(unit for _, (_, unit) in ours).strip("|"),
        "oral": oral(row),
        "release": row.get("release", ""),
        "purpose": purpose(parts, row),
        "mark": mark(row),
    }


def ingredients(parts: list[str], strengths: list[tuple[str, str]], keys: set[str]) -> list[tuple[str, tuple[str, str]]]:
    """Our ingredients of a product with their strengths; bupropion with dextromethorphan is one, measured by its bupropion."""
    if set(parts) == {"bupropion", "dextromethorphan"}:
        return [("dextromethorphan-bupropion", strengths[parts.index("bupropion")])]
    named = [(OTHER_NAMES.get(part, part), strength) for part, strength in zip(parts, strengths, strict=True)]
    return [(key, strength) for key, strength in named if key in keys]


def amounts(row: Row, count: int) -> list[tuple[str, str]]:
    """Strength and unit of each part, empty where it is not known or not comparable with a dose table."""
    values, units = row.get("strength_value", "").split("|"), row.get("strength_unit", "").split("|")
    if len(values) != count or "lithium citrate" in row["component_name"].lower():
        return [("", "")] * count
    return [amount(value, unit) for value, unit in zip(values, units, strict=True)]


def amount(value: str, unit: str) -> tuple[str, str]:
    """A strength in our units."""
    if unit not in UNITS:
        return "", ""
    number = float(value) * (HOURS_A_DAY if unit == "MG/HR" else 1)
    return f"{round(number, 4):g}", UNITS[unit]


def variant(parts: list[str], row: Row) -> str:
    """The form whose doses differ from the plain one."""
    brand = row.get("brand", "").lower()
    if parts == ["bupropion"] and ("hydrobromide" in row["component_name"].lower() or brand == "aplenzin"):
        return "hydrobromide"
    if parts == ["paroxetine"] and (row.get("release") == "ER" or (row["tty"] == "SCDC" and row["strength_value"] in CONTROLLED)):
        return "controlled-release"
    return "transdermal" if parts == ["selegiline"] and transdermal(row) else ""


def transdermal(row: Row) -> bool:
    """Whether this selegiline is the patch."""
    return row.get("release") == "TD" or row.get("strength_unit") == "MG/HR" or row.get("brand", "").lower() == "emsam"


def oral(row: Row) -> str:
    """Yes or no where the form tells, else empty."""
    form = (row.get("dose_form") or (row.get("display", "") if row.get("parse") == "pack" else "")).lower()
    brand = row.get("brand", "").lower()
    if any(word in form for word in OTHER_FORMS) or brand in OTHER_BRANDS or "TD" in row.get("release", ""):
        return "no"
    return "yes" if any(word in form for word in ORAL_FORMS) else ""


def purpose(parts: list[str], row: Row) -> str:
    """What the product itself is for, if not depression."""
    brand = row.get("brand", "").lower()
    if brand in BRAND_PURPOSES:
        return BRAND_PURPOSES[brand]
    if parts == ["selegiline"] and row["tty"] not in ("IN", "PIN") and not transdermal(row):
        return "parkinson"
    if set(parts) == {"bupropion", "naltrexone"}:
        return "obesity"
    strong = row.get("strength_value", "")
    if parts == ["doxepin"] and row["tty"] == "SCDC" and strong in ("3", "6"):
        return "insomnia"
    return next((found for words, found in NOTE_PURPOSES.items() if words in row.get("use_note", "")), "")


def mark(row: Row) -> str:
    """Read, or in need of review where the code was seen in one place only."""
    return "read" if row.get("in_prescribable_2025") == "yes" or int(row["verified"]) > 1 else "needs-review"


def hand_made() -> Iterator[Row]:
    """Codes of other systems that stand for a drug in our tables."""
    for system, code, key, reason in HAND_MADE:
        yield dict.fromkeys(COLUMNS, "") | {"system": system, "code": code, "ingredients": key, "purpose": reason, "mark": "read"}


def packages(folder: Path, codes: set[str]) -> Iterator[list[str]]:
    """For each product its package codes."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    with gzip.open(folder / "ndc11_to_rxcui_psych.csv.gz", "rt") as lines:
        for row in csv.DictReader(lines):
            if row["rxcui"] in codes:
                found[row["rxcui"]].append(row["ndc11"])
    for rxcui in sorted(found, key=int):
        yield [rxcui, " ".join(sorted(set(found[rxcui])))]


def read(path: Path) -> list[Row]:
    """The rows of an extract."""
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))


def write(path: Path, header: str, columns: tuple[str, ...], rows: Iterable[list[str]]) -> None:
    """A table with its header."""
    with path.open("w", newline="") as out:
        out.write(header)
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
