"""One transaction onto a server: whole, once, and over nothing that somebody else wrote in between."""

from collections.abc import Callable

from fhir_trd.fhir.exchange.transaction import Change, page_in, transaction_of
from fhir_trd.transport.asking import Ask
from fhir_trd.transport.server import Server, told_status

TRIES = 3
"""How often something is read and decided anew, when somebody else writes at the same time."""

RACES = frozenset({409, 412})
Changes = tuple[Change, ...]


class Stopped(Exception):
    """This goes no further; the others do. ``needs_person``: two wills meet here, and a person must choose."""

    def __init__(self, why: str, *, needs_person: bool) -> None:
        super().__init__(why)
        self.why, self.needs_person = why, needs_person


def send(changes: Changes, again: Callable[[], Changes], server: Server) -> Changes:
    """Write what differs, and answer with what was written.

    ``again`` looks and decides anew; it is asked when somebody else wrote in between, or when an answer is lost: servers make
    a new version even of what does not change.
    """
    written: Changes = ()
    for _ in range(TRIES):
        if not changes:
            return written  # An answer that was lost had brought them there.
        answer = server.ask(Ask(method="POST", url="", body=transaction_of(changes), done=lambda: not again()))
        if answer.lost or (answer.is_good and _is_whole(changes, answer.body)):
            return changes
        if answer.status not in RACES:
            raise Stopped(f"the server answered {told_status(answer)}", needs_person=False)
        written, changes = changes, again()
    raise Stopped(f"somebody else wrote to it {TRIES} times while we did", needs_person=True)


def _is_whole(changes: Changes, body: bytes) -> bool:
    replies = page_in(body).replies
    if len(replies) != len(changes) or not all(reply.is_good for reply in replies):
        raise Stopped("the server took only a part of the transaction", needs_person=False)
    return True
