"""A fetch from its plan to its end: by export or by a crawl, with the products that the records name."""

from collections import Counter
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import msgspec
from msgspec import Struct

from fhir_trd.errors import UsageError
from fhir_trd.fhir.exchange.lines import GROUP, PRODUCT
from fhir_trd.sources.folder import Folder
from fhir_trd.sources.server.crawl import crawl, follow
from fhir_trd.sources.server.export import NOBODY, Exported, Watch, export, exported_so_far
from fhir_trd.sources.server.export_kickoff import ExportRefusedError, ExportScope
from fhir_trd.sources.server.gone import NAMED
from fhir_trd.sources.server.leavers import leavers_of
from fhir_trd.sources.server.plan import Plan, Way
from fhir_trd.sources.server.proof import prove
from fhir_trd.sources.server.selection import plain_id
from fhir_trd.transport.server import Server


class Fetched(Struct, frozen=True, kw_only=True):
    """What a round brought so far: resources by type; by reason what was set aside or is missing, and what the server remarks."""

    patients: int
    resources: Mapping[str, int]
    aside: Mapping[str, int]
    left_out: Mapping[str, int]
    remarks: Mapping[str, int]
    removed: int = 0
    failed: frozenset[str] = frozenset()
    """The patients of whom something did not come that may come another time; "" where it is not known of whom."""
    gone: int = 0
    """How many of those who were listed are no longer on the server."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing that should be there is missing."""
        return not self.left_out

    @property
    def knows_who_is_there(self) -> bool:
        """Whether somebody of whom nothing came has really nothing there."""
        return not self.left_out.keys() - {NAMED}


def folder_for(plan: Plan, server: Server, path: Path) -> Folder:
    """The folder of this fetch, new or from an earlier run."""
    return Folder(path, server=server.address, what=plan.what, since=plan.wanted.since)


def fetch(plan: Plan, server: Server, folder: Folder, watch: Watch = NOBODY) -> Fetched:
    """Carry a plan out, or go on with it where an earlier run was cut off."""
    if plan.way is Way.EXPORT:
        left = _leavers(plan, server, folder)
        _export(plan, server, folder, watch, left)
        if left and folder.since:
            folder.drop(lambda line: line.patient in left, rounds=lambda number: number < folder.round)
        follow(plan, server, folder, watch.advance)
    else:
        folder.mark(plan.as_of)
        crawl(plan, server, folder, watch.advance)
    fetched = brought(folder)
    prove(folder, fetched.resources)
    folder.finish(is_whole=not fetched.failed)
    return fetched


def brought(folder: Folder) -> Fetched:
    """What is in the books of the folder, and of an export, whether or not it came to its end."""
    exported = exported_so_far(folder)
    return Fetched(
        patients=folder.totals("patients")["listed"] - len(folder.totals("gone")),
        resources=_sum(folder.totals("written"), exported.resources),
        aside=_sum(folder.totals("aside"), folder.totals("not_listed"), exported.aside),
        left_out=_sum(folder.totals("left_out"), Counter(exported.faults)),
        remarks=_sum(folder.totals("remarks"), {"warnings of the export": exported.warnings}),
        removed=exported.removed,
        gone=len(folder.totals("gone")),
        failed=frozenset(folder.totals("failed")) | frozenset([""] if exported.missing else []),
    )


def _leavers(plan: Plan, server: Server, folder: Folder) -> frozenset[str]:
    group = plan.wanted.selection.group
    return leavers_of(plain_id(group, GROUP), server, folder, plan.homes) if group else frozenset()


def _export(plan: Plan, server: Server, folder: Folder, watch: Watch, left: frozenset[str]) -> Exported:
    selection = plan.wanted.selection
    if not selection.group and not selection.everyone:
        raise UsageError("--by export: found patients named one by one, wanted --group or --all")
    scope = ExportScope(
        level="group" if selection.group else "patient",
        group=plain_id(selection.group, GROUP) if selection.group else "",
        types=plan.types,
        since=folder.since,
        without=left,
    )
    carry_out = partial(export, server, folder, workers=plan.wanted.workers, patience=plan.wanted.patience, watch=watch)
    try:
        return carry_out(scope)
    except ExportRefusedError:
        if PRODUCT not in scope.types:
            raise
        # Some servers refuse types that belong to no patient; the products are then read one by one.
        return carry_out(msgspec.structs.replace(scope, types=tuple(kind for kind in scope.types if kind != PRODUCT)))


def _sum(*parts: Mapping[str, int]) -> Mapping[str, int]:
    whole = Counter[str]()
    for part in parts:
        whole.update(part)
    return {name: count for name, count in sorted(whole.items()) if count}
