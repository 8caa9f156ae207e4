"""Everything that can stop a run, as one tree. Each class has a fixed exit code, never reused.

    TrdError                 1  internal: a broken promise of this program
    ├── UsageError           2  the command cannot be carried out as it was asked
    ├── TableError           4  a file under mappings/ (or a user's own) is not valid
    ├── NotAuthorised        5  a server refused who we are
    ├── ServerError          6  a server or the network failed, after retries
    └── WriteConflict        7  what stands on the server needs a person to decide

Exit code 3 has no exception: the run is done, but some input was quarantined. 130 is an interrupted run.
"""


class TrdError(Exception):
    """The root of the tree: a message for a person, and the exit code that goes with it."""

    exit_code = 1


class UsageError(TrdError):
    """The command cannot be carried out as it was asked: a missing file, an unknown criteria set."""

    exit_code = 2


class TableError(TrdError):
    """One or more faults in the tables of mappings/, all of them named in the message."""

    exit_code = 4


class NotAuthorised(TrdError):
    """A server refused who we are."""

    exit_code = 5


class ServerError(TrdError):
    """A server or the network failed, after retries."""

    exit_code = 6


class WriteConflict(TrdError):
    """What stands on the server needs a person to decide."""

    exit_code = 7
