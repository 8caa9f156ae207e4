"""A whole population: scan, judge, add up. What was done before an interruption is not done again."""

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import md5
from pathlib import Path

import msgspec
from msgspec.structs import replace

from fhir_trd.engines.again import expect_unchanged
from fhir_trd.engines.hands import Hands
from fhir_trd.engines.orders import Order
from fhir_trd.engines.outcome import RUN, Outcome, outcome_of, run_json
from fhir_trd.engines.pieces import Plan, plan_for
from fhir_trd.engines.work import Job, judge, scan, settle, stamped
from fhir_trd.errors import UsageError
from fhir_trd.sinks.files import write_file

Told = Callable[[str, int, int], None]
"""Told what is being done, how much more of it is done, and of how much in all."""


def run(order: Order, output: Path, *, hands: Hands, told: Told) -> Outcome:
    """Judge a population: tables, resources and an account of the run end up in the output folder."""
    try:
        return _run(order, output, hands, told)
    except OSError as error:
        why = error.strerror or type(error).__name__
        message = f"{output}: cannot be written ({why}), wanted room for what is found; the same command goes on from here"
        raise UsageError(message) from error


def _run(order: Order, output: Path, hands: Hands, told: Told) -> Outcome:
    order = stamped(order)
    plan = plan_for(order.folder, order.most_bytes)
    job = Job(output, md5(msgspec.json.encode((order, plan)), usedforsecurity=False).hexdigest())
    _begin(order, plan, job)
    with hands, ThreadPoolExecutor(1) as aside:
        hashes = aside.submit(hands.digests, plan.files)
        pieces = [piece for piece in plan.largest_first if not job.scanned(piece).exists()]
        size = sum(piece.stop - piece.start for piece in pieces)
        for done in hands.do(partial(scan, job), pieces):
            told("scanning", done, size)
        settle(job)
        partitions = [one for one in plan.all_partitions if not job.judged(one).exists()]
        for _ in hands.do(partial(judge, job), partitions):
            told("judging", 1, len(partitions))
    expect_unchanged(plan.files)
    outcome = outcome_of(job, plan)
    outcome.write(output)
    digests = zip(plan.files, hashes.result(), strict=True)
    inputs = [{"name": file.name, "bytes": file.size, "sha256": digest} for file, digest in digests]
    write_file(output / RUN, run_json(job.order, inputs, outcome))
    shutil.rmtree(job.work)
    return outcome


def _begin(order: Order, plan: Plan, job: Job) -> None:
    """Begin in an empty folder, or go on with the same work."""
    if job.is_begun:
        begun = job.order
        if replace(order, today=begun.today) != begun or plan != job.plan:
            raise UsageError(
                f"{job.output}: found unfinished work on another input, with other options, tables or another version, "
                "wanted the same; give another folder with -o, or remove this one"
            )
        return
    held = sorted(path.name for path in job.output.iterdir() if path != job.work) if job.output.exists() else []
    if held:
        finished = "a finished run" if RUN in held else f"{len(held)} files or folders that are none of ours"
        raise UsageError(f"{job.output}: found {finished} in the output folder, wanted an empty one; give another with -o")
    job.begin(order, plan)
