"""How the drugs of the tests are named in each code system: identifiers only, with plain names of our own."""

from tests.factory.table import rows

SYSTEMS = {
    "rxnorm": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "atc": "http://www.whocc.no/atc",
    "snomed": "http://snomed.info/sct",
}

# ``product`` is an RxNorm clinical drug of the given strength in mg; ``ingredient`` its RxNorm ingredient.
DRUGS = {
    row["drug"]: row
    for row in rows("""
        drug           | product | strength | ingredient | atc     | snomed
        sertraline     | 312938  | 100      | 36437      | N06AB06 | 372594008
        escitalopram   | 351250  | 20       | 321988     | N06AB10 | 400447003
        citalopram     | 200371  | 20       | 2556       | N06AB04 | 372596005
        fluoxetine     | 310385  | 20       | 4493       | N06AB03 | 372767007
        paroxetine     | 1738495 | 20       | 32937      | N06AB05 | 372595009
        venlafaxine    | 313583  | 37.5     | 39786      | N06AX16 | 372490001
        desvenlafaxine | 790288  | 50       | 734064     | N06AX23 |
        duloxetine     | 596934  | 60       | 72625      | N06AX21 | 407032004
        bupropion      | 993541  | 150      | 42347      | N06AX12 | 387564004
        mirtazapine    | 311725  | 15       | 15996      | N06AX11 | 386847004
        trazodone      | 856377  | 50       | 10737      | N06AX05 | 372829000
        amitriptyline  | 856834  | 25       | 704        | N06AA09 | 372726002
        nortriptyline  | 317136  | 25       | 7531       | N06AA10 |
        vortioxetine   |         |          | 1455099    | N06AX26 |
        phenelzine     | 312347  | 15       | 8123       | N06AF03 |
        moclobemide    | 199487  | 150      | 30121      | N06AG02 | 395800003
        agomelatine    |         |          |            | N06AX22 | 698012009
        esketamine     | 2119381 |          | 2119365    | N06AX27 |
        aripiprazole   | 402131  | 5        | 89013      | N05AX12 | 406784005
        quetiapine     | 895670  | 150      | 51272      | N05AH04 |
        lithium        | 197889  | 300      | 6448       | N05AN01 |
        """)
}


def drug_concept(drug: str, named_by: str, *, with_strength: bool) -> dict[str, object]:
    """The CodeableConcept of a drug, named by ``rxnorm``, ``atc``, ``snomed`` or by ``text`` alone."""
    row = DRUGS.get(drug, {})
    column = "product" if named_by == "rxnorm" and with_strength and row.get("product") else named_by
    code = row.get("ingredient" if column == "rxnorm" else column, "")
    if not code:
        return {"text": drug}
    return {"coding": [{"system": SYSTEMS[named_by], "code": code}], "text": drug}
