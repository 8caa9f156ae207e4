"""The proof, at the end of a round, that what the books say was written is what lies in the folder."""

from collections import Counter
from collections.abc import Mapping

from fhir_trd.errors import TrdError
from fhir_trd.sources.folder import Folder
from fhir_trd.sources.folder_files import lines_in


def prove(folder: Folder, written: Mapping[str, int]) -> None:
    """Stop where a file of this round was lost, cut or replaced: what is missing in silence would change verdicts."""
    files = folder.files(rounds=folder.round.__eq__)
    found = Counter(line.name.kind for path in files for _, line in lines_in(path) if line)
    kinds = [kind for kind in sorted(found.keys() | written.keys()) if found[kind] != written.get(kind, 0)]
    apart = [f"{found[kind]} {kind} where {written.get(kind, 0)} were written" for kind in kinds]
    if apart:
        raise TrdError(
            f"{folder.path}: found {', '.join(apart)}, wanted what fetch.log says; the records are not whole, "
            "fetch them into another folder"
        )
