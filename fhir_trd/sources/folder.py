"""The folder of a fetch: NDJSON files that are whole or not there, and a journal from which a cut-off run goes on.

A folder is fetched into in rounds. A round that was cut off is gone on with; after a finished one, the next begins. A full
round replaces what earlier rounds brought; an incremental one (``since``) adds to it, and replaces what it brings anew.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import BinaryIO, Self

from fhir_trd import __version__
from fhir_trd.errors import UsageError
from fhir_trd.fhir.exchange.lines import Line, Name
from fhir_trd.sources.folder_files import LISTS, PART, files_in, lines_in, named, remove, round_of, without, written_whole
from fhir_trd.sources.folder_journal import BEGAN, DONE, FINISHED, MARK, Facts, Journal, Past
from fhir_trd.sources.locking import LOCK, locked
from fhir_trd.transport.world import World

JOURNAL = "fetch.log"
"""JSON lines, but not named so: a folder is read as FHIR by the names of its files, and this one is none."""

BEFORE = "fetch.before.log"
"""The journal of the round before."""

AUTO = "auto"
"""The ``since`` that stands for the start of the last finished round; in a first round, for everything."""

MOST = 100_000
"""How many names of resources are held at once when newer versions replace older ones."""


class Folder:
    """One folder, used by one run at a time. ``what``: the arguments that must stay the same from round to round."""

    def __init__(
        self, path: Path, *, server: str, what: Mapping[str, object], since: str = "", world: World | None = None
    ) -> None:
        self.path = path
        self.round, self.since, self.started = 1, since, ""
        self._identity = {"server": server, "what": dict(what)}
        self._journal = Journal(path / JOURNAL, (world or World()).now)
        self._past = Past()
        self._held, self._dropping = ExitStack(), Lock()

    def __enter__(self) -> Self:
        """Lock the folder, and find out where an earlier run left it."""
        with ExitStack() as held, self._usable():
            self.path.mkdir(parents=True, exist_ok=True)
            self._expect_ours()
            self._lock(held)
            for note in self._journal.lines():
                self._past.take(note)
            remove(files_in(self.path, f"*{PART}"))
            if self._past.ended and not self._past.began:
                self._journal.renew(self._past, self.path / BEFORE)
            self._journal.open()
            held.callback(self._journal.close)
            self._enter_round()
            self._held = held.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Let go of the folder; what is unfinished can be gone on with."""
        self._held.close()

    @property
    def is_resumed(self) -> bool:
        """Whether this run goes on with a round that was cut off."""
        return bool(self._past.began)

    @contextmanager
    def file(self, name: str) -> Iterator[BinaryIO]:
        """A file of this round, ``Condition.000003.ndjson``, say: there whole afterwards, or not at all. None if it is empty."""
        with self._usable(), written_whole(self.place(name)) as stream:
            yield stream

    def place(self, name: str) -> Path:
        """Where a file of this round lies."""
        return self.path / named(name, self.round)

    def files(self, kind: str = "", *, rounds: Callable[[int], bool] = bool) -> list[Path]:
        """The FHIR files that are there, of a type or all, of some rounds or all."""
        found = (path for path in files_in(self.path) if not kind or path.name.startswith(f"{kind}."))
        return [path for path in found if rounds(round_of(path))]

    def is_done(self, unit: str) -> bool:
        """Whether an earlier run, which was cut off, finished this unit of work in this round."""
        return unit in self._past.done

    def done(self, unit: str, **facts: object) -> None:
        """Note a unit of work as finished; it is on the disk before this returns. ``totals`` adds up its mappings."""
        self._past.count(facts)
        self._write(DONE, {"unit": unit, **facts}, durable=True)

    def totals(self, name: str) -> Counter[str]:
        """What all finished units of the round tell under a name, added up: ``written`` by type of resource, say."""
        return self._past.totals.get(name, Counter())

    def log(self, event: str, *, durable: bool = False, **facts: object) -> None:
        """Note what was asked and got. No names, dates or other values of people: only ids of resources."""
        self._write(event, facts, durable=durable)
        self._past.last[event] = facts

    def last(self, event: str) -> Facts | None:
        """The last note of its kind in this round, by this run or by an earlier one that was cut off."""
        return self._past.last.get(event)

    def mark(self, instant: str) -> None:
        """Note as of when this round sees the server, by the server's clock; the first mark of a round stands."""
        if not self.started and instant:
            self.started = instant
            self._write(MARK, {"at": instant}, durable=True)

    def drop(self, unwanted: Callable[[Line], bool], *, rounds: Callable[[int], bool] = bool) -> int:
        """Take resources out of the files, and say how many; files without them stay as they are."""
        # One after the other: of two that rewrite the same file at once, each would bring back what the other took out.
        with self._dropping, self._usable():
            return sum(without(path, unwanted) for path in self.files(rounds=rounds))

    def begin_anew(self) -> None:
        """Take back what is noted as done in this round: the next run asks for all of it again."""
        self._past.take({"event": BEGAN, **self._beginning()})

    def finish(self, *, is_whole: bool = True) -> None:
        """End the round: what it brought takes the place of what earlier rounds did. One that lacks something moves no mark."""
        with self._usable():
            if self.since or not is_whole:
                self._replace_older()
            else:
                remove(self.files(rounds=self._is_older))
            remove([path for path in files_in(self.path, LISTS) if self._is_older(round_of(path))])
        # What this round lacks would be older than its mark: the next one begins where this one did, and brings it too.
        mark = self.started if is_whole else self.since
        self._write(FINISHED, {"round": self.round, "mark": mark}, durable=True)

    def _replace_older(self) -> None:
        for names in self._names_of_this_round():
            self.drop(lambda line, new=names: line.name in new, rounds=self._is_older)  # type: ignore[misc]

    def _names_of_this_round(self) -> Iterator[frozenset[Name]]:
        """The names of what this round brought, never too many at once."""
        names: set[Name] = set()
        for path in self.files(rounds=lambda number: number == self.round):
            for _, line in lines_in(path):
                names.update([line.name] if line else [])
                if len(names) >= MOST:
                    yield frozenset(names)
                    names.clear()
        if names:
            yield frozenset(names)

    def _is_older(self, number: int) -> bool:
        return number < self.round

    def _expect_ours(self) -> None:
        found = {path.name for path in self.path.iterdir()} - {LOCK}
        if found and JOURNAL not in found:
            raise UsageError(
                f"{self.path}: found {len(found)} files and no {JOURNAL}, wanted an empty folder or that of an earlier fetch; "
                "name another one"
            )

    def _lock(self, held: ExitStack) -> None:
        if not held.enter_context(locked(self.path)):
            raise UsageError(
                f"{self.path}: found another run at work in this folder, wanted to be alone; wait for its end or name another one"
            )

    def _enter_round(self) -> None:
        began = self._past.began
        if began:
            self._expect_same("an unfinished fetch", began, {**self._identity, "since": self._since_of(began)})
            self.round, self.since, self.started = began["round"], began["since"], self._past.mark
            return
        if self._past.identity:
            self._expect_same("the fetch", self._past.identity, self._identity)
        self.round = self._past.ended.get("round", 0) + 1
        self.since = self._past.ended.get("mark", "") if self.since == AUTO else self.since
        self._beginning()

    def _beginning(self) -> Facts:
        facts = {"round": self.round, **self._identity, "since": self.since, "version": __version__}
        self._write(BEGAN, facts, durable=True)
        return facts

    def _since_of(self, began: Facts) -> str:
        return str(began["since"]) if self.since == AUTO else self.since

    def _expect_same(self, which: str, found: Facts, wanted: Mapping[str, object]) -> None:
        other = sorted(name for name, value in wanted.items() if found.get(name) != value)
        if other:
            raise UsageError(
                f"{self.path}: found {which} with other arguments ({', '.join(other)}), wanted the same as before; "
                "name another folder, or give the arguments of then"
            )

    def _write(self, event: str, facts: Mapping[str, object], *, durable: bool = False) -> None:
        with self._usable():
            self._journal.write(event, facts, durable=durable)

    @contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise UsageError(f"{self.path}: cannot be used ({why}), wanted a folder that can be written to, with room") from error
